/** How much a metric moves for nothing. */
import { mean, standardDeviation, standardDeviationInterval } from './statistics/moments.js';
import { sorted } from './statistics/quantiles.js';
import { checkLevel, checkSample, type Interval, type Sample } from './statistics/sample.js';
import { studentCritical } from './statistics/student-t.js';
import { type NoiseBand, proposeTolerance } from './tolerance.js';

/** Share of pairs of runs that differ by more than the noise. */
const EXCEEDED = 0.05;

/** Options of {@link noiseFloor}. */
export interface NoiseOptions {
  /** Of the interval of the deviation. @default 0.95 */
  readonly level?: number;
  /** Of `band`: how often one more run may fall outside. @default 0.001 */
  readonly falseAlarm?: number;
}

/** The noise of a metric. Plain numbers: it can be written as JSON and read again. */
export interface NoiseReport {
  readonly kind: 'noise';
  readonly runs: number;
  readonly mean: number;
  readonly standardDeviation: number;
  /** Of the standard deviation, for normally distributed values. */
  readonly deviationInterval: Interval;
  readonly least: number;
  readonly most: number;
  /** Largest less least. */
  readonly range: number;
  /** The difference of two single runs that chance exceeds in 5 of 100 pairs: t·s·√2. Less is not worth a word. */
  readonly criticalDifference: number;
  /** Share of all pairs of these very runs that are further apart; far from 0.05, the values are not normal. */
  readonly pairsBeyond: number;
  /** Where one more run falls; what `toBeWithinNoiseOf` tests. */
  readonly band: NoiseBand;
}

/**
 * Describes how much a metric moves over runs that differ in nothing that is of interest. The critical difference is
 * the repeatability limit of ISO 5725-6 (1994), with t of n − 1 degrees of freedom for 1.96, because the deviation is
 * estimated: (x − y)/(s√2) of two new runs follows that t distribution exactly where values are normal.
 *
 * @param values One metric of at least 2 runs.
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for fewer than 2 values or such that are not finite;
 * `ERR_SAMEBITS_ARGUMENT`
 */
export function noiseFloor(values: Sample, { level = 0.95, falseAlarm = 0.001 }: NoiseOptions = {}): NoiseReport {
  checkLevel(level);
  const sample = checkSample(values, 'values', 2);
  const deviation = standardDeviation(sample);
  const ordered = sorted(sample);
  const [least, most] = [ordered[0], ordered[ordered.length - 1]];
  const criticalDifference = criticalDifferenceOf(deviation, sample.length);
  return {
    kind: 'noise',
    runs: sample.length,
    mean: mean(sample),
    standardDeviation: deviation,
    deviationInterval: standardDeviationInterval(sample, level),
    least,
    most,
    range: most - least,
    criticalDifference,
    pairsBeyond: shareOfPairsBeyond(ordered, criticalDifference),
    band: proposeTolerance(sample, { falseAlarm }).band,
  };
}

/** The difference of two single values that chance exceeds in 5 of 100 pairs. */
export function criticalDifferenceOf(deviation: number, runs: number): number {
  return studentCritical(EXCEEDED, runs - 1) * deviation * Math.SQRT2;
}

/** In one pass over sorted values: for each, those that are further above it. */
function shareOfPairsBeyond(ordered: Float64Array, difference: number): number {
  const n = ordered.length;
  let beyond = 0;
  let end = 0;
  for (let i = 0; i < n; i += 1) {
    while (end < n && ordered[end] - ordered[i] <= difference) end += 1;
    beyond += n - end;
  }
  return beyond / ((n * (n - 1)) / 2);
}
