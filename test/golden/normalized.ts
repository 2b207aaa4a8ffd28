/** Golden recipes of activations as layers of their own, of dropout anywhere and of batch normalization; each of 20 steps. */
import type { OtherLayer } from '../oracle/network.js';
import { adam, common, dense, type GoldenRecipe, sgd } from './recipes.js';

export const activation = (of: Extract<OtherLayer, { kind: 'activation' }>['activation']) =>
  ({ kind: 'activation', activation: of }) as const;
const dropout = (rate: number, rest: { seed?: string } = {}) => ({ kind: 'dropout', rate, ...rest }) as const;
export const batchNormalization = (rest: Partial<Extract<OtherLayer, { kind: 'batchNormalization' }>> = {}) =>
  ({ kind: 'batchNormalization', momentum: 0.99, epsilon: 1e-3, center: true, scale: true, ...rest }) as const;

export const normalizedRecipes: readonly GoldenRecipe[] = [
  {
    ...common,
    title: '11-40-9-3, batch normalization, relu and dropout after it, a last one without scale, Adam',
    inputs: 11,
    layers: [
      dense(40, 'linear', { useBias: false }),
      batchNormalization({ momentum: 0.9 }),
      activation('relu'),
      dropout(0.25),
      dense(9, 'linear'),
      batchNormalization({ scale: false, epsilon: 1e-5, name: 'second' }),
      activation('tanh'),
      dense(3, 'softmax'),
    ],
    optimizer: { ...adam, learningRate: 0.02 },
    loss: 'sparseCategoricalCrossentropy',
    rows: 67,
    x: { kind: 'floats', salt: 120 },
    targets: { kind: 'labels', salt: 121, columns: 3 },
    batchSize: 20,
    batchLeaf: 7,
    epochs: 5,
  },
  {
    ...common,
    title: '6-270-4, batch normalization of the data and of the logits, batches of one row, momentum',
    inputs: 6,
    layers: [
      batchNormalization({ center: false, momentum: 0 }),
      dense(270, { name: 'elu', alpha: 1 }),
      batchNormalization({ center: false, scale: false }),
      dense(4, 'linear', { kernelRegularizer: { name: 'l2', l2: 0.01 } }),
      batchNormalization(),
      activation('softmax'),
    ],
    optimizer: { ...sgd, learningRate: 0.1, momentum: 0.9 },
    loss: 'categoricalCrossentropy',
    rows: 33,
    x: { kind: 'bytes', salt: 122 },
    targets: { kind: 'oneHot', salt: 123, columns: 4 },
    batchSize: 8,
    batchLeaf: 3,
    epochs: 4,
  },
  {
    ...common,
    title: '7-19-20-2, activations one after the other, dropout between and after them all',
    inputs: 7,
    layers: [
      activation('tanh'),
      dropout(0.2),
      dropout(0.3, { seed: 'own' }),
      dense(19, 'linear'),
      activation('gelu'),
      activation('silu'),
      dense(20, 'relu'),
      activation('softmax'),
      dropout(0.1),
      activation({ name: 'leakyRelu', alpha: 0.3 }),
      dense(2, 'sigmoid'),
      dropout(0.4),
    ],
    optimizer: { name: 'rmsprop', learningRate: 0.005, rho: 0.9, momentum: 0.5, epsilon: 1e-6 },
    loss: 'meanSquaredError',
    rows: 29,
    x: { kind: 'floats', salt: 124 },
    targets: { kind: 'floats', salt: 125, columns: 2 },
    batchSize: 8,
    epochs: 5,
  },
  {
    ...common,
    title: 'tableInput, batch normalization and relu of what it gives, then dense, nesterov',
    inputs: 3,
    lookUp: {
      kind: 'tableInput',
      columns: [{ name: 'first', categories: 6, units: 5 }, { name: 'number' }, { name: 'last', categories: 30, units: 17 }],
      embeddingsInitializer: { name: 'randomUniform', minval: -0.05, maxval: 0.05 },
    },
    layers: [batchNormalization(), activation('relu'), dense(10, 'tanh'), batchNormalization(), dense(1, 'linear')],
    optimizer: { ...sgd, learningRate: 0.05, momentum: 0.9, nesterov: true },
    loss: 'meanSquaredError',
    rows: 37,
    x: { kind: 'indices', salt: 126 },
    targets: { kind: 'floats', salt: 127, columns: 1 },
    batchSize: 10,
    batchLeaf: 4,
    epochs: 5,
  },
];
