/** Optimizers as plain, serialisable descriptions; names and defaults are those of tfjs and Keras. */
import * as v from 'valibot';
import { check, fields, flag, real, type Schema } from '../arguments.js';
import { expected } from '../errors.js';

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** Above 0. @default 0.01 */
  readonly learningRate?: number;
  /** At least 0, below 1. @default 0 */
  readonly momentum?: number;
  /** Nesterov's momentum; only with a momentum above 0. @default false */
  readonly nesterov?: boolean;
}

/** Stochastic gradient descent. */
export interface Sgd {
  readonly name: 'sgd';
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** Options of {@link rmsprop}. */
export interface RmsPropOptions {
  /** Above 0. @default 0.001 */
  readonly learningRate?: number;
  /** Of the mean of squared gradients; what tfjs calls decay. At least 0, below 1. @default 0.9 */
  readonly rho?: number;
  /** At least 0, below 1. @default 0 */
  readonly momentum?: number;
  /** Above 0; inside the root. @default 1e-7 */
  readonly epsilon?: number;
}

/** Tieleman and Hinton, "Lecture 6.5: RMSProp", Coursera, 2012. */
export interface RmsProp {
  readonly name: 'rmsprop';
  readonly learningRate: number;
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
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

/** What {@link sgd}, {@link rmsprop} or {@link adam} gives. */
export type Optimizer = Sgd | RmsProp | Adam;

export const OPTIMIZERS = ['sgd', 'rmsprop', 'adam'] as const satisfies readonly Optimizer['name'][];

const positive = real('a number above 0', (value) => Math.fround(value) > 0);
const share = real('a number from 0 to below 1', (value) => value >= 0 && value < 1);

const sgdEntries = {
  learningRate: v.optional(positive, 0.01),
  momentum: v.optional(share, 0),
  nesterov: v.optional(flag, false),
};

const rmspropEntries = {
  learningRate: v.optional(positive, 0.001),
  rho: v.optional(share, 0.9),
  momentum: v.optional(share, 0),
  epsilon: v.optional(positive, 1e-7),
};

const adamEntries = {
  learningRate: v.optional(positive, 0.001),
  beta1: v.optional(share, 0.9),
  beta2: v.optional(share, 0.999),
  epsilon: v.optional(positive, 1e-7),
};

const sgdOptions = fields(sgdEntries);
const rmspropOptions = fields(rmspropEntries);
const adamOptions = fields(adamEntries);

const PHRASE = "'sgd', 'rmsprop', 'adam', or what sgd(), rmsprop() or adam() gives,";

const optimizerName: Schema<Optimizer> = v.pipe(
  v.picklist(OPTIMIZERS, PHRASE),
  v.transform((name) => ({ sgd, rmsprop, adam })[name]()),
);

const optimizerObject: Schema<Optimizer> = v.pipe(
  v.variant(
    'name',
    [
      fields({ name: v.literal('sgd'), ...sgdEntries }),
      fields({ name: v.literal('rmsprop'), ...rmspropEntries }),
      fields({ name: v.literal('adam'), ...adamEntries }),
    ],
    PHRASE,
  ),
  v.check((optimizer) => !lacksMomentum(optimizer), 'an optimizer with momentum above 0, as nesterov: true needs it,'),
);

export const optimizerSchema: Schema<Optimizer> = v.lazy((value) =>
  typeof value === 'object' ? optimizerObject : optimizerName,
);

/**
 * Stochastic gradient descent, with momentum where it is not 0: `m = momentum · m + g`, `w = w − learningRate · m`; with
 * nesterov `w = w − learningRate · (momentum · m + g)`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function sgd(options: SgdOptions = {}): Sgd {
  const checked = { ...check(sgdOptions, options, 'sgd'), name: 'sgd' } as const;
  // Keras would train without any momentum, and nobody would see it.
  if (lacksMomentum(checked)) throw expected('a number above 0 with nesterov: true', 'sgd.momentum', checked.momentum);
  return checked;
}

/**
 * RMSprop: `v = rho · v + (1 − rho) · g²`, `w = w − learningRate · g / √(v + epsilon)`, with momentum where it is not 0.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function rmsprop(options: RmsPropOptions = {}): RmsProp {
  return { ...check(rmspropOptions, options, 'rmsprop'), name: 'rmsprop' };
}

/**
 * Adam: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function adam(options: AdamOptions = {}): Adam {
  return { ...check(adamOptions, options, 'adam'), name: 'adam' };
}

function lacksMomentum(optimizer: Optimizer): boolean {
  return optimizer.name === 'sgd' && optimizer.nesterov && optimizer.momentum === 0;
}

/** Names of an optimizer's slots, in the order in which the fingerprint takes them. */
export function slotNames(optimizer: Optimizer | undefined): readonly string[] {
  if (optimizer === undefined) return [];
  if (optimizer.name === 'adam') return ['m', 'v'];
  const momentum = optimizer.momentum === 0 ? [] : ['momentum'];
  return optimizer.name === 'rmsprop' ? ['v', ...momentum] : momentum;
}
