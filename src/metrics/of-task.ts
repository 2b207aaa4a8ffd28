/** The metrics that fit a task. */
import type { Matrix } from '../data/matrix.js';
import { accuracy, confusionMatrix, f1, precision, recall, topKAccuracy } from './decided.js';
import { meanAbsoluteError, meanSquaredError, r2, rootMeanSquaredError } from './numeric.js';
import { brierScore, logLoss } from './probable.js';
import { averagePrecision, rocAuc } from './ranked.js';

/** What is predicted, and what the outputs are. */
export interface TaskOutputs {
  readonly task: 'regression' | 'binary' | 'multiclass';
  /** Whether the outputs are chances of classes, from 0 to 1. */
  readonly probabilities: boolean;
  /** With one output of two classes: above it, it says the second. @default 0.5 */
  readonly threshold?: number;
}

/** Metrics by name, in the order in which they are shown. */
export type TaskMetrics = Readonly<Record<string, number>>;

const TOP = 5;

/**
 * Of a regression MSE, RMSE, MAE and R²; of classes accuracy and F1, of two also precision, recall, ROC AUC and average precision, and of
 * chances log loss and Brier score. F1 of many classes is the mean over classes.
 *
 * @param targets Labels, or numbers of the shape of the outputs.
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function metricsOfTask(
  { task, probabilities, threshold }: TaskOutputs,
  targets: Uint32Array | Matrix,
  outputs: Matrix,
): TaskMetrics {
  if (task === 'regression') {
    return {
      meanSquaredError: meanSquaredError(targets, outputs),
      rootMeanSquaredError: rootMeanSquaredError(targets, outputs),
      meanAbsoluteError: meanAbsoluteError(targets, outputs),
      r2: r2(targets, outputs),
    };
  }
  const decided = threshold === undefined ? {} : { threshold };
  const chances: TaskMetrics = probabilities
    ? { logLoss: logLoss(targets, outputs), brierScore: brierScore(targets, outputs) }
    : {};
  if (task === 'binary') {
    return {
      accuracy: accuracy(targets, outputs, decided),
      precision: precision(targets, outputs, decided),
      recall: recall(targets, outputs, decided),
      f1: f1(targets, outputs, decided),
      rocAuc: rocAuc(targets, outputs),
      averagePrecision: averagePrecision(targets, outputs),
      ...chances,
    };
  }
  return {
    accuracy: accuracy(targets, outputs),
    ...(outputs.columns > TOP ? { [`top${TOP}Accuracy`]: topKAccuracy(targets, outputs, { k: TOP }) } : {}),
    f1: f1(targets, outputs, { average: 'macro' }),
    ...chances,
  };
}

/** [i][j]: rows of class i that were said to be of j. */
export function confusionsOf(
  { threshold }: TaskOutputs,
  targets: Uint32Array | Matrix,
  outputs: Matrix,
): readonly (readonly number[])[] {
  return confusionMatrix(targets, outputs, threshold === undefined ? {} : { threshold });
}
