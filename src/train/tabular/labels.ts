/** Predictions with the names of their classes. */
import type { ClassValue } from '../../data/prepare/fitted.js';
import type { Preparation } from '../../data/prepare/preparation.js';
import { decisions } from '../../metrics/inputs.js';
import { thresholdOf } from '../../model/metrics.js';
import type { Loss } from '../../native/network-description.js';
import type { Predictions } from '../run.js';

/** Predictions of a table's rows; of a regression numbers of the target's column, also where the network learned scaled ones. */
export interface TablePredictions extends Predictions {
  /** The class that each row's outputs say, as it stands in the table; null for a regression. */
  readonly labels: readonly ClassValue[] | null;
}

/**
 * The class of each row: that of the first greatest output; of one output the second class where it is above 1/2 (above 0 with
 * hinge, whose sides are −1 and 1), else the first.
 */
export function withLabels(outputs: Predictions, preparation: Preparation, loss: Loss | null): TablePredictions {
  const { classes } = preparation;
  if (classes === null) return { ...preparation.restoreTarget(outputs), labels: null };
  return { ...outputs, labels: Array.from(decisions(outputs, thresholdOf(loss)), (label) => classes[label]) };
}
