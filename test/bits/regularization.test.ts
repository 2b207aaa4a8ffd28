/** Dropout, l2 and the optimizers beside Adam: the same bits over threads, instruction sets, plans and orders. */
import {
  adagrad,
  adam,
  dense,
  dropout,
  l2,
  nadam,
  type Optimizer,
  rmsprop,
  type Sequential,
  sequential,
  sgd,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { CLASSES, COLUMNS, itHasTheSameBits, wavesOf } from './waves.js';

const ROWS = 111;
const waves = wavesOf(ROWS);

/** A wide layer, so that members of a team divide columns where rows are few; every kind of activation below dropout. */
function model(optimizer: Optimizer): Sequential {
  const made = sequential({
    layers: [
      dropout({ rate: 0.1, inputShape: [COLUMNS] }),
      dense({ units: 290, activation: 'relu', kernelRegularizer: l2(0.001) }),
      dropout({ rate: 0.5 }),
      dense({ units: 33, activation: 'softmax', kernelRegularizer: l2(0.01) }),
      dropout({ rate: 0.2, seed: 'own' }),
      dense({ units: 17, activation: 'tanh', kernelInitializer: 'lecunNormal' }),
      dropout({ rate: 0.3 }),
      dense({ units: CLASSES, activation: 'softmax', kernelRegularizer: 'l2' }),
    ],
    seed: 'regularization',
  });
  made.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return made;
}

const OPTIMIZERS: [string, Optimizer][] = [
  ['sgd', sgd({ learningRate: 0.05 })],
  ['nesterov', sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true })],
  ['rmsprop', rmsprop()],
  ['rmsprop with momentum', rmsprop({ learningRate: 5e-4, momentum: 0.5 })],
  ['adagrad', adagrad({ learningRate: 0.02 })],
  ['amsgrad', adam({ amsgrad: true })],
  ['nadam', nadam()],
];

describe.each(OPTIMIZERS)('%s with dropout and l2 has the same bits', (_, optimizer) => {
  itHasTheSameBits(() => model(optimizer), waves);
});

it('2 and 1 epochs are 3, and steps one by one are an epoch', async () => {
  const { x, labels } = waves;
  const options = { batchSize: 25, shuffle: false } as const;
  const whole = model(rmsprop());
  await whole.fit(x, labels, { ...options, epochs: 3, threads: 2 });
  const parts = model(rmsprop());
  await parts.fit(x, labels, { ...options, epochs: 2, threads: 3 });
  for (let row = 0; row < ROWS; row += 25) {
    const rows = Math.min(25, ROWS - row);
    const data = x.data.slice(row * COLUMNS, (row + rows) * COLUMNS);
    await parts.trainOnBatch({ data, rows, columns: COLUMNS }, labels.subarray(row, row + rows), { threads: 1 });
  }
  expect(parts.fingerprint()).toBe(whole.fingerprint());
});
