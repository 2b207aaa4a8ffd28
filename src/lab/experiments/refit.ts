/** Compiling again and fitting a trained model: is that a fresh start? */
import { formatCount, formatList, formatMagnitude } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { StagesResult, StagesTask, Task, TrainTask } from '../experiment/task.js';
import { noiseFloor } from '../noise-floor.js';
import { mean, meanInterval, standardDeviation } from '../statistics/moments.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { seededBases } from './partings.js';
import { testMetric } from './run-measures.js';
import { train, varied } from './varied.js';
import { exactly, intervalWords } from './wording.js';

/** Fits, one after the other. */
const FITS = 4;

/** What is done between two fits. */
const WAYS = ['compile again', 'go on', 'reset', 'clone'] as const;
type Way = (typeof WAYS)[number];

export const refit: Experiment = {
  name: 'refit',
  question: 'Does compiling a trained model again, and fitting it, start anew?',
  folklore: 'Call compile and fit in a loop, and each round is an independent run.',
  summary: '10 seeds, 4 fits in a row of each, begun in 4 ways',
  repeats: 10,
  base: (choice) => baseSetting(choice),
  *plan(ground): Generator<Task> {
    for (const way of WAYS) yield* stages(ground, way);
    yield* wholes(ground);
  },
  conclude,
};

/** For each seed a model that is fitted several times. */
function stages(ground: Ground, way: Way): StagesTask[] {
  const { epochs } = ground.base.recipe.fit;
  const next = (): StagesTask['stages'] => {
    switch (way) {
      case 'compile again':
        return [{ do: 'compileAndFit', epochs }];
      case 'go on':
        return [{ do: 'fit', epochs }];
      default:
        return [{ do: way }, { do: 'fit', epochs }];
    }
  };
  return seededBases(ground).map((setting) => ({
    kind: 'stages',
    setting,
    stages: [{ do: 'fit', epochs }, ...Array.from({ length: FITS - 1 }, next).flat()],
  }));
}

/** For each seed one training as long as all fits together. */
function wholes(ground: Ground): TrainTask[] {
  const epochs = FITS * ground.base.recipe.fit.epochs;
  return seededBases(ground).map((setting) => train(varied(setting, { epochs }), []));
}

function conclude(ground: Ground, results: Results): Conclusion {
  const [again, on, reset, clone] = WAYS.map((way) => stages(ground, way).map((task) => results.get(task).fits));
  const fresh = again.map(([{ firstLoss }]) => firstLoss);
  const second = again.map((fits) => fits[1].firstLoss);
  const differences = fresh.map((loss, i) => loss - second[i]);
  const difference = mean(differences);
  const alike = differences.every((value) => value === differences[0]);
  const interval = alike ? exactly(difference) : meanInterval(differences);
  const noise = noiseFloor(fresh).criticalDifference;
  const anew = { reset: startedAnew(reset), clone: startedAnew(clone) };
  const long = wholes(ground).filter((task, i) => results.get(task).fingerprint === on[i][FITS - 1].fingerprint).length;
  const forgot = again.filter((fits, i) => fits[1].fingerprint !== on[i][1].fingerprint).length;
  const { repeats } = ground;
  const metric = testMetric(ground);
  const metricOf = (fits: StagesResult['fits']): number[] =>
    fits.map(({ test }) => (metric.name === 'test loss' ? test.loss : (test.accuracy ?? Number.NaN)));
  const rounds = [again, on, reset, clone].map((all) => all.map(metricOf));
  const meansOf = (all: readonly (readonly number[])[]): number[] =>
    Array.from({ length: FITS }, (_, fit) => mean(all.map((values) => values[fit])));
  const means = rounds.map(meansOf);
  return {
    verdict: verdict(interval, { effect: 'within', threshold: noise }),
    claim: 'After compiling again, training begins no further from a fresh start than two fresh starts are apart.',
    statement:
      `After compiling again, the first batch had a loss of ${formatMagnitude(mean(second))}, not of ` +
      `${formatMagnitude(mean(fresh))} as in a fresh model (${formatCount(repeats)} seeds): the weights stayed; reset and clone ` +
      `gave the first fit's bits again ${bothTimes(anew, repeats)}.`,
    effect: { name: 'loss of the first batch below that of a fresh start', unit: '', estimate: difference },
    interval,
    findings: [
      `Two fresh starts begin up to ${formatMagnitude(noise)} apart in 95 of 100 cases; compiling again began ` +
        `${formatMagnitude(difference)} below (${intervalWords(interval)}).`,
      `Over ${FITS} rounds of compile and fit the mean ${metric.name} went ${formatList(means[0].map(metric.words))}: one ` +
        'training that grows longer, not a sample of trainings.',
      `Within a model those rounds had a standard deviation of ${metric.differenceWords(mean(rounds[0].map(standardDeviation)))}; ` +
        `${formatCount(repeats)} fresh models had ${metric.differenceWords(standardDeviation(rounds[0].map(([first]) => first)))}.`,
      forgot === 0
        ? 'Compiling again kept the bits of going on: this optimizer remembers nothing.'
        : `Compiling again is not going on either: the optimizer begins anew, and ${forgot} of ${repeats} models came to other bits.`,
      `Fits that went on gave the bits of one training of ${FITS * ground.base.recipe.fit.epochs} epochs in ${long} of ${repeats} seeds.`,
    ],
    tables: [
      {
        title: 'Rounds of fitting',
        caption: `Mean over ${repeats} seeds. A fresh start begins at a high loss, and ends where the first ended.`,
        columns: [
          { name: 'before each fit' },
          { name: 'fit', format: 'count' },
          { name: 'loss of the first batch', format: 'number' },
          { name: `mean ${metric.name}`, format: metric.format },
          { name: 'bits of the first fit', format: 'share' },
        ],
        rows: [again, on, reset, clone].flatMap((all, way) =>
          Array.from({ length: FITS }, (_, fit) => [
            WAYS[way],
            fit + 1,
            mean(all.map((fits) => fits[fit].firstLoss)),
            means[way][fit],
            all.filter((fits) => fits[fit].fingerprint === fits[0].fingerprint).length / repeats,
          ]),
        ),
      },
    ],
    pictures: [
      {
        kind: 'lines',
        id: 'refit-rounds',
        title: `The ${metric.name}, fit by fit`,
        caption: 'Mean over seeds, with the range. What starts anew stays level.',
        x: { label: 'fit', format: 'count' },
        y: { label: metric.name, format: metric.format },
        series: rounds.map((all, way) => ({
          name: WAYS[way],
          points: means[way].map((value, fit) => [fit + 1, value] as const),
          band: Array.from({ length: FITS }, (_, fit) => {
            const values = all.map((one) => one[fit]);
            return [fit + 1, Math.min(...values), Math.max(...values)] as const;
          }),
        })),
      },
      {
        kind: 'dots',
        id: 'refit-first-losses',
        title: 'Loss of the first batch',
        caption: 'Each dot is a model, at the first batch of its second fit.',
        value: { label: 'loss of the first batch', format: 'number' },
        groups: [
          { label: 'fresh', values: fresh },
          ...[again, on, reset, clone].map((all, way) => ({
            label: WAYS[way],
            values: all.map((fits) => fits[1].firstLoss),
          })),
        ],
      },
    ],
  };
}

/** Models of which each fit gave the first one's bits. */
function startedAnew(all: readonly StagesResult['fits'][]): number {
  return all.filter((fits) => fits.every(({ fingerprint }) => fingerprint === fits[0].fingerprint)).length;
}

function bothTimes({ reset, clone }: { readonly reset: number; readonly clone: number }, models: number): string {
  return reset === models && clone === models
    ? 'with every seed'
    : `with ${reset} and ${clone} of ${models} seeds, which is a fault of this build`;
}
