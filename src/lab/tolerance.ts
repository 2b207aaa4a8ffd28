/** How far a run that is as good as the others may be off. */

import { mean, standardDeviation } from './statistics/moments.js';
import { checkLevel, checkSample, type Sample } from './statistics/sample.js';
import { studentCritical } from './statistics/student-t.js';

/** Where a metric of one more run of the same recipe falls. */
export interface NoiseBand {
  readonly low: number;
  readonly high: number;
  /** Probability that one more run falls outside, if the metric is normally distributed. */
  readonly falseAlarm: number;
}

/** What a test should allow. */
export interface ToleranceReport {
  readonly kind: 'tolerance';
  readonly runs: number;
  /** What to compare with. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** How far one more run may be from the mean of these runs. 0: compare bits. */
  readonly aroundMean: number;
  /** How far two single runs may be apart; for tests that compare with one recorded run. */
  readonly betweenRuns: number;
  /** The mean ± `aroundMean`. */
  readonly band: NoiseBand;
}

/**
 * Proposes the tolerance of a test: the prediction interval of one more value, mean ± t·s·√(1 + 1/n) (G. J. Hahn and W.
 * Q. Meeker, "Statistical Intervals", 1991, chapter 4), and t·s·√2 for the difference of two single runs. With few runs
 * t is large: that is what not knowing the deviation costs.
 *
 * @param values One metric of at least 2 runs that differ in nothing but chance.
 * @param falseAlarm How often the test may fail without a cause. @default 0.001
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for fewer than 2 values or such that are not finite;
 * `ERR_SAMEBITS_ARGUMENT`
 */
export function proposeTolerance(
  values: Sample,
  { falseAlarm = 0.001 }: { readonly falseAlarm?: number } = {},
): ToleranceReport {
  const sample = checkSample(values, 'values', 2);
  const critical = studentCritical(checkLevel(falseAlarm, 'falseAlarm'), sample.length - 1);
  const center = mean(sample);
  const deviation = standardDeviation(sample);
  const aroundMean = critical * deviation * Math.sqrt(1 + 1 / sample.length);
  return {
    kind: 'tolerance',
    runs: sample.length,
    mean: center,
    standardDeviation: deviation,
    aroundMean,
    betweenRuns: critical * deviation * Math.SQRT2,
    band: { low: center - aroundMean, high: center + aroundMean, falseAlarm },
  };
}
