import { describe, expect, it } from 'vitest';
import type { TrainTask } from '../../../dist/lab/experiment/task.js';
import { remedies } from '../../../dist/lab/experiments/remedies.js';
import { Deviates } from '../../../dist/lab/statistics/deviates.js';
import { fakeGround, fakeResults } from './fake-results.js';

const ROWS = 50;
const UNITS = 4;
const TARGETS = Uint32Array.from({ length: ROWS }, (_, row) => row % UNITS);

/** The right outputs, plus what the seed moves them by. */
function predictionsOf({ setting }: TrainTask, noise: number): Float32Array {
  const deviates = new Deviates(setting.recipe.seed, 'noise');
  return Float32Array.from({ length: ROWS * UNITS }, (_, i) => {
    const right = i % UNITS === TARGETS[Math.floor(i / UNITS)] ? 0.6 : 0.1;
    return right + noise * deviates.normal();
  });
}

const isChanged = ({ setting: { recipe } }: TrainTask): 'batches' | 'dropout' | 'l2' | null => {
  if (recipe.fit.batchSize !== 32) return 'batches';
  if (recipe.model.layers.some(({ kind }) => kind === 'dropout')) return 'dropout';
  return recipe.model.layers.some((layer) => layer.kind === 'dense' && layer.kernelRegularizer) ? 'l2' : null;
};

function conclude(noise: (task: TrainTask) => number, { repeats = 64, fixed = true } = {}) {
  const ground = fakeGround(remedies, {
    repeats,
    data: { testRows: ROWS, rows: 1437, columns: 64, classes: UNITS, targets: TARGETS },
  });
  const results = fakeResults(remedies, ground, {
    train: (task) => {
      const { seed } = task.setting.recipe;
      const accuracy = 0.9 + 0.001 * (Number(seed) % 7) - (isChanged(task) === 'batches' ? 0.02 : 0);
      return {
        predictions: predictionsOf(task, noise(task)),
        test: { loss: 1 - accuracy, accuracy },
        ...(fixed ? {} : { fingerprint: `${seed} ${task.repeat}` }),
      };
    },
  });
  return remedies.conclude(ground, results);
}

describe('remedies', () => {
  it('finds averages of independent noise to leave one over the root of their number', () => {
    const found = conclude(() => 0.3);
    expect(found.verdict).toBe('supported');
    expect(found.effect.estimate).toBeCloseTo(1 / Math.sqrt(8), 1);
    const rows = new Map(
      found.tables[0].rows.map(([name, , left, low, high]) => [name, [left, low, high] as number[]]),
    );
    for (const size of [2, 4, 8]) {
      const [left, low, high] = rows.get(`averaging ${size}`) ?? [];
      expect(Math.abs(left - 1 / Math.sqrt(size))).toBeLessThan(0.03);
      expect(low).toBeLessThan(1 / Math.sqrt(size) + 0.01);
      expect(high).toBeGreaterThan(1 / Math.sqrt(size) - 0.01);
    }
    expect(rows.get('L2 of 0.001')?.[0]).toBeCloseTo(1, 6);
    expect(found.statement).toMatch(
      /^A fixed seed removed the differences between runs and nothing of what the seed decides; /,
    );
    expect(found.findings[0]).toContain(
      '3 runs with the same bits, at a test accuracy of 90.1 %, one draw from 90.0 % to 90.6 %',
    );
  });

  it('finds what a remedy leaves and costs, seed by seed', () => {
    const found = conclude((task) => (isChanged(task) === 'batches' ? 0.2 : isChanged(task) === 'dropout' ? 0.6 : 0.4));
    const row = (name: string, table = 0): readonly unknown[] =>
      found.tables[table].rows.find(([cell]) => cell === name) ?? [];
    expect(row('batches of 128')[2]).toBeCloseTo(0.5, 6);
    expect(row('batches of 128', 1)[3]).toBeCloseTo(-0.02, 9);
    expect(row('dropout of 0.2')[2]).toBeCloseTo(1.5, 6);
    expect(row('dropout of 0.2', 1)[3]).toBe(0);
    expect(found.statement).toContain('batches of 128 left 50.0 % (test accuracy 2.00 points worse)');
    expect(found.statement).toContain('dropout of 0.2 left 150.0 %,');
    // Averages are better than their members: their noise is smaller.
    expect(Number(row('averaging 8', 1)[1])).toBeGreaterThan(0.95);
  });

  it('is not supported where two runs that are averaged still are most of the noise', () => {
    const found = conclude(() => 0.3, { repeats: 6 });
    expect(found).toMatchObject({ verdict: 'not supported', claim: expect.stringContaining('of 2 runs') });
  });

  it('cannot tell at the very half, nor where there are too few runs to average', () => {
    expect(conclude(() => 0.3, { repeats: 12 })).toMatchObject({
      verdict: 'cannot tell',
      claim: expect.stringContaining('of 4 runs'),
    });
    expect(conclude(() => 0.3, { repeats: 3 })).toMatchObject({
      verdict: 'cannot tell',
      interval: null,
      effect: { estimate: null },
    });
  });

  it('is not supported where seeds move nothing', () => {
    const found = conclude(() => 0);
    expect(found).toMatchObject({ verdict: 'not supported', effect: { estimate: 1 } });
  });

  it('says so where a fixed seed is not enough', () => {
    expect(conclude(() => 0.3, { fixed: false }).findings[0]).toContain('was not enough: 3 runs gave 3 results');
  });
});
