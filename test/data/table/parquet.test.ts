import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { fitPreparation, openParquet, openTable, readTable, SamebitsError } from 'samebits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parquetCells } from '../../../dist/data/table/parquet.js';
import { TableSource } from '../../../dist/data/table/table-source.js';
import { mutate } from './mutations.js';
import { refusal } from './reading.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'samebits-parquet-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, columnData: ColumnSource[], rowGroupSize = 1000): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize })));
  return path;
}

const ROUNDS = 50;
/** Milliseconds; a good file of this size takes a few. */
const PATIENCE = 5000;
const RULES = { columns: {}, missing: [], inferRows: 10_000, batchRows: 8192 };

const ROWS = 50;
const rows = Array.from({ length: ROWS }, (_, i) => ({
  count: BigInt(i * 3),
  share: i % 7 === 0 ? null : i / 7,
  city: i % 5 === 0 ? null : `c${i % 4}`,
  open: i % 3 === 0,
  when: new Date(Date.UTC(2024, 0, 1 + i, i % 24)),
}));

const columnsOf = (): ColumnSource[] => [
  { name: 'count', data: rows.map(({ count }) => count), type: 'INT64' },
  { name: 'share', data: rows.map(({ share }) => share), type: 'DOUBLE' },
  { name: 'city', data: rows.map(({ city }) => city), type: 'STRING' },
  { name: 'open', data: rows.map(({ open }) => open), type: 'BOOLEAN' },
  { name: 'when', data: rows.map(({ when }) => when), type: 'TIMESTAMP' },
];

describe('Parquet', () => {
  it('has the types of the file, in one row group or many', async () => {
    for (const size of [1000, 7]) {
      const table = await readTable(write(`good-${size}.parquet`, columnsOf(), size));
      expect(table.description).toEqual([
        { name: 'count', type: 'number' },
        { name: 'share', type: 'number' },
        { name: 'city', type: 'category' },
        { name: 'open', type: 'boolean' },
        { name: 'when', type: 'date' },
      ]);
      const read = Array.from({ length: table.rows }, (_, row) => ({ ...table.row(row) }));
      expect(read).toEqual(rows.map((row) => ({ ...row, count: Number(row.count) })));
    }
  });

  it('begins at any row, and can be left and read again', async () => {
    const source = await openTable(write('groups.parquet', columnsOf(), 7));
    for (const fromRow of [0, 6, 7, 20, 49, 50, 60]) {
      const seen: number[] = [];
      for await (const batch of source.batches({ fromRow }))
        seen.push(...(batch.column('count').values as Float64Array));
      expect(seen).toEqual(rows.slice(fromRow).map(({ count }) => Number(count)));
    }
    for await (const batch of source.batches()) {
      expect(batch.rows).toBeGreaterThan(0);
      break;
    }
    const preparation = await fitPreparation(source, { target: 'open' });
    expect(preparation.task).toBe('binary');
  });

  it('refuses lists in cells, dates as categories, streams, and what is no such file', async () => {
    const lists = write('lists.parquet', [{ name: 'a', data: [[1, 2], [3]], type: 'JSON' }]);
    expect((await refusal(readTable(lists))).code).toBe('ERR_SAMEBITS_DATA');
    const dates = write('dates.parquet', columnsOf());
    expect((await refusal(openParquet(dates, { columns: { when: 'category' } }))).code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect((await refusal(openTable((async function* () {})(), { format: 'parquet' }))).code).toBe(
      'ERR_SAMEBITS_ARGUMENT',
    );
    expect((await refusal(openParquet(join(folder, 'nothing.parquet')))).code).toBe('ERR_SAMEBITS_FILE');
    expect((await refusal(openParquet(folder))).code).toBe('ERR_SAMEBITS_FILE');
    for (const [name, bytes] of [
      ['empty', Buffer.alloc(0)],
      ['short', Buffer.from('PAR1PAR1')],
      ['text', Buffer.from('a,b\n1,2\n'.repeat(100))],
      ['cut', readFileSync(dates).subarray(0, -20)],
    ] as const) {
      const path = join(folder, `${name}.parquet`);
      writeFileSync(path, bytes);
      expect((await refusal(openParquet(path))).code).toBe('ERR_SAMEBITS_FILE');
    }
  });

  it('gives a table or a typed error of a damaged file, in a thread that ends', async () => {
    const good = readFileSync(write('good.parquet', columnsOf(), 20));
    const path = join(folder, 'damaged.parquet');
    const count = { read: 0, refused: 0 };
    for (let seed = 0; seed < ROUNDS; seed += 1) {
      writeFileSync(path, mutate(good, seed, 'PAR1\u0000\u00ff'));
      try {
        const source = await TableSource.open(parquetCells(path, PATIENCE), RULES);
        await source.read();
        count.read += 1;
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(SamebitsError);
        expect((error as SamebitsError).code).toMatch(/^ERR_SAMEBITS_(FILE|DATA|SHAPE)$/);
        count.refused += 1;
      }
    }
    expect(count.refused).toBeGreaterThan(ROUNDS / 4);
    expect(count.read).toBeGreaterThan(0);
  });

  it('gives up on a file that is decoded for too long', async () => {
    const path = write('good.parquet', columnsOf(), 20);
    const error = await TableSource.open(parquetCells(path, 1), RULES).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ERR_SAMEBITS_FILE',
      message: expect.stringContaining('not decoded after 1 ms'),
    });
  });

  it('refuses at once what would be decoded for ever: a page that does not say how long its levels are', async () => {
    const bytes = readFileSync(write('good.parquet', columnsOf().slice(0, 1), ROWS));
    // Of its header, each field a byte for its number and type and one for its value: rows, no missing ones, rows, PLAIN, then the length.
    const at = bytes.indexOf(Buffer.from([0x15, 2 * ROWS, 0x15, 0, 0x15, 2 * ROWS, 0x15, 0, 0x15]));
    expect(at).toBeGreaterThan(0);
    // Another field, which nobody knows.
    bytes[at + 8] = 0x45;
    const path = join(folder, 'endless.parquet');
    writeFileSync(path, bytes);
    await expect(readTable(path)).rejects.toThrow(/levels of undefined and undefined/);
  });
});
