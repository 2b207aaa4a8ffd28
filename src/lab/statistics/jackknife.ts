/**
 * Jackknife intervals of statistics that are made of independent units (runs, say), but are not means of them: J. W.
 * Tukey, "Bias and Confidence in Not-quite Large Samples", 1958; for statistics of pairs J. N. Arvesen, "Jackknifing
 * U-Statistics", 1969.
 */
import { exp, log } from './elementary.js';
import { mean } from './moments.js';
import { checkCount, checkLevel, type Interval } from './sample.js';
import { studentCritical } from './student-t.js';

/** A unit that is left out. */
export interface LeftOut {
  /** Index of the group. */
  readonly group: number;
  /** Index in the group. */
  readonly unit: number;
}

/** Options of {@link jackknife}. */
export interface JackknifeOptions {
  /** Coverage. @default 0.95 */
  readonly level?: number;
  /**
   * On what scale the statistic is taken to be normal. `log`: for ratios and for what cannot be below 0; the interval is
   * that of the logarithm, taken back. @default 'linear'
   */
  readonly scale?: 'linear' | 'log';
}

/** A statistic with its jackknife interval. */
export interface JackknifeInterval extends Interval {
  /** The statistic of all units. */
  readonly estimate: number;
  /** Of the statistic; on the scale `log`, of its logarithm. */
  readonly standardError: number;
  /** By Satterthwaite; null where it is the same whichever unit is left out, and where there is no interval. */
  readonly degreesOfFreedom: number | null;
}

/**
 * The interval of a statistic of one or more independent groups of independent units.
 *
 * Each unit in turn is left out. A group of n units whose statistics without one are θ₍ᵢ₎ contributes the variance
 * `(n − 1)/n · Σ(θ₍ᵢ₎ − mean)²`; the interval is θ ± t·√(sum over groups), with Welch and Satterthwaite's degrees of
 * freedom. So what pairs of runs say counts by runs, of which there are few, and not by pairs, of which there are many
 * that share runs.
 *
 * Where the statistic is the same whichever unit is left out, the interval is the estimate itself. Its ends are NaN where the statistic,
 * or the statistic without some unit, is not a finite number on the scale: of two runs, one of which leaves no pair.
 *
 * @param sizes Units of each group, at least 2.
 * @param statistic Of all units but the one that is left out; null leaves none out.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function jackknife(
  sizes: readonly number[],
  statistic: (left: LeftOut | null) => number,
  { level = 0.95, scale = 'linear' }: JackknifeOptions = {},
): JackknifeInterval {
  checkLevel(level);
  sizes.forEach((size, group) => {
    checkCount(size, `sizes[${group}]`, 2);
  });
  const estimate = statistic(null);
  const without = sizes.map((size, group) => Array.from({ length: size }, (_, unit) => statistic({ group, unit })));
  const exact = { estimate, low: estimate, high: estimate, level, standardError: 0, degreesOfFreedom: null };
  // Where the estimate is infinite, too.
  if (without.every((group) => group.every((value) => value === estimate))) return exact;
  const onScale = scale === 'log' ? log : (value: number): number => value;
  const center = onScale(estimate);
  const variances = without.map((group) => deleteOneVariance(group.map(onScale)));
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  const standardError = Math.sqrt(total);
  if (!Number.isFinite(center) || !Number.isFinite(total)) {
    return { estimate, low: Number.NaN, high: Number.NaN, level, standardError: Number.NaN, degreesOfFreedom: null };
  }
  if (total === 0) return exact;
  const degreesOfFreedom =
    1 / variances.reduce((sum, variance, g) => sum + square(variance / total) / (sizes[g] - 1), 0);
  const half = studentCritical(1 - level, degreesOfFreedom) * standardError;
  const back = scale === 'log' ? exp : (value: number): number => value;
  return { estimate, low: back(center - half), high: back(center + half), level, standardError, degreesOfFreedom };
}

function deleteOneVariance(values: readonly number[]): number {
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + square(value - center), 0);
  return ((values.length - 1) / values.length) * squares;
}

function square(value: number): number {
  return value * value;
}
