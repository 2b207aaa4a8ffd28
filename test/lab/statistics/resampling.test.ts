import { describe, expect, it } from 'vitest';
import { bcaShares, bootstrap } from '../../../dist/lab/statistics/bootstrap.js';
import { chiSquaredAbove } from '../../../dist/lab/statistics/chi-squared.js';
import { Deviates } from '../../../dist/lab/statistics/deviates.js';
import { mean, standardDeviation } from '../../../dist/lab/statistics/moments.js';
import { normalBelow } from '../../../dist/lab/statistics/normal.js';
import { combinations, permutationTest, signFlipTest } from '../../../dist/lab/statistics/permutation.js';
import { expectNear, r } from './fixtures.js';

/** Largest distance between the distribution of `values` and `below`: Kolmogorov and Smirnov's. */
function largestGap(values: number[], below: (x: number) => number): number {
  values.sort((a, b) => a - b);
  return values.reduce((most, value, i) => {
    const share = below(value);
    return Math.max(most, Math.abs(share - i / values.length), Math.abs(share - (i + 1) / values.length));
  }, 0);
}

describe('deviates', () => {
  const count = 20_000;
  // Exceeded with probability 1e-6; the seeds are fixed.
  const gap = 2.7 / Math.sqrt(count);
  const draw = (of: (deviates: Deviates) => number): number[] => {
    const deviates = new Deviates(7, 'test');
    return Array.from({ length: count }, () => of(deviates));
  };

  it('have the distributions of their names', () => {
    expect(
      largestGap(
        draw((deviates) => deviates.uniform()),
        (x) => x,
      ),
    ).toBeLessThan(gap);
    expect(
      largestGap(
        draw((deviates) => deviates.normal()),
        normalBelow,
      ),
    ).toBeLessThan(gap);
    for (const degrees of [1, 2, 3, 12, 500]) {
      const below = (x: number): number => 1 - chiSquaredAbove(x, degrees);
      expect(
        largestGap(
          draw((deviates) => deviates.chiSquared(degrees)),
          below,
        ),
        `χ² with ${degrees}`,
      ).toBeLessThan(gap);
    }
    const counts = draw((deviates) => deviates.below(5)).reduce((all, i) => all.with(i, all[i] + 1), [0, 0, 0, 0, 0]);
    const chi = counts.reduce((sum, n) => sum + (n - count / 5) ** 2 / (count / 5), 0);
    expect(chiSquaredAbove(chi, 4)).toBeGreaterThan(1e-6);
  });

  it('are the same again for the same seed and name, and others for others', () => {
    const first = (seed: number, name: string): number => new Deviates(seed, name).uniform();
    expect(first(1, 'a')).toBe(first(1, 'a'));
    expect(first(1, 'a')).not.toBe(first(2, 'a'));
    expect(first(1, 'a')).not.toBe(first(1, 'b'));
  });

  it('shuffle to each order equally often', () => {
    const deviates = new Deviates(3, 'test');
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i += 1) {
      const order = deviates.shuffle([1, 2, 3]).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    const chi = [...seen.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(seen.size).toBe(6);
    expect(chiSquaredAbove(chi, 5)).toBeGreaterThan(1e-6);
  });
});

describe('bootstrap', () => {
  const one: number[] = r.samples.skewed;
  const deviation = ([sample]: readonly (readonly number[])[]): number => standardDeviation(sample);

  it('takes its ends from replicates and jackknife as R does', () => {
    expect(r.bootstrap).toHaveLength(3);
    for (const { estimate, replicates, jackknifed, level, shares } of r.bootstrap) {
      bcaShares(estimate, replicates, jackknifed, level).forEach((share, i) => {
        expectNear(share, shares[i]);
      });
    }
  });

  it('is the same for the same seed, and nearly so for another', () => {
    const first = bootstrap([one], deviation);
    expect(bootstrap([one], deviation)).toEqual(first);
    const second = bootstrap([one], deviation, { seed: 'another' });
    expect(second).not.toEqual(first);
    expect(Math.abs(second.high - first.high)).toBeLessThan(0.1 * (first.high - first.low));
    expect(first).toMatchObject({ estimate: standardDeviation(one), level: 0.95, method: 'bca', resamples: 9999 });
  });

  it('has percentiles that are order statistics of the resamples', () => {
    const { low, high, standardError } = bootstrap([[0, 1]], ([sample]) => mean(sample as number[]), {
      method: 'percentile',
      level: 0.4,
    });
    // The mean of two draws of 0 and 1 is 0, ½, ½ or 1.
    expect([low, high]).toEqual([0.5, 0.5]);
    expect(Math.abs(standardError - Math.sqrt(1 / 8))).toBeLessThan(0.02);
  });

  it('resamples each sample by itself', () => {
    const seen = new Set<string>();
    bootstrap(
      [
        [1, 2],
        [30, 40, 50],
      ],
      ([a, b]) => {
        seen.add(`${a.length},${b.length}`);
        expect(Math.max(...a)).toBeLessThan(3);
        expect(Math.min(...b)).toBeGreaterThan(29);
        return a[0] + b[0];
      },
      { resamples: 99, method: 'percentile' },
    );
    expect([...seen]).toEqual(['2,3']);
  });

  it('of a statistic that never changes is one point', () => {
    expect(bootstrap([[5, 5, 5]], ([sample]) => mean(sample as number[]))).toMatchObject({ low: 5, high: 5 });
  });

  it('draws again where a resample has no statistic, and gives up where most have none', () => {
    const ratio = ([sample]: readonly (readonly number[])[]): number => (sample[0] === 0 ? Number.NaN : sample[0]);
    expect(bootstrap([[3, 0, 0.5]], ratio, { resamples: 999 }).low).toBeGreaterThan(0);
    let calls = 0;
    const once = (): number => {
      calls += 1;
      return calls === 1 ? 1 : Number.NaN;
    };
    expect(() => bootstrap([[1, 2]], once, { resamples: 99 })).toThrow(/a statistic that most resamples have/);
    expect(() => bootstrap([[1]], ratio)).toThrow(/at least 2 members/);
    expect(() => bootstrap([[1, 2]], () => Number.NaN)).toThrow(/a finite number for the statistic/);
    expect(() => bootstrap([[1, 2]], ratio, { resamples: 98 })).toThrow(/at least 99/);
  });

  it('covers the truth about as often as it says, and BCa more often than percentiles', () => {
    // The standard deviation of 20 normal values, which is 1: biased, and bounded on one side.
    const deviates = new Deviates(11, 'coverage');
    const trials = 400;
    const covered = { bca: 0, percentile: 0 };
    for (let trial = 0; trial < trials; trial += 1) {
      const sample = Array.from({ length: 20 }, () => deviates.normal());
      for (const method of ['bca', 'percentile'] as const) {
        const { low, high } = bootstrap([sample], deviation, { method, resamples: 399, seed: trial, level: 0.9 });
        if (low <= 1 && 1 <= high) covered[method] += 1;
      }
    }
    expect(covered.bca).toBeGreaterThan(covered.percentile);
    // 0.847 in a long simulation; four binomial deviations of 0.018.
    expect(covered.bca / trials).toBeGreaterThan(0.775);
    expect(covered.bca / trials).toBeLessThan(0.92);
  });
});

describe('permutation tests', () => {
  it('count all arrangements where there are few, as R does', () => {
    expect(r.permutations).toHaveLength(3);
    for (const { a, b, statistic, permutations, p } of r.permutations) {
      const test = permutationTest(a, b, { exactUpTo: 20_000 });
      expect(test).toMatchObject({ exact: true, permutations });
      expectNear(test.statistic, statistic);
      expectNear(test.p, p, 1e-12);
    }
  });

  it('flip all signs where there are few', () => {
    for (const { a, b, signFlip } of r.paired) {
      const test = signFlipTest(a, b);
      expect(test).toMatchObject({ exact: true, permutations: 2 ** a.length });
      expectNear(test.p, signFlip, 1e-12);
    }
  });

  it('draw arrangements where there are many: near the exact value, never 0, the same for the same seed', () => {
    const [{ a, b, p }] = r.permutations;
    const options = { exactUpTo: 0, permutations: 9999, seed: 5 };
    const drawn = permutationTest(a, b, options);
    expect(drawn).toMatchObject({ exact: false, permutations: 10_000 });
    expect(drawn).toEqual(permutationTest(a, b, options));
    // Five standard errors.
    expect(Math.abs(drawn.p - p)).toBeLessThan(5 * Math.sqrt(p / 9999) + 1e-4);
    const apart = permutationTest([1, 2, 3, 4, 5, 6, 7, 8], [101, 102, 103, 104, 105, 106, 107, 108], options);
    expect(apart.p).toBeGreaterThanOrEqual(1e-4);
    expect(apart.p).toBeLessThan(0.002);
    const [{ a: c, b: d, signFlip }] = r.paired;
    const flipped = signFlipTest(c, d, { exactUpTo: 0, seed: 1 });
    expect(flipped.exact).toBe(false);
    expect(Math.abs(flipped.p - signFlip)).toBeLessThan(5 * Math.sqrt(signFlip / 9999) + 1e-4);
  });

  it('take ties that only rounding breaks as ties', () => {
    // In tenths, sums that are equal are rounded apart.
    expect(permutationTest([7, 2, 4], [9, 8, 2]).p).toBe(0.6);
    expect(permutationTest([0.7, 0.2, 0.4], [0.9, 0.8, 0.2]).p).toBe(0.6);
    expect(permutationTest([0.4, 0.5, 0.3], [0, 0.8, 0.7]).p).toBe(0.9);
    expect(signFlipTest([0, 0, 0], [0.1, 0.2, 0.3]).p).toBe(2 / 8);
  });

  it('take any statistic', () => {
    const logSpread = (x: readonly number[], y: readonly number[]): number =>
      Math.log(standardDeviation(y) / standardDeviation(x));
    const alike = permutationTest([1, 5, 9, 12], [2, 6, 8, 13], { statistic: logSpread });
    const other = permutationTest([1, 1.01, 0.99, 1.02, 0.98, 1], [9, -8, 4, -3, 7, -6], { statistic: logSpread });
    expect(alike.p).toBeGreaterThan(0.5);
    expect(other.p).toBeLessThan(0.05);
  });

  it('know how many arrangements there are', () => {
    expect([combinations(5, 2), combinations(17, 7), combinations(50, 25)]).toEqual([10, 19_448, 126_410_606_437_752]);
  });

  it('find nothing in samples that are alike, in 5 of 100 cases', () => {
    const deviates = new Deviates(2, 'null');
    const draw = (): number[] => Array.from({ length: 6 }, () => deviates.normal());
    let found = 0;
    for (let trial = 0; trial < 600; trial += 1) if (permutationTest(draw(), draw()).p <= 0.05) found += 1;
    // 30 expected, binomial deviation 5.3: four of them on each side.
    expect(found).toBeGreaterThan(9);
    expect(found).toBeLessThan(51);
  });
});
