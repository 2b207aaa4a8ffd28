/** P(A better than B). */
import { wilcoxonRankSum } from 'simple-statistics';
import { normalQuantile } from './normal.js';
import { rootBetween } from './roots.js';
import { checkLevel, checkSample, type Interval, type Sample } from './sample.js';

/** The probability that one value beats another, with its interval. */
export interface Superiority extends Interval {
  /** Share of the pairs in which the value of `a` is larger; ties count half. */
  readonly probability: number;
}

/**
 * The probability that a value of `a` is larger than one of `b`, ties counted half: K. O. McGraw and S. P. Wong, "A
 * Common Language Effect Size Statistic", 1992, without their assumption of normality (the Mann–Whitney U over its
 * maximum).
 *
 * The interval is method 5 of R. G. Newcombe, "Confidence Intervals for an Effect Size Measure Based on the
 * Mann–Whitney Statistic, Part 2", 2006: the values θ for which |probability − θ| ≤ z·√V(θ), with V of J. A. Hanley and
 * B. J. McNeil, "The Meaning and Use of the Area under a ROC Curve", 1982. Unlike those that estimate the variance from
 * placements, it is not empty where one sample lies wholly above the other, and it stays within 0 and 1.
 *
 * @throws SamebitsError `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_ARGUMENT`
 */
export function superiority(a: Sample, b: Sample, { level = 0.95 }: { readonly level?: number } = {}): Superiority {
  const first = checkSample(a, 'a');
  const second = checkSample(b, 'b');
  const z = -normalQuantile((1 - checkLevel(level)) / 2);
  const [m, n] = [first.length, second.length];
  const probability = (wilcoxonRankSum(first, second) - (m * (m + 1)) / 2) / (m * n);
  const spread = (theta: number): number => z * z * hanleyMcNeilSpread(theta, m, n);
  const excess = (theta: number): number => {
    const away = probability - theta;
    return away * away - theta * (1 - theta) * spread(theta);
  };
  // At 0 and 1 the equation has the root `probability` itself, which is divided out.
  const low = probability < 1 ? excess : (theta: number) => 1 - theta - theta * spread(theta);
  const high = probability > 0 ? excess : (theta: number) => theta - (1 - theta) * spread(theta);
  return {
    probability,
    low: probability === 0 ? 0 : rootBetween(low, 0, probability),
    high: probability === 1 ? 1 : rootBetween(high, probability, 1),
    level,
  };
}

/** V(θ) / (θ (1 − θ)) of exponential distributions, the numbers of values replaced by their mean as Newcombe does. */
function hanleyMcNeilSpread(theta: number, m: number, n: number): number {
  const others = (m + n) / 2 - 1;
  return (1 + others * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (m * n);
}
