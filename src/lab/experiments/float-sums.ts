/** Sums of the same numbers in other orders, in 32 and in 64 bits, against the exact sum. */
import { unitInTheLastPlace } from '../../compare/ulp.js';
import { formatCount, formatMagnitude } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { SumOfOrder, SumTask } from '../experiment/task.js';
import { verdict } from '../verdict.js';
import { exactly, minus, percent } from './wording.js';

const NUMBERS = 1_000_000;

/** The numbers of this and of the parallel sums are the same. */
export const SUM_SEED = 1;

/** The sums in so many orders; `again` is the same once more, computed anew. */
function task({ repeats }: Ground, again: boolean): SumTask {
  return { kind: 'sum', numbers: NUMBERS, seed: SUM_SEED, orders: repeats, workers: [], repeats: again ? 1 : 0 };
}

/** What the sums of one format say. */
interface Sums {
  readonly name: string;
  readonly sums: readonly number[];
  /** Of each sum, in units in the last place of the exact sum. */
  readonly errors: readonly number[];
  readonly distinct: number;
  readonly least: number;
  readonly most: number;
  readonly largestError: number;
}

export const floatSums: Experiment = {
  name: 'float-sums',
  question: 'Does the sum of a million numbers depend on the order in which they are added?',
  folklore: 'Floating-point numbers are imprecise: 0.1 + 0.2 is not 0.3, and results vary at random.',
  summary: '1,000,000 numbers in 30 orders, in 32 and in 64 bits',
  repeats: 30,
  base: null,
  *plan(ground) {
    yield task(ground, false);
    yield task(ground, true);
  },
  conclude,
};

function conclude(ground: Ground, results: Results): Conclusion {
  const { exact, orders, tenths } = results.get(task(ground, false));
  const again = results.get(task(ground, true)).orders;
  const narrow = describe('32 bits', orders, 'float32', exact, 24);
  const wide = describe('64 bits', orders, 'float64', exact, 53);
  const changed = orders.filter(
    ({ float32, float64 }, i) => float32 !== again[i].float32 || float64 !== again[i].float64,
  );
  const spread = narrow.most - narrow.least;
  const interval = exactly(spread);
  const equalTenths = [tenths.float32, tenths.float64].map(({ equal }) => (equal ? 'is' : 'is not'));
  return {
    verdict: verdict(interval, { effect: 'above', threshold: 0 }),
    claim: 'The order of the terms alone changes the sum of a million numbers.',
    statement:
      `In ${ground.repeats} orders, ${formatCount(NUMBERS)} numbers had ${sumsWords(narrow, exact)}, and ` +
      `${sumsWords(wide, exact)}; ${repeated(changed.length, ground.repeats)}.`,
    effect: { name: 'largest less smallest sum in 32 bits, over all orders', unit: '', estimate: spread },
    interval,
    findings: [
      `0.1 + 0.2 ${equalTenths[0]} 0.3 in 32 bits (${tenths.float32.sum}) and ${equalTenths[1]} 0.3 in 64 bits ` +
        `(${tenths.float64.sum}): each time, since a rounded sum is as certain as an exact one.`,
      `The exact sum is ${minus(String(exact))}. In 32 bits the sums were off by up to ${formatMagnitude(narrow.largestError)} ULP, in ` +
        `64 bits by up to ${formatMagnitude(wide.largestError)} ULP of their own, finer format.`,
      `64 bits do not take the dependence on the order away: they make it ${shrunk(spread, wide.most - wide.least)}.`,
    ],
    tables: [
      {
        title: 'Sums by format',
        caption: 'More bits make the sums agree better; only one order makes them agree.',
        columns: [
          { name: 'format' },
          { name: 'orders', format: 'count' },
          { name: 'different sums', format: 'count' },
          { name: 'smallest sum', format: 'exact' },
          { name: 'largest sum', format: 'exact' },
          { name: 'largest error in ULP', format: 'number' },
        ],
        rows: [narrow, wide].map(({ name, distinct, least, most, largestError }) => [
          name,
          ground.repeats,
          distinct,
          least,
          most,
          largestError,
        ]),
      },
    ],
    pictures: [
      {
        kind: 'dots',
        id: 'float-sums-errors',
        title: 'Error of every sum',
        caption:
          'Each dot is the sum of the same numbers in another order. In ULP of its own format, neither is better.',
        value: { label: 'error in ULP of the exact sum', format: 'number' },
        groups: [narrow, wide].map(({ name, errors }) => ({ label: name, values: errors })),
        reference: { label: 'exact', value: 0 },
      },
    ],
  };
}

function describe(
  name: string,
  orders: readonly SumOfOrder[],
  format: keyof SumOfOrder,
  exact: number,
  bits: 24 | 53,
): Sums {
  const sums = orders.map((order) => order[format]);
  const unit = unitInTheLastPlace(exact, bits);
  const errors = sums.map((sum) => (sum - exact) / unit);
  return {
    name,
    sums,
    errors,
    distinct: new Set(sums).size,
    least: Math.min(...sums),
    most: Math.max(...sums),
    largestError: Math.max(...errors.map(Math.abs)),
  };
}

/** `30 different sums in 32 bits, up to 0.01 % of the exact sum apart` */
function sumsWords({ name, distinct, least, most }: Sums, exact: number): string {
  if (distinct === 1) return `one sum in ${name}`;
  return `${distinct} different sums in ${name}, up to ${percent(Math.abs((most - least) / exact))} of the exact sum apart`;
}

function repeated(changed: number, orders: number): string {
  return changed === 0
    ? 'each order, summed again, gave its own sums again to the bit'
    : `summed again, ${changed} of the ${orders} orders gave other sums, which no rounding explains`;
}

function shrunk(narrow: number, wide: number): string {
  if (wide === 0) return 'too small to see here';
  return narrow === 0 ? 'visible' : `${formatMagnitude(narrow / wide, 2)} times smaller`;
}
