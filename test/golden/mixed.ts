/** Golden recipes of residual blocks with normalization, noise and dropout in them and around them; each of 20 steps. */
import { layerNormalization } from './layer-normalized.js';
import { noise } from './noisy.js';
import { activation } from './normalized.js';
import { adam, common, dense, type GoldenRecipe, sgd } from './recipes.js';
import { dropout, residual } from './residual.js';

export const mixedRecipes: readonly GoldenRecipe[] = [
  {
    ...common,
    title: '9-21-(33-21)-(21)-4, tiny inputs, blocks with layer normalization, noise and dropout, Adam on subnormal squares',
    inputs: 9,
    rescaling: { scale: 1e-19, offset: 0 },
    layers: [
      dense(21, 'tanh'),
      noise(0.5),
      residual(layerNormalization(), dense(33, 'relu'), noise(0.1), dropout(0.25), dense(21, 'linear')),
      layerNormalization({ center: false }),
      residual(
        dropout(0.1),
        residual(activation('gelu'), layerNormalization({ scale: false }), noise(0.2)),
        dense(21, 'linear', { useBias: false }),
      ),
      dense(4, 'softmax'),
    ],
    optimizer: { ...adam, learningRate: 0.01, epsilon: 1e-20 },
    loss: 'sparseCategoricalCrossentropy',
    rows: 53,
    x: { kind: 'floats', salt: 190 },
    targets: { kind: 'labels', salt: 191, columns: 4 },
    batchSize: 15,
    batchLeaf: 4,
    epochs: 5,
  },
  {
    ...common,
    title: '7, blocks of the data with noise, dropout and layer normalization first or last in them, seeds of their own, nesterov',
    seeds: { noise: 'hiss', dropout: 'holes' },
    inputs: 7,
    layers: [
      residual(noise(0.3), dense(19, 'relu'), layerNormalization({ epsilon: 1e-5 }), dense(7, 'silu')),
      residual(dropout(0.2), residual(layerNormalization(), noise(0.1), dropout(0.3, { seed: 'own', name: 'inner' }))),
      residual(dense(270, 'gelu', { kernelRegularizer: { name: 'l2', l2: 0.01 } }), dense(7, 'linear'), layerNormalization()),
      noise(0.2),
      dense(2, 'linear'),
      residual(dense(2, 'tanh'), noise(0.05)),
    ],
    optimizer: { ...sgd, learningRate: 0.02, momentum: 0.9, nesterov: true, globalClipNorm: 0.5 },
    loss: { name: 'huber', delta: 1 },
    rows: 40,
    x: { kind: 'floats', salt: 192 },
    targets: { kind: 'floats', salt: 193, columns: 2 },
    batchSize: 10,
    batchLeaf: 4,
    epochs: 5,
  },
];
