/** `generator`: does the pseudorandom generator matter when the distribution is the same? */
import { formatList } from '../../format.js';
import { GENERATORS } from '../../random/words.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { PredictionMatrix } from '../measures/predictions.js';
import { pairDifferences } from '../measures/run-pairs.js';
import { varianceComponents } from '../statistics/factorial.js';
import { jackknife } from '../statistics/jackknife.js';
import { type PairTable, spreadQuotient } from '../statistics/pair-table.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { type Arm, measureArm, type RunGroup, tasksOf, testMetric } from './run-measures.js';
import { armTables, distanceBars, metricDots } from './run-pictures.js';
import { seedLevels, train, varied } from './varied.js';
import { effectInterval, intervalWords, percent } from './wording.js';

/** A difference of less than this share is none that anyone would choose a generator for. */
const WORTH = 0.05;

export const generator: Experiment = {
  name: 'generator',
  question: 'Does it matter which pseudorandom generator draws, when the distribution is the same?',
  folklore: 'A better generator gives better initial weights: results depend on which one a library has.',
  summary: `20 seeds with each of ${GENERATORS.length} generators`,
  repeats: 20,
  base: (choice) => baseSetting(choice),
  plan: (ground) => tasksOf(arms(ground)),
  conclude,
};

function arms({ base, repeats }: Ground): Arm[] {
  return GENERATORS.map((name) => ({
    label: name,
    tasks: seedLevels(repeats).map((seed) =>
      train(varied(base, { generator: name, initialWeights: seed, dataOrder: seed }), ['predictions']),
    ),
  }));
}

function conclude(ground: Ground, results: Results): Conclusion {
  const groups = arms(ground).map((arm) => measureArm(ground, results, arm));
  const metric = testMetric(ground);
  // A generator that gives several seeds the same numbers does not hear its seed; its runs are no sample of anything.
  const heard = groups.filter(({ distinct, results: { length } }) => distinct === length);
  const deaf = groups.filter((group) => !heard.includes(group));
  const ratio = heard.length < 2 ? null : betweenOverWithin(heard);
  const excess = ratio === null ? null : { ...ratio, low: ratio.low - 1, high: ratio.high - 1 };
  return {
    verdict: verdict(excess ?? { low: Number.NaN, high: Number.NaN }, { effect: 'beyond', threshold: WORTH }),
    claim: `Runs with other generators are further apart than runs with other seeds, or nearer, by more than ${percent(WORTH)}.`,
    statement:
      ratio === null || excess === null
        ? 'Fewer than two generators gave every seed other numbers: there is nothing to compare.'
        : `Two runs with other generators (${formatList(heard.map(({ label }) => label))}) were ` +
          `${threeDecimals(ratio.estimate)} times as far apart as two runs with one generator and other seeds ` +
          `(${intervalWords(ratio, threeDecimals)}).`,
    effect: {
      name: 'excess of the distance by another generator over that by another seed',
      unit: '',
      estimate: ratio === null ? null : ratio.estimate - 1,
    },
    interval: excess === null ? null : effectInterval(excess),
    findings: [...(heard.length < 2 ? [] : [shareWords(heard, metric.name)]), ...deaf.map(deafWords)],
    tables: [...armTables('By generator', 'The same seeds with each; the distribution is the same.', metric, groups)],
    pictures: [
      metricDots('generator-metric', 'Every seed with every generator.', metric, groups),
      distanceBars('generator-distance', 'Two runs of one generator, with other seeds.', groups),
    ],
  };
}

/**
 * Mean distance of two runs of other generators over that of two runs of one generator: 1 where the generator does not
 * matter. The jackknife leaves out runs, each with all of its pairs.
 */
function betweenOverWithin(groups: readonly RunGroup[]): ReturnType<typeof jackknife> {
  const runs = groups.flatMap(({ predictions }, g): { g: number; predictions: PredictionMatrix }[] =>
    predictions.map((found) => ({ g, predictions: found })),
  );
  const table: PairTable = pairDifferences(runs.map(({ predictions }) => predictions));
  const places: number[] = [];
  groups.reduce((place, { predictions }) => {
    places.push(place);
    return place + predictions.length;
  }, 0);
  return jackknife(
    groups.map(({ predictions }) => predictions.length),
    (left) => {
      const place = left === null ? null : places[left.group] + left.unit;
      const apart = (i: number, j: number): boolean => runs[i].g !== runs[j].g;
      return spreadQuotient(
        table.mean(place, apart),
        table.mean(place, (i, j) => !apart(i, j)),
      );
    },
    { scale: 'log' },
  );
}

function threeDecimals(value: number): string {
  return value.toFixed(3);
}

function shareWords(groups: readonly RunGroup[], name: string): string {
  const found = varianceComponents(
    ['generator'],
    groups.flatMap(({ label, values }) => values.map((value) => ({ levels: [label], value }))),
  );
  const { share, interval } = found.terms[0];
  return `Of the variance of the ${name} the generator makes ${percent(share)} (${intervalWords(interval, percent)}), its seeds the rest.`;
}

function deafWords({ label, distinct, results: { length } }: RunGroup): string {
  return (
    `${label} gave ${length} seeds only ${distinct} different ${distinct === 1 ? 'result' : 'results'}: it does not hear ` +
    'short seeds, and is left out of the comparison.'
  );
}
