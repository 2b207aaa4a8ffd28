import { describe, expect, it } from 'vitest';
import { Deviates } from '../../../dist/lab/statistics/deviates.js';
import { jackknife } from '../../../dist/lab/statistics/jackknife.js';
import { distanceExcess, distanceRatio, meanDistance, PairTable } from '../../../dist/lab/statistics/pair-table.js';
import { spreadRatio } from '../../../dist/lab/statistics/spread-ratio.js';
import { expectInterval, expectNear, r } from './fixtures.js';

/** Mean absolute differences of runs, each a row of numbers. */
function tableOf(runs: readonly (readonly number[])[]): PairTable {
  const meanAbs = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, k) => sum + Math.abs(value - b[k]), 0) / a.length;
  return new PairTable(runs.length, (i, j) => meanAbs(runs[i], runs[j]));
}

function normalRuns(deviates: Deviates, runs: number, outputs: number, scale = 1): number[][] {
  return Array.from({ length: runs }, () => Array.from({ length: outputs }, () => scale * deviates.normal()));
}

const [a, b, c] = [r.distances.a, r.distances.b, r.distances.c].map(tableOf);

describe('distances of runs', () => {
  it.each([
    ['mean', meanDistance(a, { level: 0.9 })],
    ['ratio', distanceRatio(a, c)],
    ['paired', distanceRatio(a, b, { paired: true })],
    ['excess', distanceExcess(a, c)],
  ])('have the %s of R', (name, found) => {
    const expected = r.distances[name];
    expectNear(found.estimate, expected.estimate);
    expectNear(found.standardError, expected.standardError);
    expectNear(found.degreesOfFreedom, expected.degreesOfFreedom);
    expectInterval(found, expected.interval);
  });

  it('have intervals that hold the truth as often as they say', () => {
    const deviates = new Deviates(7, 'distances of runs');
    const truth = 2 / Math.sqrt(Math.PI);
    const experiments = 400;
    const held = { mean: 0, ratio: 0, paired: 0 };
    for (let i = 0; i < experiments; i += 1) {
      const [x, y] = [tableOf(normalRuns(deviates, 10, 5)), tableOf(normalRuns(deviates, 10, 5, 3))];
      const within = ({ low, high }: { low: number; high: number }, value: number): number =>
        Number(low <= value && value <= high);
      held.mean += within(meanDistance(x), truth);
      held.ratio += within(distanceRatio(x, y), 3);
      held.paired += within(distanceRatio(x, y, { paired: true }), 3);
    }
    // Five standard deviations of 400 trials at 95 %.
    for (const count of Object.values(held)) expect(Math.abs(count / experiments - 0.95)).toBeLessThan(0.055);
  });

  it('of equal runs are exactly 0, and a ratio with them says so', () => {
    const none = new PairTable(4, () => 0);
    expect(meanDistance(none)).toMatchObject({ estimate: 0, low: 0, high: 0 });
    expect(distanceRatio(a, none)).toMatchObject({ estimate: 0, low: 0, high: 0 });
    expect(distanceRatio(none, none)).toMatchObject({ estimate: 1, low: 1, high: 1 });
    expect(distanceRatio(none, a)).toMatchObject({ low: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY });
    expect(distanceExcess(none, new PairTable(4, () => 0.25))).toMatchObject({ low: 0.25, high: 0.25 });
    expect(none.most).toBe(0);
  });

  it('of two runs have no interval', () => {
    const two = new PairTable(2, () => 1);
    expect(meanDistance(two)).toMatchObject({ estimate: 1, low: Number.NaN, high: Number.NaN });
    expect(distanceRatio(a, two).low).toBeNaN();
  });

  it('are means over the pairs that count, each asked once', () => {
    const asked: string[] = [];
    const table = new PairTable(4, (i, j) => {
      asked.push(`${i}${j}`);
      return 10 * i + j;
    });
    expect(asked).toEqual(['01', '02', '03', '12', '13', '23']);
    expect(table.get(3, 1)).toBe(13);
    expect(table.get(2, 2)).toBe(0);
    expect(table.mean()).toBe((1 + 2 + 3 + 12 + 13 + 23) / 6);
    expect(table.mean(0)).toBe((12 + 13 + 23) / 3);
    expect(table.mean(null, (i, j) => i + j === 3)).toBe((3 + 12) / 2);
    expect(table.mean(null, () => false)).toBeNaN();
    expect(table.most).toBe(23);
  });

  it('refuse pairs of other sizes', () => {
    expect(() => distanceRatio(a, c, { paired: true })).toThrow(/Expected 7 runs for b but received 4/);
  });
});

describe('the ratio of two standard deviations', () => {
  it.each([0, 1, 2])('is that of R, example %d', (i) => {
    const { a: first, b: second, ...expected } = r.spreadRatios[i];
    const found = spreadRatio(first, second);
    expectNear(found.estimate, expected.estimate);
    expectNear(found.degreesOfFreedom, expected.degreesOfFreedom);
    expectInterval(found, expected.interval);
  });

  it('is 1 where nothing varies, and has no interval where one value makes all of the spread', () => {
    expect(spreadRatio([3, 3, 3], [5, 5])).toMatchObject({ estimate: 1, low: 1, high: 1 });
    expect(spreadRatio([3, 3, 3], [5, 6, 7]).low).toBe(Number.POSITIVE_INFINITY);
    expect(spreadRatio([1, 2, 3, 5], [5, 5, 5, 6]).low).toBeNaN();
  });

  it('has intervals that hold the truth about as often as they say, of normal values and of skewed ones', () => {
    const deviates = new Deviates(11, 'ratio of deviations');
    const sample = (scale: number, isSkewed: boolean): number[] =>
      Array.from({ length: 12 }, () => scale * (isSkewed ? deviates.chiSquared(4) : deviates.normal()));
    for (const [isSkewed, least] of [
      [false, 0.9],
      [true, 0.85],
    ] as const) {
      let held = 0;
      for (let i = 0; i < 400; i += 1) {
        const { low, high } = spreadRatio(sample(1, isSkewed), sample(2, isSkewed));
        held += Number(low <= 2 && 2 <= high);
      }
      expect(held / 400).toBeGreaterThan(least);
      expect(held / 400).toBeLessThanOrEqual(0.99);
    }
  });
});

describe('the jackknife', () => {
  it('of a mean is Student’s interval', () => {
    const values: number[] = r.samples.skewed;
    const mean = (kept: readonly number[]): number => kept.reduce((sum, value) => sum + value, 0) / kept.length;
    const found = jackknife([values.length], (left) => mean(values.filter((_, i) => i !== left?.unit)), { level: 0.9 });
    expectInterval(found, r.moments.skewed.meanInterval);
  });

  it('on the scale of the logarithm takes exponentials of its ends', () => {
    const values = [1, 2, 4, 8];
    const product = (left: { unit: number } | null): number =>
      values.reduce((total, value, i) => (i === left?.unit ? total : total * value), 1);
    const found = jackknife([4], product, { scale: 'log' });
    expectNear(Math.sqrt(found.low * found.high), found.estimate);
    expect(found.estimate).toBe(64);
  });

  it('refuses groups of one', () => {
    expect(() => jackknife([3, 1], () => 0)).toThrow(/an integer of at least 2 for sizes\[1\]/);
  });
});
