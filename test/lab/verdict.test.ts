import { describe, expect, it } from 'vitest';
import { Deviates } from '../../dist/lab/statistics/deviates.js';
import { type FactorialRun, varianceComponents } from '../../dist/lab/statistics/factorial.js';
import { mean } from '../../dist/lab/statistics/moments.js';
import { superiority } from '../../dist/lab/statistics/superiority.js';
import { welch } from '../../dist/lab/statistics/welch.js';
import { type Claim, type Verdict, verdict } from '../../dist/lab/verdict.js';

describe('verdict', () => {
  const bounds = (low: number, high: number) => ({ low, high });
  const cases: [Claim['effect'], number, number, number, Verdict][] = [
    ['above', 1, 1.1, 2, 'supported'],
    ['above', 1, 1, 2, 'cannot tell'],
    ['above', 1, 0, 1, 'not supported'],
    ['above', 1, 0, 1.1, 'cannot tell'],
    ['below', 1, 0, 0.9, 'supported'],
    ['below', 1, 0, 1, 'cannot tell'],
    ['below', 1, 1, 2, 'not supported'],
    ['within', 1, -1, 1, 'supported'],
    ['within', 1, -1.1, 1, 'cannot tell'],
    ['within', 1, 0, 1.1, 'cannot tell'],
    ['within', 1, 1.1, 2, 'not supported'],
    ['within', 1, -3, -1.1, 'not supported'],
    ['within', 1, -3, 3, 'cannot tell'],
    ['beyond', 1, 1.1, 2, 'supported'],
    ['beyond', 1, -3, -1.1, 'supported'],
    ['beyond', 1, -3, 3, 'cannot tell'],
    ['beyond', 1, -1, 1, 'not supported'],
    ['beyond', 1, 0.5, 1.1, 'cannot tell'],
    // What doesn't vary is known exactly.
    ['above', 0, 0, 0, 'not supported'],
    ['within', 0, 0, 0, 'supported'],
    ['beyond', 0, 0, 0, 'not supported'],
    ['beyond', 0, 1e-9, 1e-9, 'supported'],
    // Where there is no interval there is no answer.
    ['above', 0, Number.NaN, Number.NaN, 'cannot tell'],
    ['above', 0, 1, Number.NaN, 'cannot tell'],
    ['within', 9, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 'cannot tell'],
    ['above', 0, 1, Number.POSITIVE_INFINITY, 'supported'],
  ];
  it.each(cases)('of an effect %s %d with the interval %d to %d is %s', (effect, threshold, low, high, expected) => {
    expect(verdict(bounds(low, high), { effect, threshold })).toBe(expected);
  });

  it('refuses thresholds that say nothing', () => {
    expect(() => verdict(bounds(0, 1), { effect: 'within', threshold: -1 })).toThrow(
      /a number of at least 0 for threshold/,
    );
    expect(() => verdict(bounds(0, 1), { effect: 'above', threshold: Number.NaN })).toThrow(/a finite number/);
    expect(verdict(bounds(0, 1), { effect: 'above', threshold: -1 })).toBe('supported');
  });
});

/** Share of each verdict over made-up experiments. */
type Rates = Readonly<Record<Verdict, number>>;

function rates(experiments: number, judge: (deviates: Deviates, experiment: number) => Verdict): Rates {
  const counts: Record<Verdict, number> = { supported: 0, 'not supported': 0, 'cannot tell': 0 };
  const deviates = new Deviates(2024, 'made-up experiments');
  for (let i = 0; i < experiments; i += 1) counts[judge(deviates, i)] += 1;
  const share = (name: Verdict): number => counts[name] / experiments;
  return {
    supported: share('supported'),
    'not supported': share('not supported'),
    'cannot tell': share('cannot tell'),
  };
}

/** Two groups of runs whose means differ by `difference`; the deviations are 1 and `ratio`. */
function groups(deviates: Deviates, runs: number, difference: number, ratio: number): [number[], number[]] {
  const draw = (center: number, deviation: number): number[] =>
    Array.from({ length: runs }, () => center + deviation * deviates.normal());
  return [draw(0, 1), draw(difference, ratio)];
}

const EXPERIMENTS = 2000;
/** Five binomial standard deviations of a rate of 2.5 % over the experiments. */
const MARGIN = 5 * Math.sqrt((0.025 * 0.975) / EXPERIMENTS);

describe('verdicts on made-up experiments with known truth', () => {
  const judge =
    (runs: number, difference: number, claim: Claim, ratio = 1) =>
    (deviates: Deviates): Verdict => {
      const [a, b] = groups(deviates, runs, difference, ratio);
      return verdict(welch(a, b), claim);
    };

  it.each([
    [5, 1],
    [10, 1],
    [10, 3],
    [30, 0.2],
  ])(
    'are wrong in 2.5 %% of cases at the very edge of a claim, with %d runs and deviations 1 and %d',
    (runs, ratio) => {
      // The truth is the threshold: "above" is false, and nothing is harder to see.
      const edge = rates(EXPERIMENTS, judge(runs, 1, { effect: 'above', threshold: 1 }, ratio));
      expect(edge.supported).toBeLessThan(0.025 + MARGIN);
      expect(edge.supported).toBeGreaterThan(0.025 - MARGIN);
      expect(edge['cannot tell']).toBeGreaterThan(0.9);
      // A hair above it, "above" is true.
      const above = rates(EXPERIMENTS, judge(runs, 1 + 1e-9, { effect: 'above', threshold: 1 }, ratio));
      expect(above['not supported']).toBeLessThan(0.025 + MARGIN);
      expect(above['not supported']).toBeGreaterThan(0.025 - MARGIN);
    },
  );

  it('are hardly ever wrong away from the edge, and mostly right far from it', () => {
    const claim: Claim = { effect: 'above', threshold: 1 };
    const far = rates(EXPERIMENTS, judge(10, 3, claim));
    expect(far.supported).toBeGreaterThan(0.97);
    expect(far['not supported']).toBe(0);
    const opposite = rates(EXPERIMENTS, judge(10, -1, claim));
    expect(opposite['not supported']).toBeGreaterThan(0.97);
    expect(opposite.supported).toBe(0);
  });

  it('cannot tell where runs are few and the effect is small', () => {
    const few = rates(EXPERIMENTS, judge(3, 0.3, { effect: 'above', threshold: 0 }));
    expect(few['cannot tell']).toBeGreaterThan(0.9);
    expect(few['not supported']).toBeLessThan(0.025 + MARGIN);
    // With enough runs, they can.
    const many = rates(200, judge(400, 0.3, { effect: 'above', threshold: 0 }));
    expect(many.supported).toBeGreaterThan(0.95);
  });

  it('of magnitudes are right on both sides', () => {
    const within: Claim = { effect: 'within', threshold: 1 };
    const beyond: Claim = { effect: 'beyond', threshold: 1 };
    expect(rates(500, judge(60, 0, within)).supported).toBeGreaterThan(0.99);
    expect(rates(500, judge(60, 0, beyond))['not supported']).toBeGreaterThan(0.99);
    expect(rates(500, judge(60, -3, within))['not supported']).toBeGreaterThan(0.99);
    expect(rates(500, judge(60, -3, beyond)).supported).toBeGreaterThan(0.99);
    // At the edge: wrongly beyond on the one side, hardly ever on the other.
    const edge = rates(EXPERIMENTS, judge(20, -1, beyond));
    expect(edge.supported).toBeLessThan(0.025 + MARGIN);
    expect(edge.supported).toBeGreaterThan(0.025 - MARGIN);
  });

  it('would be wrong in half of the cases without an interval: the bound can fail', () => {
    const byEstimate = rates(EXPERIMENTS, (deviates) => {
      const [a, b] = groups(deviates, 10, 1, 1);
      const estimate = mean(b) - mean(a);
      return verdict({ low: estimate, high: estimate }, { effect: 'above', threshold: 1 });
    });
    expect(byEstimate.supported).toBeGreaterThan(0.45);
    // Nor is 1.96 enough where the deviation is estimated from three runs.
    const byNormal = rates(EXPERIMENTS, (deviates) => {
      const [a, b] = groups(deviates, 3, 1, 1);
      const { difference, standardError } = welch(a, b);
      const half = 1.96 * standardError;
      return verdict({ low: difference - half, high: difference + half }, { effect: 'above', threshold: 1 });
    });
    expect(byNormal.supported).toBeGreaterThan(0.025 + MARGIN);
  });

  it('of P(A better than B) are wrong in at most 5 % of cases, at 0.5 and at 0.76', () => {
    for (const [shift, truth] of [
      [0, 0.5],
      [1, 0.760249938906523],
    ]) {
      const edge = rates(EXPERIMENTS, (deviates) => {
        const [a, b] = groups(deviates, 12, shift, 1);
        return verdict(superiority(b, a), { effect: 'above', threshold: truth });
      });
      expect(edge.supported).toBeLessThan(0.025 + MARGIN);
      expect(edge['not supported']).toBeLessThan(0.05);
      expect(edge['cannot tell']).toBeLessThan(0.985);
    }
  });

  it('of shares of variance are right for causes that matter and that do not, and unsure with two levels', () => {
    // Variances 8 (cause a), 0 (cause b), 1 (both together): shares 0.89, 0, 0.11.
    const made = (levels: number) => (deviates: Deviates) => {
      const effects = Array.from({ length: levels }, () => Math.sqrt(8) * deviates.normal());
      const runs: FactorialRun[] = [];
      for (let a = 0; a < levels; a += 1) {
        for (let b = 0; b < levels; b += 1) runs.push({ levels: [a, b], value: effects[a] + deviates.normal() });
      }
      return runs;
    };
    const judgeShare = (term: number, claim: Claim, levels: number) => (deviates: Deviates, experiment: number) => {
      const found = varianceComponents(['a', 'b'], made(levels)(deviates), { draws: 299, seed: experiment });
      return verdict(found.terms[term].interval, claim);
    };
    const half: Claim = { effect: 'above', threshold: 0.5 };
    const matters = rates(200, judgeShare(0, half, 12));
    expect(matters.supported).toBeGreaterThan(0.95);
    expect(matters['not supported']).toBe(0);
    const nothing = rates(200, judgeShare(1, { effect: 'below', threshold: 0.1 }, 12));
    expect(nothing.supported).toBeGreaterThan(0.9);
    expect(nothing['not supported']).toBeLessThan(0.025 + 5 * Math.sqrt((0.025 * 0.975) / 200));
    expect(rates(200, judgeShare(0, half, 2))['cannot tell']).toBeGreaterThan(0.8);
    // At the edge of the truth, too, wrong verdicts are few.
    const edge = rates(400, judgeShare(0, { effect: 'above', threshold: 8 / 9 }, 6));
    expect(edge.supported).toBeLessThan(0.025 + 5 * Math.sqrt((0.025 * 0.975) / 400));
  });
});
