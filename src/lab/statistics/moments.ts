/** Mean, standard deviation and range. */
import { mean as meanOf, sampleVariance } from 'simple-statistics';
import { chiSquaredQuantile } from './chi-squared.js';
import { checkLevel, checkSample, type Interval, type Sample } from './sample.js';
import { studentCritical } from './student-t.js';

/** The mean; of equal values exactly that value, which their rounded sum over their number need not be. */
export function mean(values: readonly number[]): number {
  return allEqual(values) ? values[0] : meanOf(values as number[]);
}

/** The sample variance, Σ(x − mean)² / (n − 1); exactly 0 where all values are equal. At least 2 values. */
export function variance(values: readonly number[]): number {
  return allEqual(values) ? 0 : sampleVariance(values as number[]);
}

/** The sample standard deviation: the root of {@link variance}. */
export function standardDeviation(values: readonly number[]): number {
  return Math.sqrt(variance(values));
}

/**
 * Interval of the mean by Student's t: mean ± t·s/√n.
 *
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for fewer than 2 values or such that are not finite.
 */
export function meanInterval(values: Sample, level = 0.95): Interval {
  const sample = checkSample(values, 'values', 2);
  const half =
    (studentCritical(1 - checkLevel(level), sample.length - 1) * standardDeviation(sample)) / Math.sqrt(sample.length);
  const center = mean(sample);
  return { low: center - half, high: center + half, level };
}

/**
 * Interval of the standard deviation of normally distributed values: s·√((n − 1)/χ²) at both quantiles of χ².
 *
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for fewer than 2 values or such that are not finite.
 */
export function standardDeviationInterval(values: Sample, level = 0.95): Interval {
  const sample = checkSample(values, 'values', 2);
  const tail = (1 - checkLevel(level)) / 2;
  const degreesOfFreedom = sample.length - 1;
  const squares = degreesOfFreedom * variance(sample);
  return {
    low: Math.sqrt(squares / chiSquaredQuantile(1 - tail, degreesOfFreedom)),
    high: Math.sqrt(squares / chiSquaredQuantile(tail, degreesOfFreedom)),
    level,
  };
}

/** What is kept of values that come one by one: no more memory for a million than for two. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation; 0 for fewer than two values. */
  readonly standardDeviation: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Moments of a stream: B. P. Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", 1962.
 * The last bits depend on the order of the values.
 */
export class RunningMoments {
  #count = 0;
  #mean = 0;
  #squares = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.#count += 1;
    const before = value - this.#mean;
    this.#mean += before / this.#count;
    this.#squares += before * (value - this.#mean);
    this.#least = Math.min(this.#least, value);
    this.#most = Math.max(this.#most, value);
  }

  /** What has been seen so far; null before the first value. */
  get(): Moments | null {
    if (this.#count === 0) return null;
    const deviation = this.#count < 2 ? 0 : Math.sqrt(this.#squares / (this.#count - 1));
    return {
      count: this.#count,
      mean: this.#mean,
      standardDeviation: deviation,
      least: this.#least,
      most: this.#most,
    };
  }
}

function allEqual(values: readonly number[]): boolean {
  return values.length > 0 && values.every((value) => value === values[0]);
}
