import { describe, expect, it } from 'vitest';
import { brownForsythe } from '../../../dist/lab/statistics/brown-forsythe.js';
import { correlation, rankCorrelation } from '../../../dist/lab/statistics/correlation.js';
import {
  mean,
  meanInterval,
  RunningMoments,
  standardDeviation,
  standardDeviationInterval,
  variance,
} from '../../../dist/lab/statistics/moments.js';
import { pairsToDetect, powerOf, powerOfPairs, runsToDetect } from '../../../dist/lab/statistics/power.js';
import { median, orderQuantile, quantile, sorted } from '../../../dist/lab/statistics/quantiles.js';
import { superiority } from '../../../dist/lab/statistics/superiority.js';
import { pairedT, welch } from '../../../dist/lab/statistics/welch.js';
import { expectInterval, expectNear, type Row, r } from './fixtures.js';

const names = Object.keys(r.samples);

describe.each(names)('the sample %s, as R sees it:', (name) => {
  const sample: number[] = r.samples[name];
  const expected = r.moments[name];

  it('mean, standard deviation and their intervals', () => {
    expectNear(mean(sample), expected.mean);
    expectNear(variance(sample), expected.variance);
    expectNear(standardDeviation(sample), expected.standardDeviation);
    expectInterval(meanInterval(sample, 0.9), expected.meanInterval);
    expectInterval(standardDeviationInterval(sample), expected.deviationInterval);
  });

  it('quantiles of types 7 and 6', () => {
    (r.shares as Row).forEach((share, i) => {
      expectNear(quantile(sample, share), expected.quantiles7[i], 1e-14, `type 7, ${share}`);
      expectNear(orderQuantile(sorted(sample), share), expected.quantiles6[i], 1e-14, `type 6, ${share}`);
    });
    expect(median(sample)).toBe(quantile(sample, 0.5));
  });

  it('the same moments from a stream', () => {
    const running = new RunningMoments();
    expect(running.get()).toBeNull();
    for (const value of sample) running.add(value);
    const moments = running.get();
    expect(moments).toMatchObject({ count: sample.length, least: Math.min(...sample), most: Math.max(...sample) });
    expectNear(moments?.mean, expected.mean);
    expectNear(moments?.standardDeviation, expected.standardDeviation);
  });
});

describe('samples', () => {
  it('of equal numbers have no variance, though their sum is rounded', () => {
    const third = [0.1, 0.1, 0.1];
    expect((0.1 + 0.1 + 0.1) / 3).not.toBe(0.1);
    expect(variance(third)).toBe(0);
    expect(meanInterval(third)).toEqual({ low: mean(third), high: mean(third), level: 0.95 });
    expect(standardDeviationInterval(third)).toEqual({ low: 0, high: 0, level: 0.95 });
  });

  it('of one value have a deviation of 0 in a stream', () => {
    const running = new RunningMoments();
    running.add(3);
    expect(running.get()).toEqual({ count: 1, mean: 3, standardDeviation: 0, least: 3, most: 3 });
  });

  it('are refused where they are none', () => {
    const data = { code: 'ERR_SAMEBITS_DATA' };
    const argument = { code: 'ERR_SAMEBITS_ARGUMENT' };
    const thrown = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return error;
      }
    };
    expect(thrown(() => welch([1], [1, 2]))).toMatchObject({
      ...data,
      message: 'Expected at least 2 values for a but received [1] of type object',
    });
    expect(thrown(() => quantile([], 0.5))).toMatchObject(data);
    expect(thrown(() => quantile([1, Number.NaN], 0.5))).toMatchObject({
      ...data,
      message: 'Expected a finite number for values[1] but received NaN of type number',
    });
    expect(thrown(() => quantile('12' as never, 0.5))).toMatchObject(argument);
    expect(thrown(() => quantile([1, '2'] as never, 0.5))).toMatchObject(argument);
    expect(thrown(() => pairedT([1, 2, 3], [1, 2]))).toMatchObject({ code: 'ERR_SAMEBITS_SHAPE' });
    expect(thrown(() => brownForsythe([[1, 2]]))).toMatchObject(data);
    for (const level of [0, 1, Number.NaN]) expect(thrown(() => meanInterval([1, 2], level))).toMatchObject(argument);
    expect(thrown(() => powerOf(1, { difference: 1, deviationA: 1, deviationB: 1 }))).toMatchObject(argument);
    expect(thrown(() => powerOf(3, { difference: 1, deviationA: -1, deviationB: 1 }))).toMatchObject(argument);
    expect(thrown(() => runsToDetect({ difference: 1, deviationA: 1, deviationB: 1 }, { power: 1 }))).toMatchObject(
      argument,
    );
  });

  it('may be typed arrays', () => {
    const values = r.samples.wide as number[];
    expect(welch(Float64Array.from(values), Float64Array.of(1, 2))).toEqual(welch(values, [1, 2]));
  });
});

describe('two samples', () => {
  it("are compared by Welch's test as R does", () => {
    expect(r.comparisons).toHaveLength(6);
    for (const { a, b, difference, t, degreesOfFreedom, p, standardError, interval, interval99 } of r.comparisons) {
      const test = welch(a, b);
      expectNear(test.difference, difference);
      expectNear(test.t, t);
      expectNear(test.degreesOfFreedom, degreesOfFreedom);
      expectNear(test.p, p);
      expectNear(test.standardError, standardError);
      expectInterval(test, interval);
      expectInterval(welch(a, b, { level: 0.99 }), interval99);
    }
  });

  it('are compared pair by pair', () => {
    expect(r.paired).toHaveLength(3);
    for (const { a, b, difference, t, p, interval } of r.paired) {
      const test = pairedT(a, b);
      expectNear(test.difference, difference);
      expectNear(test.t, t);
      expectNear(test.p, p);
      expectInterval(test, interval);
      expect(test.degreesOfFreedom).toBe(a.length - 1);
    }
  });

  it('that do not vary differ or do not', () => {
    const same = welch([0.1, 0.1, 0.1], [0.1, 0.1]);
    expect(same).toMatchObject({ difference: 0, t: null, degreesOfFreedom: null, p: 1, low: 0, high: 0 });
    const other = welch([1, 1], [3, 3, 3]);
    expect(other).toMatchObject({ difference: 2, t: null, p: 0, low: 2, high: 2 });
    expect(welch([1, 1], [3, 3.5, 4])).toMatchObject({ degreesOfFreedom: 2 });
  });

  it('have a probability that one beats the other, with an interval also where it always does', () => {
    for (const { a, b, superiority: expected } of r.comparisons) {
      const found = superiority(a, b);
      expectNear(found.probability, expected.probability, 1e-14);
      expectInterval(found, expected.interval);
      expectNear(superiority(b, a).probability, 1 - expected.probability, 1e-12);
      expectNear(superiority(b, a).low, 1 - found.high, 1e-12);
    }
    const { a, b } = r.apart;
    expect(superiority(a, b)).toMatchObject({ probability: 1, high: 1 });
    expectNear(superiority(a, b).low, r.separated.above.interval[0]);
    expect(superiority(b, a)).toMatchObject({ probability: 0, low: 0 });
    expectNear(superiority(b, a).high, r.separated.below.interval[1]);
    expect(superiority([1, 1], [1, 1, 1]).probability).toBe(0.5);
  });

  it('vary alike or not, by Brown and Forsythe', () => {
    expect(r.brownForsythe).toHaveLength(3);
    for (const { samples, f, numerator, denominator, p } of r.brownForsythe) {
      const test = brownForsythe(samples);
      expectNear(test.f, f);
      expectNear(test.p, p);
      expect(test).toMatchObject({ numerator, denominator });
    }
    expect(
      brownForsythe([
        [1, 1],
        [2, 2, 2],
      ]),
    ).toEqual({ f: null, numerator: 1, denominator: 3, p: 1 });
    expect(
      brownForsythe([
        [1, 1],
        [2, 3],
      ]),
    ).toEqual({ f: null, numerator: 1, denominator: 2, p: 0 });
  });

  it('are correlated as R says', () => {
    expect(r.correlations).toHaveLength(3);
    for (const { x, y, r: coefficient, interval, p, rank } of r.correlations) {
      const found = correlation(x, y);
      expectNear(found.r, coefficient);
      expectNear(found.p, p);
      expectInterval(found.interval ?? { low: Number.NaN, high: Number.NaN }, interval);
      expectNear(rankCorrelation(x, y), rank);
    }
  });

  it('have no correlation where one does not vary, and a perfect one where they are a line', () => {
    expect(correlation([1, 2, 3, 4], [5, 5, 5, 5])).toEqual({ r: null, interval: null, p: null });
    expect(rankCorrelation([1, 1], [1, 2])).toBeNull();
    expect(correlation([1, 2, 3, 5], [-2, -4, -6, -10])).toEqual({
      r: -1,
      interval: { low: -1, high: -1, level: 0.95 },
      p: 0,
    });
    expect(correlation([1, 2], [1, 2])).toMatchObject({ r: expect.closeTo(1, 12), interval: null, p: null });
  });
});

describe('power', () => {
  it('takes as many runs as R says', () => {
    expect(r.power).toHaveLength(32);
    for (const [difference, deviation, level, power, runs, powerOfFive, pairs] of r.power as Row[]) {
      const contrast = { difference, deviationA: deviation, deviationB: deviation };
      expect(runsToDetect(contrast, { level, power })).toBe(runs);
      expectNear(powerOf(5, contrast, level), powerOfFive);
      expect(pairsToDetect(difference, deviation, { level, power })).toBe(pairs);
    }
    for (const { runs, difference, deviationA, deviationB, power } of r.unequal) {
      expectNear(powerOf(runs, { difference, deviationA, deviationB }), power);
    }
  });

  it('has its ends', () => {
    const still = { difference: 1e-9, deviationA: 0, deviationB: 0 };
    expect(runsToDetect(still)).toBe(2);
    expect(powerOf(2, { ...still, difference: 0 })).toBe(0);
    expect(runsToDetect({ difference: 0, deviationA: 1, deviationB: 1 })).toBeNull();
    expect(runsToDetect({ difference: 1e-6, deviationA: 1, deviationB: 1 })).toBeNull();
    expect([powerOfPairs(3, 1, 0), powerOfPairs(3, 0, 0)]).toEqual([1, 0]);
    expect(pairsToDetect(0, 1)).toBeNull();
  });
});
