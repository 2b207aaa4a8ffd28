import { describe, expect, it } from 'vitest';
import { Deviates } from '../../../dist/lab/statistics/deviates.js';
import { type FactorialRun, varianceComponents } from '../../../dist/lab/statistics/factorial.js';
import { pairShares, type RunPair } from '../../../dist/lab/statistics/pairs.js';
import { expectNear, r } from './fixtures.js';

/** Runs from R's table of levels and values. */
function runsOf({ levels, values }: { levels: (number | number[])[]; values: number[] }): FactorialRun[] {
  return values.map((value, i) => ({ levels: [levels[i]].flat(), value }));
}

/** All combinations of levels, `replicates` of each. */
function design(sizes: readonly number[], replicates: number, value: (levels: number[]) => number): FactorialRun[] {
  const cells = sizes.reduce<number[][]>(
    (all, size) => all.flatMap((levels) => Array.from({ length: size }, (_, i) => [...levels, i])),
    [[]],
  );
  return cells.flatMap((levels) => Array.from({ length: replicates }, () => ({ levels, value: value(levels) })));
}

/** Effects with known variances, drawn once for each combination of levels of the term's factors. */
function effects(deviates: Deviates, variances: Readonly<Record<string, number>>): (levels: number[]) => number {
  const drawn = new Map<string, number>();
  return (levels) =>
    Object.entries(variances).reduce((sum, [term, variance]) => {
      const key = `${term}:${[...term].map((factor) => levels['abc'.indexOf(factor)]).join()}`;
      if (!drawn.has(key)) drawn.set(key, Math.sqrt(variance) * deviates.normal());
      return sum + Number(drawn.get(key));
    }, 0);
}

describe('variance components of a factorial', () => {
  it.each([
    ['oneWay', ['a'], [['a'], []], 4],
    ['twoWay', ['a', 'b'], [['a'], ['b'], ['a', 'b'], []], 3],
    ['threeWay', ['a', 'b', 'c'], [['a'], ['b'], ['c'], ['a', 'b'], ['a', 'c'], ['b', 'c'], ['a', 'b', 'c']], 1],
  ])('are those of R in the design %s', (name, factors, terms, replicates) => {
    const expected = r.factorial[name];
    const found = varianceComponents(factors, runsOf(expected), { draws: 99 });
    expect(found.replicates).toBe(replicates);
    expect(found.terms.map((term) => term.factors)).toEqual(terms);
    expect(found.terms.map((term) => term.degreesOfFreedom)).toEqual(expected.degrees);
    found.terms.forEach((term, i) => {
      expectNear(term.sumOfSquares, expected.squares[i], 1e-9, `squares of ${term.factors}`);
      expectNear(term.component, expected.components[i], 1e-9, `component of ${term.factors}`);
      expectNear(term.meanSquare, expected.squares[i] / expected.degrees[i]);
      expectNear(term.shareOfSquares, term.sumOfSquares / found.totalSumOfSquares);
    });
    const positive = found.terms.map(({ component }) => Math.max(0, component));
    expectNear(
      found.variance,
      positive.reduce((sum, component) => sum + component),
    );
    found.terms.forEach(({ share }, i) => {
      expectNear(share, positive[i] / found.variance);
    });
  });

  it('do not depend on the order of runs, nor on what levels are called', () => {
    const runs = runsOf(r.factorial.threeWay);
    const found = varianceComponents(['a', 'b', 'c'], runs, { draws: 99 });
    const renamed = runs.map(({ levels, value }) => ({ levels: levels.map((level) => `level ${level}`), value }));
    expect(varianceComponents(['a', 'b', 'c'], renamed, { draws: 99 })).toEqual(found);
    const reversed = varianceComponents(['a', 'b', 'c'], runs.toReversed(), { draws: 99 });
    reversed.terms.forEach((term, i) => {
      expectNear(term.sumOfSquares, found.terms[i].sumOfSquares, 1e-12);
    });
  });

  it('have, in one way, the exact interval of the intraclass correlation, but for its draws', () => {
    const { terms } = varianceComponents(['a'], runsOf(r.factorial.oneWay), { draws: 99_999 });
    const [low, high] = r.factorial.oneWay.intraclass;
    expect(Math.abs(terms[0].interval.low - low)).toBeLessThan(0.01);
    expect(Math.abs(terms[0].interval.high - high)).toBeLessThan(0.003);
  });

  it('of a cause that moves nothing are exactly zero, with an interval that says so', () => {
    const values = [0.1, 0.3, 0.7, 0.9];
    const runs = design([4, 3, 2], 1, ([a, , c]) => values[a] + values[c] * 0.1);
    const { terms } = varianceComponents(['seed', 'threads', 'order'], runs);
    const withThreads = terms.filter(({ factors }) => factors.includes('threads'));
    expect(withThreads).toHaveLength(4);
    for (const { sumOfSquares, share, interval } of withThreads) {
      expect([sumOfSquares, share, interval.low, interval.high]).toEqual([0, 0, 0, 0]);
    }
    expect(terms[0].share).toBeGreaterThan(0.8);
  });

  it('of a metric that never changes are zero', () => {
    const { terms, variance, mean } = varianceComponents(
      ['a', 'b'],
      design([2, 3], 1, () => 0.1),
    );
    expect([variance, mean]).toEqual([0, 0.1]);
    for (const { share, shareOfSquares } of terms) expect([share, shareOfSquares]).toEqual([0, 0]);
  });

  it('recover known variances, an interaction and no effect among them', () => {
    const deviates = new Deviates(5, 'known');
    // With 30, 25 and 20 levels, shares of 0.5, 0, 0.2 (a × c), 0.3 (all together).
    const runs = design([30, 25, 20], 1, effects(deviates, { a: 5, ac: 2, abc: 3 }));
    const { terms, variance } = varianceComponents(['a', 'b', 'c'], runs);
    const shares = Object.fromEntries(terms.map(({ factors, share }) => [factors.join(''), share]));
    // The main effect has 29 degrees of freedom: deviation 5 · √(2/29) = 1.3.
    expect(Math.abs(terms[0].component - 5)).toBeLessThan(4);
    expect(Math.abs(terms[4].component - 2)).toBeLessThan(0.5);
    expect(Math.abs(terms[6].component - 3)).toBeLessThan(0.15);
    for (const name of ['b', 'c', 'ab', 'bc']) expect(shares[name]).toBeLessThan(0.01);
    expectNear(
      Object.values(shares).reduce((sum, share) => sum + share),
      1,
      1e-12,
    );
    expectNear(
      variance,
      terms.reduce((sum, { component }) => sum + Math.max(0, component), 0),
      1e-12,
    );
  });

  it('have intervals that cover the known share about as often as they say', () => {
    const truth = { a: 0.5, b: 0.2, ab: 0.3 };
    const trials = 300;
    const covered = { a: 0, b: 0, ab: 0 };
    const deviates = new Deviates(17, 'coverage');
    for (let trial = 0; trial < trials; trial += 1) {
      const runs = design([6, 5], 1, effects(deviates, truth));
      const { terms } = varianceComponents(['a', 'b'], runs, { draws: 399, seed: trial, level: 0.9 });
      for (const { factors, interval } of terms) {
        const name = factors.join('') as keyof typeof truth;
        if (interval.low <= truth[name] && truth[name] <= interval.high) covered[name] += 1;
      }
    }
    for (const name of ['a', 'b', 'ab'] as const) {
      // 0.9 less four binomial deviations of 0.017; generalized intervals may cover more than they say.
      expect(covered[name] / trials, name).toBeGreaterThan(0.83);
      expect(covered[name] / trials, name).toBeLessThan(0.985);
    }
  });

  it('are refused for designs that are not crossed and balanced', () => {
    const runs = design([2, 2], 2, () => 1);
    const data = { code: 'ERR_SAMEBITS_DATA' };
    const refusal = (factors: string[], some: readonly FactorialRun[]): unknown => {
      try {
        return varianceComponents(factors, some);
      } catch (error) {
        return error;
      }
    };
    expect(refusal(['a', 'b'], runs.toSpliced(2, 1))).toMatchObject({
      ...data,
      message:
        'Expected 2, the same for every combination of levels, for the number of runs with a = 0, b = 1 ' +
        'but received 1 of type number',
    });
    expect(refusal(['a', 'b'], runs.slice(2))).toMatchObject(data);
    expect(
      refusal(
        ['a', 'b'],
        design([2, 1], 1, () => 1),
      ),
    ).toMatchObject({
      ...data,
      message: 'Expected at least 2 levels for factor b but received 1 of type number',
    });
    expect(refusal(['a'], runs)).toMatchObject({ code: 'ERR_SAMEBITS_SHAPE' });
    expect(refusal(['a', 'a'], runs)).toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    expect(refusal([], [])).toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    expect(refusal(['a', 'b'], [])).toMatchObject(data);
    expect(refusal(['a', 'b'], [...runs, { levels: [1, 1], value: Number.NaN }])).toMatchObject(data);
  });
});

describe('shares from random pairs', () => {
  /** y = 2·a + b + 1.5·b·c with standard normal a, b, c: total effects 4, 3.25 and 2.25 of 7.25. */
  function pair(deviates: Deviates, differing: readonly string[]): RunPair {
    const draw = (): number[] => [deviates.normal(), deviates.normal(), deviates.normal()];
    const first = draw();
    const again = draw();
    const second = first.map((value, i) => (differing.includes('abc'[i]) ? again[i] : value));
    const metric = ([a, b, c]: number[]): number => 2 * a + b + 1.5 * b * c;
    return { differing, squaredDifference: (metric(first) - metric(second)) ** 2 };
  }
  const truth: Readonly<Record<string, number>> = { a: 4 / 7.25, b: 3.25 / 7.25, c: 2.25 / 7.25, bc: 3.25 / 7.25 };

  it('are what arithmetic gives', () => {
    const found = pairShares(
      ['a', 'b'],
      [
        { differing: ['b', 'a'], squaredDifference: 4 },
        { differing: ['a', 'b'], squaredDifference: 16 },
        { differing: ['b'], squaredDifference: 1 },
        { differing: ['b'], squaredDifference: 9 },
      ],
      { resamples: 99 },
    );
    expect(found).toMatchObject({ causes: ['a', 'b'], variance: 5 });
    expect(found.shares).toHaveLength(1);
    expect(found.shares[0]).toMatchObject({ differing: ['b'], pairs: 2, variance: 2.5, share: { estimate: 0.5 } });
  });

  it('are the total effects, within intervals that cover them about as often as they say', () => {
    const deviates = new Deviates(23, 'pairs');
    const trials = 120;
    const covered: Record<string, number> = { a: 0, b: 0, c: 0, bc: 0 };
    for (let trial = 0; trial < trials; trial += 1) {
      const sets = ['a', 'b', 'c', 'bc', 'abc'].map((set) => [...set]);
      const pairs = sets.flatMap((set) => Array.from({ length: 100 }, () => pair(deviates, set)));
      const { shares } = pairShares(['a', 'b', 'c'], pairs, { resamples: 399, seed: trial, level: 0.9 });
      for (const { differing, share } of shares) {
        const name = differing.join('');
        if (share.low <= truth[name] && truth[name] <= share.high) covered[name] += 1;
      }
    }
    // 0.9 less four binomial deviations of 0.027.
    for (const [name, count] of Object.entries(covered)) expect(count / trials, name).toBeGreaterThan(0.79);
  });

  it('are zero, to the last bit, for causes that move nothing', () => {
    const deviates = new Deviates(1, 'pairs');
    const still = Array.from({ length: 5 }, () => ({ differing: ['c'], squaredDifference: 0 }));
    const moved = Array.from({ length: 5 }, () => pair(deviates, ['a', 'b', 'c']));
    const [{ share }] = pairShares(['a', 'b', 'c'], [...still, ...moved]).shares;
    expect(share).toMatchObject({ estimate: 0, low: 0, high: 0 });
    const nothing = ['a', 'b'].flatMap((cause) => [0, 1].map(() => ({ differing: [cause], squaredDifference: 0 })));
    const all = [0, 1].map(() => ({ differing: ['a', 'b'], squaredDifference: 0 }));
    expect(pairShares(['a', 'b'], [...nothing, ...all])).toMatchObject({ variance: 0, shares: [{ variance: 0 }, {}] });
  });

  it('need pairs that share nothing, and know their causes', () => {
    expect(() => pairShares(['a', 'b'], [{ differing: ['a'], squaredDifference: 1 }])).toThrow(
      /at least 2 that differ in all/,
    );
    expect(() => pairShares(['a', 'b'], [{ differing: ['x'], squaredDifference: 1 }])).toThrow(
      /some of a, b for pairs\[0\]/,
    );
    expect(() => pairShares(['a'], [{ differing: [], squaredDifference: 1 }])).toThrow(/some of a/);
    expect(() => pairShares(['a'], [{ differing: ['a'], squaredDifference: Number.NaN }])).toThrow(/finite/);
  });
});
