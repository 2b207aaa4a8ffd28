/** How far all pairs of some runs are apart: each run's decisions are taken once, not once for each pair. */

import { largestAt } from '../../compare/predictions.js';
import { decisionsOf } from '../../model/losses.js';
import type { Loss } from '../../native/network-description.js';
import { PairTable } from '../statistics/pair-table.js';
import { checkSameShape, type PredictionMatrix } from './predictions.js';

/** Mean absolute difference of arrays of the same length, in binary64. */
export function meanAbsoluteDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/**
 * Mean absolute difference of the predictions of each pair of runs.
 *
 * @param runs At least 1.
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` for predictions of other shapes.
 */
export function pairDifferences(runs: readonly PredictionMatrix[]): PairTable {
  for (const run of runs) checkSameShape(runs[0], run, 'predictions');
  return new PairTable(runs.length, (i, j) => meanAbsoluteDifference(runs[i].data, runs[j].data));
}

/**
 * Share of the rows that each pair of runs predicts differently, as `predictionDistances` counts them; null with
 * losses without accuracy, where nothing is decided.
 *
 * @param runs At least 1.
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` for predictions of other shapes.
 */
export function pairDisagreement(runs: readonly PredictionMatrix[], loss: Loss): PairTable | null {
  if (decisionsOf(loss) === null) return null;
  for (const run of runs) checkSameShape(runs[0], run, 'predictions');
  const decisions = runs.map((run) => decisionsIn(run, loss));
  return new PairTable(runs.length, (i, j) => shareDiffering(decisions[i], decisions[j], runs[0].rows));
}

/** For each row its class; with binaryCrossentropy, for each output whether it is above ½. */
function decisionsIn({ data, rows, columns }: PredictionMatrix, loss: Loss): Uint32Array {
  if (decisionsOf(loss) === 'unit') return Uint32Array.from(data, (value) => (value > 0.5 ? 1 : 0));
  return Uint32Array.from({ length: rows }, (_, row) => largestAt(data.subarray(row * columns, (row + 1) * columns)));
}

function shareDiffering(a: Uint32Array, b: Uint32Array, rows: number): number {
  const perRow = a.length / rows;
  let count = 0;
  for (let start = 0; start < a.length; start += perRow) {
    for (let i = start; i < start + perRow; i += 1) {
      if (a[i] === b[i]) continue;
      count += 1;
      break;
    }
  }
  return count / rows;
}
