/** Optimizers as plain, serialisable descriptions; names and defaults are those of tfjs and Keras. */
import * as v from 'valibot';
import { check, fields, real, type Schema } from '../arguments.js';

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** Above 0. @default 0.01 */
  readonly learningRate?: number;
  /** At least 0, below 1. @default 0 */
  readonly momentum?: number;
}

/** Stochastic gradient descent. */
export interface Sgd {
  readonly name: 'sgd';
  readonly learningRate: number;
  readonly momentum: number;
}

/** Options of {@link adam}. */
export interface AdamOptions {
  /** Above 0. @default 0.001 */
  readonly learningRate?: number;
  /** At least 0, below 1. @default 0.9 */
  readonly beta1?: number;
  /** At least 0, below 1. @default 0.999 */
  readonly beta2?: number;
  /** Above 0. @default 1e-7 */
  readonly epsilon?: number;
}

/** Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1. */
export interface Adam {
  readonly name: 'adam';
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** What {@link sgd} or {@link adam} gives. */
export type Optimizer = Sgd | Adam;

const positive = real('a number above 0', (value) => Math.fround(value) > 0);
const share = real('a number from 0 to below 1', (value) => value >= 0 && value < 1);

const sgdEntries = { learningRate: v.optional(positive, 0.01), momentum: v.optional(share, 0) };

const adamEntries = {
  learningRate: v.optional(positive, 0.001),
  beta1: v.optional(share, 0.9),
  beta2: v.optional(share, 0.999),
  epsilon: v.optional(positive, 1e-7),
};

const sgdOptions = fields(sgdEntries);
const adamOptions = fields(adamEntries);

const PHRASE = "'sgd', 'adam', or what sgd() or adam() gives,";

const optimizerName: Schema<Optimizer> = v.pipe(
  v.picklist(['sgd', 'adam'], PHRASE),
  v.transform((name) => (name === 'sgd' ? sgd() : adam())),
);

const optimizerObject: Schema<Optimizer> = v.variant(
  'name',
  [fields({ name: v.literal('sgd'), ...sgdEntries }), fields({ name: v.literal('adam'), ...adamEntries })],
  PHRASE,
);

export const optimizerSchema: Schema<Optimizer> = v.lazy((value) =>
  typeof value === 'object' ? optimizerObject : optimizerName,
);

/**
 * Stochastic gradient descent, with momentum where it is not 0: `m = momentum · m + g`, `w = w − learningRate · m`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function sgd(options: SgdOptions = {}): Sgd {
  return { ...check(sgdOptions, options, 'sgd'), name: 'sgd' };
}

/**
 * Adam: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function adam(options: AdamOptions = {}): Adam {
  return { ...check(adamOptions, options, 'adam'), name: 'adam' };
}
