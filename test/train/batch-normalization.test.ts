import { activation, batchNormalization, dense, sequential, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';
import { expectSameBits, expectToGoOn, INPUTS, x, y } from './layer-problem.js';

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

  it('gives the same bits at any number of threads, in both plans, and in a replay of free order', () =>
    expectSameBits(model, [undefined]));

  it('is saved with its moving averages, and training goes on', async () => {
    const made = model();
    await made.fit(x, y, { batchSize: 16 });
    await expectToGoOn(made);
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
