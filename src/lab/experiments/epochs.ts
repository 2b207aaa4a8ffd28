/** `epochs`: does the influence of the initial weights fade with training? */

import { expected } from '../../errors.js';
import { formatCount, formatList, formatMagnitude } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { LinePicture } from '../experiment/picture.js';
import { meanAbsoluteDifference } from '../measures/run-pairs.js';
import { distanceRatio, PairTable } from '../statistics/pair-table.js';
import { verdict } from '../verdict.js';
import { baseSetting, isLarge } from './base-setting.js';
import { type Arm, measureArm, type RunGroup, tasksOf, testMetric } from './run-measures.js';
import { armTables, distanceSeries, metricDots } from './run-pictures.js';
import { seedLevels, shuffled, train, varied } from './varied.js';
import { counted, effectInterval, intervalWords, percent, times } from './wording.js';

export const epochs: Experiment = {
  name: 'epochs',
  question: 'Does the influence of the initial weights fade with more epochs?',
  folklore: 'Trained long enough, a network forgets the random weights that it began with.',
  summary: '10 seeds of weights, 10 of the order: 10, 100, 1,000 epochs',
  repeats: 10,
  base: (choice) => baseSetting(choice, { epochs: isLarge(choice) ? 20 : 1000 }),
  plan: (ground) => tasksOf(arms(ground).flatMap(({ weights, order }) => [weights, order])),
  conclude,
};

interface Stage {
  readonly epochs: number;
  /** Other initial weights, the order held. */
  readonly weights: Arm;
  /** Another order, the initial weights held. */
  readonly order: Arm;
}

/** A hundredth, a tenth, and all of the recipe's epochs. */
function lengths(total: number): number[] {
  const distinct = [...new Set([Math.ceil(total / 100), Math.ceil(total / 10), total])];
  if (distinct.length < 2) throw expected('at least 2 epochs', 'recipe.fit.epochs', total);
  return distinct;
}

function arms({ base, repeats }: Ground): Stage[] {
  const setting = shuffled(base);
  return lengths(base.recipe.fit.epochs).map((count) => {
    const seeds = seedLevels(repeats);
    const name = `${formatCount(count)} epochs`;
    return {
      epochs: count,
      weights: {
        label: `weights, ${name}`,
        tasks: seeds.map((seed) =>
          train(varied(setting, { epochs: count, initialWeights: seed }), ['predictions', 'weights']),
        ),
      },
      order: {
        label: `order, ${name}`,
        tasks: seeds.map((seed) =>
          train(varied(setting, { epochs: count, dataOrder: seed }), ['predictions', 'weights']),
        ),
      },
    };
  });
}

interface MeasuredStage {
  readonly epochs: number;
  readonly weights: RunGroup;
  readonly order: RunGroup;
  /** Mean absolute difference of the final weights of two runs with other initial weights. */
  readonly weightsApart: number;
}

function conclude(ground: Ground, results: Results): Conclusion {
  const stages = arms(ground).map(({ epochs: count, weights, order }): MeasuredStage => {
    const group = measureArm(ground, results, weights);
    return {
      epochs: count,
      weights: group,
      order: measureArm(ground, results, order),
      weightsApart: weightsApart(group),
    };
  });
  const metric = testMetric(ground);
  const [first, last] = [stages[0], stages[stages.length - 1]];
  const ratio = distanceRatio(first.weights.distances, last.weights.distances, { paired: true });
  const groups = stages.flatMap(({ weights, order }) => [weights, order]);
  return {
    verdict: verdict(ratio, { effect: 'below', threshold: 1 }),
    claim: `Runs with other initial weights predict more alike after ${formatCount(last.epochs)} epochs than after ${formatCount(first.epochs)}.`,
    statement:
      `After ${formatList(stages.map((stage) => formatCount(stage.epochs)))} epochs the predictions of two runs with other ` +
      `initial weights were ${formatList(stages.map(({ weights }) => formatMagnitude(weights.distances.mean())))} apart ` +
      `on average: ${times(ratio.estimate)} times as far at the end as at first ` +
      `(${intervalWords(ratio, times)}).`,
    effect: {
      name: 'mean difference of predictions after the most epochs over that after the fewest',
      unit: '',
      estimate: ratio.estimate,
      beside: 1,
    },
    interval: effectInterval(ratio),
    findings: [...remainderWords(last), orderWords(last), weightWords(first, last)],
    tables: [
      ...armTables(
        'Initial weights and order of the data, by epochs',
        'One of the two moves, the other is held.',
        metric,
        groups,
      ),
    ],
    pictures: [
      distanceLines(stages),
      metricDots('epochs-metric', 'Do the dots draw together with more epochs?', metric, groups),
    ],
  };
}

function remainderWords({ epochs: count, weights }: MeasuredStage): string[] {
  if (weights.disagreement === null) return [];
  return [
    `After ${formatCount(count)} epochs two runs with other initial weights still predict ` +
      `${percent(weights.disagreement.mean())} of the test rows differently.`,
  ];
}

function orderWords({ epochs: count, weights, order }: MeasuredStage): string {
  const ratio = distanceRatio(order.distances, weights.distances);
  return (
    `After ${formatCount(count)} epochs other initial weights set predictions ${times(ratio.estimate)} times as far ` +
    `apart as another order of the data does (${intervalWords(ratio, times)}).`
  );
}

function weightWords(first: MeasuredStage, last: MeasuredStage): string {
  return (
    `The weights themselves were ${formatMagnitude(first.weightsApart)} apart on average after ` +
    `${counted(first.epochs, 'epoch')}, and ${formatMagnitude(last.weightsApart)} after ${formatCount(last.epochs)}.`
  );
}

function weightsApart({ results }: RunGroup): number {
  const weights = results.map((result) => result.weights());
  return new PairTable(weights.length, (i, j) => meanAbsoluteDifference(weights[i], weights[j])).mean();
}

function distanceLines(stages: readonly MeasuredStage[]): LinePicture {
  return {
    kind: 'lines',
    id: 'epochs-distance',
    title: 'How far two runs are apart, by epochs',
    caption: 'A line that falls to 0 would mean that the beginning is forgotten.',
    x: { label: 'epochs', scale: 'log', format: 'count' },
    y: { label: 'mean absolute difference of predictions', format: 'number' },
    series: [
      distanceSeries(
        'other initial weights',
        stages.map(({ epochs: x, weights }) => ({ x, group: weights })),
      ),
      distanceSeries(
        'another order of the data',
        stages.map(({ epochs: x, order }) => ({ x, group: order })),
      ),
    ],
  };
}
