/** Everything that is measured between two runs. */
import type { Loss } from '../../native/network-description.js';
import type { Tolerances } from './allclose.js';
import { type ErrorCorrelation, errorCorrelation } from './error-correlation.js';
import { type PredictionDistances, type PredictionMatrix, predictionDistances } from './predictions.js';
import type { TargetArray } from './targets.js';
import { type NamedArray, type WeightDistances, weightDistances } from './weights.js';

/** What a run left. */
export interface RunOutcome {
  /** All weights in model order. */
  readonly weights: readonly NamedArray[];
  /** Of the same rows as the other run's. */
  readonly predictions: PredictionMatrix;
  /** By name, e.g. loss and accuracy. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Options of {@link runDistance}. */
export interface RunDistanceOptions extends Tolerances {
  readonly loss: Loss;
  /** With a loss without accuracy, the difference of an output from which on a prediction counts as another. @default 0 */
  readonly tolerance?: number;
  /** Labels, or a target for each output: for the correlation of errors. @default none */
  readonly targets?: TargetArray;
}

/** One metric of two runs. */
export interface MetricDifference {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  /** b − a */
  readonly difference: number;
}

/** Distances of two runs. Numbers may be NaN or infinite where values of the runs are. */
export interface RunDistance {
  /** Whether weights and predictions all have the same bits. */
  readonly equalBits: boolean;
  readonly weights: WeightDistances;
  readonly predictions: PredictionDistances;
  /** Of the metrics that both have, in the order of the first. */
  readonly metrics: readonly MetricDifference[];
  /** null without targets. */
  readonly errors: ErrorCorrelation | null;
}

/**
 * Measures how far run `b` is from run `a`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` where the runs are not of one model, or on other rows.
 */
export function runDistance(a: RunOutcome, b: RunOutcome, options: RunDistanceOptions): RunDistance {
  const { loss, tolerance, targets, ...tolerances } = options;
  const weights = weightDistances(a.weights, b.weights, tolerances);
  const predictions = predictionDistances(a.predictions, b.predictions, { loss, tolerance, ...tolerances });
  return {
    equalBits: weights.equalBits && predictions.equalBits,
    weights,
    predictions,
    metrics: Object.keys(a.metrics)
      .filter((name) => Object.hasOwn(b.metrics, name))
      .map((name) => ({ name, a: a.metrics[name], b: b.metrics[name], difference: b.metrics[name] - a.metrics[name] })),
    errors: targets === undefined ? null : errorCorrelation(a.predictions, b.predictions, targets, loss),
  };
}
