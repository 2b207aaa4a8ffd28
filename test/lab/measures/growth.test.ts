import { describe, expect, it } from 'vitest';
import { type DistanceAtStep, growth } from '../../../dist/lab/measures/growth.js';
import { ReluEventLog, reluEvents } from '../../../dist/lab/measures/relu-events.js';
import { expectInterval, expectNear, r } from '../statistics/fixtures.js';

const series = (...distances: number[]): DistanceAtStep[] =>
  distances.map((distance, i) => ({ step: i + 1, distance }));

describe('growth', () => {
  it('is the line that R draws', () => {
    const { steps, distances, slope, slopeInterval, rSquared } = r.growth;
    const found = growth(steps.map((step: number, i: number) => ({ step, distance: distances[i] })));
    expect(found.phase).toEqual({ from: 1, to: 40, samples: 9 });
    expectNear(found.doublingSteps, 1 / slope);
    expectNear(found.rSquared, rSquared);
    expectInterval(found.doublingsPerStep ?? { low: 0, high: 0 }, slopeInterval);
  });

  it('has a phase from the last zero to half of the largest distance', () => {
    const found = growth(series(0, 1e-3, 0, 1, 2, 4, 8, 16, 32, 30, 33, 31));
    expect(found.phase).toEqual({ from: 4, to: 9, samples: 6 });
    expect(found).toMatchObject({ first: 1, last: 32, largest: 33, why: null, jumps: [] });
    expectNear(found.doublingSteps, 1, 1e-12);
    expectNear(found.rSquared, 1, 1e-12);
    // Half of the largest is enough.
    expect(growth(series(1, 2, 4, 8, 16, 32)).phase?.to).toBe(5);
  });

  it('leaves out what follows a number that is not finite', () => {
    const found = growth(series(1, 2, 4, 8, 16, Number.POSITIVE_INFINITY, 5e9));
    expect(found).toMatchObject({ largest: 16, phase: { from: 1, to: 4 } });
    expect(growth(series(1, 2, 4, Number.NaN)).largest).toBe(4);
  });

  it('says why there is no doubling time', () => {
    expect(growth([])).toMatchObject({ phase: null, why: 'no difference', doublingSteps: null });
    expect(growth(series(0, 0))).toMatchObject({ phase: null, why: 'no difference', largest: 0 });
    expect(growth(series(1, 9))).toMatchObject({ why: 'too few samples', phase: { from: 1, to: 2 } });
    expect(growth(series(0, 1, 1, 1))).toMatchObject({ why: 'too few samples', phase: { from: 2, to: 2 } });
    expect(growth(series(3, 4, 5, 6, 7, 8, 9, 10, 11))).toMatchObject({ why: 'less than two doublings' });
    // It falls for a long time, and ends with a leap.
    expect(growth(series(1, 3.9, 3.8, 3.7, 0.2, 0.1, 0.05, 0.01, 4, 8)).why).toBe('not growing');
  });

  it('finds the steps at which it jumps', () => {
    const distances = [1, 1.5, 2.25, 3.375, 5, 7.5, 11.4, 800, 1200, 1800, 2700, 4000, 6000];
    const { jumps } = growth(series(...distances, 12_000));
    expect(jumps).toHaveLength(1);
    expect(jumps[0]).toMatchObject({ after: 7, by: 8 });
    expectNear(jumps[0].factor, 800 / 11.4 / 1.5, 0.02);
  });

  it('takes steps that are far apart as far apart', () => {
    const steps = [1, 2, 3, 10, 11, 12, 30, 31];
    const samples = steps.map((step) => ({ step, distance: 2 ** (step / 3) }));
    const found = growth([...samples, { step: 34, distance: 2 ** (34 / 3) }]);
    expect(found.jumps).toEqual([]);
    expectNear(found.doublingSteps, 3, 1e-12);
  });

  it('is not jumpy where everything is rough', () => {
    const rough = [1, 30, 3, 90, 9, 300, 30, 900, 90, 3000, 300, 9000];
    expect(growth(series(...rough)).jumps).toEqual([]);
  });

  it('refuses what is no curve', () => {
    const data = { code: 'ERR_SAMEBITS_DATA' };
    const refusal = (samples: DistanceAtStep[]): unknown => {
      try {
        return growth(samples);
      } catch (error) {
        return error;
      }
    };
    expect(refusal([...series(1), ...series(1)])).toMatchObject(data);
    expect(refusal(series(-1))).toMatchObject(data);
    expect(refusal([{ step: 0.5, distance: 1 }])).toMatchObject(data);
  });
});

describe('relu events', () => {
  const layer = (name: string, columns: number, ...values: number[]) => ({
    layer: name,
    activations: { data: Float32Array.from(values), rows: values.length / columns, columns },
  });
  const a = [layer('dense_1', 2, 0, 1, 3, 0), layer('dense_2', 1, 0, 5)];
  const b = [layer('dense_1', 2, 0, 1.5, -0, 1e-40), layer('dense_2', 1, 2, 6)];

  it('are the units and rows at which one run is on and the other off', () => {
    expect([...reluEvents(7, a, b)]).toEqual([
      { step: 7, layer: 'dense_1', unit: 0, row: 1, on: 'a' },
      { step: 7, layer: 'dense_1', unit: 1, row: 1, on: 'b' },
      { step: 7, layer: 'dense_2', unit: 0, row: 0, on: 'b' },
    ]);
    expect([...reluEvents(7, a, a)]).toEqual([]);
  });

  it('take a NaN as on, since its gradient passes', () => {
    const nan = [layer('dense_1', 2, Number.NaN, 1, 3, Number.NaN), a[1]];
    expect([...reluEvents(1, a, nan)].map(({ unit, row, on }) => [unit, row, on])).toEqual([
      [0, 0, 'b'],
      [1, 1, 'b'],
    ]);
  });

  it('come one at a time', () => {
    const events = reluEvents(1, a, b);
    expect(events.next().value).toMatchObject({ row: 1, unit: 0 });
    expect(events.return().done).toBe(true);
  });

  it('are all counted, and kept up to a limit', () => {
    const log = new ReluEventLog(4);
    expect(log.add(1, a, a)).toEqual({ step: 1, count: 0, share: 0 });
    expect(log.add(2, a, b)).toEqual({ step: 2, count: 3, share: 0.5 });
    log.add(3, a, b);
    const { events, steps } = log.get();
    expect(events.map(({ step }) => step)).toEqual([2, 2, 2, 3]);
    expect(steps.map(({ count }) => count)).toEqual([0, 3, 3]);
  });

  it('need layers that match', () => {
    expect(() => [...reluEvents(1, a, b.slice(1))]).toThrow(/2 layers/);
    expect(() => [...reluEvents(1, a, b.toReversed())]).toThrow(/'dense_1' for b\[0\].layer/);
    expect(() => [...reluEvents(1, a, [layer('dense_1', 1, 1), b[1]])]).toThrow(/2 × 2 outputs/);
  });
});
