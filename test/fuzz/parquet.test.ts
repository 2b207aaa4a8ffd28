import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { openTable } from 'samebits';
import { describe, expect, it } from 'vitest';
import { type Case, FILES, fuzz, gently, TIMEOUT } from './fuzz.js';
import { type Dice, mutateNumbers } from './mutations.js';

const ROWS = 40;
const rows = Array.from({ length: ROWS }, (_, i) => i);

const COLUMNS: ColumnSource[] = [
  { name: 'count', data: rows.map((i) => BigInt(i * 3)), type: 'INT64' },
  { name: 'share', data: rows.map((i) => (i % 7 === 0 ? null : i / 7)), type: 'DOUBLE' },
  { name: 'city', data: rows.map((i) => (i % 5 === 0 ? null : `c${i % 4}`)), type: 'STRING' },
  { name: 'open', data: rows.map((i) => i % 3 === 0), type: 'BOOLEAN' },
  { name: 'when', data: rows.map((i) => new Date(Date.UTC(2024, 0, 1 + i))), type: 'TIMESTAMP' },
  { name: 'delta', data: rows.map((i) => i * i), type: 'INT32', encoding: 'DELTA_BINARY_PACKED' },
  { name: 'split', data: rows.map((i) => i / 3), type: 'FLOAT', encoding: 'BYTE_STREAM_SPLIT' },
  { name: 'text', data: rows.map((i) => `t${i}`), type: 'STRING', encoding: 'DELTA_LENGTH_BYTE_ARRAY' },
];

/** Few columns in each file, so that a damage meets each of them. */
const GOOD = COLUMNS.map((column, i) => {
  const columnData = [column, COLUMNS[(i + 1) % COLUMNS.length]];
  return Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 25, codec: i % 2 ? 'SNAPPY' : 'UNCOMPRESSED' }));
});

/** Half of the time in the footer, whose length then is right: all else is found by it. */
function damage(bytes: Buffer, dice: Dice): Buffer {
  if (dice.below(2) === 0) return mutateNumbers(bytes, dice);
  const end = bytes.length - 8;
  const begin = end - bytes.readUInt32LE(end);
  const footer = mutateNumbers(bytes.subarray(begin, end), dice);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([bytes.subarray(0, begin), footer, length, bytes.subarray(-4)]);
}

/** Milliseconds; a good file takes one. The reader waits 120 seconds. */
const PATIENCE = 3000;
/** Runs that claim 2^31 values are soon written and long in reading. */
const MOST_GIVEN_UP = 0.0005;

/** A thread that decodes, and another where it takes too long or too much memory. */
class Decoder {
  #worker: Worker | null = null;
  #settle: (cells: number | null | Error) => void = () => {};
  gaveUp = 0;

  /** Cells of the file, or null where it is none. */
  decode(path: string): Promise<number | null> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(), PATIENCE);
      this.#settle = (cells) => {
        clearTimeout(timer);
        if (cells instanceof Error) reject(cells);
        else resolve(cells);
      };
      worker.postMessage(path);
    });
  }

  #start(): Worker {
    const worker = new Worker(join(import.meta.dirname, 'parquet-worker.mjs'), {
      workerData: join(import.meta.dirname, '../../dist/data/table/parquet-file.js'),
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    worker.on('message', (cells) => this.#settle(cells));
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') this.#giveUp();
      else this.#settle(error);
    });
    return worker;
  }

  #giveUp(): void {
    this.gaveUp += 1;
    void this.end();
    this.#settle(null);
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

describe('damaged Parquet', () => {
  it(`is decoded, or refused, in time and memory: ${FILES} files`, TIMEOUT, async () => {
    const decoders = new Map<string, Decoder>();
    const decode = ({ dice, folder, what }: Case): Promise<number | null> => {
      const decoder = decoders.get(folder) ?? new Decoder();
      decoders.set(folder, decoder);
      const path = join(folder, 'some.parquet');
      writeFileSync(path, damage(dice.of(GOOD), dice));
      return decoder.decode(path).catch((cause: unknown) => {
        throw new Error(what, { cause });
      });
    };
    let gaveUp = 0;
    const finish = async (): Promise<void> => {
      for (const decoder of decoders.values()) {
        gaveUp += decoder.gaveUp;
        await decoder.end();
      }
    };
    const { read, refused } = await fuzz('Parquet', FILES, decode, { finish });
    console.log(`${read} files decoded, ${refused} refused, ${gaveUp} of them given up`);
    expect(read).toBeGreaterThan(FILES / 50);
    expect(refused).toBeGreaterThan(FILES / 4);
    expect(gaveUp).toBeLessThan(5 + MOST_GIVEN_UP * FILES);
  });

  const few = Math.ceil(FILES / 100);
  it(`gives a table, or a typed error, to whoever reads it: ${few} files`, TIMEOUT, async () => {
    await fuzz('Parquet', few, ({ dice, folder, what }) => {
      const path = join(folder, 'some.parquet');
      writeFileSync(path, damage(dice.of(GOOD), dice));
      return gently(what, async () => {
        const { columns, rows: found } = await (await openTable(path)).read();
        for (const { values } of columns) expect(values.length, what).toBe(found);
        return found;
      }, ['ERR_SAMEBITS_FILE', 'ERR_SAMEBITS_DATA', 'ERR_SAMEBITS_SHAPE']);
    });
  });
});
