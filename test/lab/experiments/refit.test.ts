import { describe, expect, it } from 'vitest';
import type { StagesTask } from '../../../dist/lab/experiment/task.js';
import { refit } from '../../../dist/lab/experiments/refit.js';
import { fakeFit } from './fake-pairs.js';
import { fakeGround, fakeResults } from './fake-results.js';

const FRESH = [2.3, 2.4, 2.35, 2.25, 2.45, 2.3, 2.38, 2.33, 2.41, 2.29];

/** What was done before the second fit. */
function wayOf({ stages }: StagesTask): string {
  return stages[1].do;
}

function conclude(
  second: (seed: number) => number,
  { forgets = true, faults = 0 }: { readonly forgets?: boolean; readonly faults?: number } = {},
) {
  const ground = fakeGround(refit, { repeats: 10 });
  const results = fakeResults(refit, ground, {
    train: ({ setting }) => ({ fingerprint: `${setting.recipe.seed} fit 4` }),
    stages: (task) => {
      const seed = Number(task.setting.recipe.seed);
      const fits = task.stages.flatMap((stage, i) => (stage.do === 'fit' || stage.do === 'compileAndFit' ? [i] : []));
      const anew = wayOf(task) === 'reset' || wayOf(task) === 'clone';
      return {
        fits: fits.map((stage, fit) => {
          const name = wayOf(task) === 'compileAndFit' && forgets && fit > 0 ? 'again' : 'fit';
          if (anew)
            return fakeFit(stage, `${seed} fit 1${seed <= faults && fit === 2 ? '!' : ''}`, FRESH[seed - 1], 0.8);
          return fakeFit(
            stage,
            `${seed} ${name} ${fit + 1}`,
            fit === 0 ? FRESH[seed - 1] : second(seed),
            0.8 + 0.04 * fit,
          );
        }),
      };
    },
  });
  return refit.conclude(ground, results);
}

describe('refit', () => {
  it('is not supported where the loss goes on from where it was', () => {
    const found = conclude((seed) => 0.05 + seed / 1000);
    expect(found.verdict).toBe('not supported');
    expect(found.effect.estimate).toBeCloseTo(2.29, 2);
    expect(found.statement).toBe(
      'After compiling again, the first batch had a loss of 0.0555, not of 2.35 as in a fresh model (10 seeds): the weights ' +
        "stayed; reset and clone gave the first fit's bits again with every seed.",
    );
    expect(found.findings[1]).toContain('went 80.0 %, 84.0 %, 88.0 % and 92.0 %');
    expect(found.findings[3]).toContain('10 of 10 models came to other bits');
    expect(found.findings[4]).toContain('in 10 of 10 seeds');
    const again = found.tables[0].rows.filter(([way]) => way === 'compile again');
    expect(again.map((row) => row.at(-1))).toEqual([1, 0, 0, 0]);
    const reset = found.tables[0].rows.filter(([way]) => way === 'reset');
    expect(reset.map((row) => row.at(-1))).toEqual([1, 1, 1, 1]);
  });

  it('is supported where each fit began at the loss of a fresh model, exactly or but for other batches', () => {
    expect(conclude((seed) => FRESH[seed - 1])).toMatchObject({
      verdict: 'supported',
      interval: { low: 0, high: 0, level: 1 },
    });
    expect(conclude((seed) => FRESH[seed - 1] + (seed % 2 ? 0.05 : -0.05)).verdict).toBe('supported');
  });

  it('cannot tell where some models begin anew and others do not', () => {
    expect(conclude((seed) => (seed < 8 ? FRESH[seed - 1] : 1.5)).verdict).toBe('cannot tell');
  });

  it('says where an optimizer remembers nothing, and where a reset is none', () => {
    const found = conclude(() => 0.05, { forgets: false, faults: 2 });
    expect(found.findings[3]).toContain('this optimizer remembers nothing');
    expect(found.statement).toContain('with 8 and 8 of 10 seeds, which is a fault of this build');
  });
});
