import { describe, expect, it } from 'vitest';
import type { SumResult, SumTask } from '../../../dist/lab/experiment/task.js';
import { exactSum } from '../../../dist/lab/tasks/exact-sum.js';
import { mixedNumbers, sum } from '../../../dist/lab/tasks/sum.js';
import { hash } from '../../golden/made-up.js';
import { sums } from '../../oracle.js';

const context = { dataOf: () => undefined as never, signal: new AbortController().signal };

/** The exact sum as a fraction, rounded by comparing it with neighbors: slow, and shares nothing with the other. */
function rounded(values: Float32Array): number {
  // Every binary32 is an integer over 2^149.
  const unit = 2n ** 149n;
  const total = [...values].reduce((all, value) => all + fractionOf(value), 0n);
  function fractionOf(value: number): bigint {
    let [numerator, shift] = [value, 0];
    while (!Number.isInteger(numerator)) [numerator, shift] = [numerator * 2, shift + 1];
    return (BigInt(numerator) * unit) / 2n ** BigInt(shift);
  }
  // In binary64 every sum of ours is a multiple of 2^-149 too, or of a larger power: search by halving.
  const wide = (x: number): bigint => {
    const scaled = BigInt(Math.round(x * 2 ** 52));
    return (scaled * unit) / 2n ** 52n;
  };
  let guess = [...values].reduce((all, value) => all + value, 0);
  const step = (x: number, by: bigint): number => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, x);
    view.setBigInt64(0, view.getBigInt64(0) + (x < 0 ? -by : by));
    return view.getFloat64(0);
  };
  const distance = (x: number): bigint => {
    const off = total - wide(x);
    return off < 0n ? -off : off;
  };
  for (;;) {
    const better = [step(guess, 1n), step(guess, -1n)].find((near) => distance(near) < distance(guess));
    if (better === undefined) return guess;
    guess = better;
  }
}

describe('exactSum', () => {
  it('is the nearest binary64', () => {
    for (let salt = 0; salt < 20; salt += 1) {
      const values = Float32Array.from(
        { length: 300 },
        (_, i) => ((hash(i, salt) >>> 8) - 2 ** 23) / 2 ** (hash(i, salt + 50) % 20),
      );
      expect(exactSum(values)).toBe(rounded(values));
    }
  });

  it.each([
    [[], 0],
    [[1e38, 1, -1e38], 1],
    [[2 ** -149, 2 ** -149], 2 ** -148],
    [[2 ** 127, 2 ** -149, -(2 ** 127)], 2 ** -149],
    [[-0.5, 0.25], -0.25],
    // Ties to even, at 2^53: halves of the last place.
    [[2 ** 53, 1], 2 ** 53],
    [[2 ** 53, 2, 1], 2 ** 53 + 4],
    [[2 ** 53, 1, 2 ** -149], 2 ** 53 + 2],
    [[-(2 ** 53), -1, -(2 ** -149)], -(2 ** 53) - 2],
    // Rounding carries into the next power.
    [[2 ** 53, 2 ** 53 - 2 ** 30, 2 ** 30 - 64, 63.5], 2 ** 54],
  ])('of %j is %d', (values, expected) => {
    expect(exactSum(Float32Array.from(values))).toBe(expected);
  });
});

describe('sums of made-up numbers', () => {
  const task: SumTask = { kind: 'sum', numbers: 20_000, seed: 3, orders: 3, workers: [1, 2, 8], repeats: 4 };

  it('are those of the definitions', async () => {
    const { result } = (await sum(task, context)) as { result: SumResult };
    const numbers = mixedNumbers(3, 20_000);
    expect(result.exact).toBe(exactSum(numbers));
    const inOrder = numbers.reduce((all, value) => Math.fround(all + value), 0);
    expect(result.orders[0]).toEqual({ float32: inOrder, float64: numbers.reduce((all, value) => all + value, 0) });
    expect(new Set(result.orders.map(({ float32 }) => float32)).size).toBe(3);
    for (const { float64 } of result.orders) expect(Math.abs(float64 - result.exact)).toBeLessThan(1e-9);
    expect(result.parallel.map(({ workers }) => workers)).toEqual([1, 2, 8]);
    const tree = sums.vectorSum(numbers);
    const half = (from: number): number =>
      numbers.subarray(from, from + 10_000).reduce((all, value) => Math.fround(all + value), 0);
    for (const { tree: found, free } of result.parallel) {
      expect(found).toBe(tree);
      expect(free.reduce((all, { count }) => all + count, 0)).toBe(4);
    }
    expect(result.parallel[0].split).toBe(inOrder);
    expect(result.parallel[1].split).toBe(Math.fround(half(0) + half(10_000)));
    expect(result.tenths).toEqual({
      float32: { sum: Math.fround(0.3), equal: true },
      float64: { sum: 0.30000000000000004, equal: false },
    });
  });

  it('have numbers of mixed sign and size, which a seed decides', () => {
    const numbers = mixedNumbers(3, 20_000);
    const sizes = numbers.map(Math.abs).sort();
    expect(sizes[19_900] / sizes[100]).toBeGreaterThan(1e4);
    expect(numbers.filter((value) => value < 0).length).toBeGreaterThan(9500);
    expect(mixedNumbers(3, 100)).toEqual(numbers.slice(0, 100));
    expect(mixedNumbers(4, 100)).not.toEqual(numbers.slice(0, 100));
  });
});
