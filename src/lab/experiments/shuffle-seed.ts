/** `shuffle-seed`: what the order of the data alone moves, against the initial weights alone. */
import { formatMagnitude } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import { distanceRatio, meanDistance } from '../statistics/pair-table.js';
import { spreadRatio } from '../statistics/spread-ratio.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { type Arm, measureArm, type RunGroup, tasksOf, testMetric } from './run-measures.js';
import { armTables, distanceBars, metricDots } from './run-pictures.js';
import { seedLevels, shuffled, train, varied } from './varied.js';
import { effectInterval, intervalWords, percent, times } from './wording.js';

export const shuffleSeed: Experiment = {
  name: 'shuffle-seed',
  question: 'Does the order of the data move the result less than the initial weights do?',
  folklore: 'Shuffling is a detail: every row is seen once an epoch anyway, so its seed hardly matters.',
  summary: '20 seeds of the order, 20 of the initial weights, 20 of both',
  repeats: 20,
  base: (choice) => baseSetting(choice),
  plan: (ground) => tasksOf(arms(ground)),
  conclude,
};

/** Apart from the seeds of the single arms, so that arms are independent of each other. */
const BOTH_FROM = 100_000;

function arms({ base, repeats }: Ground): [order: Arm, weights: Arm, both: Arm] {
  const setting = shuffled(base);
  const seeds = seedLevels(repeats);
  return [
    {
      label: 'order of the data',
      tasks: seeds.map((seed) => train(varied(setting, { dataOrder: seed }), ['predictions'])),
    },
    {
      label: 'initial weights',
      tasks: seeds.map((seed) => train(varied(setting, { initialWeights: seed }), ['predictions'])),
    },
    {
      label: 'both',
      tasks: seeds.map((seed) =>
        train(varied(setting, { dataOrder: BOTH_FROM + seed, initialWeights: BOTH_FROM + seed }), ['predictions']),
      ),
    },
  ];
}

function conclude(ground: Ground, results: Results): Conclusion {
  const groups = arms(ground).map((arm) => measureArm(ground, results, arm));
  const [order, weights, both] = groups;
  const metric = testMetric(ground);
  const ratio = distanceRatio(weights.distances, order.distances);
  return {
    verdict: verdict(ratio, { effect: 'below', threshold: 1 }),
    claim: 'The order of the data alone moves predictions less than the initial weights alone do.',
    statement:
      `Another order of the data alone set the predictions of two runs ${apart(order)} apart on average, other initial ` +
      `weights alone ${apart(weights)}: ${times(ratio.estimate)} times as far (${intervalWords(ratio, times)}).`,
    effect: {
      name: 'difference of predictions by the order of the data over that by the initial weights',
      unit: '',
      estimate: ratio.estimate,
      beside: 1,
    },
    interval: effectInterval(ratio),
    findings: [
      ...disagreementWords(order, weights, both),
      bothWords(weights, both),
      metricWords(order, weights, metric.name),
    ],
    tables: [...armTables('Order of the data, initial weights, both', 'One moves, the other is held.', metric, groups)],
    pictures: [
      metricDots('shuffle-seed-metric', 'The order of the data beside the initial weights.', metric, groups),
      distanceBars('shuffle-seed-distance', 'Equal heights: the order matters as much as the beginning.', groups),
    ],
  };
}

function apart({ distances }: RunGroup): string {
  const { estimate, ...interval } = meanDistance(distances);
  return `${formatMagnitude(estimate)} (${intervalWords(interval)})`;
}

function disagreementWords(...groups: readonly RunGroup[]): string[] {
  const [order, weights, both] = groups.map(({ disagreement }) => disagreement?.mean() ?? null);
  if (order === null || weights === null || both === null) return [];
  return [
    `Two runs disagreed on ${percent(order)} of the test rows by the order alone, on ${percent(weights)} by the initial ` +
      `weights alone, on ${percent(both)} by both.`,
  ];
}

function bothWords(weights: RunGroup, both: RunGroup): string {
  const ratio = distanceRatio(weights.distances, both.distances);
  return `Both at once moved predictions ${times(ratio.estimate)} times as far as the initial weights alone (${intervalWords(ratio, times)}).`;
}

function metricWords(order: RunGroup, weights: RunGroup, name: string): string {
  const ratio = spreadRatio(weights.values, order.values);
  return `The ${name} varied ${times(ratio.estimate)} times as much over orders as over initial weights (${intervalWords(ratio, times)}).`;
}
