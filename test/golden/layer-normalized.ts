/** Golden recipes of layer normalization; each of 20 steps. */
import type { OtherLayer } from '../oracle/network.js';
import { activation, batchNormalization } from './normalized.js';
import { adam, common, dense, type GoldenRecipe, sgd } from './recipes.js';

export const layerNormalization = (rest: Partial<Extract<OtherLayer, { kind: 'layerNormalization' }>> = {}) =>
  ({ kind: 'layerNormalization', epsilon: 1e-3, center: true, scale: true, ...rest }) as const;

export const layerNormalizedRecipes: readonly GoldenRecipe[] = [
  {
    ...common,
    title: '11-40-9-3, layer normalization, relu and dropout after it, a last one without scale, Adam',
    inputs: 11,
    layers: [
      dense(40, 'linear', { useBias: false }),
      layerNormalization(),
      activation('relu'),
      { kind: 'dropout', rate: 0.25 },
      dense(9, 'tanh'),
      layerNormalization({ scale: false, epsilon: 1e-5, name: 'second' }),
      dense(3, 'softmax'),
    ],
    optimizer: { ...adam, learningRate: 0.02 },
    loss: 'sparseCategoricalCrossentropy',
    rows: 67,
    x: { kind: 'floats', salt: 150 },
    targets: { kind: 'labels', salt: 151, columns: 3 },
    batchSize: 20,
    batchLeaf: 7,
    epochs: 5,
  },
  {
    ...common,
    title: '6-270-4, layer normalization of the data, of 270 columns, and of the logits, momentum with decay of all',
    inputs: 6,
    layers: [
      layerNormalization({ center: false }),
      dense(270, { name: 'elu', alpha: 1 }),
      layerNormalization({ center: false, scale: false }),
      dense(270, 'relu'),
      layerNormalization(),
      batchNormalization({ momentum: 0.9 }),
      layerNormalization({ epsilon: 0.1 }),
      dense(4, 'linear', { kernelRegularizer: { name: 'l2', l2: 0.01 } }),
      layerNormalization(),
      activation('softmax'),
    ],
    optimizer: { ...sgd, learningRate: 0.1, momentum: 0.9, weightDecay: 0.01, decayBiases: true, clipValue: 0.2 },
    loss: 'categoricalCrossentropy',
    rows: 33,
    x: { kind: 'bytes', salt: 152 },
    targets: { kind: 'oneHot', salt: 153, columns: 4 },
    batchSize: 8,
    batchLeaf: 3,
    epochs: 4,
  },
  {
    ...common,
    title: 'tableInput, layer normalization of what it gives and of one unit, rmsprop',
    inputs: 3,
    lookUp: {
      kind: 'tableInput',
      columns: [{ name: 'first', categories: 6, units: 5 }, { name: 'number' }, { name: 'last', categories: 30, units: 17 }],
      embeddingsInitializer: { name: 'randomUniform', minval: -0.05, maxval: 0.05 },
    },
    layers: [layerNormalization(), activation('gelu'), dense(10, 'tanh'), dense(1, 'linear'), layerNormalization()],
    optimizer: { name: 'rmsprop', learningRate: 0.005, rho: 0.9, momentum: 0.5, epsilon: 1e-6 },
    loss: 'meanSquaredError',
    rows: 37,
    x: { kind: 'indices', salt: 154 },
    targets: { kind: 'floats', salt: 155, columns: 1 },
    batchSize: 10,
    batchLeaf: 4,
    epochs: 5,
  },
];
