/** `global-seed`: one seed for everything, against each cause alone. */

import type { CauseName, Setting } from '../../causes/cause.js';
import { CAUSES } from '../../causes/causes.js';
import { formatList } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import { brownForsythe } from '../statistics/brown-forsythe.js';
import { spreadRatio } from '../statistics/spread-ratio.js';
import { verdict } from '../verdict.js';
import { baseSetting, madeUpData } from './base-setting.js';
import { type Arm, type MetricGroup, measureMetric, summarize, tasksOf, testMetric } from './run-measures.js';
import { metricDots, metricTable } from './run-pictures.js';
import { type Levels, requireCause, train, varied } from './varied.js';
import { effectInterval, intervalWords, times } from './wording.js';

/** The habit of tutorials: a hundred rows made up, by the same seed as everything else. */
const TOY = madeUpData({
  kind: 'madeUp',
  problem: 'regression',
  rows: 100,
  testRows: 500,
  columns: 10,
  classes: 1,
  noise: 0.1,
  seed: 42,
});

export const globalSeed: Experiment = {
  name: 'global-seed',
  question: 'One seed for everything: what moves when it moves?',
  folklore: 'One seed at the top of the script controls the randomness of training.',
  summary: '50 seeds of everything at once, and 50 of each cause alone',
  repeats: 50,
  base: (choice) => baseSetting(choice, { data: TOY, hidden: [10, 10], epochs: 50 }),
  plan: (ground) => tasksOf(arms(ground)),
  conclude,
};

const ALONE: readonly { readonly cause: CauseName; readonly label: string }[] = [
  { cause: 'initialWeights', label: 'initial weights' },
  { cause: 'dataOrder', label: 'order of the data' },
  { cause: 'dropoutMasks', label: 'dropout masks' },
  { cause: 'gaussianNoise', label: 'Gaussian noise' },
  { cause: 'dataSeed', label: 'the data' },
  { cause: 'dataSubset', label: 'a draw of the training rows' },
];

/** What has a seed here; made-up data are made anew, of others the training rows are drawn anew. */
function seeded(base: Setting): typeof ALONE {
  const applies = ALONE.filter(({ cause }) => CAUSES[cause].applies(base));
  const isMadeUp = applies.some(({ cause }) => cause === 'dataSeed');
  return applies.filter(({ cause }) => cause !== 'dataSubset' || !isMadeUp);
}

/** Every arm has seeds of its own, so that arms are independent of each other. */
const SEEDS_APART = 100_000;

function arms({ base, repeats }: Ground): [all: Arm, ...alone: Arm[]] {
  requireCause(base, 'initialWeights');
  const causes = seeded(base);
  // All arms train on rows drawn with replacement where one of them does.
  const held = causes.some(({ cause }) => cause === 'dataSubset') ? varied(base, { dataSubset: 0 }) : base;
  const arm = (label: string, moved: readonly CauseName[], number: number): Arm => ({
    label,
    tasks: Array.from({ length: repeats }, (_, i) => {
      const levels: Levels = Object.fromEntries(moved.map((cause) => [cause, number * SEEDS_APART + i + 1]));
      return train(varied(held, levels), []);
    }),
  });
  return [
    arm(
      'everything',
      causes.map(({ cause }) => cause),
      0,
    ),
    ...causes.map(({ cause, label }, i) => arm(`${label} alone`, [cause], i + 1)),
  ];
}

function conclude(ground: Ground, results: Results): Conclusion {
  const groups = arms(ground).map((arm) => measureMetric(ground, results, arm));
  const [all, ...alone] = groups;
  const metric = testMetric(ground);
  const weights = alone[0];
  const ratio = spreadRatio(weights.values, all.values);
  const deviation = (group: MetricGroup): string => metric.differenceWords(summarize(group).deviation);
  const widest = alone.reduce((most, group) => (summarize(group).deviation > summarize(most).deviation ? group : most));
  return {
    verdict: verdict(ratio, { effect: 'above', threshold: 1 }),
    claim: `One seed for everything moves the ${metric.name} more than the initial weights alone do.`,
    statement:
      `${all.values.length} seeds for everything gave ${metric.plural} with a standard deviation of ${deviation(all)}, ` +
      `the initial weights alone ${deviation(weights)}: ${times(ratio.estimate)} times as much ` +
      `(${intervalWords(ratio, times)}).`,
    effect: {
      name: `standard deviation of the ${metric.name} over seeds of everything, over that of the initial weights alone`,
      unit: '',
      estimate: ratio.estimate,
      beside: 1,
    },
    interval: effectInterval(ratio),
    findings: [
      `Alone, ${formatList(alone.map((group) => `${group.label.replace(/ alone$/, '')} gave ${deviation(group)}`))}: ` +
        `${widest.label.replace(/ alone$/, '')} moved the ${metric.name} most.`,
      ...alone.slice(1).map((group) => againstAll(group, all)),
      alikeWords(groups),
    ],
    tables: [metricTable('What moves when the seed moves', 'Each cause has its own seeds here.', metric, groups)],
    pictures: [
      metricDots('global-seed-metric', 'The arm with the widest dots is what a global seed is about.', metric, groups),
      {
        kind: 'bars',
        id: 'global-seed-deviation',
        title: `Standard deviation of the ${metric.name}`,
        caption: 'Which cause alone comes near to everything at once?',
        value: { label: 'standard deviation', format: metric.format },
        bars: groups.map((group) => {
          const { deviation: value, interval } = summarize(group);
          return { label: group.label, value, interval };
        }),
      },
    ],
  };
}

function againstAll(group: MetricGroup, all: MetricGroup): string {
  const ratio = spreadRatio(group.values, all.values);
  return `Everything at once moved it ${times(ratio.estimate)} times as much as ${group.label} (${intervalWords(ratio, times)}).`;
}

function alikeWords(groups: readonly MetricGroup[]): string {
  const { f, p } = brownForsythe(groups.map(({ values }) => values));
  const test = f === null ? `p ${p}` : `F ${times(f)}, p ${p < 0.001 ? 'below 0.001' : p.toPrecision(2)}`;
  return `That all of them vary alike ${p < 0.05 ? 'can be ruled out' : 'cannot be ruled out'} (Brown and Forsythe: ${test}).`;
}
