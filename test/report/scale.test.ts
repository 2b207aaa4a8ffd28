import { describe, expect, it } from 'vitest';
import { linearScale, logScale, niceTicks, ordinalScale } from '../../dist/report/chart/scale.js';

describe('scales', () => {
  it('put linear ticks at 1, 2 or 5 times a power of ten', () => {
    expect(niceTicks(0, 938, 6)).toEqual([0, 200, 400, 600, 800]);
    expect(niceTicks(0.1, 0.31, 5)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3]);
  });

  it('map linearly, from zero to the tick above the largest value', () => {
    const scale = linearScale([3, Number.NaN, 11.4], { fromZero: true, count: 5 })([100, 0]);
    expect(scale.domain).toEqual([0, 15]);
    expect([0, 7.5, 15, Number.NaN].map((value) => scale.position(value))).toEqual([100, 50, 0, null]);
  });

  it('have a domain even of nothing and of one value', () => {
    for (const values of [[], [Number.NaN], [0], [5]]) {
      for (const fromZero of [true, false]) {
        const { domain, ticks } = linearScale(values, { fromZero })([0, 1]);
        expect(domain[1]).toBeGreaterThan(domain[0]);
        expect(ticks.length).toBeGreaterThan(1);
      }
      expect(logScale(values)([0, 1]).ticks.length).toBeGreaterThan(1);
    }
  });

  it('map logarithmically, with a place of its own for zero', () => {
    const scale = logScale([1e-8, 0, 1e-4], { zeroOffset: 24 })([200, 0]);
    expect(scale.domain).toEqual([1e-8, 1e-4]);
    expect([1e-8, 1e-6, 1e-4].map((value) => Math.round(scale.position(value) ?? -1))).toEqual([200, 100, 0]);
    expect([0, -1, Number.POSITIVE_INFINITY].map((value) => scale.position(value))).toEqual([224, null, null]);
    expect(logScale([1, 10])([200, 0]).position(0)).toBeNull();
  });

  it('end on ticks around all values, over few decades and over many', () => {
    for (const values of [
      [0.09, 2.3],
      [1e-9, 3e-4],
      [1e-30, 1e30],
      [5, 5],
      [1e-7, 1e-7],
    ]) {
      const { domain, ticks } = logScale(values)([0, 1]);
      expect(domain[0]).toBeLessThanOrEqual(values[0]);
      expect(domain[1]).toBeGreaterThanOrEqual(values[1] * (1 - 1e-9));
      expect([ticks[0], ticks[ticks.length - 1]]).toEqual(domain);
      expect(ticks.length).toBeLessThanOrEqual(10);
    }
  });

  it('space ordinal values evenly', () => {
    const scale = ordinalScale([1, 2, 128])([0, 300]);
    expect([1, 2, 128, 3].map((value) => scale.position(value))).toEqual([50, 150, 250, null]);
  });
});
