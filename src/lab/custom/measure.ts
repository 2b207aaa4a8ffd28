/** What a custom experiment compares between runs. */

import { SamebitsError } from '../../errors.js';
import { decisionsOf } from '../../model/losses.js';
import type { Loss } from '../../native/network-description.js';
import type { Ground } from '../experiment/experiment.js';
import type { Column } from '../experiment/picture.js';
import type { Kept, TrainResult } from '../experiment/task.js';
import type { CheckedDescription, Measure } from './description.js';

/** A measure in words and numbers. */
export interface MeasureWords {
  readonly measure: Measure;
  /** `test accuracy` */
  readonly name: string;
  readonly format: NonNullable<Column['format']>;
}

const WORDS: Readonly<Record<Measure, Omit<MeasureWords, 'measure'>>> = {
  accuracy: { name: 'test accuracy', format: 'share' },
  loss: { name: 'test loss', format: 'number' },
  predictions: { name: 'test predictions', format: 'number' },
  trainAccuracy: { name: 'training accuracy', format: 'share' },
  trainLoss: { name: 'training loss', format: 'number' },
};

/** The measures of an experiment, the one that decides first. */
export function measuresOf(
  { measures }: CheckedDescription,
  { base }: Ground,
): readonly [MeasureWords, ...MeasureWords[]] {
  const [first, ...others] = measures ?? [defaultMeasure(base.recipe.loss)];
  const words = (measure: Measure): MeasureWords => ({ measure, ...WORDS[measure] });
  return [words(first), ...others.map(words)];
}

function defaultMeasure(loss: Loss): Measure {
  return decisionsOf(loss) === null ? 'loss' : 'accuracy';
}

/** What the trainings have to keep. */
export function keptFor(measures: readonly MeasureWords[]): readonly Kept[] {
  return measures.some(({ measure }) => measure === 'predictions') ? ['predictions'] : [];
}

/**
 * A metric of a run.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for an accuracy where nothing is right or wrong.
 */
export function metricOf({ train, test }: TrainResult, { measure, name }: MeasureWords): number {
  const value = {
    accuracy: test.accuracy,
    loss: test.loss,
    trainAccuracy: train.accuracy,
    trainLoss: train.loss,
    predictions: null,
  }[measure];
  if (value !== null) return value;
  throw new SamebitsError(
    'ERR_SAMEBITS_ARGUMENT',
    `Expected a measure that the runs have but received ${name}: a regression has loss, trainLoss and predictions`,
  );
}

/** How far two runs are apart: absolute difference, of predictions its mean. */
export function distanceOf(a: TrainResult, b: TrainResult, words: MeasureWords): number {
  if (words.measure !== 'predictions') return Math.abs(metricOf(a, words) - metricOf(b, words));
  return meanOverOutputs(a, b, Math.abs);
}

/** Square of the difference, of predictions its mean. */
export function squaredDistanceOf(a: TrainResult, b: TrainResult, words: MeasureWords): number {
  const square = (value: number): number => value * value;
  if (words.measure !== 'predictions') return square(metricOf(a, words) - metricOf(b, words));
  return meanOverOutputs(a, b, square);
}

function meanOverOutputs(a: TrainResult, b: TrainResult, of: (difference: number) => number): number {
  const [x, y] = [a.predictions(), b.predictions()];
  let sum = 0;
  for (let i = 0; i < x.length; i += 1) sum += of(x[i] - y[i]);
  return sum / x.length;
}
