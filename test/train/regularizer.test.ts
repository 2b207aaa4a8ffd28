/** l2: what it adds to losses and to gradients. */
import { dense, l2, rmsprop, type Sequential, sequential, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';

const INPUTS = 5;
const x = Array.from({ length: 12 }, (_, row) =>
  Array.from({ length: INPUTS }, (__, k) => ((row * 5 + k * 3) % 7) - 3),
);
const y = x.map((row) => [row[0] * 0.1]);
const zeros = x.map((row) => row.map(() => 0));

function model(factor: number | null, learningRate = 0.01): Sequential {
  const kernelRegularizer = factor === null ? undefined : l2(factor);
  const made = sequential({
    layers: [
      dense({ units: 4, activation: 'tanh', kernelRegularizer, inputShape: [INPUTS] }),
      dense({ units: 1, kernelRegularizer, biasInitializer: 'randomNormal' }),
    ],
    seed: 3,
  });
  made.compile({ optimizer: sgd({ learningRate }), loss: 'meanSquaredError' });
  return made;
}

/** λ Σ w² over kernels, in binary64. */
function penalty(of: Sequential, factor: number): number {
  const kernels = of.getWeights().filter(({ name }) => name.endsWith('/kernel'));
  return factor * kernels.flatMap(({ data }) => [...data]).reduce((sum, w) => sum + w * w, 0);
}

describe('l2', () => {
  it('adds λ Σ w² to the loss of evaluate, trainOnBatch, fit and validation, of kernels alone', async () => {
    const factor = 0.3;
    const [plain, penalized] = [model(null), model(factor)];
    const added = penalty(penalized, factor);
    expect(added).toBeGreaterThan(0.1);
    const before = await plain.evaluate(x, y);
    expect((await penalized.evaluate(x, y)).loss - before.loss).toBeCloseTo(added, 5);
    // Before the update, as all of a step's losses.
    expect((await model(factor).trainOnBatch(x, y)).loss - before.loss).toBeCloseTo(added, 5);
    const { history } = await penalized.fit(x, y, { batchSize: 12, validationData: [x, y] });
    expect(history.loss[0] - before.loss).toBeCloseTo(added, 5);
    const after = penalty(penalized, factor);
    expect(after).toBeLessThan(added);
    const copy = model(null);
    copy.setWeights(penalized.getWeights());
    expect((history.val_loss?.[0] ?? 0) - (await copy.evaluate(x, y)).loss).toBeCloseTo(after, 5);
  });

  it('shrinks a kernel without any other gradient by 2 λ times the learning rate', async () => {
    // Inputs 0: the first kernel has no gradient but the regularizer's.
    const [factor, learningRate] = [0.25, 0.5];
    const made = model(factor, learningRate);
    const [before] = made.getWeights();
    await made.trainOnBatch(zeros, y);
    const [after] = made.getWeights();
    // 2 λ = ½, learning rate ½: w − ¼ w, exactly.
    expect(after.data).toEqual(before.data.map((w) => 0.75 * w));
  });

  it('of factor 0 has the bits of none', async () => {
    const run = async (factor: number | null) => {
      const made = model(factor);
      const { history, fingerprint } = await made.fit(x, y, { epochs: 3 });
      return { history, fingerprint };
    };
    expect(await run(0)).toEqual(await run(null));
    expect(await run(0.01)).not.toEqual(await run(null));
  });

  it('is part of the recipe', async () => {
    const made = model(0.125);
    made.compile({ optimizer: rmsprop(), loss: 'meanSquaredError' });
    const { recipe } = await made.fit(x, y);
    expect(recipe.model.layers[0]).toMatchObject({ kernelRegularizer: { name: 'l2', l2: 0.125 } });
    expect(recipe.optimizer).toEqual(rmsprop());
  });
});
