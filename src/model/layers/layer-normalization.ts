/** Layer normalization. */
import * as v from 'valibot';
import { check, fields, flag } from '../../arguments.js';
import { inputShape, name, withoutUndefined } from '../layer-entries.js';
import { epsilonSchema } from './batch-normalization.js';

/** Options of {@link layerNormalization}. */
export interface LayerNormalizationOptions {
  /** Added to the variance; above 0, and not 0 or infinite as binary32. @default 1e-3 */
  readonly epsilon?: number;
  /** Add `beta`, which is trained and starts at 0. @default true */
  readonly center?: boolean;
  /** Multiply by `gamma`, which is trained and starts at 1. @default true */
  readonly scale?: boolean;
  /** Columns of the data; in the first layer only. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
  /** Prefix of the names of its tensors; no `/`. @default 'layerNormalization_<i>', counting the model's from 1 */
  readonly name?: string;
}

/** Each row scaled by the mean and variance of its own columns, in training and elsewhere. */
export interface LayerNormalizationLayer {
  readonly kind: 'layerNormalization';
  readonly name?: string;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly inputShape?: readonly [number];
}

const layerNormalizationEntries = {
  epsilon: v.optional(epsilonSchema, 1e-3),
  center: v.optional(flag, true),
  scale: v.optional(flag, true),
  inputShape,
  name,
};
export const layerNormalizationSchema = fields({ kind: v.literal('layerNormalization'), ...layerNormalizationEntries });
const layerNormalizationOptions = fields(layerNormalizationEntries);

/**
 * Layer normalization (Ba, Kiros and Hinton, "Layer Normalization", 2016), as in Keras: each row of what the layer before gives has
 * the mean of its columns taken off and is divided by the root of their variance, in training and elsewhere. A row does not depend on
 * the others, so that it goes with batches of any size, and with micro-batches. PyTorch's epsilon is 1e-5.
 *
 * @example
 * [dense({ units: 128 }), layerNormalization(), activation({ activation: 'relu' })]
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): LayerNormalizationLayer {
  return withoutUndefined({
    ...check(layerNormalizationOptions, options, 'layerNormalization'),
    kind: 'layerNormalization',
  });
}
