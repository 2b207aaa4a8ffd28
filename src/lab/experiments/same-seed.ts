/** `same-seed`: the same seed twice, at several thread counts: equal weights, or only close ones? */
import { CAUSES } from '../../causes/causes.js';
import { formatList, formatMagnitude } from '../../format.js';
import { seedText } from '../../random/seed.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { Cell, Table } from '../experiment/picture.js';
import type { TrainResult, TrainTask } from '../experiment/task.js';
import { type ArrayDistances, arrayDistances } from '../measures/weights.js';
import { verdict } from '../verdict.js';
import { baseSetting } from './base-setting.js';
import { tasksOf } from './run-measures.js';
import { train, varied } from './varied.js';
import { counted, exactly } from './wording.js';

const THREADS = [1, 2, 4, 8];

export const sameSeed: Experiment = {
  name: 'same-seed',
  question: 'Trained twice from the same seed, are the weights equal, or only close?',
  folklore: 'With a fixed seed results are close, but floating point and threads keep them from being equal.',
  summary: 'one seed at 1 to 8 threads, in fixed and in free order',
  repeats: 2,
  base: (choice) => baseSetting(choice),
  plan: (ground) => tasksOf(arms(ground).map(({ label, tasks }) => ({ label, tasks }))),
  conclude,
};

interface ThreadArm {
  readonly label: string;
  readonly order: 'fixed' | 'free' | 'another seed';
  readonly threads: number;
  readonly tasks: readonly TrainTask[];
}

function arms({ base, repeats }: Ground): ThreadArm[] {
  const fixed = varied(base, { reduction: 'fixed' });
  const seed = CAUSES.initialWeights.read(base);
  const repeated = (order: 'fixed' | 'free', threads: number): ThreadArm => ({
    label: `${order}, ${counted(threads, 'thread')}`,
    order,
    threads,
    tasks: Array.from({ length: repeats }, (_, repeat) =>
      train(varied(base, { reduction: order, threads }), ['weights'], repeat),
    ),
  });
  return [
    ...THREADS.map((threads) => repeated('fixed', threads)),
    ...THREADS.filter((threads) => threads > 1).map((threads) => repeated('free', threads)),
    {
      label: 'fixed, another seed',
      order: 'another seed',
      threads: 1,
      tasks: [train(varied(fixed, { threads: 1, initialWeights: `not ${seedText(seed)}` }), ['weights'])],
    },
  ];
}

/** A run beside the first one. */
interface Compared {
  readonly result: TrainResult;
  readonly distances: ArrayDistances;
}

function conclude(ground: Ground, results: Results): Conclusion {
  const planned = arms(ground);
  const reference = results.get(planned[0].tasks[0]);
  const weights = reference.weights();
  const measured = planned.map(({ label, order, threads, tasks }) => ({
    label,
    order,
    threads,
    runs: tasks.map((task): Compared => {
      const result = results.get(task);
      return { result, distances: arrayDistances(weights, result.weights()) };
    }),
  }));
  const fixed = measured.filter(({ order }) => order === 'fixed').flatMap(({ runs }) => runs);
  const unequal = fixed.filter(({ result }) => result.stateFingerprint !== reference.stateFingerprint).length;
  const counts = formatList(THREADS);
  return {
    verdict: verdict({ low: unequal, high: unequal }, { effect: 'within', threshold: 0 }),
    claim: 'In fixed order the same seed gives the same weights, bit by bit, at every thread count.',
    statement:
      unequal === 0
        ? `Trained ${fixed.length} times from the same seed, at ${counts} threads, all weights were equal, bit by bit: ` +
          'one fingerprint, not only close numbers.'
        : `Trained ${fixed.length} times from the same seed, at ${counts} threads, ${counted(unequal, 'run')} had other ` +
          'bits than the first.',
    effect: { name: 'runs with other bits than the first', unit: 'runs', estimate: unequal },
    interval: exactly(unequal),
    findings: [
      freeWords(measured.filter(({ order }) => order === 'free').flatMap(({ runs }) => runs)),
      otherWords(measured.filter(({ order }) => order === 'another seed').flatMap(({ runs }) => runs)[0]),
    ],
    tables: [runTable(measured)],
    pictures: [
      {
        kind: 'bars',
        id: 'same-seed-differing',
        title: 'Weights that differ from those of the first run',
        caption: 'Fixed order has no bars: equal bits at every thread count.',
        value: { label: 'share of the weights', format: 'share' },
        bars: measured.map(({ label, runs }) => ({
          label,
          value: Math.max(...runs.map(({ distances: { differing, elements } }) => differing / elements)),
        })),
      },
    ],
  };
}

function freeWords(runs: readonly Compared[]): string {
  if (runs.every(({ distances }) => distances.equalBits)) {
    return `In free order ${counted(runs.length, 'run')} of that seed had the bits of fixed order, too, which nothing promises.`;
  }
  const distinct = new Set(runs.map(({ result }) => result.fingerprint)).size;
  const far = runs.filter(({ distances }) => !distances.allclose).length;
  const most = Math.max(...runs.map(({ distances }) => distances.maxAbs));
  return (
    `In free order ${counted(runs.length, 'run')} of that seed gave ${counted(distinct, 'result')}, their weights ` +
    `at most ${formatMagnitude(most)} from those of fixed order; ${far === 0 ? 'all are' : `${far} of them ${far === 1 ? 'is' : 'are'} not`} ` +
    '"allclose" to it (rtol 1e-5, atol 1e-8).'
  );
}

function otherWords({ distances }: Compared): string {
  return distances.equalBits
    ? 'Another seed gave the same bits: the seed moves nothing here, and equal bits say nothing.'
    : `Another seed gave other weights (${formatMagnitude(distances.meanAbs)} apart on average): equal bits are no matter of course.`;
}

function runTable(measured: readonly { readonly label: string; readonly runs: readonly Compared[] }[]): Table {
  return {
    title: 'Every run beside the first',
    caption:
      'Weights with other bits, and their largest difference. "allclose" says less: other bits may pass it, too.',
    columns: [
      { name: 'execution' },
      { name: 'repeat', format: 'count' },
      { name: 'equal bits' },
      { name: 'allclose' },
      { name: 'differing', format: 'count' },
      { name: 'largest', format: 'number' },
      { name: 'ULP', format: 'count' },
    ],
    rows: measured.flatMap(({ label, runs }) =>
      runs.map(({ distances: d }, i): Cell[] => [
        label,
        i + 1,
        d.equalBits,
        d.allclose,
        d.differing,
        d.maxAbs,
        d.maxUlp,
      ]),
    ),
  };
}
