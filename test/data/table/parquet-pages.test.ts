import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { openParquet, readTable, SamebitsError } from 'samebits';
import { afterAll, describe, expect, it } from 'vitest';
import { rowsOf } from './reading.js';

const folder = mkdtempSync(join(tmpdir(), 'samebits-parquet-pages-'));
afterAll(() => rmSync(folder, { recursive: true }));

const flights = join(
  createRequire(import.meta.url).resolve('hyparquet'),
  '../../..',
  'vega-datasets/data/flights-3m.parquet',
);

const ROWS = 3000;
/** Every `gap`-th value is missing; 0 for none. */
const withGaps = <T>(gap: number, cell: (i: number) => T): (T | null)[] =>
  Array.from({ length: ROWS }, (_, i) => (gap > 0 && i % gap === 0 ? null : cell(i)));

const columnsOf = (gap: number): ColumnSource[] => [
  { name: 'few numbers', data: withGaps(gap, (i) => BigInt((i * i) % 7)), type: 'INT64' },
  { name: 'many numbers', data: withGaps(gap, (i) => i * 1.5), type: 'DOUBLE' },
  { name: 'small', data: withGaps(gap, (i) => i % 300), type: 'INT32' },
  { name: 'delta', data: withGaps(gap, (i) => i * 3), type: 'INT32', encoding: 'DELTA_BINARY_PACKED' },
  { name: 'split', data: withGaps(gap, (i) => i / 8), type: 'FLOAT', encoding: 'BYTE_STREAM_SPLIT' },
  { name: 'few texts', data: withGaps(gap, (i) => `c${(i * 7) % 13}`), type: 'STRING' },
  { name: 'many texts', data: withGaps(gap, (i) => `text ${i}`), type: 'STRING' },
  { name: 'plain texts', data: withGaps(gap, (i) => `p${i % 5}`), type: 'STRING', encoding: 'PLAIN' },
  { name: 'one text', data: withGaps(gap, () => 'x'), type: 'STRING' },
  { name: 'few dates', data: withGaps(gap, (i) => new Date(1.7e12 + (i % 9) * 86_400_000)), type: 'TIMESTAMP' },
  { name: 'many dates', data: withGaps(gap, (i) => new Date(1.7e12 + i * 1234)), type: 'TIMESTAMP' },
  { name: 'flags', data: withGaps(gap, (i) => i % 3 === 0), type: 'BOOLEAN' },
];

/** Cells as hyparquet itself gives them. */
async function reference(path: string, rowEnd?: number): Promise<Record<string, unknown>[]> {
  const file = await asyncBufferFromFile(path);
  const rows = await parquetReadObjects({
    file,
    compressors,
    rowStart: 0,
    ...(rowEnd === undefined ? {} : { rowEnd }),
  });
  const plain = (cell: unknown) => (typeof cell === 'bigint' ? Number(cell) : (cell ?? null));
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, plain(cell)])));
}

describe('pages of Parquet', () => {
  it.each([
    [0, 300],
    [5, 300],
    [1500, 100_000],
    [2, 1 << 20],
  ])('come to the cells that hyparquet gives: a gap each %i rows, pages of %i bytes', async (gap, pageSize) => {
    const path = join(folder, `gap-${gap}.parquet`);
    const columnData = columnsOf(gap);
    writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData, pageSize, rowGroupSize: 1024 })));
    const table = await readTable(path);
    const types = ['number', 'number', 'number', 'number', 'number', 'category', 'category', 'category', 'category'];
    expect(table.description.map(({ type }) => type)).toEqual([...types, 'date', 'date', 'boolean']);
    expect(rowsOf(table)).toEqual(await reference(path));
  });

  it('of the flights are those too', async () => {
    const source = (await openParquet(flights)).slice(0, 20_000);
    const table = await source.read();
    expect(rowsOf(table)).toEqual(await reference(flights, 20_000));
    expect(await (await openParquet(flights)).count()).toBe(3_000_000);
  });
});

describe('columns that are no single values', () => {
  const nested = join(folder, 'nested.parquet');
  writeFileSync(
    nested,
    Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: 'before', data: [1, 2, 3] },
          { name: 'list', data: [[1, 2], [], [3]] },
          { name: 'behind', data: ['a', 'b', null] },
        ],
        schema: [
          { name: 'root', num_children: 3 },
          { name: 'before', type: 'INT32', repetition_type: 'REQUIRED' },
          { name: 'list', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
          { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
          { name: 'element', type: 'INT32', repetition_type: 'OPTIONAL' },
          { name: 'behind', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        ],
      }),
    ),
  );

  it('are named, and can be left out', async () => {
    const failure = await openParquet(nested).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SamebitsError);
    expect((failure as SamebitsError).code).toBe('ERR_SAMEBITS_FILE');
    expect((failure as SamebitsError).message).toMatch(
      /lists or groups in column "list".*drop: \["list"\] leaves it out/,
    );
    const table = await readTable(nested, { drop: ['list'] });
    expect(rowsOf(table)).toEqual([
      { before: 1, behind: 'a' },
      { before: 2, behind: 'b' },
      { before: 3, behind: null },
    ]);
  });
});

describe('drop', () => {
  it('leaves columns out of any format, and knows which there are', async () => {
    const csv = join(folder, 'some.csv');
    writeFileSync(csv, 'a,b,c\n1,2,x\n3,4,y\n');
    const table = await readTable(csv, { drop: ['b'], columns: { a: 'category' } });
    expect(rowsOf(table)).toEqual([
      { a: '1', c: 'x' },
      { a: '3', c: 'y' },
    ]);
    const path = join(folder, 'gap-0.parquet');
    const names = (await openParquet(path, { drop: ['flags', 'split'] })).description.map(({ name }) => name);
    expect(names).not.toContain('split');
    expect(names).toHaveLength(10);
    for (const options of [
      { drop: ['d'] },
      { drop: ['a', 'b', 'c'] },
      { drop: ['b'], columns: { b: 'number' as const } },
    ]) {
      const failure = await readTable(csv, options).catch((error: unknown) => error);
      expect((failure as SamebitsError).code).toBe('ERR_SAMEBITS_SHAPE');
    }
    const failure = await openParquet(path, { drop: ['nothing'] }).catch((error: unknown) => error);
    expect((failure as SamebitsError).code).toMatch(/ERR_SAMEBITS_(FILE|SHAPE)/);
  });
});
