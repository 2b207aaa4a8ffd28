/** Parts for cross-validation (docs/numerics.md, "Splits"). */
import * as v from 'valibot';
import { check, fields, integer } from '../../arguments.js';
import { expected } from '../../errors.js';
import type { Seed } from '../../random/seed.js';
import type { Table } from '../table/table.js';
import { byTime, groupsOf } from './groups.js';
import {
  type CheckedMethod,
  checkMethod,
  methodEntries,
  part,
  type RowSplit,
  type SplitMethod,
  shuffled,
} from './split.js';

/** Options of {@link kFold}. */
export interface FoldOptions {
  /** At least 2. @default 5 */
  readonly folds?: number;
  /** As in a split; `time`: each fold is tested on rows that are later than all that it is trained on. @default 'random' */
  readonly method?: SplitMethod;
  /** Column of the classes, groups or times; not for `random`. */
  readonly by?: string;
  /** Decides which rows come together; `time` needs none. */
  readonly seed?: Seed;
}

const schema = fields({ folds: v.optional(integer(2, 0x7fff_ffff), 5), ...methodEntries });

/**
 * Row numbers of the training and the test part of each fold. Every row is tested once; by `time` those of the first of
 * `folds + 1` blocks never are.
 *
 * @throws SamebitsError as `splitRows`; `ERR_SAMEBITS_DATA` where there are fewer rows, groups or times than folds
 */
export function kFold(table: Table, options: FoldOptions = {}): RowSplit[] {
  const { folds, ...rest } = check(schema, options, 'kFold');
  const method = checkMethod(rest, 'kFold');
  if (table.rows < folds)
    throw expected(`at least ${folds} rows, one for each fold,`, 'table', table.rows, 'ERR_SAMEBITS_DATA');
  if (method.method === 'time') return blocks(table, method.by, folds);
  const foldOf = assign(table, method, folds);
  return Array.from({ length: folds }, (_, fold) => {
    const test: number[] = [];
    for (let row = 0; row < table.rows; row += 1) if (foldOf[row] === fold) test.push(row);
    return part(table.rows, test);
  });
}

/** The fold in which each row is tested. */
function assign(table: Table, method: Exclude<CheckedMethod, { method: 'time' }>, folds: number): Uint32Array {
  const foldOf = new Uint32Array(table.rows);
  if (method.method === 'grouped') {
    const { ofRow, sizes } = groupsOf(table, method.by);
    const foldOfGroup = packed(sizes, shuffled(method.seed, 'folds/groups', sizes.length), folds, method.by);
    return ofRow.map((group) => foldOfGroup[group]);
  }
  let order = Array.from(shuffled(method.seed, 'folds', table.rows));
  if (method.method === 'stratified') {
    const { ofRow, sizes } = groupsOf(table, method.by);
    const ofClass: number[][] = sizes.map(() => []);
    for (const row of order) ofClass[ofRow[row]].push(row);
    order = ofClass.flat();
  }
  order.forEach((row, place) => {
    foldOf[row] = place % folds;
  });
  return foldOf;
}

/** Groups, largest first, each into the fold that has the fewest rows. */
function packed(sizes: readonly number[], order: Uint32Array, folds: number, by: string): Uint32Array {
  if (sizes.length < folds) {
    const what = `at least ${folds} groups, one for each fold,`;
    throw expected(what, `column ${JSON.stringify(by)}`, sizes.length, 'ERR_SAMEBITS_DATA');
  }
  const foldOf = new Uint32Array(sizes.length);
  const rows = new Array<number>(folds).fill(0);
  // Sorting keeps the shuffled order of groups of one size.
  for (const group of Array.from(order).sort((a, b) => sizes[b] - sizes[a])) {
    const fewest = rows.reduce((best, count, fold) => (count < rows[best] ? fold : best), 0);
    foldOf[group] = fewest;
    rows[fewest] += sizes[group];
  }
  return foldOf;
}

function blocks(table: Table, by: string, folds: number): RowSplit[] {
  const { order, times } = byTime(table, by);
  const rows = order.length;
  const starts = Array.from({ length: folds + 2 }, (_, block) => {
    let start = Math.floor((block * rows) / (folds + 1));
    if (start === 0) return 0;
    while (start < rows && times[order[start]] === times[order[start - 1]]) start += 1;
    return start;
  });
  return Array.from({ length: folds }, (_, fold) => {
    const [from, end] = [starts[fold + 1], starts[fold + 2]];
    if (from === 0 || from === end) {
      const what = `times that differ, at least ${folds + 1} of them, spread over the rows,`;
      throw expected(what, `column ${JSON.stringify(by)}`, times[order[Math.min(from, rows - 1)]], 'ERR_SAMEBITS_DATA');
    }
    return { train: order.slice(0, from).sort(), test: order.slice(from, end).sort() };
  });
}
