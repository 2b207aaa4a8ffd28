/** The difference of two means whose samples need not vary alike. */
import { mean, variance } from './moments.js';
import { checkLevel, checkSample, type Interval, pairDifferences, type Sample } from './sample.js';
import { studentBeyond, studentCritical } from './student-t.js';

/** Welch's t test, with the interval that belongs to it. */
export interface WelchTest extends Interval {
  /** Mean of the second sample less mean of the first. */
  readonly difference: number;
  /** The difference over its standard error; null where neither sample varies. */
  readonly t: number | null;
  /** By Welch and Satterthwaite; null where neither sample varies. */
  readonly degreesOfFreedom: number | null;
  readonly standardError: number;
  /** Two-sided. Where neither sample varies: 1 for equal means, else 0. */
  readonly p: number;
}

/**
 * Compares the means of two independent samples: B. L. Welch, "The Generalization of 'Student's' Problem when Several
 * Different Population Variances are Involved", 1947.
 *
 * @param a At least 2 values.
 * @param b At least 2 values.
 * @throws SamebitsError `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_ARGUMENT`
 */
export function welch(a: Sample, b: Sample, { level = 0.95 }: { readonly level?: number } = {}): WelchTest {
  const first = checkSample(a, 'a', 2);
  const second = checkSample(b, 'b', 2);
  checkLevel(level);
  const u = variance(first) / first.length;
  const w = variance(second) / second.length;
  const degreesOfFreedom = welchDegreesOfFreedom(u, first.length, w, second.length);
  return differenceTest(mean(second) - mean(first), Math.sqrt(u + w), degreesOfFreedom, level);
}

/**
 * Compares two samples that belong together pair by pair (runs with the same seed, say): Student's t of the
 * differences.
 *
 * @param a At least 2 values.
 * @param b As many.
 * @throws SamebitsError `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_SHAPE` for other lengths.
 */
export function pairedT(a: Sample, b: Sample, { level = 0.95 }: { readonly level?: number } = {}): WelchTest {
  const differences = pairDifferences(a, b);
  checkLevel(level);
  const error = Math.sqrt(variance(differences) / differences.length);
  return differenceTest(mean(differences), error, differences.length - 1, level);
}

/** Degrees of freedom for squared standard errors `u` of `n` values and `w` of `m`. */
export function welchDegreesOfFreedom(u: number, n: number, w: number, m: number): number {
  // In shares, because squares of tiny variances would be zero.
  const share = u / (u + w);
  return 1 / ((share * share) / (n - 1) + ((1 - share) * (1 - share)) / (m - 1));
}

function differenceTest(difference: number, error: number, degreesOfFreedom: number, level: number): WelchTest {
  if (error === 0) {
    const ends = { low: difference, high: difference, level };
    return { difference, t: null, degreesOfFreedom: null, standardError: 0, p: difference === 0 ? 1 : 0, ...ends };
  }
  const t = difference / error;
  const half = studentCritical(1 - level, degreesOfFreedom) * error;
  const p = studentBeyond(t, degreesOfFreedom);
  return {
    difference,
    t,
    degreesOfFreedom,
    standardError: error,
    p,
    low: difference - half,
    high: difference + half,
    level,
  };
}
