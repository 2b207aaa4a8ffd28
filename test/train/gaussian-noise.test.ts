/** Gaussian noise as users meet it. */
import {
  activation,
  adam,
  dense,
  dropout,
  type GaussianNoiseOptions,
  gaussianNoise,
  residual,
  type SequentialOptions,
  sequential,
  sgd,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { expectSameBits, expectToGoOn, INPUTS, x, y } from './layer-problem.js';

const COLUMNS = 4000;
const zeros = (rows: number) => ({ data: new Float32Array(rows * COLUMNS), rows, columns: COLUMNS });
const minusOnes = (rows: number) => ({ data: new Float32Array(rows).fill(-1), rows, columns: 1 });

/** One unit on noise, weights 0: a step with target −1 and learning rate ½ moves weight k by minus the noise of column k. */
function bare(options: GaussianNoiseOptions, seed: number | string) {
  const model = sequential({
    layers: [
      gaussianNoise({ inputShape: [COLUMNS], ...options }),
      dense({ units: 1, useBias: false, kernelInitializer: 'zeros' }),
    ],
    seed,
  });
  model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: 'meanSquaredError' });
  return model;
}

/** The noise of a first step on one row. */
async function drawn(options: GaussianNoiseOptions, seed: number | string = 1): Promise<number[]> {
  const model = bare(options, seed);
  await model.trainOnBatch(zeros(1), minusOnes(1));
  return [...model.getWeights()[0].data].map((value) => -value);
}

function moments(values: readonly number[]) {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

function model(stddev = 0.1, options: Partial<SequentialOptions> = {}) {
  const made = sequential({
    layers: [
      gaussianNoise({ stddev, inputShape: [INPUTS] }),
      dense({ units: 9, activation: 'relu' }),
      gaussianNoise({ stddev }),
      residual({ layers: [dense({ units: 9 }), gaussianNoise({ stddev }), activation({ activation: 'tanh' })] }),
      dropout({ rate: 0.1 }),
      gaussianNoise({ stddev }),
      dense({ units: 1 }),
    ],
    seed: 5,
    ...options,
  });
  made.compile({ optimizer: adam({ learningRate: 0.02 }), loss: 'meanSquaredError' });
  return made;
}

describe('gaussianNoise', () => {
  it.each([0.1, 1, 7])('of stddev %f has that deviation, and a mean of 0', async (stddev) => {
    const { mean, deviation } = moments(await drawn({ stddev }));
    // Five standard deviations of each.
    expect(Math.abs(mean)).toBeLessThan((5 * stddev) / Math.sqrt(COLUMNS));
    expect(Math.abs(deviation / stddev - 1)).toBeLessThan(5 / Math.sqrt(2 * COLUMNS));
  });

  it('is decided by seed and layer name alone, and a seed of its own parts it from the model', async () => {
    const stddev = 0.5;
    const noise = await drawn({ stddev }, 1);
    expect(await drawn({ stddev }, '1')).toEqual(noise);
    expect(await drawn({ stddev }, 2)).not.toEqual(noise);
    expect(await drawn({ stddev, name: 'other' }, 1)).not.toEqual(noise);
    expect(await drawn({ stddev, seed: 1 }, 2)).toEqual(noise);
    expect(await drawn({ stddev, seed: 3 }, 1)).not.toEqual(noise);
  });

  it('is other noise in each step and row', async () => {
    const made = bare({ stddev: 1 }, 1);
    await made.trainOnBatch(zeros(2), minusOnes(2));
    // The mean of two rows' noise, each with a deviation of 1.
    expect(moments([...made.getWeights()[0].data]).deviation).toBeCloseTo(Math.SQRT1_2, 1);
    const first = await drawn({ stddev: 1 });
    const later = bare({ stddev: 1 }, 1);
    await later.trainOnBatch(zeros(1), { ...minusOnes(1), data: new Float32Array(1) });
    expect(later.getWeights()[0].data.every((value) => value === 0)).toBe(true);
    await later.trainOnBatch(zeros(1), minusOnes(1));
    expect([...later.getWeights()[0].data].map((value) => -value)).not.toEqual(first);
  });

  it('does nothing in predict and evaluate, and with stddev 0', async () => {
    const [noisy, quiet] = [model(2), model(0)];
    expect((await noisy.predict(x)).data).toEqual((await quiet.predict(x)).data);
    expect(noisy.predictSync(x).data).toEqual(quiet.predictSync(x).data);
    expect(await noisy.evaluate(x, y)).toEqual(await quiet.evaluate(x, y));
    const plain = sequential({ layers: [dense({ units: 1, inputShape: [INPUTS] })], seed: 1 });
    const silent = sequential({
      layers: [gaussianNoise({ stddev: 0, inputShape: [INPUTS] }), dense({ units: 1 })],
      seed: 1,
    });
    for (const made of [plain, silent]) {
      made.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      await made.fit(x, y, { epochs: 2 });
    }
    expect(silent.fingerprint()).toBe(plain.fingerprint());
  });

  it('gives the same bits at any number of threads, in both plans, in micro-batches, and in a replay of free order', () =>
    expectSameBits(model, [undefined, 4, 8]));

  it('learns, is saved, and training goes on with the noise of its steps', async () => {
    const made = model();
    const { history } = await made.fit(x, y, { batchSize: 8, epochs: 12 });
    expect(history.loss[11]).toBeLessThan(history.loss[0] / 2);
    await expectToGoOn(made);
  });

  it('has no weights, and a name', () => {
    const made = model();
    expect(made.getWeights().map(({ name }) => name)).toEqual([
      ...['dense_1/kernel', 'dense_1/bias', 'dense_2/kernel', 'dense_2/bias', 'dense_3/kernel', 'dense_3/bias'],
    ]);
    expect(made.summary()).toMatch(/gaussianNoise_2 \(gaussianNoise, 0\.1\) +\[rows, 9\] +0/);
  });
});
