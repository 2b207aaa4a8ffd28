import { noiseFloor, proposeTolerance, versus } from 'samebits';
import { describe, expect, it } from 'vitest';
import { Deviates } from '../../dist/lab/statistics/deviates.js';
import { expectInterval, expectNear, r } from './statistics/fixtures.js';

const accuracies: number[] = r.samples.accuracies;
const better: number[] = r.samples.better;
const draw = (deviates: Deviates, count: number, center = 0, deviation = 1): number[] =>
  Array.from({ length: count }, () => center + deviation * deviates.normal());

describe('noiseFloor', () => {
  it.each(['accuracies', 'wide', 'two'])('of %s has the numbers of R', (name) => {
    const sample: number[] = r.samples[name];
    const report = noiseFloor(sample);
    expect(report).toMatchObject({ kind: 'noise', runs: sample.length });
    expectNear(report.mean, r.moments[name].mean);
    expectNear(report.standardDeviation, r.moments[name].standardDeviation);
    expectInterval(report.deviationInterval, r.moments[name].deviationInterval);
    expectNear(report.criticalDifference, r.noise[name].criticalDifference);
    expectNear(report.range, Math.max(...sample) - Math.min(...sample));
    expectNear(report.band.high - report.mean, r.noise[name].aroundMean, 1e-8);
  });

  it('has a critical difference that two new runs exceed in 5 of 100 cases, however few the runs', () => {
    for (const runs of [3, 20]) {
      const deviates = new Deviates(1, 'noise');
      let exceeded = 0;
      for (let trial = 0; trial < 2000; trial += 1) {
        const { criticalDifference } = noiseFloor(draw(deviates, runs, 5, 0.1));
        const [x, y] = draw(deviates, 2, 5, 0.1);
        if (Math.abs(x - y) > criticalDifference) exceeded += 1;
      }
      // 100 expected, deviation 9.7; four of them on each side.
      expect(exceeded).toBeGreaterThan(61);
      expect(exceeded).toBeLessThan(139);
    }
  });

  it('counts the pairs of its own runs that are further apart', () => {
    const sample = [...Array.from({ length: 10 }, () => 0), 100];
    const report = noiseFloor(sample);
    let beyond = 0;
    for (let i = 0; i < 11; i += 1) {
      for (let j = 0; j < i; j += 1) {
        if (Math.abs(sample[i] - sample[j]) > report.criticalDifference) beyond += 1;
      }
    }
    expect(beyond).toBe(10);
    expectNear(report.pairsBeyond, 10 / 55);
  });

  it('is zero for runs with the same bits', () => {
    const report = noiseFloor([0.1, 0.1, 0.1]);
    expect(report).toMatchObject({ standardDeviation: 0, criticalDifference: 0, range: 0, pairsBeyond: 0, mean: 0.1 });
    expect(report.band).toEqual({ low: 0.1, high: 0.1, falseAlarm: 0.001 });
  });

  it('survives being written as JSON', () => {
    const report = noiseFloor(accuracies, { level: 0.9, falseAlarm: 0.01 });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({ deviationInterval: { level: 0.9 }, band: { falseAlarm: 0.01 } });
  });

  it('needs two runs', () => {
    expect(() => noiseFloor([1])).toThrow(/at least 2 values/);
    expect(() => noiseFloor([1, Number.NaN])).toThrow(/finite/);
    expect(() => noiseFloor([1, 2], { level: 1 })).toThrow(/level/);
    expect(() => noiseFloor([1, 2], { falseAlarm: 0 })).toThrow(/falseAlarm/);
  });
});

describe('proposeTolerance', () => {
  it.each(['accuracies', 'wide', 'two'])('of %s has the numbers of R', (name) => {
    const report = proposeTolerance(r.samples[name]);
    expectNear(report.aroundMean, r.noise[name].aroundMean);
    expectNear(report.betweenRuns, r.noise[name].betweenRuns);
    expect(report.band).toEqual({
      low: report.mean - report.aroundMean,
      high: report.mean + report.aroundMean,
      falseAlarm: 0.001,
    });
  });

  it('fails without a cause as often as it says', () => {
    const deviates = new Deviates(3, 'tolerance');
    let around = 0;
    let between = 0;
    for (let trial = 0; trial < 2000; trial += 1) {
      const runs = draw(deviates, 5);
      const [next, one] = draw(deviates, 2);
      const report = proposeTolerance(runs, { falseAlarm: 0.1 });
      if (next < report.band.low || next > report.band.high) around += 1;
      if (Math.abs(next - one) > report.betweenRuns) between += 1;
    }
    // 200 expected, deviation 13.4; four of them on each side.
    for (const failed of [around, between]) {
      expect(failed).toBeGreaterThan(146);
      expect(failed).toBeLessThan(254);
    }
  });
});

describe('versus', () => {
  it('has the numbers of R', () => {
    const [{ difference, p, interval, superiority }] = r.comparisons;
    const report = versus(accuracies, better);
    expectNear(report.improvement, difference);
    expectNear(report.p, p);
    expectInterval(report.interval, interval);
    expectNear(report.better.probability, 1 - superiority.probability);
    expectNear(report.permutationP, r.permutations[0].p);
    expect(report).toMatchObject({ kind: 'versus', verdict: 'supported', moreRuns: 0, paired: false, worth: 0 });
    expect(report.a).toMatchObject({ runs: 10 });
    expectNear(report.b.mean, r.moments.better.mean);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('turns round where less is better', () => {
    const up = versus(accuracies, better);
    const down = versus(accuracies, better, { higherIsBetter: false });
    expect(down.improvement).toBe(-up.improvement);
    expectNear(down.better.probability, 1 - up.better.probability, 1e-12);
    expect(down.verdict).toBe('not supported');
    expect(down.a).toEqual(up.a);
  });

  it('asks for more than nothing where an improvement must be worth it', () => {
    expect(versus(accuracies, better, { worth: 0.0005 }).verdict).toBe('supported');
    expect(versus(accuracies, better, { worth: 0.002 }).verdict).toBe('cannot tell');
    expect(versus(accuracies, better, { worth: 0.01 }).verdict).toBe('not supported');
    expect(() => versus(accuracies, better, { worth: -1 })).toThrow(/worth/);
  });

  it('uses pairs where runs belong together', () => {
    const [{ a, b, difference, p, interval, signFlip }] = r.paired;
    const report = versus(a, b, { paired: true });
    expectNear(report.improvement, difference);
    expectNear(report.p, p);
    expectInterval(report.interval, interval);
    expectNear(report.permutationP, signFlip);
    expect(() => versus([1, 2, 3], [1, 2], { paired: true })).toThrow(/as many values/);
    // What pairs share cancels: a tiny improvement on top of large differences between seeds.
    const seeds = [3, 9, 1, 7, 5, 8];
    const tiny = seeds.map((value, i) => value + 0.1 + 0.01 * (i % 2));
    expect(versus(seeds, tiny, { paired: true }).verdict).toBe('supported');
    expect(versus(seeds, tiny).verdict).toBe('cannot tell');
  });

  it('says how many more runs would tell, and they do', () => {
    const deviates = new Deviates(9, 'versus');
    const a = [0, 1, -1, 0.5, -0.5];
    const b = a.map((value) => value + 0.6);
    const report = versus(a, b);
    expect(report.verdict).toBe('cannot tell');
    expect(report.runsNeeded).toBe(29);
    expect(report.moreRuns).toBe(24);
    const deviation = report.a.standardDeviation;
    let found = 0;
    for (let trial = 0; trial < 400; trial += 1) {
      const again = versus(draw(deviates, 29, 0, deviation), draw(deviates, 29, 0.6, deviation), { seed: trial });
      if (again.verdict === 'supported') found += 1;
    }
    // A power of 0.8, deviation 0.02; the interval finds an improvement, not a difference on either side.
    expect(found / 400).toBeGreaterThan(0.72);
    expect(found / 400).toBeLessThan(0.88);
  });

  it('knows the difference between better on average and better at a glance', () => {
    const deviates = new Deviates(4, 'versus');
    const report = versus(draw(deviates, 200), draw(deviates, 200, 0.8));
    expect(report).toMatchObject({ verdict: 'supported', showsInSingleRuns: false });
    expect(report.criticalDifference).toBeGreaterThan(2.5);
    expect(versus(draw(deviates, 10), draw(deviates, 10, 9)).showsInSingleRuns).toBe(true);
  });

  it('is exact where nothing varies', () => {
    expect(versus([1, 1], [1, 1])).toMatchObject({ verdict: 'not supported', p: 1, permutationP: 1, runsNeeded: null });
    expect(versus([1, 1], [1, 1]).moreRuns).toBe(0);
    expect(versus([1, 1], [2, 2])).toMatchObject({ verdict: 'supported', p: 0, criticalDifference: 0 });
    expect(versus([1, 2], [1, 2])).toMatchObject({ verdict: 'cannot tell', runsNeeded: null, moreRuns: null });
  });
});
