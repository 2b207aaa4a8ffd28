import { describe, expect, it } from 'vitest';
import { Deviates } from '../../../dist/lab/statistics/deviates.js';
import { varianceComponents } from '../../../dist/lab/statistics/factorial.js';
import { type OutputRun, outputComponents } from '../../../dist/lab/statistics/output-components.js';
import { expectNear, r } from './fixtures.js';

/** Runs of all combinations of levels whose outputs are sums of effects with known variances. */
function made(
  deviates: Deviates,
  sizes: readonly number[],
  outputs: number,
  variances: Readonly<Record<string, number>>,
): OutputRun[] {
  const drawn = new Map<string, Float64Array>();
  const effect = (key: string, variance: number): Float64Array => {
    const known =
      drawn.get(key) ?? Float64Array.from({ length: outputs }, () => Math.sqrt(variance) * deviates.normal());
    drawn.set(key, known);
    return known;
  };
  const cells = sizes.reduce<number[][]>(
    (all, size) => all.flatMap((levels) => Array.from({ length: size }, (_, i) => [...levels, i])),
    [[]],
  );
  return cells.map((levels) => {
    const values = new Float64Array(outputs);
    for (const [term, variance] of Object.entries(variances)) {
      const key = `${term}:${[...term].map((factor) => levels['abc'.indexOf(factor)]).join()}`;
      effect(key, variance).forEach((value, i) => {
        values[i] += value;
      });
    }
    return { levels, values };
  });
}

describe('variance components of many outputs', () => {
  it('are those of R', () => {
    const said = r.manyOutputs;
    const runs: OutputRun[] = said.values.map((values: number[], i: number) => ({ levels: said.levels[i], values }));
    const { terms, replicates } = outputComponents(['a', 'b'], runs, { draws: 99 });
    expect(replicates).toBe(2);
    terms.forEach((term, t) => {
      expect(term.degreesOfFreedom).toBe(said.degrees[t]);
      expectNear(term.sumOfSquares, said.squares[t], 1e-9, `squares of ${term.factors}`);
      expectNear(term.dimensions, said.dimensions[t], 1e-9, `dimensions of ${term.factors}`);
      expectNear(term.component, said.components[t], 1e-9, `component of ${term.factors}`);
    });
  });

  it('of one output are those of the metric, intervals and parts among them', () => {
    const runs = made(new Deviates(1, 'one'), [5, 4, 3], 1, { a: 3, b: 1, abc: 1 });
    const options = {
      seed: 4,
      draws: 199,
      parts: [{ name: 'all of a', of: (of: readonly string[]) => of.includes('a') }],
    };
    const metric = varianceComponents(
      ['a', 'b', 'c'],
      runs.map(({ levels, values }) => ({ levels, value: values[0] })),
      options,
    );
    const outputs = outputComponents(['a', 'b', 'c'], runs, options);
    expect(outputs.terms.map(({ factors }) => factors)).toEqual(metric.terms.map(({ factors }) => factors));
    outputs.terms.forEach((term, t) => {
      for (const name of ['sumOfSquares', 'component', 'share'] as const) {
        expect(Math.abs(term[name] - metric.terms[t][name])).toBeLessThan(1e-9);
      }
      expect(Math.abs(term.interval.high - metric.terms[t].interval.high)).toBeLessThan(1e-9);
      expectNear(term.dimensions, 1, 1e-9);
    });
    expectNear(outputs.parts[0].share, metric.parts[0].share);
    expectNear(outputs.mean, metric.mean);
  });

  it('find a cause that moves nothing to be exactly that, whatever the outputs', () => {
    const runs = made(new Deviates(2, 'nothing'), [4, 3], 7, { a: 1 }).flatMap(({ levels, values }) =>
      [1, 2, 8].map((threads) => ({ levels: [...levels, threads], values: Float32Array.from(values) })),
    );
    const { terms } = outputComponents(['a', 'b', 'threads'], runs, { draws: 99 });
    for (const { factors, sumOfSquares, share, interval } of terms) {
      if (factors.includes('threads')) expect([sumOfSquares, share, interval.low, interval.high]).toEqual([0, 0, 0, 0]);
    }
    expect(terms[0].share).toBe(1);
  });

  it('have intervals that cover the known shares at least as often as they say, and narrower ones than a metric', () => {
    const truth = { a: 0.5, b: 0.2, ab: 0.3 };
    const deviates = new Deviates(8, 'coverage');
    const trials = 200;
    const covered = { a: 0, b: 0, ab: 0 };
    let [width, widthOfOne] = [0, 0];
    for (let trial = 0; trial < trials; trial += 1) {
      const runs = made(deviates, [5, 5], 12, truth);
      const { terms } = outputComponents(['a', 'b'], runs, { draws: 299, seed: trial, level: 0.9 });
      for (const { factors, interval } of terms) {
        const name = factors.join('') as keyof typeof truth;
        if (interval.low <= truth[name] && truth[name] <= interval.high) covered[name] += 1;
      }
      const one = runs.map(({ levels, values }) => ({ levels, value: values[0] }));
      const metric = varianceComponents(['a', 'b'], one, { draws: 299, seed: trial, level: 0.9 });
      width += terms[0].interval.high - terms[0].interval.low;
      widthOfOne += metric.terms[0].interval.high - metric.terms[0].interval.low;
    }
    // 0.9 less four binomial deviations of 0.021.
    for (const name of ['a', 'b', 'ab'] as const) expect(covered[name] / trials, name).toBeGreaterThan(0.81);
    expect(width).toBeLessThan(0.75 * widthOfOne);
  });

  it('are refused where runs have other numbers of outputs, none, or such that are not finite', () => {
    const two = (values: readonly number[]): OutputRun[] => [
      { levels: [0], values: [1, 2] },
      { levels: [1], values },
    ];
    expect(() => outputComponents(['a'], two([1]))).toThrow(/Expected 2 values for runs\[1\]\.values/);
    expect(() => outputComponents(['a'], two([1, Number.NaN]))).toThrow(/finite/);
    const empty = [0, 1].map((level) => ({ levels: [level], values: [] }));
    expect(() => outputComponents(['a'], empty)).toThrow(/at least 1 value/);
  });
});

describe('a part of the variance', () => {
  it('is the share of its terms in those it is taken of', () => {
    const runs = made(new Deviates(3, 'parts'), [20, 20], 30, { a: 1, b: 2, ab: 1 });
    const { parts, terms } = outputComponents(['a', 'b'], runs, {
      draws: 199,
      parts: [
        { name: 'a and what it does together', of: (factors) => factors.includes('a') },
        { name: 'a, with b held', of: (factors) => factors.includes('a'), within: (factors) => factors.join() !== 'b' },
        { name: 'nothing', of: () => false },
      ],
    });
    const [a, b, ab] = terms.map(({ component }) => component);
    expectNear(parts[0].share, (a + ab) / (a + b + ab), 1e-12);
    expectNear(parts[1].share, 1, 1e-12);
    expect(parts[2]).toEqual({ name: 'nothing', share: 0, low: 0, high: 0, level: 0.95 });
    expect(parts[0].low).toBeLessThan(parts[0].share);
    expect(parts[0].high).toBeGreaterThan(parts[0].share);
  });
});
