/**
 * Metrics of predictions, with every order of evaluation written down (docs/metrics.md): the same bits on every machine.
 * Targets come first, as in scikit-learn.
 *
 * @module samebits/metrics
 */
export {
  type AverageOptions,
  accuracy,
  confusionMatrix,
  f1,
  precision,
  recall,
  type TopKOptions,
  topKAccuracy,
} from './metrics/decided.js';
export type { Column, PositiveOptions, ThresholdOptions } from './metrics/inputs.js';
export { meanAbsoluteError, meanSquaredError, r2, rootMeanSquaredError } from './metrics/numeric.js';
export { brierScore, logLoss } from './metrics/probable.js';
export { averagePrecision, rocAuc } from './metrics/ranked.js';
