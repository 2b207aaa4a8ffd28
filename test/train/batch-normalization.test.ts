/** Batch normalization as users meet it: what it learns, keeps and does where nothing is trained. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activation, batchNormalization, dense, loadModel, sequential, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';

const INPUTS = 3;
const x = Array.from({ length: 40 }, (_, row) =>
  Array.from({ length: INPUTS }, (__, k) => ((row * 7 + k * 5) % 11) / 3),
);
const y = x.map(([first, second]) => [first - second]);

function model(momentum?: number) {
  const made = sequential({
    layers: [
      batchNormalization({ momentum, inputShape: [INPUTS] }),
      dense({ units: 9, useBias: false }),
      batchNormalization(),
      activation({ activation: 'relu' }),
      dense({ units: 1 }),
    ],
    seed: 5,
  });
  made.compile({ optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), loss: 'meanSquaredError' });
  return made;
}

const tensor = (of: ReturnType<typeof model>, name: string): number[] => [
  ...(of.getWeights().find((each) => each.name === name)?.data ?? []),
];
const column = (j: number): number[] => x.map((row) => row[j]);
const meanOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('batchNormalization', () => {
  it('keeps moving averages of mean and biased variance, which start at 0 and 1', async () => {
    const made = model(0.75);
    expect(tensor(made, 'batchNormalization_1/movingVariance')).toEqual([1, 1, 1]);
    await made.trainOnBatch(x, y);
    const means = Array.from({ length: INPUTS }, (_, j) => meanOf(column(j)));
    tensor(made, 'batchNormalization_1/movingMean').forEach((value, j) => {
      expect(value).toBeCloseTo(means[j] / 4, 5);
    });
    tensor(made, 'batchNormalization_1/movingVariance').forEach((value, j) => {
      const variance = meanOf(column(j).map((each) => (each - means[j]) ** 2));
      expect(value).toBeCloseTo(0.75 + variance / 4, 5);
    });
  });

  it('uses them in predict, where no row depends on the others', async () => {
    const made = model();
    await made.fit(x, y, { epochs: 3, batchSize: 16 });
    const all = await made.predict(x);
    const one = made.predictSync([x[7]]);
    expect(one.data[0]).toBe(all.data[7]);
  });

  it('gives the same bits at any number of threads, in both plans, and in a replay of free order', async () => {
    const options = { epochs: 2, batchSize: 16, batchLeaf: 4 } as const;
    const prints = new Set<string>();
    for (const threads of [1, 2, 3, 7]) {
      for (const plan of ['stored', 'fused'] as const) {
        const made = model();
        await made.fit(x, y, { ...options, threads, plan });
        prints.add(made.fingerprint('state'));
      }
    }
    expect(prints.size).toBe(1);
    const free = model();
    const { recording } = await free.fit(x, y, { ...options, threads: 3, reduction: 'free', record: true });
    const replayed = model();
    await replayed.fit(x, y, {
      ...options,
      threads: 2,
      reduction: 'free',
      replay: recording as NonNullable<typeof recording>,
    });
    expect(replayed.fingerprint('state')).toBe(free.fingerprint('state'));
  });

  it('is saved with its moving averages, and training goes on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'samebits-'));
    const made = model();
    await made.fit(x, y, { batchSize: 16 });
    await made.save(join(folder, 'model.safetensors'));
    const loaded = await loadModel(join(folder, 'model.safetensors'));
    expect(loaded.fingerprint('state')).toBe(made.fingerprint('state'));
    await made.fit(x, y, { batchSize: 16 });
    await loaded.fit(x, y, { batchSize: 16 });
    expect(loaded.fingerprint('state')).toBe(made.fingerprint('state'));
    await rm(folder, { recursive: true });
  });

  it('counts and names what it has', () => {
    const made = model();
    expect(made.getWeights().map(({ name }) => name)).toEqual([
      'batchNormalization_1/gamma',
      'batchNormalization_1/beta',
      'batchNormalization_1/movingMean',
      'batchNormalization_1/movingVariance',
      'dense_1/kernel',
      'batchNormalization_2/gamma',
      'batchNormalization_2/beta',
      'batchNormalization_2/movingMean',
      'batchNormalization_2/movingVariance',
      'dense_2/kernel',
      'dense_2/bias',
    ]);
    expect(made.summary()).toContain('batchNormalization_1 (batchNormalization)');
    expect(made.countParams()).toBe(4 * 3 + 27 + 4 * 9 + 9 + 1);
  });

  it.each([
    [{ momentum: 1 }, 'momentum'],
    [{ epsilon: 0 }, 'epsilon'],
    [{ epsilon: 1e-50 }, 'epsilon'],
    [{ momentun: 0.9 }, 'momentum'],
  ])('refuses %o', (options, name) => {
    expect(() => batchNormalization(options as object)).toThrow(name);
  });
});
