/** What takes the influence of seeds away, how much of it, and what that costs. */

import type { Setting } from '../../causes/cause.js';
import { CAUSES } from '../../causes/causes.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { Cell } from '../experiment/picture.js';
import type { TrainTask } from '../experiment/task.js';
import { noiseFloor } from '../noise-floor.js';
import { mean, standardDeviation } from '../statistics/moments.js';
import { proposeTolerance } from '../tolerance.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { seededBases } from './partings.js';
import { costWords, outcomeOfAverage, outcomeOfChange, outcomeWords } from './remedy-outcomes.js';
import { type Arm, measureArm, tasksOf, testMetric } from './run-measures.js';
import { train, varied } from './varied.js';
import { effectInterval, percent } from './wording.js';

/** Models whose predictions are averaged. */
const SIZES = [2, 4, 8];
/** Fewest ensembles of a size that say how far two of them are apart. */
const FEWEST = 3;
/** Repeats of the fixed seed. */
const FIXED = 3;
/** The claim is about the largest ensemble: it leaves less than half. */
const HALF = 0.5;

export const remedies: Experiment = {
  name: 'remedies',
  question: 'What takes the influence of the seed away, and what does it cost?',
  folklore: 'Set a random seed, and the results are reproducible.',
  summary: '64 seeds as they are and with each of 3 remedies',
  repeats: 64,
  base: (choice) => baseSetting(choice),
  plan: (ground) => tasksOf([...Object.values(single(ground)), ...changes(ground).map(({ arm }) => arm)]),
  conclude,
};

/** The seeds as they are, and one of them over and over. */
function single(ground: Ground): { readonly seeds: Arm; readonly fixed: Arm } {
  const bases = seededBases(ground);
  return {
    seeds: { label: 'nothing', tasks: keeping(bases) },
    fixed: {
      label: 'a fixed seed',
      tasks: Array.from({ length: FIXED }, (_, repeat) => train(bases[0], ['predictions'], repeat)),
    },
  };
}

interface Change {
  readonly arm: Arm;
  /** Work, as a multiple of that of a run as it is. */
  readonly work: string;
}

/** Remedies that are another recipe, with the same seeds. */
function changes(ground: Ground): Change[] {
  const bases = seededBases(ground);
  const { batchSize } = ground.base.recipe.fit;
  const larger = Math.min(4 * batchSize, ground.data.rows);
  return [
    ...(larger > batchSize
      ? [{ arm: arm(`batches of ${larger}`, bases, { batchSize: larger }), work: '1 × training' }]
      : []),
    ...(CAUSES.dropoutRate.applies(ground.base)
      ? [{ arm: arm('dropout of 0.2', bases, { dropoutRate: 0.2 }), work: '1 × training' }]
      : []),
    { arm: arm('L2 of 0.001', bases, { l2: 0.001 }), work: '1 × training' },
  ];
}

function arm(label: string, bases: readonly Setting[], levels: Parameters<typeof varied>[1]): Arm {
  return { label, tasks: keeping(bases.map((setting) => varied(setting, levels))) };
}

function keeping(settings: readonly Setting[]): TrainTask[] {
  return settings.map((setting) => train(setting, ['predictions']));
}

function conclude(ground: Ground, results: Results): Conclusion {
  const { seeds: seedsArm, fixed: fixedArm } = single(ground);
  const seeds = measureArm(ground, results, seedsArm);
  const fixed = measureArm(ground, results, fixedArm);
  const metric = testMetric(ground);
  const changed = changes(ground).map(({ arm: one, work }) =>
    outcomeOfChange(measureArm(ground, results, one), seeds, work),
  );
  const averaged = SIZES.filter((size) => Math.floor(ground.repeats / size) >= FEWEST).map((size) =>
    outcomeOfAverage(ground, seeds, size),
  );
  const outcomes = [...changed, ...averaged];
  const largest = averaged.at(-1);
  const tolerance = proposeTolerance(seeds.values);
  const noise = noiseFloor(seeds.values);
  return {
    verdict: verdict(largest?.left ?? { low: Number.NaN, high: Number.NaN }, { effect: 'below', threshold: HALF }),
    claim: `Averaging the predictions of ${largest === undefined ? 'several' : SIZES[averaged.length - 1]} runs leaves less than half of what the seed moves.`,
    statement:
      'A fixed seed removed the differences between runs and nothing of what the seed decides; of the distance between ' +
      `two runs, ${outcomes
        .map((outcome) => `${outcome.label} left ${percent(outcome.left.estimate)}${costWords(outcome, metric)}`)
        .join(', ')}.`,
    effect: {
      name: 'distance of the predictions of two averages, over that of two runs',
      unit: '',
      estimate: largest !== undefined && Number.isFinite(largest.left.estimate) ? largest.left.estimate : null,
      beside: HALF,
    },
    interval: largest === undefined ? null : effectInterval(largest.left),
    findings: [
      fixed.distinct === 1
        ? `A fixed seed: ${FIXED} runs with the same bits, at a ${metric.name} of ${metric.words(fixed.values[0])}, one draw from ` +
          `${metric.words(noise.least)} to ${metric.words(noise.most)}. Another seed would be as far away as ever.`
        : `A fixed seed was not enough: ${FIXED} runs gave ${fixed.distinct} results.`,
      ...outcomes.map((outcome) => outcomeWords(outcome, seeds, metric)),
      `A tolerance removes nothing: within ${metric.differenceWords(tolerance.aroundMean)} of the mean lie 999 of 1,000 runs, ` +
        `and a change of the recipe that moves the ${metric.name} less than that goes unseen. Of two single runs only a ` +
        `difference above ${metric.differenceWords(noise.criticalDifference)} says something.`,
    ],
    tables: [
      {
        title: 'What remedies leave',
        caption: 'Left: how far the predictions of two results are apart, over how far those of two single runs are.',
        columns: [
          { name: 'remedy' },
          { name: 'results', format: 'count' },
          { name: 'left', format: 'share' },
          { name: 'from', format: 'share' },
          { name: 'to', format: 'share' },
          { name: 'rows differ', format: 'share' },
        ],
        rows: [
          ['nothing', seeds.values.length, 1, null, null, seeds.disagreement?.mean() ?? null],
          ['a fixed seed', FIXED, fixed.distinct === 1 ? 0 : null, null, null, fixed.disagreement?.mean() ?? null],
          ...outcomes.map(({ label, values, left, disagreement }): Cell[] => [
            label,
            values.length,
            ...[left.estimate, left.low, left.high].map(finiteOrNull),
            disagreement,
          ]),
        ],
      },
      {
        title: 'What remedies cost',
        caption: `Change of the ${metric.name}, seed by seed.`,
        columns: [
          { name: 'remedy' },
          { name: `mean ${metric.name}`, format: metric.format },
          { name: 'deviation', format: metric.format },
          { name: 'change', format: metric.format },
          { name: 'from', format: metric.format },
          { name: 'to', format: metric.format },
          { name: 'work' },
        ],
        rows: [
          ['nothing', mean(seeds.values), standardDeviation(seeds.values), 0, null, null, '1 × training'],
          ['a fixed seed', mean(fixed.values), standardDeviation(fixed.values), null, null, null, '1 × training'],
          ...outcomes.map(({ label, values, cost, work }): Cell[] => [
            label,
            mean(values),
            standardDeviation(values),
            cost.difference,
            cost.low,
            cost.high,
            work,
          ]),
        ],
      },
    ],
    pictures: [
      {
        kind: 'bars',
        id: 'remedies-left',
        title: 'What each remedy leaves',
        caption: 'Distance of the predictions of two results, over that of two single runs, with 95 % intervals.',
        value: { label: 'left of the distance', format: 'share' },
        bars: [
          { label: 'nothing', value: 1 },
          ...outcomes.map(({ label, left }) => ({
            label,
            value: left.estimate,
            ...(Number.isFinite(left.low) ? { interval: { low: left.low, high: left.high } } : {}),
          })),
        ],
      },
      {
        kind: 'lines',
        id: 'remedies-averages',
        title: 'Averages of k runs',
        caption:
          'Distance of the predictions of two averages, over that of two single runs; beside it one over the root of k.',
        x: { label: 'runs averaged', format: 'count' },
        y: { label: 'left of the distance', format: 'share' },
        series: [
          {
            name: 'measured',
            points: [[1, 1], ...averaged.map(({ left }, i) => [SIZES[i], left.estimate] as const)],
            band: averaged.flatMap(({ left }, i) =>
              Number.isFinite(left.low) ? [[SIZES[i], left.low, left.high] as const] : [],
            ),
          },
          { name: '1/√k', points: [1, ...SIZES].map((size) => [size, 1 / Math.sqrt(size)] as const) },
        ],
      },
      {
        kind: 'dots',
        id: 'remedies-metric',
        title: `The ${metric.name} of every result`,
        caption: 'Each dot is a run, or an average of runs.',
        value: { label: metric.name, format: metric.format },
        groups: [seeds, ...outcomes].map(({ label, values }) => ({ label, values })),
      },
    ],
  };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
