/** Golden recipes of Gaussian noise; each of 20 steps. */
import { layerNormalization } from './layer-normalized.js';
import { activation } from './normalized.js';
import { adam, common, dense, type GoldenRecipe, sgd } from './recipes.js';

export const noise = (stddev: number, rest: { seed?: number | string; name?: string } = {}) =>
  ({ kind: 'gaussianNoise', stddev, ...rest }) as const;

export const noisyRecipes: readonly GoldenRecipe[] = [
  {
    ...common,
    title: '5-37-9-3, noise on the data, on a relu and between normalization and softmax, Adam',
    inputs: 5,
    layers: [
      noise(0.1),
      dense(37, 'relu', { kernelRegularizer: { name: 'l2', l2: 0.01 } }),
      noise(0.5),
      { kind: 'dropout', rate: 0.2 },
      dense(9, 'linear'),
      noise(0.25, { seed: 'own', name: 'third' }),
      activation('gelu'),
      layerNormalization(),
      noise(0),
      dense(3, 'linear'),
      noise(0.01),
      activation('softmax'),
    ],
    optimizer: { ...adam, learningRate: 0.02 },
    loss: 'sparseCategoricalCrossentropy',
    rows: 67,
    x: { kind: 'floats', salt: 160 },
    targets: { kind: 'labels', salt: 161, columns: 3 },
    batchSize: 20,
    batchLeaf: 7,
    epochs: 5,
  },
  {
    ...common,
    title: '3-70-2, noise with a seed among seeds, on bytes and last of all, momentum, xor128',
    generator: 'xor128',
    seeds: { noise: 'hiss' },
    inputs: 3,
    rescaling: { scale: 1 / 255, offset: -0.5 },
    layers: [noise(1), dense(70, 'tanh'), noise(0.3), dense(2, 'sigmoid'), noise(0.2)],
    optimizer: { ...sgd, learningRate: 0.05, momentum: 0.9 },
    loss: 'meanSquaredError',
    rows: 24,
    x: { kind: 'bytes', salt: 162 },
    targets: { kind: 'floats', salt: 163, columns: 2 },
    batchSize: 6,
    epochs: 5,
  },
];
