/** Learning-rate schedules as plain, serialisable descriptions; names and defaults are those of Keras, or of PyTorch where it has none. */
import * as v from 'valibot';
import { check, choice, fields, flag, integer, oneOf, real, type Schema } from '../arguments.js';
import { addon } from '../native/addon.js';
import type {
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  LearningRate,
  OneCycle,
  PiecewiseConstantDecay,
  PolynomialDecay,
  Schedule,
  WarmUp,
} from '../native/schedule.js';
import { reduceOnPlateauObject } from './reduce-on-plateau.js';

/** Options of {@link piecewiseConstantDecay}. */
export interface PiecewiseConstantDecayOptions {
  /** The last step of each piece but the last, counted from 0; ascending. */
  readonly boundaries: readonly number[];
  /** The rate of each piece: one more than boundaries. At least 0. */
  readonly values: readonly number[];
}

/** Options of {@link exponentialDecay} and {@link inverseTimeDecay}. */
export interface DecayOptions {
  /** Of step 0. Above 0. */
  readonly initialLearningRate: number;
  /** Steps, at least 1. */
  readonly decaySteps: number;
  /** Above 0. */
  readonly decayRate: number;
  /** Decay in whole lengths of `decaySteps`, not with every step. @default false */
  readonly staircase?: boolean;
}

/** Options of {@link stepDecay}. */
export interface StepDecayOptions {
  /** Of step 0. Above 0. */
  readonly initialLearningRate: number;
  /** Steps from one decay to the next, at least 1. */
  readonly decaySteps: number;
  /** What the rate is multiplied by. Above 0. @default 0.1 */
  readonly decayRate?: number;
}

/** Options of {@link polynomialDecay}. */
export interface PolynomialDecayOptions {
  /** Of step 0. Above 0. */
  readonly initialLearningRate: number;
  /** Steps, at least 1. */
  readonly decaySteps: number;
  /** At least 0. @default 0.0001 */
  readonly endLearningRate?: number;
  /** Above 0. @default 1 */
  readonly power?: number;
  /** Beyond `decaySteps` begin again on a way twice, three times, … as long, instead of staying at the end. @default false */
  readonly cycle?: boolean;
}

/** Options of {@link cosineDecay}. */
export interface CosineDecayOptions {
  /** Of step 0. Above 0. */
  readonly initialLearningRate: number;
  /** Steps, at least 1. */
  readonly decaySteps: number;
  /** Share of the initial rate that is left in the end. At least 0. @default 0 */
  readonly alpha?: number;
}

/** Options of {@link cosineDecayRestarts}. */
export interface CosineDecayRestartsOptions {
  /** Of step 0. Above 0. */
  readonly initialLearningRate: number;
  /** Steps of the first way down, at least 1. */
  readonly firstDecaySteps: number;
  /** How many times as long each way down is as the one before. At least 1. @default 2 */
  readonly tMul?: number;
  /** How many times as high each way down begins as the one before. Above 0. @default 1 */
  readonly mMul?: number;
  /** Share of the initial rate that is left in the end. At least 0. @default 0 */
  readonly alpha?: number;
}

/** Options of {@link oneCycle}; names and defaults are those of PyTorch's `OneCycleLR`. */
export interface OneCycleOptions {
  /** Above 0. */
  readonly maxLearningRate: number;
  /** Steps of the whole cycle, at least 1; those after it have the last rate. */
  readonly totalSteps: number;
  /** Share of the steps in which the rate rises. From 0 to below 1. @default 0.3 */
  readonly pctStart?: number;
  /** Along half a cosine, or a straight line. @default 'cos' */
  readonly annealStrategy?: 'cos' | 'linear';
  /** The highest rate is as many times the first. Above 0. @default 25 */
  readonly divFactor?: number;
  /** The first rate is as many times the last. Above 0. @default 10000 */
  readonly finalDivFactor?: number;
}

/** Options of {@link warmUp}. */
export interface WarmUpOptions {
  /** What comes after it, counting its steps from 0: a rate or a schedule, but for another warm-up. */
  readonly schedule: WarmUp['schedule'];
  /** Steps, at least 1. */
  readonly steps: number;
  /** Of step 0. At least 0. @default 0 */
  readonly initialLearningRate?: number;
}

const MOST_BOUNDARIES = 4096;
const PHRASE =
  'a number above 0, or what exponentialDecay(), stepDecay(), inverseTimeDecay(), polynomialDecay(), ' +
  'piecewiseConstantDecay(), cosineDecay(), cosineDecayRestarts(), oneCycle(), ' +
  'reduceOnPlateau() or warmUp() gives,';

const positive = real('a number above 0', (value) => Math.fround(value) > 0);
const notNegative = real('a number of at least 0', (value) => value >= 0);
const exponent = real('a number above 0, at most 2^53', (value) => Math.fround(value) > 0 && value <= 2 ** 53);
const share = real('a number from 0 to below 1', (value) => value >= 0 && value < 1);
const stepCount = integer(1);

const BOUNDARIES = `at most ${MOST_BOUNDARIES} ascending integers of at least 0`;

const entries = {
  piecewiseConstantDecay: {
    boundaries: v.pipe(
      v.array(integer(0), BOUNDARIES),
      v.maxLength(MOST_BOUNDARIES, BOUNDARIES),
      v.check((all) => all.every((step, i) => i === 0 || step > all[i - 1]), BOUNDARIES),
    ),
    values: v.array(notNegative, 'an array of rates'),
  },
  exponentialDecay: {
    initialLearningRate: positive,
    decaySteps: stepCount,
    decayRate: positive,
    staircase: v.optional(flag, false),
  },
  stepDecay: { initialLearningRate: positive, decaySteps: stepCount, decayRate: v.optional(positive, 0.1) },
  inverseTimeDecay: {
    initialLearningRate: positive,
    decaySteps: stepCount,
    decayRate: positive,
    staircase: v.optional(flag, false),
  },
  polynomialDecay: {
    initialLearningRate: positive,
    decaySteps: stepCount,
    endLearningRate: v.optional(notNegative, 0.0001),
    power: v.optional(exponent, 1),
    cycle: v.optional(flag, false),
  },
  cosineDecay: { initialLearningRate: positive, decaySteps: stepCount, alpha: v.optional(notNegative, 0) },
  cosineDecayRestarts: {
    initialLearningRate: positive,
    firstDecaySteps: stepCount,
    tMul: v.optional(
      real('a number of at least 1', (value) => value >= 1),
      2,
    ),
    mMul: v.optional(positive, 1),
    alpha: v.optional(notNegative, 0),
  },
  oneCycle: {
    maxLearningRate: positive,
    totalSteps: stepCount,
    pctStart: v.optional(share, 0.3),
    annealStrategy: v.optional(oneOf(['cos', 'linear'] as const), 'cos'),
    divFactor: v.optional(positive, 25),
    finalDivFactor: v.optional(positive, 10000),
  },
};

const VALUES = 'one value more than there are boundaries';

const hasAllValues = ({ boundaries, values }: { boundaries: number[]; values: number[] }): boolean =>
  values.length === boundaries.length + 1;

const unwarmedObject: Schema<Exclude<Schedule, WarmUp>> = v.pipe(
  v.variant(
    'name',
    [
      fields({ name: v.literal('piecewiseConstantDecay'), ...entries.piecewiseConstantDecay }),
      fields({ name: v.literal('exponentialDecay'), ...entries.exponentialDecay }),
      fields({ name: v.literal('inverseTimeDecay'), ...entries.inverseTimeDecay }),
      fields({ name: v.literal('polynomialDecay'), ...entries.polynomialDecay }),
      fields({ name: v.literal('cosineDecay'), ...entries.cosineDecay }),
      fields({ name: v.literal('cosineDecayRestarts'), ...entries.cosineDecayRestarts }),
      fields({ name: v.literal('oneCycle'), ...entries.oneCycle }),
      reduceOnPlateauObject,
    ],
    PHRASE,
  ),
  v.check((schedule) => schedule.name !== 'piecewiseConstantDecay' || hasAllValues(schedule), VALUES),
);

/** A number, or what a schedule's object is. */
const rateOr = <T>(object: Schema<T>): Schema<number | T> =>
  choice<number | T>([positive, object], (value) => (typeof value === 'object' && value !== null ? object : positive));

const warmUpEntries = {
  schedule: rateOr(unwarmedObject),
  steps: stepCount,
  initialLearningRate: v.optional(notNegative, 0),
};

const warmUpObject: Schema<WarmUp> = fields({ name: v.literal('warmUp'), ...warmUpEntries });

const scheduleObject: Schema<Schedule> = choice<Schedule>([unwarmedObject, warmUpObject], (value) =>
  (Object(value) as { readonly name?: unknown }).name === 'warmUp' ? warmUpObject : unwarmedObject,
);

/** What an optimizer's `learningRate` may be. */
export const learningRateSchema: Schema<LearningRate> = rateOr(scheduleObject);

const piecewiseOptions = v.pipe(fields(entries.piecewiseConstantDecay), v.check(hasAllValues, VALUES));
const exponentialOptions = fields(entries.exponentialDecay);
const stepOptions = fields(entries.stepDecay);
const inverseTimeOptions = fields(entries.inverseTimeDecay);
const polynomialOptions = fields(entries.polynomialDecay);
const cosineOptions = fields(entries.cosineDecay);
const restartsOptions = fields(entries.cosineDecayRestarts);
const oneCycleOptions = fields(entries.oneCycle);
const warmUpOptions = fields(warmUpEntries);

/**
 * One rate up to each boundary, that step included, as Keras's `PiecewiseConstantDecay`. Steps are those made since the model was
 * compiled, counted from 0; so in all schedules.
 *
 * @example
 * // 0.1 in steps 0 to 1000, 0.01 in 1001 to 2000, then 0.001.
 * sgd({ learningRate: piecewiseConstantDecay({ boundaries: [1000, 2000], values: [0.1, 0.01, 0.001] }) });
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): PiecewiseConstantDecay {
  return { name: 'piecewiseConstantDecay', ...check(piecewiseOptions, options, 'piecewiseConstantDecay') };
}

/**
 * `initialLearningRate · decayRate^(step / decaySteps)`, as Keras's `ExponentialDecay`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function exponentialDecay(options: DecayOptions): ExponentialDecay {
  return { name: 'exponentialDecay', ...check(exponentialOptions, options, 'exponentialDecay') };
}

/**
 * Multiplies the rate by `decayRate` every `decaySteps` steps, as PyTorch's `StepLR`: {@link exponentialDecay} with `staircase`,
 * and such a description.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function stepDecay(options: StepDecayOptions): ExponentialDecay {
  return { name: 'exponentialDecay', ...check(stepOptions, options, 'stepDecay'), staircase: true };
}

/**
 * `initialLearningRate / (1 + decayRate · step / decaySteps)`, as Keras's `InverseTimeDecay`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function inverseTimeDecay(options: DecayOptions): InverseTimeDecay {
  return { name: 'inverseTimeDecay', ...check(inverseTimeOptions, options, 'inverseTimeDecay') };
}

/**
 * `(initialLearningRate − endLearningRate) · (1 − step / decaySteps)^power + endLearningRate`, as Keras's `PolynomialDecay`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function polynomialDecay(options: PolynomialDecayOptions): PolynomialDecay {
  return { name: 'polynomialDecay', ...check(polynomialOptions, options, 'polynomialDecay') };
}

/**
 * Half a cosine from the initial rate down to `alpha` times it, and then no further, as Keras's `CosineDecay`. Its `warmup_steps`
 * are {@link warmUp}.
 *
 * @example
 * adam({ learningRate: cosineDecay({ initialLearningRate: 0.001, decaySteps: 10_000 }) });
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function cosineDecay(options: CosineDecayOptions): CosineDecay {
  return { name: 'cosineDecay', ...check(cosineOptions, options, 'cosineDecay') };
}

/**
 * Cosines one after another, each `tMul` times as long as the one before, as Keras's `CosineDecayRestarts`: Loshchilov and Hutter,
 * "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): CosineDecayRestarts {
  return { name: 'cosineDecayRestarts', ...check(restartsOptions, options, 'cosineDecayRestarts') };
}

/**
 * Up to the highest rate and down again, far below where it began, as PyTorch's `OneCycleLR` with two phases: Smith and Topin,
 * "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2018. Momentum stays as it is.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function oneCycle(options: OneCycleOptions): OneCycle {
  return { name: 'oneCycle', ...check(oneCycleOptions, options, 'oneCycle') };
}

/**
 * A straight line from `initialLearningRate` to the first rate of another schedule, which then begins.
 *
 * @example
 * const decay = cosineDecay({ initialLearningRate: 0.001, decaySteps: 9_500 });
 * adam({ learningRate: warmUp({ schedule: decay, steps: 500 }) });
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function warmUp(options: WarmUpOptions): WarmUp {
  return { name: 'warmUp', ...check(warmUpOptions, options, 'warmUp') };
}

/**
 * The learning rate of one step, as training takes it, before it is rounded to binary32: to look at a schedule, or to draw it. One that
 * is reduced on plateaus is as it would be without any.
 *
 * @param step Steps made before since the model was compiled: 0 is the first.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function learningRateAt(learningRate: LearningRate, step: number): number {
  const rate = check(learningRateSchema, learningRate, 'learningRate');
  return addon().learningRate(rate, check(integer(0), step, 'step'));
}

/** The same way with each of its rates divided. */
export function dividedRate(rate: LearningRate, by: number): LearningRate {
  if (typeof rate === 'number') return rate / by;
  if (rate.name === 'piecewiseConstantDecay') return { ...rate, values: rate.values.map((value) => value / by) };
  if (rate.name === 'oneCycle') return { ...rate, maxLearningRate: rate.maxLearningRate / by };
  const divided = { ...rate, initialLearningRate: rate.initialLearningRate / by };
  if (divided.name === 'reduceOnPlateau') return { ...divided, minLearningRate: divided.minLearningRate / by };
  if (divided.name === 'polynomialDecay') return { ...divided, endLearningRate: divided.endLearningRate / by };
  if (divided.name !== 'warmUp') return divided;
  return { ...divided, schedule: dividedRate(divided.schedule, by) as WarmUp['schedule'] };
}
