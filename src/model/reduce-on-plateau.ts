/** A learning rate that is reduced where a metric of the epochs no longer becomes better. */
import * as v from 'valibot';
import { check, fields, integer, oneOf, real } from '../arguments.js';
import { METRIC_NAMES, type MetricName, moreIsBetter } from '../metrics/names.js';
import type { LearningRate, ReduceOnPlateau, Schedule } from '../native/schedule.js';
import { checkWatched, type Metric } from './metrics.js';

/** Options of {@link reduceOnPlateau}; but for the rate, names and defaults are those of Keras. */
export interface ReduceOnPlateauOptions {
  /** Before it is reduced. Above 0. */
  readonly initialLearningRate: number;
  /** The metric of the epochs that is watched. Those of validation need validation data. @default 'val_loss' */
  readonly monitor?: MetricName;
  /** What the rate is multiplied by. Above 0, below 1. @default 0.1 */
  readonly factor?: number;
  /** Epochs in a row without improvement after which the rate is reduced; 0 is as 1. @default 10 */
  readonly patience?: number;
  /** By more than this a value has to be better than the best one, at least 0. @default 0.0001 */
  readonly minDelta?: number;
  /** Epochs after a reduction before those without improvement are counted again. @default 0 */
  readonly cooldown?: number;
  /** The rate is not reduced below it; Keras's `min_lr`. At least 0. @default 0 */
  readonly minLearningRate?: number;
  /** Whether less is better or more; `auto`: less of losses and errors, more of the others. @default 'auto' */
  readonly mode?: 'auto' | 'min' | 'max';
}

const positive = real('a number above 0', (value) => Math.fround(value) > 0);
const notNegative = real('a number of at least 0', (value) => value >= 0);

const entries = {
  initialLearningRate: positive,
  monitor: v.optional(oneOf(METRIC_NAMES), 'val_loss'),
  factor: v.optional(
    real('a number above 0 and below 1', (value) => Math.fround(value) > 0 && value < 1),
    0.1,
  ),
  patience: v.optional(integer(0), 10),
  minDelta: v.optional(notNegative, 1e-4),
  cooldown: v.optional(integer(0), 0),
  minLearningRate: v.optional(notNegative, 0),
  mode: v.optional(oneOf(['auto', 'min', 'max'] as const), 'auto'),
};

export const reduceOnPlateauObject = fields({ name: v.literal('reduceOnPlateau'), ...entries });

const optionsSchema = fields(entries);

/**
 * Multiplies the rate by `factor` when `patience` epochs in a row were no better than the best one before, as Keras's callback
 * `ReduceLROnPlateau`; here a part of the recipe, since it decides bits. After each epoch, once validated: better is
 * `value < best − minDelta`, or where more is better `value > best + minDelta`; NaN never is.
 *
 * What it remembers belongs to the model, as moments do: it is saved with the optimizer, a later `fit` goes on with it (Keras forgets
 * it when `fit` begins), and compiling again starts anew. As the schedule of {@link warmUp} it begins with the first epoch that ends
 * behind the warm-up.
 *
 * @example
 * const learningRate = reduceOnPlateau({ initialLearningRate: 0.001, factor: 0.2, patience: 5, minLearningRate: 1e-6 });
 * model.compile({ optimizer: adam({ learningRate }), loss: 'sparseCategoricalCrossentropy' });
 * await model.fit(x, y, { epochs: 100, validationData: [xTest, yTest] });
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `compile` with it where a metric is monitored that is not compiled, and `fit`
 * before it begins where there is no validation data for a metric of validation.
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions): ReduceOnPlateau {
  return { name: 'reduceOnPlateau', ...check(optionsSchema, options, 'reduceOnPlateau') };
}

/** The metric by whose course a rate is decided; null where it is by steps alone. */
export function monitorOf(rate: LearningRate): MetricName | null {
  if (typeof rate === 'number') return null;
  if (rate.name === 'warmUp') return monitorOf(rate.schedule);
  return rate.name === 'reduceOnPlateau' ? (rate.monitor as MetricName) : null;
}

/** What {@link checkMonitor} looks at. */
export interface Monitored {
  readonly optimizer: { readonly learningRate: LearningRate };
  readonly metrics: readonly Metric[];
}

/**
 * @param validated Whether epochs have metrics of validation.
 * @param name What the caller calls the optimizer.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a metric that no epoch will have.
 */
export function checkMonitor({ optimizer, metrics }: Monitored, validated: boolean, name: string): void {
  const monitor = monitorOf(optimizer.learningRate);
  if (monitor === null) return;
  const path = `${name}.learningRate${(optimizer.learningRate as Schedule).name === 'warmUp' ? '.schedule' : ''}`;
  checkWatched(monitor, metrics, validated, `${path}.monitor`);
}

/** The same rate, with what `mode: 'auto'` is. */
export function decidedMode(rate: LearningRate): LearningRate {
  if (typeof rate === 'number') return rate;
  if (rate.name === 'warmUp') return { ...rate, schedule: decidedMode(rate.schedule) as typeof rate.schedule };
  if (rate.name !== 'reduceOnPlateau' || rate.mode !== 'auto') return rate;
  return { ...rate, mode: moreIsBetter(rate.monitor as MetricName) ? 'max' : 'min' };
}
