/** Dropout, l2 and the optimizers beside Adam: the same bits over threads, instruction sets, plans and orders. */
import {
  adagrad,
  adam,
  dense,
  dropout,
  type FitOptions,
  l2,
  nadam,
  type Optimizer,
  type Recording,
  rmsprop,
  type Sequential,
  sequential,
  sgd,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';

const ROWS = 111;
const COLUMNS = 23;
const CLASSES = 5;
const { available } = addon().instructionSets();

const wave = (count: number, step: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * step) % 1009) / 1009 - 0.5);
const x = { data: wave(ROWS * COLUMNS, 613), rows: ROWS, columns: COLUMNS };
const labels = Uint32Array.from({ length: ROWS }, (_, i) => (i * 7 + (i >> 3)) % CLASSES);

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

interface Left {
  readonly state: string;
  readonly history: unknown;
}

async function trained(optimizer: Optimizer, options: FitOptions): Promise<Left & { recording: Recording | null }> {
  const made = model(optimizer);
  const { history, recording } = await made.fit(x, labels, { epochs: 2, validationData: [x, labels], ...options });
  const state = made.fingerprint('state');
  made.dispose();
  return { state, history, recording };
}

const left = ({ state, history }: Left): Left => ({ state, history });

const OPTIMIZERS: [string, Optimizer][] = [
  ['sgd', sgd({ learningRate: 0.05 })],
  ['nesterov', sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true })],
  ['rmsprop', rmsprop()],
  ['rmsprop with momentum', rmsprop({ learningRate: 5e-4, momentum: 0.5 })],
  ['adagrad', adagrad({ learningRate: 0.02 })],
  ['amsgrad', adam({ amsgrad: true })],
  ['nadam', nadam()],
];

describe.each(OPTIMIZERS)('%s with dropout and l2', (_, optimizer) => {
  it.each([7, 40])('in fixed order, batches of %i rows, has one fingerprint', async (batchSize) => {
    const sizes = { batchSize, batchLeaf: 16 } as const;
    const expected = left(await trained(optimizer, { ...sizes, threads: 1, isa: available[0], plan: 'stored' }));
    for (const threads of [1, 2, 3, 8]) {
      for (const isa of available.slice(1)) {
        for (const plan of ['stored', 'fused'] as const) {
          const found = left(await trained(optimizer, { ...sizes, threads, isa, plan }));
          expect(found, `${threads} threads, ${isa}, ${plan}`).toEqual(expected);
        }
      }
    }
  });

  it('in free order has the recorded bits again', async () => {
    const free = { batchSize: 40, reduction: 'free', freeGrain: 4 } as const;
    const recorded = await trained(optimizer, { ...free, threads: 3, record: true });
    for (const threads of [1, 2, 8]) {
      for (const isa of available) {
        const plan = threads === 2 ? 'stored' : 'fused';
        const replay = recorded.recording ?? undefined;
        const found = await trained(optimizer, { ...free, threads, isa, plan, replay });
        expect(left(found), `${threads} threads, ${isa}, ${plan}`).toEqual(left(recorded));
      }
    }
  });
});

it('2 and 1 epochs are 3, and steps one by one are an epoch', async () => {
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
