/** The training rows that a setting takes from a data set. */
import { expected } from '../errors.js';
import { bootstrapRows } from './bootstrap.js';
import { type DataSet, type DataSetRows, emptyShared } from './data-set.js';
import { hashParts } from './hash-parts.js';
import type { Matrix } from './matrix.js';
import type { DataChoice } from './source.js';

/**
 * The first rows, in the memory that they are in; with a bootstrap so many of those, drawn with replacement, in shared
 * memory of their own.
 *
 * @param all The training rows of the choice's source.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` where there are fewer.
 */
export function chooseRows(all: DataSetRows, { rows, bootstrap }: Pick<DataChoice, 'rows' | 'bootstrap'>): DataSetRows {
  const there = all.x.rows;
  if (rows !== null && rows > there) throw expected(`at most the ${there} training rows of the data`, 'rows', rows);
  const chosen = rows === null || rows === there ? all : firstRows(all, rows);
  return bootstrap === null ? chosen : gatherRows(chosen, bootstrapRows(bootstrap, chosen.x.rows));
}

/**
 * The same data with the first `rows` training rows only, on the same memory. The number of classes stays: the test rows still
 * have them all.
 *
 * @param rows From 1 to `data.train.x.rows`.
 */
export function takeTrainingRows(data: DataSet, rows: number, name = 'rows'): DataSet {
  const there = data.train.x.rows;
  if (!Number.isInteger(rows) || rows < 1 || rows > there) {
    throw expected(`an integer from 1 to ${there} (the training rows of ${data.name})`, name, rows);
  }
  if (rows === there) return data;
  const train = firstRows(data.train, rows);
  return { ...data, train, hash: hashParts([train, data.test]) };
}

function firstRows({ x, y, weights }: DataSetRows, count: number): DataSetRows {
  const first = (matrix: Matrix): Matrix => {
    return { ...matrix, data: matrix.data.subarray(0, count * matrix.columns), rows: count };
  };
  const rows = { x: first(x), y: y instanceof Uint32Array ? y.subarray(0, count) : first(y) };
  return weights === undefined ? rows : { ...rows, weights: weights.subarray(0, count) };
}

function gatherRows({ x, y, weights }: DataSetRows, order: Uint32Array): DataSetRows {
  const gatherMatrix = ({ data, columns }: Matrix): Matrix => {
    return { data: gather(data, columns, order), rows: order.length, columns };
  };
  const rows = { x: gatherMatrix(x), y: y instanceof Uint32Array ? gather(y, 1, order) : gatherMatrix(y) };
  return weights === undefined ? rows : { ...rows, weights: gather(weights, 1, order) };
}

function gather<T extends Float32Array | Uint8Array | Uint32Array>(from: T, columns: number, order: Uint32Array): T {
  const gathered = emptyShared(from, order.length * columns);
  order.forEach((row, place) => {
    gathered.set(from.subarray(row * columns, (row + 1) * columns), place * columns);
  });
  return gathered;
}
