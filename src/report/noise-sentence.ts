/** What noise, a tolerance and a comparison of two recipes come to, in plain English. */
import type { NoiseDocument, NoiseMetric, ToleranceDocument, VersusDocument } from '../lab/noise/documents.js';
import type { Interval } from '../lab/statistics/sample.js';
import { formatCount, formatMagnitude, formatPercent, formatShare } from './format.js';

/** How values of a metric, and differences of them, are written. */
export interface MetricWords {
  readonly name: string;
  readonly value: (value: number) => string;
  readonly difference: (difference: number) => string;
  /** `0.46 to 0.89 points` */
  readonly range: (low: number, high: number) => string;
}

export function metricWords(metric: NoiseMetric): MetricWords {
  const isShare = metric === 'accuracy';
  const unit = isShare ? ' points' : '';
  const number = (value: number): string => formatMagnitude(isShare ? 100 * value : value).replace(/^-/, '−');
  return {
    name: `test ${metric}`,
    value: isShare ? formatShare : (loss) => formatMagnitude(loss, 5),
    difference: (value) => number(value) + unit,
    range: (low, high) => `${number(low)} to ${number(high)}${unit}`,
  };
}

/** `95 %` */
function levelOf({ level }: Interval): string {
  return `${Number(formatPercent(level, 1))} %`;
}

/** `1 of 1,000` */
function rarely(falseAlarm: number): string {
  return `1 of ${formatCount(1 / falseAlarm)}`;
}

/** What all runs have in common where nothing varies; null where something does. */
function nothingVaries(
  { runs, differentBits, metric }: Pick<NoiseDocument, 'runs' | 'differentBits' | 'metric'>,
  { mean, standardDeviation }: { readonly mean: number; readonly standardDeviation: number },
): string | null {
  if (standardDeviation > 0) return null;
  const { name, value } = metricWords(metric);
  const bits =
    differentBits === 1
      ? 'and the same bits: what moved has no effect here'
      : `though ${formatCount(differentBits)} of them have other weights`;
  return `All ${formatCount(runs.length)} runs have a ${name} of ${value(mean)}, ${bits}.`;
}

export function noiseStatements(document: Omit<NoiseDocument, 'sentence'>): string[] {
  const { report, metric, runs } = document;
  const same = nothingVaries(document, report);
  if (same !== null) return [same, 'Any difference is worth a word.'];
  const { name, value, difference, range } = metricWords(metric);
  return [
    `Over ${formatCount(runs.length)} runs the ${name} is ${value(report.mean)} with a standard deviation of ` +
      `${difference(report.standardDeviation)} (${levelOf(report.deviationInterval)} interval ${range(report.deviationInterval.low, report.deviationInterval.high)}), from ` +
      `${value(report.least)} to ${value(report.most)}.`,
    `Two single runs differ by more than ${difference(report.criticalDifference)} by chance in 5 of 100 pairs ` +
      `(of the pairs of these runs in ${Number(formatPercent(report.pairsBeyond, 1))} of 100): a smaller difference is not worth a word.`,
    `One more run falls between ${value(report.band.low)} and ${value(report.band.high)}; ` +
      `${rarely(report.band.falseAlarm)} leaves that by chance.`,
  ];
}

export function toleranceStatements(document: Omit<ToleranceDocument, 'sentence'>): string[] {
  const { report, metric, runs } = document;
  const same = nothingVaries(document, report);
  if (same !== null) return [same, 'A test needs no tolerance.'];
  const { name, value, difference } = metricWords(metric);
  return [
    `A test that compares the ${name} with ${value(report.mean)}, the mean of these ${formatCount(runs.length)} runs, ` +
      `should allow ${difference(report.aroundMean)}: from ${value(report.band.low)} to ${value(report.band.high)}.`,
    `One that compares two single runs should allow ${difference(report.betweenRuns)}.`,
    `Then ${rarely(report.band.falseAlarm)} good runs fails by chance.`,
  ];
}

/** The claim that the verdict is about. */
export function versusClaim({ report, metric }: Omit<VersusDocument, 'sentence'>): string {
  const beyond = report.worth > 0 ? ` by more than ${metricWords(metric).difference(report.worth)}` : '';
  return `B is better than A${beyond}, beyond noise.`;
}

export function versusStatements(document: Omit<VersusDocument, 'sentence'>): string[] {
  const { report, metric } = document;
  const { name, value, difference, range } = metricWords(metric);
  const { improvement, interval, verdict, better, moreRuns } = report;
  const size = difference(Math.abs(improvement));
  // Means of equal values can be apart by a rounding.
  const isEqual = Math.abs(improvement) <= 1e-12 * Math.max(Math.abs(report.a.mean), Math.abs(report.b.mean));
  const way = isEqual ? 'as good as A on average' : `${size} ${improvement > 0 ? 'better' : 'worse'} than A on average`;
  const more =
    moreRuns === null
      ? 'No number of runs up to a million would tell a difference of this size.'
      : `About ${formatCount(moreRuns)} more ${report.paired ? 'pairs' : 'runs of each'} would tell, if the difference is as large as it seems.`;
  return [
    `The ${name} of B is ${value(report.b.mean)}, that of A ${value(report.a.mean)}: B is ${way} ` +
      `(${levelOf(interval)} interval ${range(interval.low, interval.high)}; ${report.paired ? `${formatCount(report.a.runs)} pairs with the same seeds` : `${formatCount(report.a.runs)} and ${formatCount(report.b.runs)} runs`}).`,
    `A single run of B is better than one of A with a probability of ${formatPercent(better.probability, 0)} % ` +
      `(${levelOf(better)} interval ${formatPercent(better.low, 0)} to ${formatPercent(better.high, 0)}).`,
    report.showsInSingleRuns
      ? `One run of each would usually show it: chance alone exceeds ${difference(report.criticalDifference)} in 5 of 100 pairs.`
      : `One run of each would not show it: chance alone exceeds ${difference(report.criticalDifference)} in 5 of 100 pairs.`,
    ...(verdict === 'cannot tell' ? [more] : []),
  ];
}
