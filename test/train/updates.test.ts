/** What gradients, weights and averages go through beside an optimizer's own rule. */
import {
  adam,
  adamw,
  batchNormalization,
  constant,
  dense,
  l1,
  l1l2,
  maxNorm,
  modelFromSafetensors,
  type NamedTensor,
  nonNegative,
  type Optimizer,
  type Sequential,
  sequential,
  sgd,
} from 'samebits';
import { describe, expect, it } from 'vitest';

type Layer = Omit<Parameters<typeof dense>[0], 'units'>;

/** One row, two inputs 1 and 2, and an output of which the target is 0. */
function model(optimizer: Optimizer, layer: Layer = {}, value = 1): Sequential {
  const kernelInitializer = constant(value);
  const made = sequential({ layers: [dense({ units: 1, inputShape: [2], kernelInitializer, ...layer })], seed: 1 });
  made.compile({ optimizer, loss: 'meanSquaredError' });
  return made;
}

const step = (of: Sequential, x = [1, 2], y = [0]) =>
  of.trainOnBatch([x], { data: Float32Array.from(y), rows: 1, columns: 1 });
const values = (tensors: readonly NamedTensor[]): number[][] => tensors.map(({ data }) => [...data]);

/** The gradient of the kernel is [6, 12], that of the bias 6. */
describe('clipping', () => {
  it('by value takes each element to the bound', async () => {
    const made = model(sgd({ learningRate: 0.5, clipValue: 8 }));
    await step(made);
    expect(values(made.getWeights())).toEqual([[1 - 3, 1 - 4], [-3]]);
  });

  it('by norm scales each tensor by itself', async () => {
    const made = model(sgd({ learningRate: 1, clipNorm: 6 }));
    await step(made);
    const [[a, b], [c]] = values(made.getWeights());
    expect(Math.hypot(a - 1, b - 1)).toBeCloseTo(6, 5);
    expect((b - 1) / (a - 1)).toBeCloseTo(2, 6);
    // The norm of the bias's gradient is the bound itself.
    expect(c).toBe(-6);
  });

  it('by the norm of all scales all alike', async () => {
    const made = model(sgd({ learningRate: 1, globalClipNorm: 1 }));
    await step(made);
    const [[a, b], [c]] = values(made.getWeights());
    expect(Math.hypot(a - 1, b - 1, c)).toBeCloseTo(1, 6);
    expect(a - 1).toBeCloseTo(c, 6);
  });

  it('leaves gradients within the bound as they are', async () => {
    const [plain, clipped] = [model(sgd()), model(sgd({ globalClipNorm: 14.75 }))];
    await step(plain);
    await step(clipped);
    expect(values(clipped.getWeights())).toEqual(values(plain.getWeights()));
  });

  it('by a norm that overflows ends training rather than standing still', async () => {
    const made = model(sgd({ learningRate: 1e-25, clipNorm: 1 }), {}, 1e20);
    await expect(step(made)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_NON_FINITE' });
  });

  it('is one of three', () => {
    expect(() => adam({ clipNorm: 1, clipValue: 1 })).toThrow(/at most one of clipValue, clipNorm and globalClipNorm/);
    expect(() => model({ ...adam({ clipNorm: 1 }), clipValue: 1 })).toThrow(/at most one of clipValue/);
  });
});

describe('weight decay', () => {
  it('takes its share of kernels before the step, and of biases where asked', async () => {
    for (const decayBiases of [false, true]) {
      const layer = { biasInitializer: constant(2) };
      const made = model(sgd({ learningRate: 0.5, weightDecay: 0.25, decayBiases }), layer, 1);
      // The output is 5: no gradient.
      await step(made, [1, 2], [5]);
      expect(values(made.getWeights())).toEqual([[0.875, 0.875], [decayBiases ? 1.75 : 2]]);
    }
  });

  it('takes gamma and beta along with biases, and moving statistics never', async () => {
    for (const decayBiases of [false, true]) {
      const layers = [dense({ units: 1, inputShape: [2] }), batchNormalization({ momentum: 0.5 })];
      const made = sequential({ layers, seed: 1 });
      const optimizer = sgd({ learningRate: 0.5, weightDecay: 0.25, decayBiases });
      made.compile({ optimizer, loss: 'meanSquaredError' });
      // Of one row the normalized output is beta, 0: no gradient.
      await step(made);
      const of = Object.fromEntries(made.getWeights().map(({ name, data }) => [name.split('/')[1], data[0]]));
      expect(of).toMatchObject({ gamma: decayBiases ? 0.875 : 1, beta: 0, movingVariance: 0.5 });
    }
  });

  it('of adamw is that of Keras, and adam has none', () => {
    expect(adamw()).toEqual({ ...adam(), weightDecay: 0.004 });
    expect(adamw({ weightDecay: 0 })).toEqual(adam());
    expect(adam({ weightDecay: 0, decayBiases: true })).toEqual(adam());
    expect('weightDecay' in adam()).toBe(false);
    const made = model(adam());
    made.compile({ optimizer: 'adamw', loss: 'meanSquaredError' });
    const other = model(adam());
    other.compile({ optimizer: { ...adamw(), name: 'adamw' } as never, loss: 'meanSquaredError' });
    expect(other.fingerprint('state')).toBe(made.fingerprint('state'));
  });
});

describe('regularizers', () => {
  it('of magnitudes pull by their sign and are in the loss', async () => {
    const made = model(sgd({ learningRate: 1 }), { kernelRegularizer: l1(0.25) });
    made.setWeights(
      made.getWeights().map((tensor, i) => (i === 0 ? { ...tensor, data: Float32Array.of(2, -1) } : tensor)),
    );
    const { loss } = await step(made);
    expect(loss).toBe(0.75);
    expect(values(made.getWeights())).toEqual([[1.75, -0.75], [0]]);
  });

  it('leave a weight of 0 where it is', async () => {
    const made = model(sgd({ learningRate: 1 }), { kernelRegularizer: l1(0.25) }, 0);
    await step(made);
    expect(values(made.getWeights())).toEqual([[0, 0], [0]]);
  });

  it('of both, and of biases', async () => {
    const biasRegularizer = l1l2({ l1: 0.5, l2: 0.25 });
    const made = model(sgd({ learningRate: 0.5 }), { biasRegularizer, biasInitializer: constant(-4) }, 0);
    const { loss } = await step(made, [1, 2], [-4]);
    expect(loss).toBe(0.5 * 4 + 0.25 * 16);
    expect(values(made.getWeights())[1]).toEqual([-4 + 0.5 * (0.5 + 2 * 0.25 * 4)]);
    expect((await made.evaluate([[1, 2]], { data: Float32Array.of(-2.75), rows: 1, columns: 1 })).loss).toBe(
      0.5 * 2.75 + 0.25 * 2.75 * 2.75,
    );
  });
});

describe('constraints', () => {
  it('keep the norm of incoming weights, and what is below it alone', async () => {
    const made = model(sgd({ learningRate: 1 }), { kernelConstraint: maxNorm({ maxValue: 5 }) }, 3);
    made.setWeights(
      made.getWeights().map((tensor, i) => (i === 0 ? { ...tensor, data: Float32Array.of(6, 8) } : tensor)),
    );
    await step(made, [1, 2], [22]);
    expect(values(made.getWeights())).toEqual([[3, 4], [0]]);
    await step(made, [1, 2], [11]);
    expect(values(made.getWeights())).toEqual([[3, 4], [0]]);
  });

  it('keep weights from being negative', async () => {
    const layer = { kernelConstraint: nonNegative(), biasConstraint: 'nonNegative' } as const;
    const made = model(sgd({ learningRate: 0.125 }), layer, 1);
    await step(made);
    expect(values(made.getWeights())).toEqual([[0.25, 0], [0]]);
  });
});

describe('moving averages', () => {
  const movingAverage = { momentum: 0.5 };

  it('begin as the weights are before the first step, whoever set them', async () => {
    const made = model(sgd({ learningRate: 0.5, movingAverage }));
    made.setWeights(made.getWeights().map((tensor) => ({ ...tensor, data: tensor.data.map(() => 2) })));
    expect(values(made.getAveragedWeights())).toEqual([[2, 2], [2]]);
    // The output is 8, and the gradients 16, 32 and 16.
    await step(made);
    expect(values(made.getWeights())).toEqual([[-6, -14], [-6]]);
    expect(values(made.getAveragedWeights())).toEqual([[-2, -6], [-2]]);
    const averaged = made.averaged();
    expect(values(averaged.getWeights())).toEqual(values(made.getAveragedWeights()));
    expect([...(await averaged.predict([[1, 1]])).data]).toEqual([-10]);
    expect(values(made.getWeights())).toEqual([[-6, -14], [-6]]);
  });

  it('replace the weights every so many steps', async () => {
    const made = model(sgd({ learningRate: 0.5, movingAverage: { momentum: 0.5, overwriteEvery: 2 } }));
    await step(made);
    expect(values(made.getWeights())).not.toEqual(values(made.getAveragedWeights()));
    await step(made);
    expect(values(made.getWeights())).toEqual(values(made.getAveragedWeights()));
  });

  it('are of the weights within constraints', async () => {
    const layer = { kernelConstraint: maxNorm({ maxValue: 0.5 }) };
    const made = model(sgd({ learningRate: 0.5, movingAverage: { momentum: 0 } }), layer);
    await step(made);
    expect(values(made.getAveragedWeights())).toEqual(values(made.getWeights()));
  });

  it('have the moving statistics of a batch normalization as they are', async () => {
    const layers = [
      batchNormalization({ momentum: 0.5, inputShape: [2] }),
      dense({ units: 1, kernelInitializer: constant(1) }),
    ];
    const made = sequential({ layers, seed: 1 });
    made.compile({ optimizer: sgd({ movingAverage }), loss: 'meanSquaredError' });
    await made.trainOnBatch(
      [
        [1, 2],
        [3, 6],
      ],
      [[0], [1]],
    );
    const of = (tensors: readonly NamedTensor[], kind: string) =>
      tensors.find(({ name }) => name === `batchNormalization_1/${kind}`)?.data;
    expect(of(made.getAveragedWeights(), 'movingMean')).toEqual(Float32Array.of(1, 2));
    expect(of(made.getAveragedWeights(), 'movingVariance')).toEqual(Float32Array.of(1, 2.5));
    expect(of(made.getAveragedWeights(), 'gamma')).not.toEqual(of(made.getWeights(), 'gamma'));
    expect(values(made.averaged().getWeights())).toEqual(values(made.getAveragedWeights()));
    const loaded = modelFromSafetensors(made.toSafetensors());
    expect(values(loaded.getAveragedWeights())).toEqual(values(made.getAveragedWeights()));
    expect(loaded.fingerprint('state')).toBe(made.fingerprint('state'));
  });

  it('start anew when the model is compiled again, and are part of the state', async () => {
    const made = model(sgd({ movingAverage }));
    await step(made);
    const state = made.fingerprint('state');
    made.compile({ optimizer: sgd({ movingAverage }), loss: 'meanSquaredError' });
    expect(values(made.getAveragedWeights())).toEqual(values(made.getWeights()));
    expect(made.fingerprint('state')).not.toBe(state);
  });

  it('are refused where there are none', () => {
    expect(() => model(sgd()).getAveragedWeights()).toThrow(/Expected an optimizer with movingAverage/);
  });
});
