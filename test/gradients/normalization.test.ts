/** Gradients through normalizations and noise against differences in binary64. */
import {
  activation,
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  type Layer,
  layerNormalization,
} from 'samebits';
import { expect, test } from 'vitest';
import { gradientOf } from './differences.js';

const CASES: readonly (readonly [string, readonly Layer[]])[] = [
  [
    'batch normalization between layers',
    [
      dense({ units: 6, useBias: false }),
      batchNormalization(),
      activation({ activation: 'tanh' }),
      dropout({ rate: 0.3 }),
      dense({ units: 2 }),
    ],
  ],
  [
    'batch normalization of the data',
    [batchNormalization({ epsilon: 0.1 }), dense({ units: 3, activation: 'sigmoid' }), dense({ units: 2 })],
  ],
  [
    'batch normalization without scale, and of the outputs',
    [
      dense({ units: 4, activation: 'softplus' }),
      batchNormalization({ scale: false }),
      dense({ units: 2 }),
      batchNormalization({ center: false, epsilon: 0.01 }),
    ],
  ],
  [
    'layer normalization between layers',
    [
      dense({ units: 6, useBias: false }),
      layerNormalization(),
      activation({ activation: 'tanh' }),
      dropout({ rate: 0.3 }),
      dense({ units: 2 }),
    ],
  ],
  [
    'layer normalization of the data',
    [layerNormalization({ epsilon: 0.1 }), dense({ units: 3, activation: 'sigmoid' }), dense({ units: 2 })],
  ],
  [
    'layer normalization without scale, without both, and of the outputs',
    [
      dense({ units: 19, activation: 'relu' }),
      layerNormalization({ scale: false }),
      dense({ units: 4, activation: 'softplus' }),
      layerNormalization({ scale: false, center: false }),
      batchNormalization(),
      dense({ units: 3 }),
      layerNormalization({ center: false, epsilon: 0.01 }),
    ],
  ],
  [
    'noise on data, on a relu, between normalizations, and last',
    [
      gaussianNoise({ stddev: 0.3 }),
      dense({ units: 19, activation: 'relu' }),
      gaussianNoise({ stddev: 0.2 }),
      dense({ units: 9 }),
      gaussianNoise({ stddev: 0.5 }),
      activation({ activation: 'tanh' }),
      layerNormalization(),
      gaussianNoise({ stddev: 0.1 }),
      dense({ units: 3 }),
      gaussianNoise({ stddev: 0.1 }),
    ],
  ],
];

test.each(CASES)('%s', async (_, layers) => {
  const { engine, differences, engineLoss, loss } = await gradientOf({
    layers,
    loss: 'meanSquaredError',
    targets: 'numbers',
  });
  expect(engineLoss).toBeCloseTo(loss, 5);
  const trained = Object.keys(engine).filter((name) => !/moving/.test(name));
  expect(trained.length).toBeGreaterThan(3);
  for (const name of trained) {
    const scale = Math.max(...differences[name].map(Math.abs), 1e-2);
    engine[name].forEach((value, i) => {
      expect((value - differences[name][i]) / scale).toBeCloseTo(0, 3);
    });
  }
});
