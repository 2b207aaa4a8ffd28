/** Training and test rows (docs/numerics.md, "Splits"). */
import * as v from 'valibot';
import { check, fields, oneOf, type Schema } from '../../arguments.js';
import { expected, SamebitsError } from '../../errors.js';
import { addon } from '../../native/addon.js';
import { type Seed, seedKey, seedSchema, streamNumber } from '../../random/seed.js';
import type { Table } from '../table/table.js';
import { byTime, groupsOf } from './groups.js';

/**
 * Which rows may stand on which side. `random`: any. `stratified`: of every class its share. `grouped`: rows of one group
 * stand on the same side. `time`: the latest rows are tested, the earlier ones trained on.
 */
export type SplitMethod = 'random' | 'stratified' | 'grouped' | 'time';

export const SPLIT_METHODS = ['random', 'stratified', 'grouped', 'time'] as const;

/** Options of {@link splitRows} and {@link trainTestSplit}. */
export interface SplitOptions {
  /** Share of the rows, above 0 and below 1, or their number, at least 1. @default 0.2 */
  readonly test?: number;
  /** @default 'random' */
  readonly method?: SplitMethod;
  /** Column of the classes, groups or times; not for `random`. */
  readonly by?: string;
  /** Decides which rows are taken; `time` needs none. */
  readonly seed?: Seed;
}

/** Row numbers, ascending. */
export interface RowSplit {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** The rows themselves, in the order in which they were. */
export interface TableSplit {
  readonly train: Table;
  readonly test: Table;
}

const share: Schema<number> = v.custom<number>(
  (value) => typeof value === 'number' && value > 0 && (value < 1 || Number.isSafeInteger(value)),
  'a share above 0 and below 1, or a number of rows',
);
export const methodEntries = {
  method: v.optional(oneOf(SPLIT_METHODS), 'random'),
  by: v.optional(v.string('a text')),
  seed: v.optional(seedSchema),
};
const schema = fields({ test: v.optional(share, 0.2), ...methodEntries });

/**
 * Row numbers of a training and a test part.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for options, and without a seed where one is needed; `ERR_SAMEBITS_SHAPE`
 * for a column that is not there; `ERR_SAMEBITS_DATA` for a missing value in it, with `row`, and where a part would be empty
 */
export function splitRows(table: Table, options: SplitOptions = {}): RowSplit {
  const { test: wanted, ...rest } = check(schema, options, 'split');
  const method = checkMethod(rest, 'split');
  const count = testRows(wanted, table.rows);
  switch (method.method) {
    case 'random':
      return part(table.rows, shuffled(method.seed, 'split', table.rows).subarray(0, count));
    case 'stratified':
      return part(table.rows, stratified(table, method, count));
    case 'grouped':
      return grouped(table, method, count);
    case 'time':
      return latest(table, method.by, count);
  }
}

/** As {@link splitRows}, with the rows themselves. */
export function trainTestSplit(table: Table, options: SplitOptions = {}): TableSplit {
  const { train, test } = splitRows(table, options);
  return { train: table.take(train), test: table.take(test) };
}

/** A method with what it needs. */
export type CheckedMethod =
  | { readonly method: 'random'; readonly seed: Seed }
  | { readonly method: 'stratified' | 'grouped'; readonly seed: Seed; readonly by: string }
  | { readonly method: 'time'; readonly by: string };

export function checkMethod(
  { method, by, seed }: { method: SplitMethod; by?: string; seed?: Seed },
  name: string,
): CheckedMethod {
  if (method === 'random') {
    if (by !== undefined) throw expected("a method that has a column ('stratified', 'grouped', 'time')", name, method);
    return { method, seed: needed(seed, name) };
  }
  if (by === undefined) throw expected(`a column for method '${method}'`, `${name}.by`, by);
  return method === 'time' ? { method, by } : { method, by, seed: needed(seed, name) };
}

function needed(seed: Seed | undefined, name: string): Seed {
  if (seed === undefined) throw expected('a seed', `${name}.seed`, seed);
  return seed;
}

function testRows(wanted: number, rows: number): number {
  const count = wanted < 1 ? Math.max(1, Math.floor(wanted * rows + 0.5)) : wanted;
  if (count < rows) return count;
  throw new SamebitsError(
    'ERR_SAMEBITS_DATA',
    `Expected more than ${count} rows, so that some are left to train on, but received ${rows}`,
  );
}

/** The contract's shuffle of `count` numbers in a stream of its own. */
export function shuffled(seed: Seed, stream: string, count: number): Uint32Array {
  return addon().shuffle(seedKey(seed), streamNumber(stream), 0, count);
}

/** @param test Row numbers in any order. */
export function part(rows: number, test: ArrayLike<number>): RowSplit {
  const tested = new Uint8Array(rows);
  for (let i = 0; i < test.length; i += 1) tested[test[i]] = 1;
  const split = { train: new Uint32Array(rows - test.length), test: new Uint32Array(test.length) };
  let [trained, testing] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    if (tested[row] === 1) {
      split.test[testing] = row;
      testing += 1;
    } else {
      split.train[trained] = row;
      trained += 1;
    }
  }
  return split;
}

type WithColumn = Extract<CheckedMethod, { method: 'stratified' | 'grouped' }>;

/** Whole shares first; the seats that are left go to the largest remainders. */
function stratified(table: Table, { by, seed }: WithColumn, count: number): number[] {
  const { ofRow, sizes } = groupsOf(table, by);
  // Products of two counts may be beyond 2^53.
  const exact = sizes.map((size) => BigInt(size) * BigInt(count));
  const rows = BigInt(table.rows);
  const seats = exact.map((product) => Number(product / rows));
  const left = count - seats.reduce((sum, seat) => sum + seat, 0);
  const remainders = exact.map((product, index) => ({ index, remainder: Number(product % rows) }));
  remainders.sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of remainders.slice(0, left)) seats[index] += 1;
  const test: number[] = [];
  for (const row of shuffled(seed, 'split', table.rows)) {
    if (seats[ofRow[row]] === 0) continue;
    seats[ofRow[row]] -= 1;
    test.push(row);
  }
  return test;
}

/** Whole groups, in shuffled order, until there are enough rows. */
function grouped(table: Table, { by, seed }: WithColumn, count: number): RowSplit {
  const { ofRow, sizes } = groupsOf(table, by);
  const order = shuffled(seed, 'split/groups', sizes.length);
  const taken = new Set<number>();
  let rows = 0;
  for (const group of order) {
    if (rows >= count) break;
    taken.add(group);
    rows += sizes[group];
  }
  if (taken.size === sizes.length) taken.delete(order[order.length - 1]);
  if (taken.size === 0) throw expected('two groups or more', `column ${JSON.stringify(by)}`, 1, 'ERR_SAMEBITS_DATA');
  const test = Array.from(ofRow.keys()).filter((row) => taken.has(ofRow[row]));
  return part(table.rows, test);
}

/** Rows of one time are never torn apart. */
function latest(table: Table, by: string, count: number): RowSplit {
  const { order, times } = byTime(table, by);
  let from = order.length - count;
  while (from > 0 && times[order[from - 1]] === times[order[from]]) from -= 1;
  if (from > 0) return part(table.rows, order.subarray(from));
  throw expected('earlier times too', `column ${JSON.stringify(by)}`, times[order[0]], 'ERR_SAMEBITS_DATA');
}
