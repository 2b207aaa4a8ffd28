/** Metrics of decisions between classes. All are quotients of counts; formulas: docs/metrics.md. */
import * as v from 'valibot';
import { check, fields, integer, oneOf } from '../arguments.js';
import { expected } from '../errors.js';
import {
  type Column,
  decisions,
  type PositiveOptions,
  positiveClass,
  positiveEntry,
  readClasses,
  type ThresholdOptions,
  thresholdEntry,
  thresholdSchema,
} from './inputs.js';

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface AverageOptions extends ThresholdOptions, PositiveOptions {
  /**
   * `binary`: of the positive class alone. `macro`: the mean over the classes that occur in targets or predictions.
   * `micro`: of all rows together. @default 'binary'
   */
  readonly average?: 'binary' | 'macro' | 'micro';
  /** What 0/0 is: 0, 1, or NaN, which `macro` leaves out. @default 0 */
  readonly zeroDivision?: number;
}

/** Options of {@link topKAccuracy}. */
export interface TopKOptions {
  /** Classes that may be named, at least 1. @default 5 */
  readonly k?: number;
}

/**
 * The share of rows whose class the outputs name, from 0 to 1.
 *
 * @param targets Labels, or one-hot rows or shares, whose first greatest is the class.
 * @param predictions Scores, [rows, classes], or of class 1 alone, [rows].
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function accuracy(targets: Column, predictions: Column, options: ThresholdOptions = {}): number {
  const { threshold } = check(thresholdSchema, options, 'accuracy');
  const { outputs, labels } = readClasses(targets, predictions);
  const said = decisions(outputs, threshold);
  let hits = 0;
  for (let row = 0; row < said.length; row += 1) hits += Number(said[row] === labels[row]);
  return hits / said.length;
}

/**
 * The share of rows whose class is among the `k` of the greatest scores, from 0 to 1. Of equal scores the class of the lower
 * number comes first, so that `k: 1` is {@link accuracy}.
 *
 * @param targets Labels, or one-hot rows or shares.
 * @param predictions Scores, [rows, classes], of at least two columns.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function topKAccuracy(targets: Column, predictions: Column, options: TopKOptions = {}): number {
  const { k } = check(fields({ k: v.optional(integer(1), 5) }), options, 'topKAccuracy');
  const { outputs, labels } = readClasses(targets, predictions);
  const { data, rows, columns } = outputs;
  if (columns < 2) throw expected('at least 2 columns', 'predictions.columns', columns, 'ERR_SAMEBITS_SHAPE');
  let hits = 0;
  for (let row = 0; row < rows; row += 1) {
    const own = data[row * columns + labels[row]];
    let before = 0;
    for (let j = 0; j < columns; j += 1) {
      const score = data[row * columns + j];
      if (score > own || (score === own && j < labels[row])) before += 1;
    }
    hits += Number(before < k);
  }
  return hits / rows;
}

/**
 * Of the rows that were said to be of a class, the share that is: TP / (TP + FP).
 *
 * @param targets Labels, or one-hot rows or shares.
 * @param predictions Scores, [rows, classes], or of class 1 alone, [rows].
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function precision(targets: Column, predictions: Column, options: AverageOptions = {}): number {
  return averaged(targets, predictions, options, 'precision', ({ hits, said }) => [hits, said]);
}

/** Of the rows that are of a class, the share that was said to be: TP / (TP + FN). As {@link precision}. */
export function recall(targets: Column, predictions: Column, options: AverageOptions = {}): number {
  return averaged(targets, predictions, options, 'recall', ({ hits, are }) => [hits, are]);
}

/** 2·TP / (2·TP + FP + FN), the harmonic mean of precision and recall. As {@link precision}. */
export function f1(targets: Column, predictions: Column, options: AverageOptions = {}): number {
  return averaged(targets, predictions, options, 'f1', ({ hits, said, are }) => [2 * hits, said + are]);
}

/**
 * How many rows of each class were said to be of each: element [i][j] counts rows of class i that were said to be of j.
 *
 * @param targets Labels, or one-hot rows or shares.
 * @param predictions Scores, [rows, classes], or of class 1 alone, [rows].
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function confusionMatrix(targets: Column, predictions: Column, options: ThresholdOptions = {}): number[][] {
  const { threshold } = check(thresholdSchema, options, 'confusionMatrix');
  const { outputs, labels, classes } = readClasses(targets, predictions);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [row, said] of decisions(outputs, threshold).entries()) counts[labels[row]][said] += 1;
  return counts;
}

/** Rows of a class that were said to be of it, all that were said to be, and all that are. */
interface Counts {
  hits: number;
  said: number;
  are: number;
}

const averageSchema = fields({
  threshold: thresholdEntry,
  positive: positiveEntry,
  average: v.optional(oneOf(['binary', 'macro', 'micro'] as const), 'binary'),
  zeroDivision: v.optional(
    v.custom<number>((value) => value === 0 || value === 1 || Number.isNaN(value), '0, 1 or NaN'),
    0,
  ),
});

function averaged(
  targets: Column,
  predictions: Column,
  options: AverageOptions,
  name: string,
  parts: (counts: Counts) => readonly [number, number],
): number {
  const { threshold, positive, average, zeroDivision } = check(averageSchema, options, name);
  const { outputs, labels, classes } = readClasses(targets, predictions);
  const counts = countsOf(labels, decisions(outputs, threshold), classes);
  const quotient = (of: Counts): number => {
    const [upper, lower] = parts(of);
    return lower === 0 ? zeroDivision : upper / lower;
  };
  if (average === 'binary') return quotient(counts[positiveClass(positive, classes, ', or an average of classes,')]);
  if (positive !== undefined) throw expected(`no positive class, with average '${average}',`, 'positive', positive);
  if (average === 'micro') {
    const all = { hits: 0, said: labels.length, are: labels.length };
    for (const { hits } of counts) all.hits += hits;
    return quotient(all);
  }
  const values = counts.filter(({ said, are }) => said + are > 0).map(quotient);
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

function countsOf(labels: Uint32Array, said: Uint32Array, classes: number): Counts[] {
  const counts = Array.from({ length: classes }, () => ({ hits: 0, said: 0, are: 0 }));
  for (let row = 0; row < labels.length; row += 1) {
    counts[labels[row]].are += 1;
    counts[said[row]].said += 1;
    if (labels[row] === said[row]) counts[said[row]].hits += 1;
  }
  return counts;
}
