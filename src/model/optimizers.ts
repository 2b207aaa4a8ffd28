/** Optimizers as plain, serialisable descriptions; names and defaults are those of tfjs and Keras. */
import * as v from 'valibot';
import { check, choice, fields, flag, real, type Schema } from '../arguments.js';
import { expected } from '../errors.js';
import type { LearningRate } from '../native/schedule.js';
import { learningRateSchema } from './schedules.js';
import {
  clipsTwice,
  decaySchema,
  type UpdateOptions,
  type Updates,
  updateEntries,
  withoutIdle,
} from './update-options.js';

/** Options of {@link sgd}. */
export interface SgdOptions extends UpdateOptions {
  /** Above 0, or a schedule. @default 0.01 */
  readonly learningRate?: LearningRate;
  /** At least 0, below 1. @default 0 */
  readonly momentum?: number;
  /** Nesterov's momentum; only with a momentum above 0. @default false */
  readonly nesterov?: boolean;
}

/** Stochastic gradient descent. */
export interface Sgd extends Updates {
  readonly name: 'sgd';
  readonly learningRate: LearningRate;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** Options of {@link rmsprop}. */
export interface RmsPropOptions extends UpdateOptions {
  /** Above 0, or a schedule. @default 0.001 */
  readonly learningRate?: LearningRate;
  /** Of the mean of squared gradients; what tfjs calls decay. At least 0, below 1. @default 0.9 */
  readonly rho?: number;
  /** At least 0, below 1. @default 0 */
  readonly momentum?: number;
  /** Above 0; inside the root. @default 1e-7 */
  readonly epsilon?: number;
}

/** Tieleman and Hinton, "Lecture 6.5: RMSProp", Coursera, 2012. */
export interface RmsProp extends Updates {
  readonly name: 'rmsprop';
  readonly learningRate: LearningRate;
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
}

/** Options of {@link adam}. */
export interface AdamOptions extends UpdateOptions {
  /** Above 0, or a schedule. @default 0.001 */
  readonly learningRate?: LearningRate;
  /** At least 0, below 1. @default 0.9 */
  readonly beta1?: number;
  /** At least 0, below 1. @default 0.999 */
  readonly beta2?: number;
  /** Above 0. @default 1e-7 */
  readonly epsilon?: number;
  /** Divide by the largest of all second moments so far instead of the last. @default false */
  readonly amsgrad?: boolean;
}

/** Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1. */
export interface Adam extends Updates {
  readonly name: 'adam';
  readonly learningRate: LearningRate;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Absent without. Reddi, Kale and Kumar, "On the Convergence of Adam and Beyond", 2018. */
  readonly amsgrad?: true;
}

/** Options of {@link nadam}. */
export interface NadamOptions extends UpdateOptions {
  /** Above 0, or a schedule. @default 0.001 */
  readonly learningRate?: LearningRate;
  /** Where the momentum rises to, from half of it. At least 0, below 1. @default 0.9 */
  readonly beta1?: number;
  /** At least 0, below 1. @default 0.999 */
  readonly beta2?: number;
  /** Above 0. @default 1e-7 */
  readonly epsilon?: number;
}

/** Dozat, "Incorporating Nesterov Momentum into Adam", 2016. */
export interface Nadam extends Updates {
  readonly name: 'nadam';
  readonly learningRate: LearningRate;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Options of {@link adagrad}. */
export interface AdagradOptions extends UpdateOptions {
  /** Above 0, or a schedule. @default 0.001 */
  readonly learningRate?: LearningRate;
  /** Where the sums of squared gradients start. At least 0. @default 0.1 */
  readonly initialAccumulatorValue?: number;
  /** Above 0; inside the root. @default 1e-7 */
  readonly epsilon?: number;
}

/** Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011. */
export interface Adagrad extends Updates {
  readonly name: 'adagrad';
  readonly learningRate: LearningRate;
  readonly initialAccumulatorValue: number;
  readonly epsilon: number;
}

/** What {@link sgd}, {@link rmsprop}, {@link adam}, {@link adamw}, {@link nadam} or {@link adagrad} gives. */
export type Optimizer = Sgd | RmsProp | Adam | Nadam | Adagrad;

/** Names by which an optimizer can be asked for; `adamw` is Adam with weight decay. */
export const OPTIMIZERS = ['sgd', 'rmsprop', 'adam', 'adamw', 'nadam', 'adagrad'] as const;

/** A name that stands for an optimizer with its defaults. */
export type OptimizerName = (typeof OPTIMIZERS)[number];

const positive = real('a number above 0', (value) => Math.fround(value) > 0);
const share = real('a number from 0 to below 1', (value) => value >= 0 && value < 1);

const sumOfSquares = real('a number of at least 0', (value) => value >= 0 && Number.isFinite(Math.fround(value)));

const sgdEntries = {
  learningRate: v.optional(learningRateSchema, 0.01),
  momentum: v.optional(share, 0),
  nesterov: v.optional(flag, false),
  ...updateEntries,
};

const rmspropEntries = {
  learningRate: v.optional(learningRateSchema, 0.001),
  rho: v.optional(share, 0.9),
  momentum: v.optional(share, 0),
  epsilon: v.optional(positive, 1e-7),
  ...updateEntries,
};

const nadamEntries = {
  learningRate: v.optional(learningRateSchema, 0.001),
  beta1: v.optional(share, 0.9),
  beta2: v.optional(share, 0.999),
  epsilon: v.optional(positive, 1e-7),
  ...updateEntries,
};

const adamEntries = { ...nadamEntries, amsgrad: v.optional(flag, false) };

/** That of Keras. */
const ADAMW_DECAY = 0.004;

const adamwEntries = { ...adamEntries, weightDecay: v.optional(decaySchema, ADAMW_DECAY) };

const adagradEntries = {
  learningRate: v.optional(learningRateSchema, 0.001),
  initialAccumulatorValue: v.optional(sumOfSquares, 0.1),
  epsilon: v.optional(positive, 1e-7),
  ...updateEntries,
};

const sgdOptions = fields(sgdEntries);
const rmspropOptions = fields(rmspropEntries);
const adamOptions = fields(adamEntries);
const adamwOptions = fields(adamwEntries);
const nadamOptions = fields(nadamEntries);
const adagradOptions = fields(adagradEntries);

const CLIPS_ONCE = 'at most one of clipValue, clipNorm and globalClipNorm';

const PHRASE =
  "'sgd', 'rmsprop', 'adam', 'adamw', 'nadam', 'adagrad', or what sgd(), rmsprop(), adam(), adamw(), nadam() or adagrad() gives,";

const optimizerName: Schema<Optimizer> = v.pipe(
  v.picklist(OPTIMIZERS, PHRASE),
  v.transform((name) => optimizerNamed(name)),
);

const optimizerObject: Schema<Optimizer> = v.pipe(
  v.variant(
    'name',
    [
      fields({ name: v.literal('sgd'), ...sgdEntries }),
      fields({ name: v.literal('rmsprop'), ...rmspropEntries }),
      fields({ name: v.literal('adam'), ...adamEntries }),
      fields({ name: v.literal('adamw'), ...adamwEntries }),
      fields({ name: v.literal('nadam'), ...nadamEntries }),
      fields({ name: v.literal('adagrad'), ...adagradEntries }),
    ],
    PHRASE,
  ),
  v.check((given) => !clipsTwice(given), CLIPS_ONCE),
  v.transform((given): Optimizer => {
    if (given.name !== 'adam' && given.name !== 'adamw') return withoutIdle(given);
    const { name: _, ...options } = given;
    return adamOf(options);
  }),
  v.check((optimizer) => !lacksMomentum(optimizer), 'an optimizer with momentum above 0, as nesterov: true needs it,'),
);

export const optimizerSchema: Schema<Optimizer> = choice([optimizerName, optimizerObject], (value) =>
  typeof value === 'object' ? optimizerObject : optimizerName,
);

/**
 * Stochastic gradient descent, with momentum where it is not 0: `m = momentum · m + g`, `w = w − learningRate · m`; with
 * nesterov `w = w − learningRate · (momentum · m + g)`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function sgd(options: SgdOptions = {}): Sgd {
  const checked = { ...given(sgdOptions, options, 'sgd'), name: 'sgd' } as const;
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
  return { ...given(rmspropOptions, options, 'rmsprop'), name: 'rmsprop' };
}

/**
 * Adam: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1; with `amsgrad` Reddi, Kale and Kumar, "On
 * the Convergence of Adam and Beyond", 2018, with its bias corrections, as in Keras and PyTorch.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function adam(options: AdamOptions = {}): Adam {
  return adamOf(given(adamOptions, options, 'adam'));
}

/**
 * Adam with decoupled weight decay: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019. Its `weightDecay` is
 * 0.004 unless given, as in Keras; PyTorch's is 0.01. Gives what `adam({ weightDecay: 0.004 })` does.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function adamw(options: AdamOptions = {}): Adam {
  return adamOf(given(adamwOptions, options, 'adamw'));
}

/**
 * Nadam, Adam with Nesterov's momentum: Dozat, "Incorporating Nesterov Momentum into Adam", 2016, with Keras's schedule of momentum,
 * `beta1 · (1 − ½ · 0.96^t)` in step `t`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function nadam(options: NadamOptions = {}): Nadam {
  return { ...given(nadamOptions, options, 'nadam'), name: 'nadam' };
}

/**
 * Adagrad: `v = v + g²`, `w = w − learningRate · g / √(v + epsilon)`, `v` starting at `initialAccumulatorValue`; Duchi, Hazan and
 * Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function adagrad(options: AdagradOptions = {}): Adagrad {
  return { ...given(adagradOptions, options, 'adagrad'), name: 'adagrad' };
}

/** The optimizer of a name, with its defaults but for what is given. */
export function optimizerNamed(name: OptimizerName, options: { readonly learningRate?: LearningRate } = {}): Optimizer {
  return { sgd, rmsprop, adam, adamw, nadam, adagrad }[name](options);
}

/** Checked options without those that do nothing. */
function given<T extends UpdateOptions>(schema: Schema<T>, options: unknown, name: string) {
  const checked = check(schema, options, name);
  if (clipsTwice(checked)) throw expected(CLIPS_ONCE, name, options);
  return withoutIdle(checked);
}

interface AmsgradAndUpdates extends UpdateOptions {
  readonly amsgrad: boolean;
}

/** Without amsgrad a recipe does not speak of it, as those made before there was one. */
function adamOf({ amsgrad, ...options }: Omit<Adam, 'name' | 'amsgrad' | keyof Updates> & AmsgradAndUpdates): Adam {
  return { ...withoutIdle(options), name: 'adam', ...(amsgrad ? { amsgrad } : {}) };
}

function lacksMomentum(optimizer: Optimizer): boolean {
  return optimizer.name === 'sgd' && optimizer.nesterov && optimizer.momentum === 0;
}

/** The slot of the moving average, the last one. */
export const AVERAGE_SLOT = 'average';

/** Names of an optimizer's slots, in the order in which the fingerprint takes them. */
export function slotNames(optimizer: Optimizer | undefined): readonly string[] {
  if (optimizer === undefined) return [];
  return optimizer.movingAverage === undefined ? ruleSlots(optimizer) : [...ruleSlots(optimizer), AVERAGE_SLOT];
}

/** Those of its own rule. */
function ruleSlots(optimizer: Optimizer): readonly string[] {
  if (optimizer.name === 'adam') return optimizer.amsgrad ? ['m', 'v', 'vMax'] : ['m', 'v'];
  if (optimizer.name === 'nadam') return ['m', 'v'];
  if (optimizer.name === 'adagrad') return ['accumulator'];
  const momentum = optimizer.momentum === 0 ? [] : ['momentum'];
  return optimizer.name === 'rmsprop' ? ['v', ...momentum] : momentum;
}
