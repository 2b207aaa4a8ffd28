/** Which predictions of two runs differ. */
import { decisionsOf } from '../model/losses.js';
import type { Loss } from '../native/network-description.js';
import { firstDifferingIndex } from './distances.js';

/**
 * Share of rows, 0 to 1, that two runs predict differently. For classifiers that is another class: another place of the
 * largest output (softmax crossentropies), another output above ½ (binaryCrossentropy). With the other losses there
 * are no classes, and a row differs where any bit of its outputs does.
 *
 * @param a Outputs of the one run, [rows, units].
 * @param b Outputs of the other.
 */
export function differingPredictions(a: Float32Array, b: Float32Array, rows: number, loss: Loss): number {
  const units = a.length / rows;
  const differs = rowComparison(loss);
  let count = 0;
  for (let row = 0; row < rows; row += 1) {
    const start = row * units;
    if (differs(a.subarray(start, start + units), b.subarray(start, start + units))) count += 1;
  }
  return count / rows;
}

function rowComparison(loss: Loss): (a: Float32Array, b: Float32Array) => boolean {
  switch (decisionsOf(loss)) {
    case 'row':
      return (a, b) => largestAt(a) !== largestAt(b);
    case 'unit':
      return (a, b) => a.some((value, i) => value > 0.5 !== b[i] > 0.5);
    case null:
      return (a, b) => firstDifferingIndex(a, b) >= 0;
  }
}

/** The place of the largest value, as accuracy counts: the first of equals; 0 where the first is NaN. */
export function largestAt(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i] > values[best]) best = i;
  return best;
}
