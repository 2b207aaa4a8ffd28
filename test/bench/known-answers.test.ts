import { describe, expect, it } from 'vitest';
import { CASES, casesOf, flopsOf, rowsOf } from '../../dist/bench/cases.js';
import { predictionFlops, productFlops, trainingFlops } from '../../dist/bench/flops.js';
import { higherPeaks } from '../../dist/bench/limits.js';
import { casesThatDiffer, withSpeedUps } from '../../dist/bench/results.js';
import { median, medianRatio, quantile, spread } from '../../dist/bench/statistics.js';

const caseNamed = (name: string) => CASES.find((one) => one.name === name)!;

describe('statistics', () => {
  it('takes medians of odd and even numbers of values, in any order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('interpolates quantiles between neighbors', () => {
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(quantile([0, 10], 0.1)).toBe(1);
    expect(quantile([5, 1, 9], 0)).toBe(1);
    expect(quantile([5, 1, 9], 1)).toBe(9);
  });

  it('gives the spread as the interquartile range over the median', () => {
    expect(spread([1, 2, 3, 4, 5])).toBe(2 / 3);
    expect(spread([2, 2, 2, 100])).toBe(12.25);
    expect(spread([4, 4])).toBe(0);
  });

  it('takes ratios of pairs, so that what both share cancels, and leaves out broken pairs', () => {
    expect(medianRatio([2, 20, 200], [1, 10, 100])).toBe(2);
    expect(medianRatio([2, null, 9], [1, 10, 3])).toBe(2.5);
    expect(medianRatio([null], [1])).toBeNaN();
  });

  it('does not sort what it is given', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('FLOPs', () => {
  it('counts a fused multiply-add as two', () => {
    expect(productFlops(1, 1, 1)).toBe(2);
    expect(productFlops(32, 784, 512)).toBe(25_690_112);
  });

  it('counts a row forward through all layers', () => {
    expect(predictionFlops([784, 512, 512, 10])).toBe(1_337_344);
  });

  it('counts a training row without the input gradient of the first layer', () => {
    expect(trainingFlops([784, 512, 512, 10])).toBe(3_209_216);
    expect(trainingFlops([1024, 2048, 2048, 1000])).toBe(45_842_432);
    expect(trainingFlops([10, 10, 1])).toBe(460);
  });

  it.each([
    ['product-1024', 2 * 1024 ** 3, 1024],
    ['thin-input-gradient', 1_310_720, 128],
    ['step-adam-128', 128 * 3_209_216, 128],
    ['step-wide-sgd-256', 256 * 45_842_432, 256],
    ['crowded-32', 32 * 3_209_216, 32],
    ['marks-adam-128', 128 * 3_209_216, 128],
    ['predict-1', 1_337_344, 1],
    ['tiny', 32 * 460, 32],
  ])('%s', (name, flops, rows) => {
    expect(flopsOf(caseNamed(name))).toBe(flops);
    expect(rowsOf(caseNamed(name))).toBe(rows);
  });
});

describe('cases', () => {
  it('have names of their own that the command line can carry', () => {
    const names = CASES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]+$/);
  });

  it('are chosen by name or by the beginning of it, in their own order and once', () => {
    expect(casesOf(['tiny', 'forward'], '--case').map(({ name }) => name)).toEqual([
      'forward-32',
      'forward-128',
      'forward-256',
      'tiny',
    ]);
    expect(casesOf(['step-adam-32', 'step-adam'], '--case')).toHaveLength(3);
    expect(casesOf(['predict-1'], '--case').map(({ name }) => name)).toEqual(['predict-1', 'predict-1-idle']);
  });

  it('are refused by unknown names, with those that there are', () => {
    expect(() => casesOf(['ste'], '--case')).toThrow(
      expect.objectContaining({
        code: 'ERR_SAMEBITS_ARGUMENT',
        message: expect.stringMatching(/product-1024.*--case.*"ste"/),
      }),
    );
  });
});

describe('results', () => {
  const base = {
    work: '',
    isa: 'avx2',
    spread: 0,
    gflops: 1,
    fractionOfPeak: 1,
    fractionOfPeakFromCache: 1,
    samplesPerSecond: 1,
    samples: 1,
    discarded: 0,
    undisturbed: true,
    fingerprint: null,
  } as const;

  it('gives speed-up and efficiency against the fewest threads of the same case, order and instruction set', () => {
    const lone = [
      { ...base, name: 'a', threads: 2, reduction: 'fixed', medianSeconds: 6 },
      { ...base, name: 'a', threads: 8, reduction: 'fixed', medianSeconds: 2 },
      { ...base, name: 'a', threads: 8, reduction: 'free', medianSeconds: 1 },
      { ...base, name: 'b', threads: 1, reduction: 'fixed', medianSeconds: 100 },
    ] as const;
    const found = withSpeedUps(lone).map(({ speedUp, efficiency }) => [speedUp, efficiency]);
    expect(found).toEqual([
      [1, 1],
      [3, 0.75],
      [1, 1],
      [1, 1],
    ]);
  });

  it('names the cases whose fixed-order bits differ, and no others', () => {
    const of = (name: string, reduction: 'fixed' | 'free', fingerprint: string | null) => ({
      name,
      reduction,
      fingerprint,
    });
    expect(
      casesThatDiffer([of('a', 'fixed', 'x'), of('a', 'fixed', 'x'), of('a', 'free', 'y'), of('b', 'fixed', null)]),
    ).toEqual([]);
    expect(casesThatDiffer([of('a', 'fixed', 'x'), of('b', 'fixed', 'x'), of('b', 'fixed', 'y')])).toEqual(['b']);
  });

  it('keeps the higher of two peaks', () => {
    const first = { peak: { avx2: { 1: 100, 2: 90 } }, peakFromCache: { avx2: { 1: 80, 2: 70 } } };
    const second = { peak: { avx2: { 1: 90, 2: 200 } }, peakFromCache: { avx2: { 1: 85, 2: 60 } } };
    expect(higherPeaks(first, second)).toEqual({
      peak: { avx2: { 1: 100, 2: 200 } },
      peakFromCache: { avx2: { 1: 85, 2: 70 } },
    });
  });
});
