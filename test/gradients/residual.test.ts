/** Gradients through residual blocks against differences in binary64. */
import { activation, batchNormalization, dense, dropout, embedding, type Layer, residual } from 'samebits';
import { expect, test } from 'vitest';
import { gradientOf, INPUTS } from './differences.js';

const CASES: readonly (readonly [string, readonly Layer[]])[] = [
  [
    'between layers, with dropout',
    [
      dense({ units: 6, activation: 'tanh' }),
      residual({
        layers: [
          dense({ units: 4, activation: 'sigmoid', kernelRegularizer: 'l2' }),
          dropout({ rate: 0.3 }),
          dense({ units: 6 }),
        ],
      }),
      dense({ units: 2 }),
    ],
  ],
  [
    'of the data, and of the outputs',
    [
      residual({ layers: [dense({ units: INPUTS, activation: 'softplus' })] }),
      dense({ units: 3 }),
      residual({ layers: [activation({ activation: 'tanh' }), dense({ units: 3, activation: 'gelu' })] }),
    ],
  ],
  [
    'within each other, with batch normalization',
    [
      dense({ units: 4 }),
      residual({
        layers: [
          residual({ layers: [batchNormalization({ epsilon: 0.1 }), dense({ units: 4, activation: 'tanh' })] }),
          activation({ activation: 'softsign' }),
          residual({ layers: [residual({ layers: [dense({ units: 4 })] }), dropout({ rate: 0.2 })] }),
        ],
      }),
      residual({ layers: [activation({ activation: 'linear' })] }),
      dense({ units: 2 }),
    ],
  ],
  [
    'of looked-up vectors',
    [embedding({ categories: 4, units: 2 }), residual({ layers: [dense({ units: 2 * INPUTS })] }), dense({ units: 1 })],
  ],
];

test.each(CASES)('residual blocks %s', async (_, layers) => {
  const { engine, differences, engineLoss, loss } = await gradientOf({
    layers,
    loss: 'meanSquaredError',
    targets: 'numbers',
  });
  expect(engineLoss).toBeCloseTo(loss, 4);
  const trained = Object.keys(differences);
  expect(trained.length).toBeGreaterThan(2);
  for (const name of trained) {
    const scale = Math.max(...differences[name].map(Math.abs), 1e-2);
    engine[name].forEach((value, i) => {
      expect((value - differences[name][i]) / scale).toBeCloseTo(0, 3);
    });
  }
});
