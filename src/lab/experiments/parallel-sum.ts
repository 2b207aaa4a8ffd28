/** One sum over several workers: cut by their number, in a fixed tree, or in the order of arrival. */
import { ulpDistance } from '../../compare/ulp.js';
import { formatCount, formatList } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { ParallelSums, SumTask } from '../experiment/task.js';
import { verdict } from '../verdict.js';
import { SUM_SEED } from './float-sums.js';
import { counted, exactly } from './wording.js';

const NUMBERS = 1_000_000;
const WORKERS = [1, 2, 4, 8];

function task({ repeats }: Ground): SumTask {
  return { kind: 'sum', numbers: NUMBERS, seed: SUM_SEED, orders: 1, workers: WORKERS, repeats };
}

export const parallelSum: Experiment = {
  name: 'parallel-sum',
  question: 'Does a sum depend on how many workers make it?',
  folklore: 'A parallel sum comes out differently from run to run; that is the price of several threads.',
  summary: '1,000,000 numbers over 1, 2, 4 and 8 workers, 100 times each',
  repeats: 100,
  base: null,
  *plan(ground) {
    yield task(ground);
  },
  conclude,
};

function conclude(ground: Ground, results: Results): Conclusion {
  const { exact, parallel } = results.get(task(ground));
  const trees = new Set(parallel.map(({ tree }) => tree));
  const splits = new Set(parallel.map(({ split }) => split));
  const arrivals = new Set(parallel.flatMap(({ free }) => free.map(({ sum }) => sum)));
  const varying = parallel.filter(({ free }) => free.length > 1).map(({ workers }) => workers);
  const others = trees.size - 1;
  const interval = exactly(others);
  const attempts = ground.repeats * parallel.length;
  return {
    verdict: verdict(interval, { effect: 'above', threshold: 0 }),
    claim: 'No sum that several workers make is the same at every number of workers.',
    statement:
      `Over ${formatList(WORKERS)} workers, ${formatCount(NUMBERS)} numbers had ${counted(trees.size, 'sum')} in a fixed ` +
      `tree, ${splits.size} where they were cut by the number of workers, and ${arrivals.size} in ${formatCount(attempts)} ` +
      `sums in the order of arrival${arrivals.size > 1 ? `, up to ${formatCount(range([...arrivals]))} ULP apart` : ''}.`,
    effect: {
      name: 'sums of the fixed tree beyond the first, over all numbers of workers',
      unit: '',
      estimate: others,
    },
    interval,
    findings: [
      trees.size === 1
        ? 'A tree whose shape depends on the number of terms alone gives one sum, whoever makes its parts.'
        : 'The fixed tree gave different sums: that is a fault of this build.',
      splits.size === 1
        ? 'Cutting by the number of workers made no difference this time; with other numbers it may.'
        : `Cut by the number of workers, each number of workers has its own sum, the same each time: ${splits.size} ` +
          `different ones, up to ${formatCount(range([...splits]))} ULP apart.`,
      varying.length === 0
        ? `In the order of arrival, ${ground.repeats} sums each agreed at every number of workers this time.`
        : `In the order of arrival, ${ground.repeats} sums with the same number of workers disagreed at ` +
          `${formatList(varying)} workers.`,
    ],
    tables: [
      {
        title: 'Sums by number of workers',
        caption: 'Only the fixed tree has the same sum in each row.',
        columns: [
          { name: 'workers', format: 'count' },
          { name: 'fixed tree', format: 'exact' },
          { name: 'cut by workers', format: 'exact' },
          { name: 'order of arrival, different sums', format: 'count' },
          { name: 'most frequent', format: 'exact' },
          { name: 'its share', format: 'share' },
        ],
        rows: parallel.map((sums) => {
          const { sum, count } = mostFrequent(sums);
          return [sums.workers, sums.tree, sums.split, sums.free.length, sum, count / ground.repeats];
        }),
      },
    ],
    pictures: [
      {
        kind: 'dots',
        id: 'parallel-sum-sums',
        title: 'Every sum',
        caption: 'Each dot is a sum of the same numbers, less the exact sum.',
        value: { label: 'sum less exact sum', format: 'number' },
        groups: parallel.flatMap(({ workers, tree, split, free }) => [
          { label: `${workers}, tree`, values: [tree - exact] },
          { label: `${workers}, cut`, values: [split - exact] },
          { label: `${workers}, arrival`, values: free.flatMap(({ sum, count }) => Array(count).fill(sum - exact)) },
        ]),
        reference: { label: 'exact', value: 0 },
      },
    ],
  };
}

function mostFrequent({ free }: ParallelSums): { readonly sum: number; readonly count: number } {
  return free.reduce((most, one) => (one.count > most.count ? one : most), { sum: Number.NaN, count: 0 });
}

/** From the smallest to the largest, in ULP of binary32. */
function range(sums: readonly number[]): number {
  return sums.length === 0 ? 0 : ulpDistance(Math.min(...sums), Math.max(...sums));
}
