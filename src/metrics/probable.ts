/** Metrics of probabilities. Formulas: docs/metrics.md. */
import type { Matrix } from '../data/matrix.js';
import { expected } from '../errors.js';
import { addon } from '../native/addon.js';
import { bestInstructionSet } from '../native/instruction-set.js';
import { type Column, checkColumns, labelAt, readBoth } from './inputs.js';

/** Probabilities are taken as no nearer to 0 and 1: the epsilon of binary32. */
const EPSILON = 2 ** -23;

/**
 * Mean crossentropy, in nats: −Σ t·log p. Probabilities are taken as no nearer than 2^-23 to 0 and 1; logarithms are those of
 * `samebits/math`, correctly rounded to binary32.
 *
 * @param targets Labels, or one-hot rows or shares, [rows, classes]; with one column of predictions numbers from 0 to 1.
 * @param predictions Probabilities, [rows, classes], or of class 1 alone, [rows]. Rows are not scaled to a sum of 1.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function logLoss(targets: Column, predictions: Column): number {
  const { share, outputs } = readShares(targets, predictions);
  const { data, rows, columns } = outputs;
  const clipped = Float32Array.from(data, (p) => Math.min(Math.max(p, EPSILON), 1 - EPSILON));
  const isa = bestInstructionSet();
  const logs = addon().elementary('log', clipped, isa);
  const rest =
    columns === 1
      ? addon().elementary(
          'log1p',
          clipped.map((p) => -p),
          isa,
        )
      : null;
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    let ofRow = 0;
    for (let j = 0; j < columns; j += 1) ofRow += share(row, j) * logs[row * columns + j];
    if (rest !== null) ofRow += (1 - share(row, 0)) * rest[row];
    sum += ofRow;
  }
  return -sum / rows;
}

/**
 * Mean squared error of probabilities: Σ (t − p)² over classes, halved with two classes, so that one column and two give the
 * same. From 0 to 1, with more classes to 2.
 *
 * @param targets Labels, or one-hot rows or shares, [rows, classes]; with one column of predictions numbers from 0 to 1.
 * @param predictions Probabilities, [rows, classes], or of class 1 alone, [rows].
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function brierScore(targets: Column, predictions: Column): number {
  const { share, outputs } = readShares(targets, predictions);
  const { data, rows, columns } = outputs;
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    let ofRow = 0;
    for (let j = 0; j < columns; j += 1) {
      const error = share(row, j) - data[row * columns + j];
      ofRow += error * error;
    }
    sum += ofRow;
  }
  return (columns === 2 ? sum / 2 : sum) / rows;
}

interface Shares {
  /** The target of a class of a row, from 0 to 1. */
  readonly share: (row: number, column: number) => number;
  readonly outputs: Matrix;
}

function readShares(given: Column, predictions: Column): Shares {
  const { targets, outputs } = readBoth(given, predictions);
  checkProbabilities(outputs, 'predictions');
  const { columns } = outputs;
  if (targets.columns === 1 && columns > 1) {
    const labels = Uint32Array.from({ length: targets.rows }, (_, row) => labelAt(targets, row, columns));
    return { share: (row, column) => Number(labels[row] === column), outputs };
  }
  checkColumns(targets, outputs);
  checkProbabilities(targets, 'targets');
  return { share: (row, column) => targets.data[row * columns + column], outputs };
}

function checkProbabilities({ data, columns }: Matrix, name: string): void {
  for (let i = 0; i < data.length; i += 1) {
    if (data[i] >= 0 && data[i] <= 1) continue;
    const place = `${name} at row ${Math.floor(i / columns)}, column ${i % columns} (counted from 0)`;
    throw expected('a number from 0 to 1', place, data[i], 'ERR_SAMEBITS_DATA');
  }
}
