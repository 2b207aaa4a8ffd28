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

/** The name that a metric has among those of an epoch, where it is of the rows that are validated on: Keras's `val_`. */
export function validationName<Name extends string>(name: Name): `val_${Name}` {
  return `val_${name}`;
}

/** What says how good an epoch was: Keras's names for loss and accuracy, and `val_` before those of validation. */
export type MetricName = 'loss' | 'accuracy' | `val_${'loss' | 'accuracy' | EvaluatedName}`;

const TRAINED = ['loss', 'accuracy'] as const;

export const METRIC_NAMES: readonly MetricName[] = [
  ...TRAINED,
  ...TRAINED.map(validationName),
  ...EVALUATED_NAMES.map(validationName),
];

/** Whether it is of the rows that are validated on. */
export function isOfValidation(metric: MetricName): boolean {
  return metric !== compiledName(metric);
}

/** What the metric is called among those of a model, whichever rows it is of. */
export function compiledName(metric: MetricName): string {
  return metric.replace(/^val_/, '');
}

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
  return MORE_IS_BETTER.includes(compiledName(metric));
}
