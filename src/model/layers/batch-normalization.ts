/** Batch normalization. */
import * as v from 'valibot';
import { check, fields, flag, real } from '../../arguments.js';
import { inputShape, name, withoutUndefined } from '../layer-entries.js';

/** Options of {@link batchNormalization}. */
export interface BatchNormalizationOptions {
  /** Share of the moving mean and variance that each step keeps, from 0 to below 1. @default 0.99 */
  readonly momentum?: number;
  /** Added to the variance; above 0, and not 0 or infinite as binary32. @default 1e-3 */
  readonly epsilon?: number;
  /** Add `beta`, which is trained and starts at 0. @default true */
  readonly center?: boolean;
  /** Multiply by `gamma`, which is trained and starts at 1. @default true */
  readonly scale?: boolean;
  /** Columns of the data; in the first layer only. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
  /** Prefix of the names of its tensors; no `/`. @default 'batchNormalization_<i>', counting the model's from 1 */
  readonly name?: string;
}

/** Each column scaled by the mean and variance of the batch in training, by moving ones elsewhere. */
export interface BatchNormalizationLayer {
  readonly kind: 'batchNormalization';
  readonly name?: string;
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly inputShape?: readonly [number];
}

/** An epsilon that is added to a variance. */
export const epsilonSchema = real('a number above 0 and finite as binary32', (value) => {
  const rounded = Math.fround(value);
  return rounded > 0 && rounded < Number.POSITIVE_INFINITY;
});

const batchNormalizationEntries = {
  momentum: v.optional(
    real('a number from 0 to below 1', (value) => value >= 0 && value < 1),
    0.99,
  ),
  epsilon: v.optional(epsilonSchema, 1e-3),
  center: v.optional(flag, true),
  scale: v.optional(flag, true),
  inputShape,
  name,
};
export const batchNormalizationSchema = fields({ kind: v.literal('batchNormalization'), ...batchNormalizationEntries });
const batchNormalizationOptions = fields(batchNormalizationEntries);

/**
 * Batch normalization (Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal
 * Covariate Shift", 2015), as in Keras: in training each column of what the layer before gives has the mean of the step's rows
 * taken off and is divided by the root of their variance; `predict`, `evaluate` and validation use moving averages of both,
 * `<name>/movingMean` and `<name>/movingVariance`, which are saved with the weights. The statistics are summed in fixed order,
 * in free order too. PyTorch's `momentum` is 1 minus this one, 0.1 by default, its epsilon 1e-5, and its moving variance is
 * that of a sample (divided by n − 1).
 *
 * @example
 * [dense({ units: 128, useBias: false }), batchNormalization(), activation({ activation: 'relu' })]
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): BatchNormalizationLayer {
  const checked = check(batchNormalizationOptions, options, 'batchNormalization');
  return withoutUndefined({ ...checked, kind: 'batchNormalization' });
}
