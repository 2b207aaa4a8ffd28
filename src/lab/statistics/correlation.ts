/** Correlation of two quantities. */
import { sampleCorrelation, sampleRankCorrelation } from 'simple-statistics';
import { expm1, log1p } from './elementary.js';
import { variance } from './moments.js';
import { normalQuantile } from './normal.js';
import { checkLevel, checkPairs, type Interval, type Sample } from './sample.js';
import { studentBeyond } from './student-t.js';

/** A correlation coefficient. */
export interface Correlation {
  /** −1 to 1; null where one quantity does not vary. */
  readonly r: number | null;
  /** By Fisher's transformation; null where `r` is, and for fewer than 4 pairs. */
  readonly interval: Interval | null;
  /** Two-sided, of no correlation; null where `r` is, and for fewer than 3 pairs. */
  readonly p: number | null;
}

/**
 * Pearson's correlation. The interval is tanh(artanh r ± z/√(n − 3)): R. A. Fisher, "On the 'Probable Error' of a
 * Coefficient of Correlation Deduced from a Small Sample", 1921; p is that of t = r √((n − 2)/(1 − r²)).
 *
 * @param x At least 2 values.
 * @param y As many.
 * @throws SamebitsError `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`
 */
export function correlation(x: Sample, y: Sample, { level = 0.95 }: { readonly level?: number } = {}): Correlation {
  const [first, second] = checkPairs(x, y, 'x', 'y', 2);
  const r = coefficient(first, second);
  const n = first.length;
  checkLevel(level);
  if (r === null) return { r, interval: null, p: null };
  const p = n < 3 ? null : studentBeyond(r * Math.sqrt((n - 2) / (1 - r * r)), n - 2);
  return { r, interval: n < 4 ? null : fisherInterval(r, n, level), p };
}

/** Spearman's correlation of ranks, ties at their mean rank; null where one quantity does not vary. */
export function rankCorrelation(x: Sample, y: Sample): number | null {
  const [first, second] = checkPairs(x, y, 'x', 'y', 2);
  return variance(first) === 0 || variance(second) === 0 ? null : clamp(sampleRankCorrelation(first, second));
}

function coefficient(x: number[], y: number[]): number | null {
  return variance(x) === 0 || variance(y) === 0 ? null : clamp(sampleCorrelation(x, y));
}

/** Rounding may leave it just beyond 1. */
function clamp(r: number): number {
  return Math.max(-1, Math.min(1, r));
}

function fisherInterval(r: number, n: number, level: number): Interval {
  if (Math.abs(r) === 1) return { low: r, high: r, level };
  const z = 0.5 * (log1p(r) - log1p(-r));
  const half = -normalQuantile((1 - level) / 2) / Math.sqrt(n - 3);
  return { low: tanh(z - half), high: tanh(z + half), level };
}

function tanh(z: number): number {
  const e = expm1(2 * Math.abs(z));
  return Math.sign(z) * (e === Number.POSITIVE_INFINITY ? 1 : e / (e + 2));
}
