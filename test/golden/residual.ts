/** Golden recipes of residual blocks: each of 20 steps. */
import type { RecipeLayer } from '../oracle/network.js';
import { activation, batchNormalization } from './normalized.js';
import { adam, common, dense, type GoldenRecipe, sgd } from './recipes.js';

export const residual = (...layers: readonly RecipeLayer[]) => ({ kind: 'residual', layers }) as const;
export const dropout = (rate: number, rest: { seed?: number | string; name?: string } = {}) =>
  ({ kind: 'dropout', rate, ...rest }) as const;

export const residualRecipes: readonly GoldenRecipe[] = [
  {
    ...common,
    title: '11-40-(19-40)-3, a residual block with dropout, relu after it, Adam',
    inputs: 11,
    layers: [
      dense(40, 'relu'),
      residual(dense(19, 'relu'), dropout(0.25), dense(40, 'linear')),
      activation('relu'),
      dense(3, 'softmax'),
    ],
    optimizer: { ...adam, learningRate: 0.02 },
    loss: 'sparseCategoricalCrossentropy',
    rows: 67,
    x: { kind: 'floats', salt: 180 },
    targets: { kind: 'labels', salt: 181, columns: 3 },
    batchSize: 20,
    batchLeaf: 7,
    epochs: 5,
  },
  {
    ...common,
    title: '17, residual blocks of the bytes and of each other, batch normalization first in them, gelu, momentum',
    inputs: 17,
    rescaling: { scale: 1 / 255, offset: -0.5 },
    layers: [
      residual(
        batchNormalization({ momentum: 0.9 }),
        activation('relu'),
        dense(17, { name: 'elu', alpha: 1 }, { kernelRegularizer: { name: 'l2', l2: 0.01 } }),
        residual(dropout(0.3), residual(activation('gelu'), dense(270, 'linear'), dense(17, 'gelu')), dropout(0.1)),
      ),
      residual(residual(batchNormalization({ scale: false }))),
      dense(4, 'linear'),
      residual(dense(4, 'tanh', { useBias: false })),
      activation('softmax'),
    ],
    optimizer: { ...sgd, learningRate: 0.05, momentum: 0.9 },
    loss: 'categoricalCrossentropy',
    rows: 33,
    x: { kind: 'bytes', salt: 182 },
    targets: { kind: 'oneHot', salt: 183, columns: 4 },
    batchSize: 8,
    batchLeaf: 3,
    epochs: 4,
  },
  {
    ...common,
    title: 'tableInput, a residual block of what it gives and one as the last layer, nesterov',
    inputs: 3,
    lookUp: {
      kind: 'tableInput',
      columns: [{ name: 'first', categories: 6, units: 5 }, { name: 'number' }, { name: 'last', categories: 30, units: 17 }],
      embeddingsInitializer: { name: 'randomUniform', minval: -0.05, maxval: 0.05 },
    },
    layers: [
      residual(dense(23, 'silu')),
      residual(residual(dense(30, 'relu'), dense(23, 'linear')), residual(activation('tanh'), dropout(0.2))),
      dense(2, 'relu'),
      residual(dense(2, 'linear')),
    ],
    optimizer: { ...sgd, learningRate: 0.05, momentum: 0.9, nesterov: true },
    loss: 'meanSquaredError',
    rows: 37,
    x: { kind: 'indices', salt: 184 },
    targets: { kind: 'floats', salt: 185, columns: 2 },
    batchSize: 10,
    batchLeaf: 4,
    epochs: 5,
  },
  {
    ...common,
    title: '5, residual blocks without weights around a dense layer, gradients clipped by their norm',
    inputs: 5,
    layers: [
      residual(activation('linear')),
      residual(dropout(0.5)),
      dense(5, 'linear'),
      residual(residual(activation('linear'))),
      residual(activation('softsign')),
    ],
    optimizer: { ...adam, learningRate: 0.01, globalClipNorm: 0.05 },
    loss: { name: 'huber', delta: 1 },
    rows: 40,
    x: { kind: 'floats', salt: 186 },
    targets: { kind: 'floats', salt: 187, columns: 5 },
    batchSize: 10,
    epochs: 5,
  },
];
