import { dropout, gaussianNoise, type Layer } from 'samebits';
import { describe, expect, it } from 'vitest';
import type { Setting } from '../../../dist/causes/cause.js';
import type { Conclusion } from '../../../dist/lab/experiment/experiment.js';
import { baseSetting } from '../../../dist/lab/experiments/base-setting.js';
import { kerasBinary } from '../../../dist/lab/experiments/keras-binary.js';
import { kerasRegression } from '../../../dist/lab/experiments/keras-regression.js';
import { varianceShares } from '../../../dist/lab/experiments/variance-shares.js';
import { Deviates } from '../../../dist/lab/statistics/deviates.js';
import { fakeGround, fakeResults } from './fake-results.js';

/** Standard deviations of the effects of causes; `weights rows` is what the two do together. */
type Effects = Partial<
  Readonly<Record<'weights' | 'order' | 'rows' | 'masks' | 'noise' | 'data' | 'weights rows' | 'weights order', number>>
>;

const levelsOf = ({ recipe, data }: Setting): Readonly<Record<string, unknown>> => ({
  weights: recipe.seeds.weights,
  order: recipe.seeds.order,
  masks: recipe.seeds.dropout,
  noise: recipe.seeds.noise,
  rows: data.bootstrap,
  data: data.source.kind === 'madeUp' ? data.source.seed : null,
});

/** Normal numbers that depend on the levels of the causes named alone. */
function made(setting: Setting, effects: Effects, count: number): Float32Array {
  const levels = levelsOf(setting);
  const sums = new Float64Array(count);
  for (const [name, deviation] of Object.entries(effects)) {
    const key = name.split(' ').map((cause) => `${cause} ${levels[cause]}`);
    const deviates = new Deviates(key.join(), 'effect');
    for (let i = 0; i < count; i += 1) sums[i] += deviation * deviates.normal();
  }
  return Float32Array.from(sums);
}

/** The row of a table, by its first cell. */
function rowOf({ tables }: Conclusion, table: number, name: string): readonly unknown[] {
  return tables[table].rows.find(([cell]) => cell === name) ?? [];
}

describe('variance-shares', () => {
  const conclude = (
    effects: Effects,
    { repeats = 6, drawing = [] as readonly Layer[], outputs = 40, disturbed = false } = {},
  ) => {
    const plain = baseSetting({}).recipe;
    const [first, ...others] = plain.model.layers.slice(1);
    const layers = [plain.model.layers[0], first, ...drawing, ...others];
    const recipe = { ...plain, model: { ...plain.model, layers } };
    const ground = fakeGround(varianceShares, { choice: { recipe }, repeats, data: { testRows: outputs / 4 } });
    const results = fakeResults(varianceShares, ground, {
      train: ({ setting, repeat }) => ({
        predictions: made(setting, effects, outputs),
        test: { loss: 1, accuracy: made(setting, effects, 1)[0] },
        fingerprint: disturbed ? String(repeat) : 'same',
      }),
    });
    return { found: varianceShares.conclude(ground, results), tasks: [...varianceShares.plan(ground)].length };
  };

  it('finds known shares, and rounding to be exactly nothing', () => {
    // Variances 4, 1, 3 and 2 of 10.
    const { found, tasks } = conclude({ weights: 2, order: 1, rows: Math.sqrt(3), 'weights rows': Math.sqrt(2) });
    expect(tasks).toBe(6 * 6 * 6 * 2 + 4);
    const truth = {
      'initial weights': 0.4,
      'order of the data': 0.1,
      'bootstrap of the data': 0.3,
      'several together': 0.2,
    };
    for (const [name, share] of Object.entries(truth)) {
      const [, , estimate, low, high] = rowOf(found, 0, name) as number[];
      expect(Math.abs(estimate - share), name).toBeLessThan(0.12);
      expect(low, name).toBeLessThanOrEqual(share);
      expect(high, name).toBeGreaterThanOrEqual(share);
    }
    expect(rowOf(found, 0, 'rows of a leaf').slice(2)).toEqual([0, 0, 0, 0]);
    // On the same rows: (4 + 2) of 7.
    expect(found.effect.estimate).toBeCloseTo(6 / 7, 1);
    expect(found.verdict).toBe('supported');
    expect(found.findings[0]).toContain('5 runs at 1 and 2 threads gave the same bits: their variance is exactly 0');
  });

  it('is not supported where the order makes most of it', () => {
    const { found } = conclude({ weights: 1, order: 3, rows: 1 });
    expect(found.verdict).toBe('not supported');
    expect(found.effect.estimate).toBeCloseTo(0.1, 1);
  });

  it('cannot tell near the half, nor from few levels of one output', () => {
    expect(conclude({ weights: 1, order: 1 }).found.verdict).toBe('cannot tell');
    const few = conclude({ weights: 2, order: 1 }, { repeats: 2, outputs: 4 }).found;
    expect(few.verdict).toBe('cannot tell');
    expect(few.interval?.level).toBe(0.95);
  });

  it('is not supported, exactly, where nothing varies', () => {
    const { found } = conclude({});
    expect(found).toMatchObject({
      verdict: 'not supported',
      interval: { low: 0, high: 0, level: 1 },
      effect: { estimate: 0 },
    });
    expect(found.statement).toContain('there is no variance to share out');
  });

  it.each<[string, Layer[], Effects]>([
    ['dropout masks', [dropout({ rate: 0.2 })], { masks: 1 }],
    ['Gaussian noise', [gaussianNoise({ stddev: 0.2 })], { noise: 1 }],
    // Moved together: what either of them makes is theirs.
    ['dropout masks and Gaussian noise', [gaussianNoise({ stddev: 0.2 }), dropout({ rate: 0.2 })], { masks: 1 }],
    ['dropout masks and Gaussian noise', [gaussianNoise({ stddev: 0.2 }), dropout({ rate: 0.2 })], { noise: 1 }],
  ])('has %s among its causes where the network draws them', (title, drawing, effects) => {
    const { found, tasks } = conclude({ ...effects, weights: 1 }, { repeats: 3, drawing });
    expect(tasks).toBe(3 ** 4 * 2 + 4);
    const [, levels, share] = rowOf(found, 0, title) as number[];
    expect(levels).toBe(3);
    expect(share).toBeGreaterThan(0.3);
  });

  it('does not move what a layer draws by a seed of its own', () => {
    const drawing = [gaussianNoise({ stddev: 0.2, seed: 1 })];
    expect(conclude({ weights: 1 }, { repeats: 3, drawing }).tasks).toBe(3 ** 3 * 2 + 4);
  });

  it('says so where a held run moves', () => {
    expect(conclude({ weights: 1 }, { repeats: 2, disturbed: true }).found.findings[0]).toContain(
      'gave 5 results: something moves that is not among the causes',
    );
  });

  it('looks at test rows that lie evenly among all, where there are more than there is time for', () => {
    const [testRows, columns] = [200, 100];
    // 250 runs squared times 100 outputs, of at most a thousand million products.
    const rows = Math.floor(1e9 / (250 * 250 * columns));
    const looked = new Set(Array.from({ length: rows }, (_, i) => Math.floor((i * testRows) / rows)));
    expect(looked.size).toBeLessThan(testRows);
    const ground = fakeGround(varianceShares, { repeats: 5, data: { testRows } });
    const movedOn = (isMoved: (row: number) => boolean) =>
      fakeResults(varianceShares, ground, {
        train: ({ setting }) => ({
          predictions: Float32Array.from({ length: testRows * columns }, (_, i) =>
            isMoved(Math.floor(i / columns)) ? Number(setting.recipe.seeds.weights) : 1,
          ),
        }),
      });
    const elsewhere = movedOn((row) => !looked.has(row));
    expect(varianceShares.conclude(ground, elsewhere).statement).toContain('there is no variance to share out');
    const last = Math.max(...looked);
    expect(
      varianceShares.conclude(
        ground,
        movedOn((row) => row === last),
      ).effect.estimate,
    ).toBe(1);
  });
});

describe.each([
  ['keras-regression', kerasRegression, 'test loss'],
  ['keras-binary', kerasBinary, 'test accuracy'],
])('%s', (name, experiment, metric) => {
  const conclude = (effects: Effects, repeats = 8) => {
    const ground = fakeGround(experiment, { repeats });
    const results = fakeResults(experiment, ground, {
      train: ({ setting }) => {
        const value = made(setting, effects, 1)[0];
        return { test: { loss: value, accuracy: value }, fingerprint: 'same' };
      },
    });
    return experiment.conclude(ground, results);
  };

  it('is supported where the weights make it all', () => {
    const found = conclude({ weights: 1, order: 0.1 });
    expect(found.verdict).toBe('supported');
    expect(found.claim).toContain(`variance of the ${metric} comes from the initial weights`);
  });

  it('is not supported where the data do, and says what is left on the same rows', () => {
    const found = conclude({ data: 3, weights: 0.3, order: 0.05 });
    expect(found.verdict).toBe('not supported');
    expect(found.statement).toMatch(
      /^Over 512 runs of the toy .* 9\d\.\d % of the variance came from the data, which are made up anew/,
    );
    expect(found.statement).toContain('on the same rows the initial weights alone made 9');
    expect(found.statement).toContain('with all of it held, 5 runs at 1 and 2 threads gave the same bits');
  });

  it('cannot tell with two levels each', () => {
    expect(conclude({ data: 1, weights: 1 }, 2).verdict).toBe('cannot tell');
  });

  it('draws from other data with replacement, and refuses what does not fit it', () => {
    const classes = name === 'keras-binary' ? 2 : 0;
    const data = {
      choice: { source: { kind: 'folder' as const, path: 'x' }, rows: null, bootstrap: null },
      columns: 3,
      classes,
      scale: 0.5,
    };
    const ground = fakeGround(experiment, { choice: { data }, repeats: 2 });
    const settings = [...experiment.plan(ground)].flatMap((task) => (task.kind === 'train' ? [task.setting] : []));
    expect(new Set(settings.map((setting) => setting.data.bootstrap))).toEqual(new Set([1, 2]));
    expect(settings[0].recipe.model.layers[0]).toMatchObject({ kind: 'rescaling', scale: 0.5 });
    expect(() => fakeGround(experiment, { choice: { data: { ...data, classes: 10 } } })).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_DATA' }),
    );
  });

  it('refuses a recipe whose weights do not begin at random', () => {
    const { recipe } = experiment.base?.({}) ?? {};
    if (recipe === undefined) throw new Error('no base');
    const layers = recipe.model.layers.map((layer) =>
      layer.kind === 'dense' ? { ...layer, kernelInitializer: 'zeros' as const } : layer,
    );
    const ground = fakeGround(experiment, { choice: { recipe: { ...recipe, model: { ...recipe.model, layers } } } });
    expect(() => [...experiment.plan(ground)]).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }));
  });
});
