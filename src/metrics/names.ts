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

/** Of which epochs with more, or with less, are the better ones. */
const BETTER: Readonly<Record<'loss' | 'accuracy' | EvaluatedName, 'more' | 'less'>> = {
  loss: 'less',
  accuracy: 'more',
  topKAccuracy: 'more',
  precision: 'more',
  recall: 'more',
  f1: 'more',
  rocAuc: 'more',
  averagePrecision: 'more',
  logLoss: 'less',
  brierScore: 'less',
  meanSquaredError: 'less',
  rootMeanSquaredError: 'less',
  meanAbsoluteError: 'less',
  r2: 'more',
};

const TRAINED = ['loss', 'accuracy'] as const;

export const EVALUATED_NAMES: readonly EvaluatedName[] = (Object.keys(BETTER) as (keyof typeof BETTER)[]).filter(
  (name) => name !== 'loss' && name !== 'accuracy',
);

/** The name that a metric has among those of an epoch, where it is of the rows that are validated on: Keras's `val_`. */
export function validationName<Name extends string>(name: Name): `val_${Name}` {
  return `val_${name}`;
}

/** What says how good an epoch was: Keras's names for loss and accuracy, and `val_` before those of validation. */
export type MetricName = 'loss' | 'accuracy' | `val_${'loss' | 'accuracy' | EvaluatedName}`;

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
export function compiledName(metric: MetricName): keyof typeof BETTER {
  return metric.replace(/^val_/, '') as keyof typeof BETTER;
}

/** Whether an epoch with more of it is the better one. */
export function moreIsBetter(metric: MetricName): boolean {
  return BETTER[compiledName(metric)] === 'more';
}
