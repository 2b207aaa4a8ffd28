/** Regularizers of weights, as descriptions (docs/numerics.md, "Penalties"). */
import * as v from 'valibot';
import { check, choice, fields, real, type Schema } from '../arguments.js';

/** Adds `l2` times the sum of the squares of a kernel to the loss, and `2 · l2 · w` to its gradient. */
export interface L2 {
  readonly name: 'l2';
  /** At least 0; 0 is no regularizer. */
  readonly l2: number;
}

/** What {@link l2} gives. */
export type Regularizer = L2;

const PHRASE = "a regularizer: 'l2', or what l2() gives,";

const factor = real(
  'a number of at least 0, neither 0 nor infinite as binary32 unless it is 0,',
  (value) => value === 0 || (Math.fround(value) > 0 && Number.isFinite(Math.fround(2 * value))),
);

const l2Object: Schema<L2> = fields({ name: v.literal('l2', PHRASE), l2: v.optional(factor, 0.01) });

const l2Name: Schema<L2> = v.pipe(
  v.picklist(['l2'], PHRASE),
  v.transform((name) => ({ name, l2: 0.01 })),
);

export const regularizerSchema: Schema<Regularizer> = choice([l2Name, l2Object], (value) =>
  typeof value === 'object' ? l2Object : l2Name,
);

/**
 * L2 regularization, as in Keras: the loss that is minimized and reported has `factor · Σ w²` added.
 *
 * @param factor At least 0. @default 0.01
 *
 * @example
 * dense({ units: 10, kernelRegularizer: l2(1e-4) })
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function l2(factor = 0.01): L2 {
  return check(l2Object, { name: 'l2', l2: factor }, 'l2');
}
