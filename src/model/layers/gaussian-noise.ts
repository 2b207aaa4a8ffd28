/** Gaussian noise. */
import * as v from 'valibot';
import { check, fields, real } from '../../arguments.js';
import { type Seed, seedSchema } from '../../random/seed.js';
import { inputShape, name, withoutUndefined } from '../layer-entries.js';

/** Options of {@link gaussianNoise}. */
export interface GaussianNoiseOptions {
  /** Standard deviation of the noise: at least 0, and finite as binary32; 0 is none. */
  readonly stddev: number;
  /** Decides the noise alone. @default the model's seed */
  readonly seed?: Seed;
  /** Columns of the data; in the first layer only. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
  /** Name of its random stream; no `/`. @default 'gaussianNoise_<i>', counting the model's from 1 */
  readonly name?: string;
}

/** Adds normal numbers of mean 0 to its inputs in training; else does nothing. */
export interface GaussianNoiseLayer {
  readonly kind: 'gaussianNoise';
  readonly name?: string;
  readonly stddev: number;
  readonly seed?: Seed;
  readonly inputShape?: readonly [number];
}

const gaussianNoiseEntries = {
  stddev: real('a number of at least 0 and finite as binary32', (value) => {
    const rounded = Math.fround(value);
    return value >= 0 && rounded < Number.POSITIVE_INFINITY;
  }),
  seed: v.optional(seedSchema),
  inputShape,
  name,
};

export const gaussianNoiseSchema = fields({ kind: v.literal('gaussianNoise'), ...gaussianNoiseEntries });
const gaussianNoiseOptions = fields(gaussianNoiseEntries);

/**
 * Gaussian noise on what the layer before it gives, or on the data, in training only, as in Keras: an element becomes `x + n · stddev`,
 * `n` a standard normal number, which seed, layer, step, row and unit alone decide, always by Philox. Gradients pass as they are.
 *
 * @example
 * [gaussianNoise({ stddev: 0.1 }), dense({ units: 64, activation: 'relu' })]
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function gaussianNoise(options: GaussianNoiseOptions): GaussianNoiseLayer {
  return withoutUndefined({ ...check(gaussianNoiseOptions, options, 'gaussianNoise'), kind: 'gaussianNoise' });
}
