/** Layer normalization as users meet it. */
import { activation, adam, dense, layerNormalization, type SequentialOptions, sequential } from 'samebits';
import { describe, expect, it } from 'vitest';
import { expectSameBits, expectToGoOn, INPUTS, x, y } from './layer-problem.js';

function model(options: Partial<SequentialOptions> = {}) {
  const made = sequential({
    layers: [
      layerNormalization({ center: false, inputShape: [INPUTS] }),
      dense({ units: 9, useBias: false }),
      layerNormalization(),
      activation({ activation: 'relu' }),
      layerNormalization({ center: false, scale: false }),
      dense({ units: 1 }),
    ],
    seed: 5,
    ...options,
  });
  made.compile({ optimizer: adam({ learningRate: 0.02 }), loss: 'meanSquaredError' });
  return made;
}

describe('layerNormalization', () => {
  it('gives rows a mean of 0 and a variance of 1, whatever the other rows', () => {
    const made = sequential({
      layers: [dense({ units: 4, kernelInitializer: 'randomNormal' }), layerNormalization({ epsilon: 1e-12 })],
      seed: 1,
    });
    const all = made.predictSync(x);
    for (let row = 0; row < x.length; row += 1) {
      const values = [...all.data.subarray(row * 4, row * 4 + 4)];
      if (x[row].every((value) => value === 0)) continue;
      expect(values.reduce((a, b) => a + b)).toBeCloseTo(0, 5);
      expect(values.reduce((a, b) => a + b * b, 0) / 4).toBeCloseTo(1, 4);
      expect([...made.predictSync([x[row]]).data]).toEqual(values);
    }
  });

  it('gives the same bits at any number of threads, in both plans, in micro-batches, and in a replay of free order', () =>
    expectSameBits(model, [undefined, 4, 8]));

  it('learns, is saved, and training goes on', async () => {
    const made = model();
    const { history } = await made.fit(x, y, { batchSize: 8, epochs: 12 });
    expect(history.loss[11]).toBeLessThan(history.loss[0] / 2);
    await expectToGoOn(made);
  });

  it('counts and names what it has', () => {
    const made = model();
    expect(made.getWeights().map(({ name, shape }) => [name, ...shape])).toEqual([
      ['layerNormalization_1/gamma', 3],
      ['dense_1/kernel', 3, 9],
      ['layerNormalization_2/gamma', 9],
      ['layerNormalization_2/beta', 9],
      ['dense_2/kernel', 9, 1],
      ['dense_2/bias', 1],
    ]);
    expect(made.summary()).toMatch(/layerNormalization_2 \(layerNormalization\) +\[rows, 9\] +18/);
    const unknown = sequential({ layers: [layerNormalization({ scale: false, center: false }), dense({ units: 1 })] });
    expect(unknown.summary()).toMatch(/layerNormalization_1 \(layerNormalization\) +\[rows, \?\] +0/);
  });

  it.each([
    [{ epsilon: 0 }, 'epsilon'],
    [{ epsilon: 1e-50 }, 'epsilon'],
    [{ momentum: 0.9 }, 'momentum'],
    [{ center: 1 }, 'center'],
  ])('refuses %o', (options, name) => {
    expect(() => layerNormalization(options as object)).toThrow(name);
  });
});
