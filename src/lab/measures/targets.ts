/** What is right: targets in any form that training takes, row by row. */

import { largestAt } from '../../compare/predictions.js';
import { expected } from '../../errors.js';
import { decisionsOf, lossName } from '../../model/losses.js';
import type { Loss } from '../../native/network-description.js';
import type { PredictionMatrix } from './predictions.js';

/** Labels, one per row, or a target for each output, row-major. */
export type TargetArray = ArrayLike<number>;

/**
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` where there are not as many targets as the loss wants; `ERR_SAMEBITS_DATA`
 * for a label that is no class.
 */
export function checkTargets(predictions: PredictionMatrix, targets: TargetArray, loss: Loss): void {
  const wanted =
    lossName(loss) === 'sparseCategoricalCrossentropy' ? predictions.rows : predictions.rows * predictions.columns;
  if (targets.length !== wanted) throw expected(`${wanted} targets`, 'targets', targets, 'ERR_SAMEBITS_SHAPE');
  if (lossName(loss) !== 'sparseCategoricalCrossentropy') return;
  for (let row = 0; row < wanted; row += 1) {
    const label = targets[row];
    if (!Number.isInteger(label) || label < 0 || label >= predictions.columns) {
      throw expected(`an integer from 0 to ${predictions.columns - 1}`, `targets[${row}]`, label, 'ERR_SAMEBITS_DATA');
    }
  }
}

/**
 * Right or wrong: for each decision 1 where the prediction misses, else 0, as accuracy counts it (docs/numerics.md,
 * section 4). A decision is a row; with binaryCrossentropy an output.
 *
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE`; `ERR_SAMEBITS_LOSS` for a loss with which nothing is right or
 * wrong.
 */
export function mistakes(predictions: PredictionMatrix, targets: TargetArray, loss: Loss): Uint8Array {
  checkTargets(predictions, targets, loss);
  if (decisionsOf(loss) === null) throw expected('a crossentropy', 'loss', loss, 'ERR_SAMEBITS_LOSS');
  const { data, rows, columns } = predictions;
  if (decisionsOf(loss) === 'unit') {
    return Uint8Array.from(data, (output, i) => ((output > 0.5 ? 1 : 0) === targets[i] ? 0 : 1));
  }
  return Uint8Array.from({ length: rows }, (_, row) => {
    const outputs = data.subarray(row * columns, (row + 1) * columns);
    return largestAt(outputs) === classOf(targets, row, columns, loss) ? 0 : 1;
  });
}

/** The class of a row, with a softmax crossentropy. */
export function classOf(targets: TargetArray, row: number, columns: number, loss: Loss): number {
  if (lossName(loss) === 'sparseCategoricalCrossentropy') return targets[row];
  return largestAt(Array.from({ length: columns }, (_, j) => targets[row * columns + j]));
}
