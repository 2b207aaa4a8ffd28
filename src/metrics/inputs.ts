/** What metrics take: targets and outputs in any of their forms, checked, as classes or as numbers. */
import * as v from 'valibot';
import { fields, integer, real } from '../arguments.js';
import { asMatrix, type Matrix, type MatrixLike, type NumericArray } from '../data/matrix.js';
import { expected } from '../errors.js';

/** A flat array is one column; all else is a matrix as `fit` takes it. Values are rounded to binary32 once. */
export type Column = NumericArray | readonly number[] | MatrixLike;

/** Options of metrics that decide between classes. */
export interface ThresholdOptions {
  /** With one column of outputs: an output above it says class 1. Rounded to binary32. @default 0.5 */
  readonly threshold?: number;
}

/** Options of metrics of one class against the rest. */
export interface PositiveOptions {
  /** The class that counts as positive, from 0. @default 1 with two classes; with more there is none */
  readonly positive?: number;
}

export const thresholdEntry = v.optional(real(), 0.5);
export const positiveEntry = v.optional(integer(0));
export const thresholdSchema = fields({ threshold: thresholdEntry });

/** Outputs and the class of each row. */
export interface ClassProblem {
  /** One column: scores of class 1. More: a score of each class. */
  readonly outputs: Matrix;
  /** The class that each row has. */
  readonly labels: Uint32Array;
  /** At least 2. */
  readonly classes: number;
}

/** Checks and reads a table whose flat form is a column. */
export function table(value: Column, name: string): Matrix {
  const flat = ArrayBuffer.isView(value) || (Array.isArray(value) && typeof value[0] === 'number');
  return asMatrix(value as MatrixLike, name, flat ? 1 : undefined);
}

/**
 * Targets and outputs of as many rows.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function readBoth(targets: Column, outputs: Column): { readonly targets: Matrix; readonly outputs: Matrix } {
  const both = { targets: table(targets, 'targets'), outputs: table(outputs, 'predictions') };
  if (both.targets.rows !== both.outputs.rows) {
    const wanted = `${both.targets.rows} rows, as many as targets has,`;
    throw expected(wanted, 'predictions.rows', both.outputs.rows, 'ERR_SAMEBITS_SHAPE');
  }
  return both;
}

/** The same as classes: labels of one column, else the first greatest of a row. */
export function readClasses(targets: Column, predictions: Column): ClassProblem {
  const { targets: truth, outputs } = readBoth(targets, predictions);
  const classes = Math.max(2, outputs.columns);
  const labels = new Uint32Array(truth.rows);
  if (truth.columns === 1) {
    for (let row = 0; row < truth.rows; row += 1) labels[row] = labelAt(truth, row, classes);
  } else {
    checkColumns(truth, outputs);
    for (let row = 0; row < truth.rows; row += 1) {
      labels[row] = firstGreatest(truth.data, row * classes, classes);
    }
  }
  return { outputs, labels, classes };
}

/** The label of a row of a column of labels. */
export function labelAt({ data }: Matrix, row: number, classes: number): number {
  const label = data[row];
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  const place = `targets at row ${row} (counted from 0)`;
  throw expected(`an integer label from 0 to ${classes - 1}`, place, label, 'ERR_SAMEBITS_DATA');
}

/** @throws SamebitsError `ERR_SAMEBITS_SHAPE` unless both have as many columns. */
export function checkColumns(targets: Matrix, outputs: Matrix): void {
  if (targets.columns === outputs.columns) return;
  const wanted = `${targets.columns} columns, as many as targets has,`;
  throw expected(wanted, 'predictions.columns', outputs.columns, 'ERR_SAMEBITS_SHAPE');
}

/** The class that each row of outputs says: the first greatest; of one column 1 above the threshold, else 0. */
export function decisions({ data, rows, columns }: Matrix, threshold: number): Uint32Array {
  const said = new Uint32Array(rows);
  const above = Math.fround(threshold);
  for (let row = 0; row < rows; row += 1) {
    said[row] = columns === 1 ? Number(data[row] > above) : firstGreatest(data, row * columns, columns);
  }
  return said;
}

/** The class that counts as positive. */
export function positiveClass(positive: number | undefined, classes: number, otherwise = ''): number {
  const found = positive ?? (classes === 2 ? 1 : -1);
  if (found >= 0 && found < classes) return found;
  throw expected(`a class from 0 to ${classes - 1}${otherwise}`, 'positive', positive);
}

/** Index of the greatest of `count` values from `begin`; of equal ones the first. */
export function firstGreatest(values: ArrayLike<number>, begin: number, count: number): number {
  let best = 0;
  for (let j = 1; j < count; j += 1) if (values[begin + j] > values[begin + best]) best = j;
  return best;
}
