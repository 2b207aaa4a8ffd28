/** `init-seed`: what the initial weights alone move. */
import { formatList, formatMagnitude } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { Cell, DotPlot, Table } from '../experiment/picture.js';
import type { PredictionMatrix } from '../measures/predictions.js';
import { noiseFloor } from '../noise-floor.js';
import { distanceExcess } from '../statistics/pair-table.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { type Arm, measureArm, type RunGroup, summarize, tasksOf, testMetric } from './run-measures.js';
import { armTables, distanceBars, metricDots } from './run-pictures.js';
import { requireCause, seedLevels, train, varied } from './varied.js';
import { counted, effectInterval, intervalWords, percent } from './wording.js';

/** Runs of the control: one seed, over and over. */
const CONTROLS = 3;
/** As many runs as are usually shown. */
const FEW = 3;
const MOST_OUTPUTS = 20;

export const initSeed: Experiment = {
  name: 'init-seed',
  question: 'How far do the initial weights alone move the result?',
  folklore: 'Two trainings of one network differ because each begins with other random weights.',
  summary: '30 seeds of the initial weights, and one seed 3 times',
  repeats: 30,
  base: (choice) => baseSetting(choice),
  plan: (ground) => tasksOf(arms(ground)),
  conclude,
};

function arms({ base, repeats }: Ground): [seeds: Arm, control: Arm] {
  requireCause(base, 'initialWeights');
  const seeds = seedLevels(repeats);
  const settings = seeds.map((seed) => varied(base, { initialWeights: seed }));
  return [
    { label: 'initial weights', tasks: settings.map((setting) => train(setting, ['predictions'])) },
    {
      label: 'nothing (control)',
      tasks: Array.from({ length: CONTROLS }, (_, repeat) => train(settings[0], ['predictions'], repeat)),
    },
  ];
}

function conclude(ground: Ground, results: Results): Conclusion {
  const [seeds, control] = arms(ground).map((arm) => measureArm(ground, results, arm));
  const metric = testMetric(ground);
  const excess = distanceExcess(control.distances, seeds.distances);
  const { least, most, deviation, interval } = summarize(seeds);
  return {
    verdict: verdict(excess, { effect: 'above', threshold: 0 }),
    claim: 'Initial weights alone move predictions by more than a repeated run differs.',
    statement:
      seeds.distinct === 1
        ? `With data and order held, ${seeds.results.length} seeds of the initial weights gave the same bits.`
        : `With data and order held, ${seeds.results.length} seeds of the initial weights alone gave ${metric.plural} ` +
          `from ${metric.words(least)} to ${metric.words(most)} (standard deviation ` +
          `${metric.differenceWords(deviation)}, ${intervalWords(interval, metric.differenceNumber)}), and ` +
          `${apartWords(seeds)}.`,
    effect: {
      name: 'mean absolute difference of the predictions of two runs, beyond the control',
      unit: '',
      estimate: excess.estimate,
    },
    interval: effectInterval(excess),
    findings: [controlWords(control), fewWords(seeds, ground), ...noiseWords(seeds, ground)],
    tables: [
      ...armTables(
        'What the initial weights move',
        'With one seed nothing moves; with another seed of the weights alone, everything does.',
        metric,
        [seeds, control],
      ),
      outputTable(seeds),
    ],
    pictures: [
      metricDots('init-seed-metric', 'Seeds spread; the control stands still.', metric, [seeds, control]),
      outputDots(seeds),
      distanceBars('init-seed-distance', 'The control has no height: equal bits.', [seeds, control]),
    ],
  };
}

/** `two runs disagreed on 2.9 % of the test rows` */
export function apartWords({ disagreement, distances }: RunGroup): string {
  return disagreement === null
    ? `predictions of two runs were ${formatMagnitude(distances.mean())} apart on average`
    : `two runs disagreed on ${percent(disagreement.mean())} of the test rows`;
}

function controlWords({ distinct, results, distances }: RunGroup): string {
  return distinct === 1
    ? `The first seed trained ${results.length} times gave the same bits each time: the control moves by exactly 0.`
    : `The first seed trained ${results.length} times gave ${counted(distinct, 'result')}, up to ` +
        `${formatMagnitude(distances.most)} apart in the mean: something other than the seed moves, too.`;
}

function fewWords(seeds: RunGroup, ground: Ground): string {
  const metric = testMetric(ground);
  const few = { values: seeds.values.slice(0, FEW) };
  const { deviation, interval } = summarize(few);
  return (
    `The first ${few.values.length} seeds alone gave ${formatList(few.values.map(metric.words))}: a standard deviation ` +
    `of ${metric.differenceWords(deviation)}, ${intervalWords(interval, metric.differenceNumber)}.`
  );
}

function noiseWords(seeds: RunGroup, ground: Ground): string[] {
  const { criticalDifference } = noiseFloor(seeds.values);
  if (criticalDifference === 0) return [];
  const metric = testMetric(ground);
  return [
    `Two single runs differ by more than ${metric.differenceWords(criticalDifference)} in 5 of 100 pairs through their ` +
      'initial weights alone: less than that between two recipes, run once each, says nothing.',
  ];
}

/** Outputs of one row that a table has room for. */
function shownOutputs({ columns }: PredictionMatrix): number {
  return Math.min(columns, MOST_OUTPUTS);
}

/** One fixed input: the first test row. */
function outputTable({ predictions }: RunGroup): Table {
  const columns = shownOutputs(predictions[0]);
  return {
    title: 'Outputs for one input',
    caption: `The first test row, through the models of the first ${Math.min(FEW, predictions.length)} seeds.`,
    columns: [
      { name: 'output', format: 'count' },
      ...predictions.slice(0, FEW).map((_, i) => ({ name: `seed ${i + 1}`, format: 'number' }) as const),
    ],
    rows: Array.from({ length: columns }, (_, unit): Cell[] => [
      unit,
      ...predictions.slice(0, FEW).map(({ data }) => data[unit]),
    ]),
  };
}

function outputDots({ predictions }: RunGroup): DotPlot {
  return {
    kind: 'dots',
    id: 'init-seed-outputs',
    title: 'Outputs for one input, of every seed',
    caption: 'The first test row: each dot is one seed of the initial weights.',
    value: { label: 'output', format: 'number' },
    groups: Array.from({ length: shownOutputs(predictions[0]) }, (_, unit) => ({
      label: `output ${unit}`,
      values: predictions.map(({ data }) => data[unit]),
    })),
  };
}
