import { describe, expect, it } from 'vitest';
import { unitInTheLastPlace } from '../../../dist/compare/ulp.js';
import type { ForwardResult, SumResult, SumTask } from '../../../dist/lab/experiment/task.js';
import { floatSums } from '../../../dist/lab/experiments/float-sums.js';
import { parallelSum } from '../../../dist/lab/experiments/parallel-sum.js';
import { repeatForward } from '../../../dist/lab/experiments/repeat-forward.js';
import { fakeGround, fakeResults } from './fake-results.js';

const TENTHS: SumResult['tenths'] = {
  float32: { sum: Math.fround(0.3), equal: true },
  float64: { sum: 0.1 + 0.2, equal: false },
};

describe('float-sums', () => {
  const conclude = (sums: (task: SumTask, order: number) => number) => {
    const ground = fakeGround(floatSums, { repeats: 3 });
    const results = fakeResults(floatSums, ground, {
      sum: (task) => ({
        exact: 1024,
        orders: [0, 1, 2].map((order) => ({ float32: sums(task, order), float64: 1024 + order * 2 ** -42 })),
        parallel: [],
        tenths: TENTHS,
      }),
    });
    return floatSums.conclude(ground, results);
  };

  it('is supported where one order gives another sum, exactly', () => {
    const found = conclude((_, order) => 1024 + 2 * order);
    expect(found).toMatchObject({
      verdict: 'supported',
      effect: { estimate: 4 },
      interval: { low: 4, high: 4, level: 1 },
    });
    expect(found.statement).toContain(
      '1,000,000 numbers had 3 different sums in 32 bits, up to 0.39 % of the exact sum apart, and 3',
    );
    expect(found.statement).toContain('each order, summed again, gave its own sums again to the bit');
    // Errors in ULP of the format: 1024 has neighbors 2^-13 above in 32 bits and 2^-42 in 64.
    expect(found.pictures[0]).toMatchObject({
      groups: [{ values: [0, 2 * 2 ** 13, 4 * 2 ** 13] }, { values: [0, 1, 2] }],
    });
  });

  it('is not supported where all orders give one sum', () => {
    const found = conclude(() => 1024);
    expect(found).toMatchObject({ verdict: 'not supported', effect: { estimate: 0 } });
    expect(found.statement).toContain('had one sum in 32 bits, and 3 different sums in 64 bits');
  });

  it('says so where an order gives other sums when summed again', () => {
    const found = conclude((task, order) => (task.repeats === 1 && order === 2 ? 1025 : 1024));
    expect(found.statement).toContain('summed again, 1 of the 3 orders gave other sums');
  });

  it('says what 0.1 + 0.2 is', () => {
    const [tenths] = conclude(() => 1024).findings;
    expect(tenths).toContain('0.1 + 0.2 is 0.3 in 32 bits');
    expect(tenths).toContain('is not 0.3 in 64 bits (0.30000000000000004)');
  });
});

describe('parallel-sum', () => {
  const conclude = (tree: (workers: number) => number, free: (workers: number) => number[]) => {
    const ground = fakeGround(parallelSum, { repeats: 4 });
    const results = fakeResults(parallelSum, ground, {
      sum: ({ workers }) => ({
        exact: 2,
        orders: [],
        parallel: workers.map((count) => ({
          workers: count,
          split: 2 + count * 2 ** -22,
          tree: tree(count),
          free: free(count).map((sum) => ({ sum, count: 4 / free(count).length })),
        })),
        tenths: TENTHS,
      }),
    });
    return parallelSum.conclude(ground, results);
  };

  it('is not supported where the fixed tree has one sum, whatever the others do', () => {
    const found = conclude(
      () => 2,
      (workers) => (workers === 1 ? [2] : [2, 2 + 3 * 2 ** -22]),
    );
    expect(found).toMatchObject({ verdict: 'not supported', effect: { estimate: 0 }, interval: { level: 1 } });
    expect(found.statement).toBe(
      'Over 1, 2, 4 and 8 workers, 1,000,000 numbers had 1 sum in a fixed tree, 4 where they were cut by the number of ' +
        'workers, and 2 in 16 sums in the order of arrival, up to 3 ULP apart.',
    );
    expect(found.findings[2]).toContain('disagreed at 2, 4 and 8 workers');
  });

  it('is supported, as a fault, where the fixed tree differs', () => {
    const found = conclude(
      (workers) => 2 + (workers === 8 ? 2 ** -22 : 0),
      () => [2],
    );
    expect(found).toMatchObject({ verdict: 'supported', effect: { estimate: 1 } });
    expect(found.findings[0]).toContain('fault');
  });
});

describe('repeat-forward', () => {
  const conclude = (distinct: (columns: number) => number) => {
    const ground = fakeGround(repeatForward, { repeats: 5 });
    const results = fakeResults(repeatForward, ground, {
      forward: ({ setting, threads, batches, isas, calls }): ForwardResult => {
        const found = distinct(setting.data.source.kind === 'madeUp' ? setting.data.source.columns : 64);
        const ways = isas.flatMap((isa) =>
          threads.flatMap((team) => batches.map((batch) => ({ threads: team, batch, isa, distinct: found }))),
        );
        return { calls: calls * ways.length, distinct: found, ways };
      },
    });
    return repeatForward.conclude(ground, results);
  };

  it('is not supported where every call gave one output', () => {
    const found = conclude(() => 1);
    expect(found).toMatchObject({ verdict: 'not supported', effect: { estimate: 0 }, interval: { level: 1 } });
    // 5 calls in 32 ways (2 instruction sets, 4 threads, 4 batches) of 2 models.
    expect(found.statement).toContain('In 320 calls at 1, 2, 4 and 8 threads');
    expect(found.statement).toContain(
      '1 output from a model of 3 inputs and 2 units, and 1 output from the trained model',
    );
    expect(found.tables[0].rows).toHaveLength(8);
  });

  it('is supported where one model gave three', () => {
    const found = conclude((columns) => (columns === 3 ? 3 : 1));
    expect(found).toMatchObject({ verdict: 'supported', effect: { estimate: 2 } });
    expect(found.statement).toContain('3 outputs from a model of 3 inputs');
  });
});

describe('units in the last place', () => {
  it('are the distance of neighbors', () => {
    expect(unitInTheLastPlace(1, 24)).toBe(2 ** -23);
    expect(unitInTheLastPlace(-1.99, 53)).toBe(2 ** -52);
    expect(unitInTheLastPlace(2 ** 24, 24)).toBe(2);
    expect(unitInTheLastPlace(1e-30, 24)).toBe(2 ** (-100 - 23));
    expect(unitInTheLastPlace(2 ** 60, 53)).toBe(256);
  });
});
