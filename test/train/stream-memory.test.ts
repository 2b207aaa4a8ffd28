import { execFile } from 'node:child_process';
import { createWriteStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { freshPath } from '../runs/folder.js';

/** Bytes of the file. `npm run test:memory` has 2 GB. */
const BYTES = Number(process.env.SAMEBITS_STREAM_BYTES ?? 20e6);
const MOST_RESIDENT = 400e6;
/** A process that trains on a file of a few rows takes a good part of this. */
const MOST_GROWTH = 150e6;
const PIECE_ROWS = 10_000;

const path = `${freshPath()}.csv`;
const small = `${freshPath()}.csv`;
afterAll(() => {
  for (const file of [path, small]) rmSync(file, { force: true });
});

/** Rows of every type of column, until the file has so many bytes. */
async function write(file: string, bytes: number): Promise<number> {
  let rows = 0;
  await pipeline(async function* () {
    let written = 0;
    let piece = 'id,when,distance,carrier,origin,delayed before,late\n';
    while (written < bytes) {
      for (let i = 0; i < PIECE_ROWS; i += 1, rows += 1) {
        const when = new Date(1.5e12 + rows * 61_000).toISOString();
        const distance = rows % 23 === 0 ? '' : ((rows * 7919) % 100_003) / 16;
        const before = rows % 3 === 0;
        piece += `${rows},${when},${distance},C${rows % 17},"airport ${(rows * 31) % 311}",${before},${(rows * 37) % 5 > 2}\n`;
      }
      written += piece.length;
      yield piece;
      piece = '';
    }
  }, createWriteStream(file));
  return rows;
}

async function trainOn(file: string): Promise<{ steps: number; bytes: number; stages: object }> {
  const child = join(import.meta.dirname, 'stream-memory-child.cjs');
  const { stdout } = await promisify(execFile)(process.execPath, [child, file]);
  return JSON.parse(stdout);
}

describe('a file that is streamed', () => {
  it(
    `of ${BYTES} bytes takes less than ${MOST_RESIDENT} bytes of resident memory, and hardly more than a small one`,
    async () => {
      await write(small, 3e6);
      const rows = await write(path, BYTES);
      expect(statSync(path).size).toBeGreaterThanOrEqual(BYTES);
      const least = await trainOn(small);
      const { steps, bytes, stages } = await trainOn(path);
      console.log(
        `${(bytes / 1e6).toFixed(0)} MB resident at most; a small file: ${(least.bytes / 1e6).toFixed(0)} MB; stages in s:`,
        stages,
      );
      expect(steps).toBe(Math.ceil(rows / 256));
      expect(bytes).toBeLessThan(MOST_RESIDENT);
      expect(bytes - least.bytes).toBeLessThan(MOST_GROWTH);
    },
    // Reading it twice takes minutes of a core, and a busy machine gives but a part of one.
    120_000 + BYTES / 200,
  );
});
