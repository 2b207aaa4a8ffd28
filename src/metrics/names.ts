/** Names of the metrics that models are compiled with, and whether more of one is better. */

/** Metrics of rows that are evaluated, as the functions of `samebits/metrics` that compute them are called. */
export type EvaluatedName =
  | 'topKAccuracy'
  | 'precision'
  | 'recall'
  | 'f1'
  | 'rocAuc'
  | 'averagePrecision'
  | 'logLoss'
  | 'brierScore'
  | 'meanSquaredError'
  | 'rootMeanSquaredError'
  | 'meanAbsoluteError'
  | 'r2';

export const EVALUATED_NAMES = [
  'topKAccuracy',
  'precision',
  'recall',
  'f1',
  'rocAuc',
  'averagePrecision',
  'logLoss',
  'brierScore',
  'meanSquaredError',
  'rootMeanSquaredError',
  'meanAbsoluteError',
  'r2',
] as const satisfies readonly EvaluatedName[];

/** What says how good an epoch was: Keras's names for loss and accuracy, and `val_` before those of validation. */
export type MetricName = 'loss' | 'accuracy' | 'val_loss' | 'val_accuracy' | `val_${EvaluatedName}`;

export const METRIC_NAMES: readonly MetricName[] = [
  'loss',
  'accuracy',
  'val_loss',
  'val_accuracy',
  ...EVALUATED_NAMES.map((name) => `val_${name}` as const),
];

const MORE_IS_BETTER: readonly string[] = [
  'accuracy',
  'topKAccuracy',
  'precision',
  'recall',
  'f1',
  'rocAuc',
  'averagePrecision',
  'r2',
];

/** Whether an epoch with more of it is the better one. */
export function moreIsBetter(metric: MetricName): boolean {
  return MORE_IS_BETTER.includes(metric.replace('val_', ''));
}
