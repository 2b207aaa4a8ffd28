/** Dropout. */
import * as v from 'valibot';
import { check, fields, real } from '../../arguments.js';
import { type Seed, seedSchema } from '../../random/seed.js';
import { inputShape, name, withoutUndefined } from '../layer-entries.js';

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Share of the inputs that are dropped, from 0 to below 1. */
  readonly rate: number;
  /** Decides the masks alone. @default the model's seed */
  readonly seed?: Seed;
  /** Columns of the data; in the first layer only. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
  /** Name of its random stream; no `/`. @default 'dropout_<i>', counting the model's dropout layers from 1 */
  readonly name?: string;
}

/** Sets a random share of its inputs to 0 in training and scales the others by `1 / (1 − rate)`; else does nothing. */
export interface DropoutLayer {
  readonly kind: 'dropout';
  readonly name?: string;
  readonly rate: number;
  readonly seed?: Seed;
  readonly inputShape?: readonly [number];
}

const dropoutEntries = {
  rate: real('a number from 0 to below 1', (value) => value >= 0 && value < 1),
  seed: v.optional(seedSchema),
  inputShape,
  name,
};

export const dropoutSchema = fields({ kind: v.literal('dropout'), ...dropoutEntries });
const dropoutOptions = fields(dropoutEntries);

/**
 * Dropout of what the layer before it gives, in training only (Srivastava and others, "Dropout: A Simple Way to
 * Prevent Neural Networks from Overfitting", 2014). Which are dropped is decided by seed, layer, step, row and unit alone,
 * always by Philox.
 *
 * @example
 * dropout({ rate: 0.2 })
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function dropout(options: DropoutOptions): DropoutLayer {
  return withoutUndefined({ ...check(dropoutOptions, options, 'dropout'), kind: 'dropout' });
}
