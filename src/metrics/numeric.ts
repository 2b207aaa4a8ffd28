/** Metrics of numbers: regression. Several columns are the mean of the columns' values. Formulas: docs/metrics.md. */
import type { Matrix } from '../data/matrix.js';
import { type Column, checkColumns, readBoth } from './inputs.js';

/**
 * Mean squared error.
 *
 * @param targets Numbers, [rows, columns], or one column, [rows].
 * @param predictions As many.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function meanSquaredError(targets: Column, predictions: Column): number {
  return overColumns(targets, predictions, squared);
}

/** The square root of the mean squared error. As {@link meanSquaredError}. */
export function rootMeanSquaredError(targets: Column, predictions: Column): number {
  return overColumns(targets, predictions, (t, p, column) => Math.sqrt(squared(t, p, column)));
}

/** Mean absolute error. As {@link meanSquaredError}. */
export function meanAbsoluteError(targets: Column, predictions: Column): number {
  return overColumns(
    targets,
    predictions,
    (t, p, column) => sumOf(t, column, (target, i) => Math.abs(target - p.data[i])) / t.rows,
  );
}

/**
 * Coefficient of determination, R²: 1 − Σ(t − p)² / Σ(t − mean)². At most 1, negative where the mean of the targets would be
 * nearer. Of equal targets 1 where all predictions are right, else 0; of a single row NaN. As {@link meanSquaredError}.
 */
export function r2(targets: Column, predictions: Column): number {
  return overColumns(targets, predictions, (t, p, column) => {
    if (t.rows < 2) return Number.NaN;
    const error = sumOf(t, column, (target, i) => (target - p.data[i]) * (target - p.data[i]));
    let constant = true;
    for (let i = column; i < t.data.length; i += t.columns) constant &&= t.data[i] === t.data[column];
    if (constant) return error === 0 ? 1 : 0;
    const mean = sumOf(t, column, (target) => target) / t.rows;
    return 1 - error / sumOf(t, column, (target) => (target - mean) * (target - mean));
  });
}

function squared(targets: Matrix, { data }: Matrix, column: number): number {
  return sumOf(targets, column, (target, i) => (target - data[i]) * (target - data[i])) / targets.rows;
}

/** Sum of a term of each row, in the order of the rows. */
function sumOf({ data, columns }: Matrix, column: number, term: (value: number, index: number) => number): number {
  let sum = 0;
  for (let i = column; i < data.length; i += columns) sum += term(data[i], i);
  return sum;
}

function overColumns(
  given: Column,
  predictions: Column,
  of: (targets: Matrix, outputs: Matrix, column: number) => number,
): number {
  const { targets, outputs } = readBoth(given, predictions);
  checkColumns(targets, outputs);
  let sum = 0;
  for (let column = 0; column < targets.columns; column += 1) sum += of(targets, outputs, column);
  return sum / targets.columns;
}
