/** `initializer`: another initializer against another seed. */
import { formatMagnitude } from '../../format.js';
import type { Initializer } from '../../model/initializers.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { Table } from '../experiment/picture.js';
import { meanAbsoluteDifference } from '../measures/run-pairs.js';
import { jackknife } from '../statistics/jackknife.js';
import { mean } from '../statistics/moments.js';
import { spreadQuotient } from '../statistics/pair-table.js';
import { pairedT, type WelchTest } from '../statistics/welch.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { type Arm, measureArm, type RunGroup, type TestMetric, tasksOf, testMetric } from './run-measures.js';
import { armTables, distanceBars, metricDots } from './run-pictures.js';
import { seedLevels, train, varied } from './varied.js';
import { effectInterval, intervalWords, signed, times } from './wording.js';

const INITIALIZERS: readonly { readonly label: string; readonly level: Initializer }[] = [
  { label: 'Glorot uniform', level: 'glorotUniform' },
  { label: 'He uniform', level: 'heUniform' },
  { label: 'random normal', level: { name: 'randomNormal', mean: 0, stddev: 0.05 } },
];

export const initializer: Experiment = {
  name: 'initializer',
  question: 'Does the choice of the initializer move the result more than the seed does?',
  folklore: 'The initializer must fit the activation: it decides what a network becomes.',
  summary: 'Glorot uniform, He uniform, random normal: 20 seeds each',
  repeats: 20,
  base: (choice) => baseSetting(choice),
  plan: (ground) => tasksOf(arms(ground)),
  conclude,
};

function arms({ base, repeats }: Ground): Arm[] {
  return INITIALIZERS.map(({ label, level }) => ({
    label,
    tasks: seedLevels(repeats).map((seed) =>
      train(varied(base, { initializer: level, initialWeights: seed }), ['predictions']),
    ),
  }));
}

function conclude(ground: Ground, results: Results): Conclusion {
  const groups = arms(ground).map((arm) => measureArm(ground, results, arm));
  const metric = testMetric(ground);
  const bySeed = groups[0].results.map((_, seed) => betweenInitializers(groups, seed));
  const otherInitializer = (left: number | null): number => mean(bySeed.filter((__, seed) => seed !== left));
  const otherSeed = (left: number | null): number => mean(groups.map(({ distances }) => distances.mean(left)));
  // A seed has a run with each initializer: all of them are left out at once.
  const ratio = jackknife(
    [bySeed.length],
    (left) => spreadQuotient(otherInitializer(left?.unit ?? null), otherSeed(left?.unit ?? null)),
    { scale: 'log' },
  );
  return {
    verdict: verdict(ratio, { effect: 'above', threshold: 1 }),
    claim:
      'Another initializer with the same seed moves predictions further than another seed with the same initializer.',
    statement:
      `With the same seed, another initializer moved predictions by ${formatMagnitude(otherInitializer(null))} on average, ` +
      `another seed with the same initializer by ${formatMagnitude(otherSeed(null))}: a ratio of ` +
      `${times(ratio.estimate)} (${intervalWords(ratio, times)}).`,
    effect: {
      name: 'difference of predictions by another initializer over that by another seed',
      unit: '',
      estimate: ratio.estimate,
      beside: 1,
    },
    interval: effectInterval(ratio),
    findings: comparisons(groups).map((comparison) => comparisonWords(comparison, metric)),
    tables: [
      ...armTables('By initializer', 'The same seeds with each of them.', metric, groups),
      comparisonTable(comparisons(groups), metric),
    ],
    pictures: [
      metricDots('initializer-metric', 'The same seeds with each initializer.', metric, groups),
      distanceBars('initializer-distance', 'Two runs of one initializer, with other seeds.', groups),
    ],
  };
}

/** Mean over the pairs of initializers, for one seed. */
function betweenInitializers(groups: readonly RunGroup[], seed: number): number {
  return mean(
    pairsOf(groups).map(([a, b]) => meanAbsoluteDifference(a.predictions[seed].data, b.predictions[seed].data)),
  );
}

interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly test: WelchTest;
}

/** The metric of each pair of initializers, seed by seed; all intervals hold at once in 95 of 100 cases (Bonferroni). */
function comparisons(groups: readonly RunGroup[]): Comparison[] {
  const pairs = pairsOf(groups);
  return pairs.map(([a, b]) => ({
    a: a.label,
    b: b.label,
    test: pairedT(a.values, b.values, { level: 1 - 0.05 / pairs.length }),
  }));
}

function pairsOf<T>(values: readonly T[]): (readonly [T, T])[] {
  return values.flatMap((a, i) => values.slice(i + 1).map((b) => [a, b] as const));
}

function comparisonWords({ a, b, test }: Comparison, metric: TestMetric): string {
  const told = test.low > 0 || test.high < 0;
  return (
    `Mean ${metric.name} with ${b} less that with ${a}: ${signed(metric.differenceWords, test.difference)} ` +
    `(${intervalWords(test, metric.differenceNumber)})${told ? '' : ': no difference that these seeds can tell'}.`
  );
}

function comparisonTable(found: readonly Comparison[], metric: TestMetric): Table {
  return {
    title: `One initializer less another: mean ${metric.name}`,
    caption: 'Seed by seed; the intervals hold all at once in 95 of 100 cases.',
    columns: [
      { name: 'initializer' },
      { name: 'less' },
      { name: 'difference', format: metric.format },
      { name: 'from', format: metric.format },
      { name: 'to', format: metric.format },
      { name: 'p', format: 'number' },
    ],
    rows: found.map(({ a, b, test }) => [b, a, test.difference, test.low, test.high, test.p]),
  };
}
