/** What a remedy leaves of the influence of seeds, and what it costs. */
import { targetsFor } from '../../compare/setting-data.js';
import { formatCount, formatMagnitude } from '../../format.js';
import { meanPredictions } from '../../train/ensemble.js';
import type { Ground } from '../experiment/experiment.js';
import { runMetrics } from '../measures/class-metrics.js';
import type { PredictionMatrix } from '../measures/predictions.js';
import { pairDifferences, pairDisagreement } from '../measures/run-pairs.js';
import { brownForsythe } from '../statistics/brown-forsythe.js';
import { type JackknifeInterval, jackknife } from '../statistics/jackknife.js';
import { mean, standardDeviation } from '../statistics/moments.js';
import { distanceRatio, type PairTable, spreadQuotient } from '../statistics/pair-table.js';
import { pairedT } from '../statistics/welch.js';
import type { RunGroup, TestMetric } from './run-measures.js';
import { intervalWords, percent, signed } from './wording.js';

/** What a remedy leaves and costs. */
export interface Outcome {
  readonly label: string;
  readonly work: string;
  /** How far two results are apart, over what two single runs are. */
  readonly left: JackknifeInterval;
  readonly disagreement: number | null;
  readonly values: readonly number[];
  /** Change of the metric, seed by seed. */
  readonly cost: { readonly difference: number; readonly low: number; readonly high: number };
}

export function outcomeOfChange(group: RunGroup, seeds: RunGroup, work: string): Outcome {
  return {
    label: group.label,
    work,
    left: distanceRatio(seeds.distances, group.distances, { paired: true }),
    disagreement: group.disagreement?.mean() ?? null,
    values: group.values,
    cost: pairedT(seeds.values, group.values),
  };
}

/** Averages of the runs of the seeds, each run in one of them. */
export function outcomeOfAverage(ground: Ground, seeds: RunGroup, size: number): Outcome {
  const count = Math.floor(seeds.results.length / size);
  const members = Array.from({ length: count }, (_, i) => Array.from({ length: size }, (__, k) => i * size + k));
  const averages = members.map((runs) => meanPredictions(runs.map((run) => seeds.predictions[run])));
  const values = averages.map((average) => metricOf(ground, average));
  const distances = pairDifferences(averages);
  return {
    label: `averaging ${size}`,
    work: `${size} × training and predicting`,
    left: leftByAveraging(distances, seeds.distances, size),
    disagreement: pairDisagreement(averages, ground.base.recipe.loss)?.mean() ?? null,
    values,
    cost: pairedT(
      members.map((runs) => mean(runs.map((run) => seeds.values[run]))),
      values,
    ),
  };
}

/** The units are averages: leaving one out leaves its runs out of what two single runs are apart, too. */
function leftByAveraging(averages: PairTable, runs: PairTable, size: number): JackknifeInterval {
  return jackknife(
    [averages.size],
    (left) => {
      const isLeft = (run: number): boolean => left !== null && Math.floor(run / size) === left.unit;
      return spreadQuotient(
        averages.mean(left?.unit),
        runs.mean(null, (i, j) => !isLeft(i) && !isLeft(j)),
      );
    },
    { scale: 'log' },
  );
}

function metricOf({ base, data }: Ground, predictions: PredictionMatrix): number {
  const { targets, classes } = data;
  const wanted = targets instanceof Uint32Array ? targetsFor(base.recipe, targets, classes) : targets;
  const array = 'rows' in wanted ? wanted.data : wanted;
  const { accuracy, loss } = runMetrics(predictions, array, base.recipe.loss);
  return accuracy ?? loss;
}

export function costWords({ cost }: Outcome, metric: TestMetric): string {
  if (cost.low <= 0 && cost.high >= 0) return '';
  const better = metric.higherIsBetter === cost.difference > 0;
  return ` (${metric.name} ${metric.differenceWords(Math.abs(cost.difference))} ${better ? 'better' : 'worse'})`;
}

export function outcomeWords(
  { label, left, values, cost, work }: Outcome,
  seeds: RunGroup,
  metric: TestMetric,
): string {
  const { p } = brownForsythe([seeds.values, values]);
  const number = (value: number): string => signed(metric.differenceNumber, value);
  return (
    `${label[0].toUpperCase()}${label.slice(1)} left ${percent(left.estimate)} of the distance between two results ` +
    `(${intervalWords(left, percent)}), and changed the ${metric.name} by ${signed(metric.differenceWords, cost.difference)} ` +
    `(95 % interval ${number(cost.low)} to ${number(cost.high)}); ${formatCount(values.length)} results had a standard ` +
    `deviation of ${metric.differenceWords(standardDeviation(values))} instead of ` +
    `${metric.differenceWords(standardDeviation(seeds.values))} (Brown–Forsythe p = ${formatMagnitude(p, 2)}). ` +
    `Cost: ${work}.`
  );
}
