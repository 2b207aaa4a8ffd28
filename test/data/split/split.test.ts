import {
  kFold,
  openRows,
  splitRows,
  splitSource,
  type Table,
  type TableSource,
  tableOf,
  trainTestSplit,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { splitRowsByBlocks } from '../../../dist/data/split/stream-split.js';
import { sha256Of } from '../../golden/made-up-data.js';
import { METHODS, splitValues } from '../../golden/splits.js';
import golden from '../../golden/splits.json';

const tableWith = (rows: number, kinds: number): Table =>
  tableOf({ value: Float64Array.from(splitValues(rows, kinds)), row: Array.from({ length: rows }, (_, row) => row) });

const by = (method: string) => (method === 'random' ? {} : { by: 'value' });
const seedFor = (method: string, seed: number | string) => (method === 'time' ? {} : { seed });

describe('splits', () => {
  for (const { rows, kinds, test, seed, testRows } of golden.splits) {
    it.each(METHODS)(`have the rows of the oracle: ${rows} rows, %s`, (method) => {
      const split = splitRows(tableWith(rows, kinds), { test, method, ...by(method), ...seedFor(method, seed) });
      expect(Array.from(split.test.subarray(0, 12))).toEqual(testRows[method].first);
      expect(sha256Of(split.test)).toBe(testRows[method].sha256);
      expect(Array.from([...split.train, ...split.test]).sort((a, b) => a - b)).toEqual(
        Array.from({ length: rows }, (_, row) => row),
      );
    });
  }

  describe.each(golden.blocks)('of a source: $rows rows, share $test', ({ rows, test, seed, testRows }) => {
    const given = Array.from({ length: rows }, (_, row) => ({ row, odd: row % 2 === 1 ? 'yes' : 'no' }));
    const seen = async (part: TableSource, fromRow = 0): Promise<number[]> => {
      const found: number[] = [];
      for await (const batch of part.batches({ fromRow })) {
        found.push(...(batch.column('row').values as Float64Array));
        expect(batch.column('odd').type).toBe('category');
      }
      return found;
    };

    it.each([1, 64, 999, 8192])('has the rows of the oracle, in pieces of %i', async (batchRows) => {
      const { train, test: tested } = splitSource(await openRows(given, { batchRows }), { test, seed });
      const [trained, kept] = [await seen(train), await seen(tested)];
      expect(kept.slice(0, 12)).toEqual(testRows.first);
      expect(sha256Of(Uint32Array.from(kept))).toBe(testRows.sha256);
      expect([...trained, ...kept].sort((a, b) => a - b)).toEqual(given.map(({ row }) => row));
      expect([await train.count(), await tested.count()]).toEqual([trained.length, kept.length]);
      for (const fromRow of [1, 17, trained.length - 1, trained.length]) {
        expect(await seen(train, fromRow)).toEqual(trained.slice(fromRow));
      }
      const inMemory = splitRowsByBlocks(tableOf(given), { test, seed });
      expect([Array.from(inMemory.train), Array.from(inMemory.test)]).toEqual([trained, kept]);
    });
  });

  it('of a source takes a share that blocks can have, of a source that can be read again', async () => {
    const source = await openRows([{ row: 1 }]);
    for (const test of [0, 0.0001, 1, 5]) {
      expect(() => splitSource(source, { test, seed: 1 })).toThrow(
        /a share from 0\.001 to 0\.999 for splitSource\.test/,
      );
    }
    const once = await openRows(
      (async function* () {
        yield { row: 1 };
      })(),
    );
    expect(() => splitSource(once, { seed: 1 })).toThrow(/read again for a part of its rows/);
    expect(() => splitSource([] as never, { seed: 1 })).toThrow(/a TableSource/);
  });

  it('give tables, and shares', () => {
    const table = tableWith(10, 3);
    const { train, test } = trainTestSplit(table, { seed: 1 });
    expect([train.rows, test.rows]).toEqual([8, 2]);
    expect(splitRows(table, { test: 0.01, seed: 1 }).test.length).toBe(1);
    expect(splitRows(table, { test: 3, seed: 1 }).test.length).toBe(3);
    expect(splitRows(table, { seed: '1' })).toEqual(splitRows(table, { seed: 1 }));
    expect(splitRows(tableWith(100, 3), { seed: 1 })).not.toEqual(splitRows(tableWith(100, 3), { seed: 2 }));
  });

  it('keep shares, groups and times', () => {
    const rows = 1000;
    const table = tableOf({
      a: Array.from({ length: rows }, (_, i) => (i % 10 === 0 ? 'rare' : 'common')),
      t: splitValues(rows, 90),
    });
    const rare = trainTestSplit(table, { method: 'stratified', by: 'a', seed: 5 }).test;
    expect(
      Array.from({ length: rare.rows }, (_, row) => rare.cell(row, 'a')).filter((value) => value === 'rare'),
    ).toHaveLength(20);
    const grouped = trainTestSplit(table, { method: 'grouped', by: 't', seed: 5 });
    const seen = new Set(grouped.train.column('t').values);
    expect(Array.from(grouped.test.column('t').values).some((value) => seen.has(value))).toBe(false);
    const timed = trainTestSplit(table, { method: 'time', by: 't' });
    expect(Math.max(...timed.train.column('t').values)).toBeLessThan(Math.min(...timed.test.column('t').values));
  });

  const table = tableWith(10, 3);
  it.each<[string, () => unknown, string]>([
    ['no seed', () => splitRows(table), 'ERR_SAMEBITS_ARGUMENT'],
    ['no column', () => splitRows(table, { method: 'grouped', seed: 1 }), 'ERR_SAMEBITS_ARGUMENT'],
    ['a column for random', () => splitRows(table, { by: 'value', seed: 1 }), 'ERR_SAMEBITS_ARGUMENT'],
    ['an unknown column', () => splitRows(table, { method: 'time', by: 'valeu' }), 'ERR_SAMEBITS_SHAPE'],
    ['a share of 0', () => splitRows(table, { test: 0, seed: 1 }), 'ERR_SAMEBITS_ARGUMENT'],
    ['all rows', () => splitRows(table, { test: 10, seed: 1 }), 'ERR_SAMEBITS_DATA'],
    [
      'one group',
      () => splitRows(tableOf({ a: [1, 1] }), { method: 'grouped', by: 'a', seed: 1 }),
      'ERR_SAMEBITS_DATA',
    ],
    ['one time', () => splitRows(tableOf({ a: [1, 1] }), { method: 'time', by: 'a' }), 'ERR_SAMEBITS_DATA'],
    [
      'times that are texts',
      () => splitRows(tableOf({ a: ['x', 'y'] }), { method: 'time', by: 'a' }),
      'ERR_SAMEBITS_DATA',
    ],
    [
      'missing groups',
      () => splitRows(tableOf({ a: [1, null, 2] }), { method: 'grouped', by: 'a', seed: 1 }),
      'ERR_SAMEBITS_DATA',
    ],
    ['more folds than rows', () => kFold(table, { folds: 11, seed: 1 }), 'ERR_SAMEBITS_DATA'],
    [
      'more folds than groups',
      () => kFold(table, { folds: 4, method: 'grouped', by: 'value', seed: 1 }),
      'ERR_SAMEBITS_DATA',
    ],
    ['more folds than times', () => kFold(table, { folds: 4, method: 'time', by: 'value' }), 'ERR_SAMEBITS_DATA'],
    ['one fold', () => kFold(table, { folds: 1, seed: 1 }), 'ERR_SAMEBITS_ARGUMENT'],
  ])('refuse %s', (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

describe('folds', () => {
  for (const { rows, kinds, folds, seed, parts } of golden.folds) {
    it.each(METHODS)(`have the rows of the oracle: ${rows} rows, %s`, (method) => {
      const made = kFold(tableWith(rows, kinds), { folds, method, ...by(method), ...seedFor(method, seed) });
      expect(made.map(({ train, test }) => [sha256Of(train), sha256Of(test)])).toEqual(
        parts[method].map(({ train, test }) => [train.sha256, test.sha256]),
      );
    });
  }

  it('test every row once, and by time only what is later', () => {
    const table = tableWith(301, 50);
    for (const method of ['random', 'stratified', 'grouped'] as const) {
      const tested = kFold(table, { method, ...by(method), seed: 3 }).flatMap(({ test }) => Array.from(test));
      expect(tested.sort((a, b) => a - b)).toEqual(Array.from({ length: 301 }, (_, row) => row));
    }
    const { values } = table.column('value');
    for (const { train, test } of kFold(table, { method: 'time', by: 'value' })) {
      expect(Math.max(...Array.from(train, (row) => values[row]))).toBeLessThan(
        Math.min(...Array.from(test, (row) => values[row])),
      );
    }
  });
});
