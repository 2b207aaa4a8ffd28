/** The border of this folder: samples of numbers, levels, counts. */
import { expected } from '../../errors.js';
import type { Seed } from '../../random/seed.js';

/** Values of one quantity over runs, in any array. */
export type Sample = ArrayLike<number>;

/** An interval that holds the true value with a given probability, as far as its method's assumptions hold. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Nominal coverage, above 0 and below 1. */
  readonly level: number;
}

/** Options of whatever draws random numbers: the same seed gives the same result, to the bit. */
export interface Seeded {
  /** @default 0 */
  readonly seed?: Seed;
}

/**
 * A copy of a sample as an array.
 *
 * @param least Fewest values that will do.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for what is no array of numbers; `ERR_SAMEBITS_DATA` for too few
 * values, and for NaN and infinite ones.
 */
export function checkSample(values: Sample, name: string, least = 1): number[] {
  if (!Array.isArray(values) && !ArrayBuffer.isView(values)) throw expected('an array of numbers', name, values);
  const copy = Array.from(values as Sample);
  if (copy.length < least) throw expected(`at least ${least} ${least === 1 ? 'value' : 'values'}`, name, values, DATA);
  copy.forEach((value, i) => {
    if (typeof value !== 'number') throw expected('a number', `${name}[${i}]`, value);
    if (!Number.isFinite(value)) throw expected('a finite number', `${name}[${i}]`, value, DATA);
  });
  return copy;
}

/**
 * @returns `level`, if it is a probability that an interval can have.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function checkLevel(level: number, name = 'level'): number {
  if (!(level > 0 && level < 1)) throw expected('a number above 0 and below 1', name, level);
  return level;
}

/**
 * @returns `count`, if it is an integer of at least `least`.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function checkCount(count: number, name: string, least = 1): number {
  if (!Number.isSafeInteger(count) || count < least) throw expected(`an integer of at least ${least}`, name, count);
  return count;
}

/**
 * `b[i] − a[i]` of samples of the same length.
 *
 * @throws SamebitsError `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_SHAPE` for other lengths.
 */
export function pairDifferences(a: Sample, b: Sample): number[] {
  const [first, second] = checkPairs(a, b, 'a', 'b', 2);
  return second.map((value, i) => value - first[i]);
}

/** Two samples of the same length. */
export function checkPairs(a: Sample, b: Sample, nameA: string, nameB: string, least: number): [number[], number[]] {
  const first = checkSample(a, nameA, least);
  const second = checkSample(b, nameB, least);
  if (first.length !== second.length) {
    throw expected(`as many values as in ${nameA} (${first.length})`, nameB, b, 'ERR_SAMEBITS_SHAPE');
  }
  return [first, second];
}

const DATA = 'ERR_SAMEBITS_DATA';
