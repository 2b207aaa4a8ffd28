/** `shuffle-or-not`: shuffled, stratified, or as the rows come; on unbalanced classes, too. */
import { formatList } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import { mean } from '../statistics/moments.js';
import { spreadRatio } from '../statistics/spread-ratio.js';
import { pairedT } from '../statistics/welch.js';
import { verdict } from '../verdict.js';
import { baseSetting, madeUpData } from './base-setting.js';
import {
  ACCURACY,
  type Arm,
  type MetricGroup,
  measureMetric,
  summarize,
  type TestMetric,
  tasksOf,
  testMetric,
} from './run-measures.js';
import { metricDots, metricTable } from './run-pictures.js';
import { seedLevels, train, varied } from './varied.js';
import { effectInterval, intervalWords, percent, points, pointsNumber, signed, times } from './wording.js';

/** Five rows of six are of one class; the other three share the rest. */
const UNBALANCED = madeUpData({
  kind: 'madeUp',
  problem: 'classes',
  rows: 600,
  testRows: 1200,
  columns: 10,
  classes: 4,
  noise: 0.5,
  majority: 5 / 6,
  seed: 42,
});

export const shuffleOrNot: Experiment = {
  name: 'shuffle-or-not',
  question: 'Does shuffling give a better model than the rows in the order in which they come?',
  folklore: 'Always shuffle: without it a network learns the order of the rows and generalizes worse.',
  summary: '20 seeds each: unshuffled, shuffled, stratified',
  repeats: 20,
  base: (choice) => baseSetting(choice),
  plan: (ground) => {
    const { given, unbalanced } = arms(ground);
    return tasksOf([...given, ...unbalanced]);
  },
  conclude,
};

const SHUFFLES = [
  { label: 'not shuffled', level: false },
  { label: 'shuffled', level: true },
  { label: 'stratified', level: 'stratified' },
] as const;

interface Arms {
  /** On the ground's own data: unshuffled, shuffled and, of classes, stratified. */
  readonly given: readonly Arm[];
  /** On {@link UNBALANCED}, the same three. */
  readonly unbalanced: readonly Arm[];
}

function arms({ base, data, repeats }: Ground): Arms {
  // Run i has the same initial weights in every arm.
  const arm = (setting: Ground['base'], { label, level }: (typeof SHUFFLES)[number]): Arm => ({
    label,
    tasks: seedLevels(repeats).map((seed) =>
      train(varied(setting, { shuffle: level, initialWeights: seed, dataOrder: seed }), ['classes']),
    ),
  });
  const unbalanced = baseSetting({}, { data: UNBALANCED, hidden: [32] });
  return {
    given: SHUFFLES.filter(({ level }) => level !== 'stratified' || data.classes > 1).map((shuffle) =>
      arm(base, shuffle),
    ),
    unbalanced: SHUFFLES.map((shuffle) => arm(unbalanced, shuffle)),
  };
}

function conclude(ground: Ground, results: Results): Conclusion {
  const planned = arms(ground);
  const given = planned.given.map((arm) => measureMetric(ground, results, arm));
  const unbalanced = planned.unbalanced.map((arm) => rare(arm, results));
  const metric = testMetric(ground);
  const [without, shuffled, stratified] = given;
  const gain = improvement(without, shuffled, metric);
  const scale = metric.differenceUnit === 'points' ? 100 : 1;
  return {
    verdict: verdict(gain, { effect: 'above', threshold: 0 }),
    claim: `Shuffling gives a better ${metric.name} than the rows in the order in which they come.`,
    statement:
      `With the same ${shuffled.values.length} seeds of the initial weights, shuffling gave a mean ${metric.name} of ` +
      `${metric.words(mean(shuffled.values))}, no shuffling ${metric.words(mean(without.values))}: an improvement of ` +
      `${signed(metric.differenceWords, gain.difference)} (${intervalWords(gain, metric.differenceNumber)}).`,
    effect: {
      name: `improvement of the ${metric.name} by shuffling`,
      unit: metric.differenceUnit,
      estimate: scale * gain.difference,
    },
    interval: effectInterval({ ...gain, low: scale * gain.low, high: scale * gain.high }),
    findings: [
      ...(stratified === undefined ? [] : [stratifiedWords(shuffled, stratified, metric)]),
      rareWords(unbalanced),
      rareSpreadWords(unbalanced),
    ],
    tables: [
      metricTable('Shuffled or not', 'The same initial weights in each.', metric, given),
      metricTable(
        'Unbalanced classes',
        'Made-up classes, one with five of six rows: mean accuracy of the three others.',
        RARE,
        unbalanced,
      ),
    ],
    pictures: [
      metricDots('shuffle-or-not-metric', 'The same initial weights in each.', metric, given),
      metricDots('shuffle-or-not-rare', 'Made-up classes: the three rare ones.', RARE, unbalanced),
    ],
  };
}

/** Positive is better; run by run, as initial weights are the same. */
function improvement(a: MetricGroup, b: MetricGroup, { higherIsBetter }: TestMetric): ReturnType<typeof pairedT> {
  return higherIsBetter ? pairedT(a.values, b.values) : pairedT(b.values, a.values);
}

const RARE: TestMetric = {
  ...ACCURACY,
  name: 'accuracy of the rare classes',
  plural: 'accuracies of the rare classes',
};

/** Mean accuracy of all classes but the first, which has most rows. */
function rare({ label, tasks }: Arm, results: Results): MetricGroup {
  const found = tasks.map((task) => results.get(task));
  const values = found.map(({ classes }) =>
    mean((classes ?? []).slice(1).flatMap(({ accuracy }) => (accuracy === null ? [] : [accuracy]))),
  );
  return { label, results: found, values, distinct: new Set(found.map(({ fingerprint }) => fingerprint)).size };
}

function stratifiedWords(shuffled: MetricGroup, stratified: MetricGroup, metric: TestMetric): string {
  const gain = improvement(shuffled, stratified, metric);
  return (
    `Stratified batches improved the mean ${metric.name} over shuffled ones by ` +
    `${signed(metric.differenceWords, gain.difference)} ` +
    `(${intervalWords(gain, metric.differenceNumber)}).`
  );
}

function rareWords(groups: readonly MetricGroup[]): string {
  const [, shuffled, stratified] = groups;
  const gain = pairedT(shuffled.values, stratified.values);
  const words = groups.map(({ label, values }) => `${percent(mean(values))} ${label}`);
  return (
    `Of unbalanced made-up classes the rare ones were predicted right in ${formatList(words)}; an improvement by ` +
    `stratified batches over shuffled ones of ${signed(points, gain.difference)} (${intervalWords(gain, pointsNumber)}).`
  );
}

function rareSpreadWords([, shuffled, stratified]: readonly MetricGroup[]): string {
  const ratio = spreadRatio(shuffled.values, stratified.values);
  return (
    `Over seeds that accuracy varied by ${points(summarize(stratified).deviation)} stratified and ` +
    `${points(summarize(shuffled).deviation)} shuffled: a ratio of ${times(ratio.estimate)} ` +
    `(${intervalWords(ratio, times)}).`
  );
}
