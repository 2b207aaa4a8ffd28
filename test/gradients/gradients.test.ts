/** The engine's gradients of every layer, activation, loss and regularizer against finite differences in binary64. */
import {
  type ActivationOption,
  type DenseOptions,
  dense,
  dropout,
  embedding,
  l1,
  l1l2,
  l2,
  type Regularizer,
  rescaling,
  tableInput,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { ACTIVATIONS } from './activations.js';
import { gradientOf, type Problem } from './differences.js';
import { LOSSES } from './losses.js';

async function expectGradients(problem: Problem): Promise<void> {
  const { engine, differences, engineLoss, loss } = await gradientOf(problem);
  expect(Math.abs(engineLoss - loss)).toBeLessThan(1e-6 * Math.max(1, loss));
  for (const [name, expected] of Object.entries(differences)) {
    const scale = Math.max(...expected.map(Math.abs));
    // Gradients that vanish everywhere would show nothing.
    expect(scale, name).toBeGreaterThan(1e-4);
    expected.forEach((value, i) => {
      // Weights below 1 are rounded to 2^-25, and what they feel of a step with it.
      expect(Math.abs(engine[name][i] - value), `${name}[${i}]: ${engine[name][i]}, ${value}`).toBeLessThan(
        1e-7 + 2e-6 * scale,
      );
    });
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Three dense layers. */
function stack(activations: readonly ActivationOption[], options: Partial<DenseOptions> = {}): Problem['layers'] {
  return activations.map((activation, l) => dense({ ...options, units: [7, 4, 3][l], activation }));
}

describe.each(ACTIVATIONS.map((activation) => [textOf(activation), activation] as const))(
  'activation %s',
  (_, activation) => {
    it.each([
      ['first', [activation, 'tanh', 'linear']],
      ['in the middle', ['tanh', activation, 'linear']],
      ['last', ['tanh', 'sigmoid', activation]],
      ['everywhere', [activation, activation, activation]],
    ] as const)('%s', async (_, activations) => {
      await expectGradients({ layers: stack(activations), loss: 'meanSquaredError', targets: 'numbers' });
    });
  },
);

describe.each(LOSSES.map((given) => [textOf(given.loss), given] as const))('loss %s', (_, { loss, targets, last }) => {
  it.each(last.map((activation) => [textOf(activation), activation] as const))('through %s', async (_, activation) => {
    await expectGradients({ layers: stack(['tanh', 'gelu', activation]), loss, targets });
  });
});

describe('layers', () => {
  const rest = { loss: 'meanSquaredError', targets: 'numbers' } as const;

  it('without biases', async () => {
    await expectGradients({ layers: stack(['tanh', 'silu', 'linear'], { useBias: false }), ...rest });
  });

  it('behind dropout of data and of outputs', async () => {
    const [first, second, third] = stack(['tanh', 'gelu', 'linear']);
    const layers = [dropout({ rate: 0.2 }), first, dropout({ rate: 0.5 }), second, dropout({ rate: 0.25 }), third];
    await expectGradients({ layers, ...rest });
  });

  it('embedding', async () => {
    await expectGradients({
      layers: [embedding({ categories: 4, units: 3 }), ...stack(['tanh', 'gelu', 'linear'])],
      ...rest,
    });
  });

  it('tableInput', async () => {
    const columns = [
      { name: 'a' },
      { name: 'b', categories: 3, units: 2 },
      { name: 'c' },
      { name: 'd', categories: 2, units: 4 },
      { name: 'e', categories: 9, units: 1 },
    ];
    await expectGradients({ layers: [tableInput({ columns }), ...stack(['tanh', 'gelu', 'linear'])], ...rest });
  });

  it('of rescaled data', async () => {
    await expectGradients({
      layers: [rescaling({ scale: 0.75, offset: 0.5 }), ...stack(['tanh', 'elu', 'linear'])],
      ...rest,
    });
  });
});

describe('row weights', () => {
  const sampleWeights = [0.5, 2, 0, 1, 3, 0.25];

  it.each(LOSSES.map((given) => [textOf(given.loss), given] as const))('of samples, %s', async (_, given) => {
    const layers = stack(['tanh', 'gelu', given.last[0]]);
    await expectGradients({ ...given, layers, sampleWeights });
  });

  it('of samples and classes', async () => {
    const layers = stack(['tanh', 'gelu', 'softmax']);
    const classWeights = { 0: 0.5, 2: 3 };
    await expectGradients({
      layers,
      loss: 'sparseCategoricalCrossentropy',
      targets: 'labels',
      sampleWeights,
      classWeights,
    });
  });
});

describe('regularizers', () => {
  const regularizers: [string, Regularizer][] = [
    ['l1', l1(0.02)],
    ['l2', l2(0.03)],
    ['l1l2', l1l2({ l1: 0.01, l2: 0.02 })],
  ];
  it.each(regularizers)('%s, of kernels and of biases', async (_, regularizer) => {
    const both = { kernelRegularizer: regularizer, biasRegularizer: regularizer };
    await expectGradients({
      layers: stack(['tanh', 'sigmoid', 'softmax'], both),
      loss: 'sparseCategoricalCrossentropy',
      targets: 'labels',
    });
  });
});
