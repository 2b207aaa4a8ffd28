/** What dropout does to one network whose weights show its masks. */
import { dense, dropout, type Layer, sequential, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';

const COLUMNS = 4000;
const ones = (rows: number) => ({ data: new Float32Array(rows * COLUMNS).fill(1), rows, columns: COLUMNS });
const minusOnes = (rows: number) => ({ data: new Float32Array(rows).fill(-1), rows, columns: 1 });

/** One unit on dropped ones, weights 0: a step with target −1 moves weight k by `−x'_k`, by learning rate ½. */
function network(before: readonly Layer[], seed: number | string = 1) {
  const [first, ...others] = [...before, dense({ units: 1, useBias: false, kernelInitializer: 'zeros' })];
  const model = sequential({ layers: [{ ...first, inputShape: [COLUMNS] }, ...others], seed });
  model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: 'meanSquaredError' });
  return model;
}

/** The masked inputs of a first step on one row, as they moved the weights. */
async function moved(before: readonly Layer[], seed?: number | string): Promise<Float32Array> {
  const model = network(before, seed);
  await model.trainOnBatch(ones(1), minusOnes(1));
  return model.getWeights()[0].data.map((value) => -value);
}

describe('dropout', () => {
  it.each([0.1, 0.5, 0.8])('of rate %f drops that share and scales the others', async (rate) => {
    const inputs = await moved([dropout({ rate })]);
    const kept = inputs.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]));
    // Five standard deviations of a binomial share.
    const deviation = Math.sqrt((rate * (1 - rate)) / COLUMNS);
    expect(Math.abs(1 - kept.length / COLUMNS - rate)).toBeLessThan(5 * deviation);
  });

  it('of rate 0 does nothing', async () => {
    expect(await moved([dropout({ rate: 0 })])).toEqual(await moved([]));
  });

  it('is decided by seed and layer name alone, and a seed of its own parts it from the model', async () => {
    const rate = 0.5;
    const mask = await moved([dropout({ rate })], 1);
    expect(await moved([dropout({ rate })], '1')).toEqual(mask);
    expect(await moved([dropout({ rate })], 2)).not.toEqual(mask);
    expect(await moved([dropout({ rate, name: 'other' })], 1)).not.toEqual(mask);
    expect(await moved([dropout({ rate, seed: 1 })], 2)).toEqual(mask);
    expect(await moved([dropout({ rate, seed: 3 })], 1)).not.toEqual(mask);
  });

  it('draws a new mask for each step and row', async () => {
    const masks = new Set<string>();
    const model = network([dropout({ rate: 0.5 })]);
    for (let step = 0; step < 3; step += 1) {
      const before = model.getWeights()[0].data;
      await model.trainOnBatch(ones(1), minusOnes(1));
      const { data } = model.getWeights()[0];
      masks.add(data.map((value, i) => (value === before[i] ? 0 : 1)).join(''));
    }
    expect(masks.size).toBe(3);
    // Two rows, each with a mask of its own: a weight moves by 0, 1 or 2 shares.
    const two = network([dropout({ rate: 0.5 })]);
    await two.trainOnBatch(ones(2), minusOnes(2));
    expect(new Set(two.getWeights()[0].data)).toEqual(new Set([0, -1, -2]));
  });

  it('does nothing in predict and evaluate', async () => {
    const layers = (rate: number) => [
      dropout({ rate, inputShape: [6] as const }),
      dense({ units: 9, activation: 'relu' }),
      dropout({ rate }),
      dense({ units: 2 }),
    ];
    const model = (rate: number) => {
      const made = sequential({ layers: layers(rate), seed: 4 });
      made.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      return made;
    };
    const x = Array.from({ length: 5 }, (_, row) => Array.from({ length: 6 }, (__, k) => row - k));
    const y = x.map(([a, b]) => [a, b]);
    expect((await model(0.9).predict(x)).data).toEqual((await model(0).predict(x)).data);
    expect(model(0.9).predictSync(x).data).toEqual(model(0).predictSync(x).data);
    expect(await model(0.9).evaluate(x, y)).toEqual(await model(0).evaluate(x, y));
  });

  it('leaves initial weights and the shuffle where they are', async () => {
    const weights = (before: readonly Layer[]) => sequential({ layers: [...before, dense({ units: 3 })], seed: 5 });
    const plain = weights([]);
    const dropping = weights([dropout({ rate: 0.5 })]);
    for (const model of [plain, dropping]) model.predictSync([[1, 2]]);
    expect(dropping.getWeights()).toEqual(plain.getWeights());
  });
});
