import { execFile, execFileSync } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import {
  dense,
  modelFromSafetensors,
  openTable,
  prepare,
  readTable,
  sequential,
  type TableFormat,
  toOnnx,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { idxBytes } from '../data/idx-writer.js';
import { npyBytes } from '../data/npy-writer.js';
import { refusal } from '../data/table/reading.js';
import { freshPath } from '../runs/folder.js';

const MEGA = 1 << 20;
const HEAP_MEGABYTES = 250;

/** Pieces of a file that is never whole. */
async function* endless(begin: string | Buffer, more: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(begin);
  const piece = Buffer.from(more.repeat(Math.ceil(MEGA / more.length)));
  // Far beyond what a reader may take; in the end it would be out of memory.
  for (let i = 0; i < 10_000; i += 1) yield piece;
}

const header = npyBytes('<f4', '(999999999999999, 3)', new Uint8Array(0));

describe('a file without an end', () => {
  it.each<[string, TableFormat, string | Buffer, string]>([
    ['CSV of one line', 'csv', 'a,b\n', 'x'],
    ['CSV of one header', 'csv', '', 'x'],
    ['CSV of one quoted cell', 'csv', 'a,b\n"', 'x\n'],
    ['CSV of one row of commas', 'csv', 'a,b\n', ','],
    ['CSV of a header of commas', 'csv', '', ','],
    ['CSV of empty lines', 'csv', 'a,b\n1,2\n', '\n'],
    ['CSV of carriage returns', 'csv', 'a,b\n1,2\n', '\r'],
    ['JSON of one line', 'jsonl', '{"a":"', 'x'],
    ['JSON of one list', 'jsonl', '[', '1,'],
    ['JSON of brackets', 'jsonl', '', '['],
    ['an npy header', 'npy', header.subarray(0, 8), '\xff'],
  ])('is refused: %s', async (_, format, begin, more) => {
    expect((await refusal(readTable(endless(begin, more), { format }))).code).toBe('ERR_SAMEBITS_FILE');
  });
});

describe('a small file that claims to be large', () => {
  const huge = 0xffff_ffff;
  it.each([
    ['rows.npy', header],
    ['columns.npy', npyBytes('<f4', '(1, 999999999999999)', new Uint8Array(4))],
    ['digits.npy', npyBytes('<f4', `(${'9'.repeat(60)}, 1)`, new Uint8Array(4))],
    ['negative.npy', npyBytes('<f4', '(-1, 2)', new Uint8Array(8))],
    ['rows.idx', idxBytes(8, [huge, 1], new Uint8Array(4))],
    ['columns.idx', idxBytes(8, [1, huge], new Uint8Array(4))],
    ['doubles.idx', idxBytes(0x0e, [huge, huge, huge], new Uint8Array(8))],
    ['dimensions.idx', idxBytes(8, Array(255).fill(huge), new Uint8Array(4))],
    ['rows-of-nothing.idx', idxBytes(8, [huge, 0], new Uint8Array(0))],
    ['nothing-of-columns.idx', idxBytes(8, [0, huge], new Uint8Array(0))],
  ])('is refused: %s', async (name, bytes) => {
    const path = `${freshPath()}-${name}`;
    writeFileSync(path, bytes);
    expect((await refusal(readTable(path))).code).toBe('ERR_SAMEBITS_FILE');
  });

  it('does not take the memory of what it is inflated to', async () => {
    const path = `${freshPath()}.csv.gz`;
    const cell = 'x'.repeat(60_000);
    const rows = 400;
    await pipeline(
      async function* () {
        yield `${Array.from({ length: 17 }, (_, i) => `c${i}`).join()}\n`;
        // Every text is another one.
        for (let row = 0; row < rows; row += 1)
          yield `${Array.from({ length: 17 }, (_, i) => `${row}-${i}${cell}`).join()}\n`;
      },
      createGzip({ level: 1 }),
      createWriteStream(path),
    );
    // Its texts alone would not fit into this heap.
    const words = [`--max-old-space-size=${HEAP_MEGABYTES}`, join(import.meta.dirname, 'hostile-child.cjs'), path];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    const { batches, ...found } = JSON.parse(stdout);
    expect(found).toEqual({ code: null, rows });
    // Fewer rows than usual in each, as they are long ones.
    expect(batches).toBeGreaterThan(4);
  });
});

describe('a pipe', () => {
  it.skipIf(process.platform === 'win32').each(['csv', 'csv.gz', 'jsonl', 'npy', 'idx', 'idx.gz', 'parquet'])(
    'is not waited for: .%s',
    async (ending) => {
      const path = `${freshPath()}.${ending}`;
      execFileSync('mkfifo', [path]);
      expect((await refusal(openTable(path))).code).toBe('ERR_SAMEBITS_FILE');
    },
  );
});

describe('deep JSON', () => {
  it.each([
    ['arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['behind a text with brackets', `["${'[\\"'.repeat(50_000)}",${'['.repeat(300)}${']'.repeat(300)}]`],
  ])('is refused: %s', async (_, line) => {
    const lines = async function* () {
      yield Buffer.from(`${line}\n`);
    };
    expect((await refusal(readTable(lines(), { format: 'jsonl' }))).code).toBe('ERR_SAMEBITS_FILE');
  });

  it('is none where brackets stand in texts', async () => {
    const text = '[{"'.repeat(20_000);
    const lines = async function* () {
      yield Buffer.from(`${JSON.stringify({ a: text, b: [[1]] })}\n`);
    };
    const table = await readTable(lines(), { format: 'jsonl', drop: ['b'], columns: { a: 'category' } });
    expect(table.cell(0, 'a')).toBe(text);
  });
});

describe('columns with names of the prototype', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'];

  it.each<[string, TableFormat, string]>([
    ['CSV', 'csv', `${names.join()},y\n${'1,2,a,4,5,u\n3,1,b,2,9,v\n'.repeat(4)}`],
    [
      'JSON lines',
      'jsonl',
      `{"__proto__":1,"constructor":2,"toString":"a","hasOwnProperty":4,"prototype":5,"y":"u"}\n{"__proto__":3,"constructor":1,"toString":"b","hasOwnProperty":2,"prototype":9,"y":"v"}\n`,
    ],
  ])('of %s are columns like others, from file to export', async (_, format, text) => {
    const table = await readTable(
      (async function* () {
        yield Buffer.from(text);
      })(),
      { format },
    );
    expect(table.columns.map(({ name }) => name)).toEqual([...names, 'y']);
    expect(table.cell(0, '__proto__')).toBe(1);
    const { preparation, x } = prepare(table, { target: 'y' });
    expect(preparation.inputs.map(({ name }) => name)).toEqual(names);
    const built = sequential({
      layers: [dense({ units: 2, activation: 'softmax', inputShape: [x.columns] })],
      seed: 1,
    });
    built.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    await built.fit(table, { target: 'y' });
    const loaded = modelFromSafetensors(built.toSafetensors());
    expect(await loaded.predict(table)).toEqual(await built.predict(table));
    expect(toOnnx(loaded).length).toBeGreaterThan(0);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
