import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JournalEnd, JournalWriter, NO_LINES, readJournal } from '../../dist/runs/journal.js';
import { freshPath } from './folder.js';

const NAME = 'journal.jsonl';

async function write(values: readonly object[], parts = 1): Promise<{ folder: string; ends: JournalEnd[] }> {
  const folder = freshPath();
  mkdirSync(folder);
  const writer = await JournalWriter.open(folder, NAME, NO_LINES);
  const ends: JournalEnd[] = [];
  const size = Math.ceil(values.length / parts);
  for (let at = 0; at < values.length; at += size) {
    await writer.append(values.slice(at, at + size));
    ends.push(writer.end);
  }
  await writer.close();
  return { folder, ends };
}

async function read(folder: string, until?: JournalEnd): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const { value } of readJournal(folder, NAME, until === undefined ? {} : { until })) {
    const { chain: _, ...rest } = value as Record<string, unknown>;
    values.push(rest);
  }
  return values;
}

const lines = Array.from({ length: 40 }, (_, i) => ({ i, text: 'ö\n"'.repeat(i) }));
const refused = { code: 'ERR_SAMEBITS_FILE' };

describe('a journal', () => {
  it('has the same bytes however it was appended, and reads back', async () => {
    const once = await write(lines);
    const often = await write(lines, 40);
    expect(await read(once.folder)).toEqual(lines);
    expect(readFileSync(join(often.folder, NAME))).toEqual(readFileSync(join(once.folder, NAME)));
  });

  it('is cut back where a checkpoint was, and goes on to the same bytes', async () => {
    const { folder, ends } = await write(lines, 4);
    const whole = readFileSync(join(folder, NAME));
    expect(await read(folder, ends[1])).toEqual(lines.slice(0, 20));
    writeFileSync(join(folder, NAME), Buffer.concat([whole.subarray(0, ends[1].bytes + 17), Buffer.alloc(100)]));
    const writer = await JournalWriter.open(folder, NAME, ends[1]);
    await writer.append(lines.slice(20));
    await writer.close();
    expect(readFileSync(join(folder, NAME))).toEqual(whole);
  });

  it('of which a crash tore the last line has the lines before it', async () => {
    const { folder, ends } = await write(lines, 40);
    const whole = readFileSync(join(folder, NAME));
    for (let cut = ends[37].bytes; cut < ends[38].bytes; cut += 1) {
      writeFileSync(join(folder, NAME), whole.subarray(0, cut));
      expect(await read(folder)).toEqual(lines.slice(0, 38));
      await expect(read(folder, ends[38])).rejects.toMatchObject(refused);
    }
  });

  it('tells every line that was changed, dropped, doubled or moved', async () => {
    const { folder, ends } = await write(lines.slice(0, 6));
    const text = readFileSync(join(folder, NAME), 'utf8');
    const all = text.split('\n').slice(0, -1);
    const changes = [
      [all[0].replace('0', '1'), ...all.slice(1)],
      [...all.slice(0, 2), ...all.slice(3)],
      all.slice(1),
      [all[0], ...all],
      [all[1], all[0], ...all.slice(2)],
      [...all.slice(0, 5), all[5].replace('chain', 'chaim')],
    ];
    for (const changed of changes) {
      writeFileSync(join(folder, NAME), `${changed.join('\n')}\n`);
      await expect(read(folder)).rejects.toMatchObject(refused);
    }
    writeFileSync(join(folder, NAME), `${all.slice(0, 5).join('\n')}\n`);
    await expect(read(folder, ends[0])).rejects.toMatchObject(refused);
    writeFileSync(join(folder, NAME), 'x'.repeat(17 << 20));
    await expect(read(folder)).rejects.toMatchObject(refused);
  });
});
