import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openTable, readTable, SamebitsError } from 'samebits';
import { afterAll, describe, expect, it } from 'vitest';
import { idxBytes, pixels } from '../idx-writer.js';

const folder = mkdtempSync(join(tmpdir(), 'samebits-idx-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('IDX', () => {
  it('has a row for each element of the first dimension', async () => {
    const images = idxBytes(0x08, [5, 2, 3], pixels(30));
    for (const [name, bytes] of [
      ['some-images-idx3-ubyte', images],
      ['some-images.idx3-ubyte.gz', gzipSync(images)],
      ['some.idx', images],
    ] as const) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      const source = await openTable(path, { drop: ['column_1'] });
      expect(await source.count()).toBe(5);
      const table = await source.read();
      expect(table.columns.map(({ name: column }) => column)).toEqual([0, 2, 3, 4, 5].map((i) => `column_${i}`));
      expect(table.cell(3, 'column_2')).toBe(20);
      for await (const batch of source.batches({ fromRow: 4 })) expect(batch.row(0)).toEqual(table.row(4));
    }
    writeFileSync(join(folder, 'some-labels-idx1-ubyte'), idxBytes(0x08, [4], Uint8Array.of(3, 1, 2, 0)));
    const labels = await readTable(join(folder, 'some-labels-idx1-ubyte'));
    expect([...labels.column('column_0').values]).toEqual([3, 1, 2, 0]);
  });

  it('is refused where it is none, has no rows, or is a stream', async () => {
    const cases = {
      none: Buffer.from('a,b'),
      cut: idxBytes(0x08, [5, 2], pixels(9)),
      empty: idxBytes(0x08, [0, 2], pixels(0)),
    };
    for (const [name, bytes] of Object.entries(cases)) {
      writeFileSync(join(folder, `${name}.idx`), bytes);
      const failure = await openTable(join(folder, `${name}.idx`)).catch((error: unknown) => error);
      expect(failure, name).toBeInstanceOf(SamebitsError);
      expect((failure as SamebitsError).code, name).toBe('ERR_SAMEBITS_FILE');
    }
    const failure = await openTable((async function* () {})(), { format: 'idx' }).catch((error: unknown) => error);
    expect((failure as SamebitsError).code).toBe('ERR_SAMEBITS_ARGUMENT');
  });
});
