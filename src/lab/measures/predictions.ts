/** How far the predictions of two runs are apart. */

import { differingPredictions } from '../../compare/predictions.js';
import { expected } from '../../errors.js';
import { decisionsOf } from '../../model/losses.js';
import type { Loss } from '../../native/network-description.js';
import type { Tolerances } from './allclose.js';
import { type ArrayDistances, arrayDistances } from './weights.js';

/** Outputs of a model: [rows, columns], row-major. What `predict()` gives will do. */
export interface PredictionMatrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Options of {@link predictionDistances}. */
export interface PredictionOptions extends Tolerances {
  /** Of the model: it says what a prediction is. */
  readonly loss: Loss;
  /** With a loss without accuracy, the difference of an output from which on a prediction counts as another. @default 0 */
  readonly tolerance?: number;
}

/** Distances of two matrices of predictions. */
export interface PredictionDistances extends ArrayDistances {
  readonly rows: number;
  /** Share of the rows that are predicted differently, 0 to 1. */
  readonly rowsDiffer: number;
}

/**
 * Distances of the predictions `b` from the predictions `a` of the same rows. A row is predicted differently where its
 * class is another: another place of the largest output (softmax crossentropies), an output on the other side of ½
 * (binaryCrossentropy). With a loss without accuracy it is where any output differs by more than the tolerance, or is NaN in
 * one.
 *
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` for other shapes.
 */
export function predictionDistances(
  a: PredictionMatrix,
  b: PredictionMatrix,
  { loss, tolerance = 0, ...tolerances }: PredictionOptions,
): PredictionDistances {
  checkSameShape(a, b);
  const rowsDiffer =
    decisionsOf(loss) === null ? rowsBeyond(a, b, tolerance) : differingPredictions(a.data, b.data, a.rows, loss);
  return { ...arrayDistances(a.data, b.data, tolerances), rows: a.rows, rowsDiffer };
}

/** Share of the rows with an output that differs by more than `tolerance`. */
function rowsBeyond(a: PredictionMatrix, b: PredictionMatrix, tolerance: number): number {
  let count = 0;
  for (let row = 0; row < a.rows; row += 1) {
    const start = row * a.columns;
    for (let i = start; i < start + a.columns; i += 1) {
      const [x, y] = [a.data[i], b.data[i]];
      // Equal infinities are 0 apart, and NaN is as far from a number as can be.
      if (x === y || (Number.isNaN(x) && Number.isNaN(y)) || Math.abs(x - y) <= tolerance) continue;
      count += 1;
      break;
    }
  }
  return count / a.rows;
}

export function checkSameShape(a: PredictionMatrix, b: PredictionMatrix, name = 'b'): void {
  if (a.rows !== b.rows || a.columns !== b.columns) {
    throw expected(`${a.rows} × ${a.columns} outputs`, name, [b.rows, b.columns], 'ERR_SAMEBITS_SHAPE');
  }
}
