/** What is measured of runs that differ in one cause: their test metric, and how far apart all pairs of them are. */

import { formatMagnitude } from '../../format.js';
import { decisionsOf } from '../../model/losses.js';
import type { Ground, Results } from '../experiment/experiment.js';
import type { TrainResult, TrainTask } from '../experiment/task.js';
import type { PredictionMatrix } from '../measures/predictions.js';
import { pairDifferences, pairDisagreement } from '../measures/run-pairs.js';
import { mean, standardDeviation, standardDeviationInterval } from '../statistics/moments.js';
import type { PairTable } from '../statistics/pair-table.js';
import type { Interval } from '../statistics/sample.js';
import { percent, points, pointsNumber } from './wording.js';

/** The metric by which runs are compared: accuracy where predictions are right or wrong, else loss. */
export interface TestMetric {
  /** `test accuracy` */
  readonly name: string;
  /** `test accuracies` */
  readonly plural: string;
  readonly higherIsBetter: boolean;
  readonly of: (result: TrainResult) => number;
  readonly words: (value: number) => string;
  /** Of a difference or a deviation: `0.33 points`. */
  readonly differenceWords: (value: number) => string;
  /** The same without its unit, for intervals. */
  readonly differenceNumber: (value: number) => string;
  /** `points`, hundredths of an accuracy; empty for a loss. */
  readonly differenceUnit: 'points' | '';
  /** In tables and pictures. */
  readonly format: 'share' | 'number';
}

export const ACCURACY: TestMetric = {
  name: 'test accuracy',
  plural: 'test accuracies',
  higherIsBetter: true,
  of: ({ test }) => test.accuracy ?? Number.NaN,
  words: percent,
  differenceWords: points,
  differenceNumber: pointsNumber,
  differenceUnit: 'points',
  format: 'share',
};

const LOSS: TestMetric = {
  name: 'test loss',
  plural: 'test losses',
  higherIsBetter: false,
  of: ({ test }) => test.loss,
  words: (value) => formatMagnitude(value),
  differenceWords: (value) => formatMagnitude(value),
  differenceNumber: (value) => formatMagnitude(value),
  differenceUnit: '',
  format: 'number',
};

/** The metric for the ground's loss. */
export function testMetric({ base }: Ground): TestMetric {
  return decisionsOf(base.recipe.loss) === null ? LOSS : ACCURACY;
}

/** Runs that differ in one cause, or in nothing. */
export interface Arm {
  /** In tables and pictures. */
  readonly label: string;
  readonly tasks: readonly TrainTask[];
}

/** All tasks of some arms, each once. */
export function* tasksOf(arms: readonly Arm[]): Generator<TrainTask> {
  const seen = new Set<string>();
  for (const task of arms.flatMap(({ tasks }) => tasks)) {
    const key = JSON.stringify(task);
    if (seen.has(key)) continue;
    seen.add(key);
    yield task;
  }
}

/** The metric of an arm's runs. */
export interface MetricGroup {
  readonly label: string;
  readonly results: readonly TrainResult[];
  /** The test metric of each. */
  readonly values: readonly number[];
  /** Different final weights, by their fingerprints. */
  readonly distinct: number;
}

/** The metric of an arm's runs, and their predictions. */
export interface RunGroup extends MetricGroup {
  readonly predictions: readonly PredictionMatrix[];
  /** Mean absolute difference of the test predictions. */
  readonly distances: PairTable;
  /** Share of the test rows that two runs predict differently; null for a regression. */
  readonly disagreement: PairTable | null;
}

/** Measures the metric of an arm. */
export function measureMetric(ground: Ground, results: Results, { label, tasks }: Arm): MetricGroup {
  const found = tasks.map((task) => results.get(task));
  return {
    label,
    results: found,
    values: found.map(testMetric(ground).of),
    distinct: new Set(found.map(({ fingerprint }) => fingerprint)).size,
  };
}

/** Measures an arm whose tasks keep predictions. */
export function measureArm(ground: Ground, results: Results, arm: Arm): RunGroup {
  const group = measureMetric(ground, results, arm);
  const predictions = group.results.map((result) => predictionsOf(ground, result));
  return {
    ...group,
    predictions,
    distances: pairDifferences(predictions),
    disagreement: pairDisagreement(predictions, ground.base.recipe.loss),
  };
}

/** Outputs for the test rows. */
export function predictionsOf({ data }: Ground, result: TrainResult): PredictionMatrix {
  const outputs = result.predictions();
  return { data: outputs, rows: data.testRows, columns: outputs.length / data.testRows };
}

/** Mean, deviation and its interval of an arm's metric. */
export interface MetricSummary {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  readonly deviation: number;
  /** For normal values. */
  readonly interval: Interval;
}

export function summarize({ values }: Pick<MetricGroup, 'values'>): MetricSummary {
  return {
    mean: mean(values),
    least: Math.min(...values),
    most: Math.max(...values),
    deviation: standardDeviation(values),
    interval: standardDeviationInterval(values),
  };
}
