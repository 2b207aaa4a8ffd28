/** Micro-batches: the bits of whole batches, on any number of threads, with less memory. */
import {
  adam,
  adamw,
  batchNormalization,
  dense,
  dropout,
  type FitOptions,
  gaussianNoise,
  l2,
  layerNormalization,
  type Optimizer,
  sequential,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import { CLASSES, COLUMNS, wavesOf } from './waves.js';

const ROWS = 119;
const { available } = addon().instructionSets();
const { x, labels } = wavesOf(ROWS);

function model(optimizer: Optimizer = adam()) {
  const made = sequential({
    layers: [
      dense({ units: 70, activation: 'gelu', inputShape: [COLUMNS], kernelRegularizer: l2(0.01) }),
      dropout({ rate: 0.4 }),
      gaussianNoise({ stddev: 0.1 }),
      layerNormalization(),
      dense({ units: 33, activation: 'relu' }),
      dense({ units: CLASSES, activation: 'softmax' }),
    ],
    seed: 'micro',
  });
  made.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return made;
}

async function trained(optimizer: Optimizer, options: FitOptions) {
  const made = model(optimizer);
  const { history } = await made.fit(x, labels, { epochs: 2, batchLeaf: 4, ...options });
  const state = made.fingerprint('state');
  made.dispose();
  return { state, history };
}

const OPTIMIZERS: [string, Optimizer][] = [
  ['adam', adam()],
  ['adamw, clipped, with an average', adamw({ globalClipNorm: 0.4, movingAverage: {} })],
];

describe.each(OPTIMIZERS)('%s', (_, optimizer) => {
  // 119 rows: the last batches are parts of micro-batches, of leaves, and single rows.
  it.each([8, 59, 200])('batches of %i rows', async (batchSize) => {
    const whole = await trained(optimizer, { batchSize, threads: 1, isa: available[0], plan: 'stored' });
    for (const microBatchSize of [4, 32, 256]) {
      for (const [threads, isa] of [1, 3, 7].map((n, i) => [n, available[i % available.length]] as const)) {
        const found = await trained(optimizer, { batchSize, microBatchSize, threads, isa, plan: 'fused' });
        expect(found, `${microBatchSize} rows, ${threads} threads, ${isa}`).toEqual(whole);
      }
    }
  });
});

it('a step alone, too', async () => {
  const [whole, parts] = [model(), model()];
  const step = await whole.trainOnBatch(x, labels);
  expect(await parts.trainOnBatch(x, labels, { microBatchSize: 64 })).toEqual(step);
  expect(parts.fingerprint('state')).toBe(whole.fingerprint('state'));
});

it('with a label that is none in its last part no step is made', async () => {
  const made = model();
  const wrong = labels.slice();
  wrong[ROWS - 1] = CLASSES;
  const network = made.fingerprint('state');
  await expect(made.trainOnBatch(x, wrong, { batchLeaf: 8, microBatchSize: 8 })).rejects.toMatchObject({
    code: 'ERR_SAMEBITS_DATA',
  });
  expect(made.fingerprint('state')).toBe(network);
  const fresh = model();
  await made.fit(x, labels, { batchLeaf: 8, microBatchSize: 8 });
  await fresh.fit(x, labels, { batchLeaf: 8 });
  expect(made.fingerprint('state')).toBe(fresh.fingerprint('state'));
});

it.each<[string, FitOptions, RegExp]>([
  ['a part of a leaf', { microBatchSize: 32 }, /batchLeaf, 64, times a power of two for fit.microBatchSize .* 32/],
  ['three leaves', { batchLeaf: 8, microBatchSize: 24 }, /batchLeaf, 8, times a power of two for fit.microBatchSize/],
  ['free order', { reduction: 'free', microBatchSize: 64 }, /reduction 'fixed', as free order sums whole batches,/],
])('%s is refused', async (_, options, message) => {
  await expect(model().fit(x, labels, options)).rejects.toThrow(message);
});

/** Statistics are of the logical batch. */
it('batch normalization is refused', async () => {
  const layers = [
    batchNormalization({ inputShape: [COLUMNS] }),
    dense({ units: CLASSES, activation: 'softmax' }),
  ] as const;
  const made = sequential({ layers, seed: 'micro' });
  made.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const message =
    /no microBatchSize with batchNormalization, as its statistics are of whole batches, for \w+.microBatchSize/;
  await expect(made.fit(x, labels, { microBatchSize: 64 })).rejects.toThrow(message);
  await expect(made.trainOnBatch(x, labels, { microBatchSize: 64 })).rejects.toThrow(message);
});
