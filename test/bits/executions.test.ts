/** One recipe has one fingerprint: over threads, instruction sets, plans, and ways to train. */
import { readdirSync, readFileSync } from 'node:fs';
import { adam, dense, type FitOptions, type Optimizer, rescaling, type Sequential, sequential, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';

const ROWS = 333;
const COLUMNS = 70;
const CLASSES = 11;
const { available } = addon().instructionSets();

/** Digits of a fixed irrational rotation: any numbers would do, as long as they are always the same. */
const bytes = Uint8Array.from({ length: ROWS * COLUMNS }, (_, i) => (i * 40_503 + (i >> 5) * 977) & 255);
const x = { data: bytes, rows: ROWS, columns: COLUMNS };
const labels = Uint32Array.from({ length: ROWS }, (_, i) => (i * 7 + (i >> 3)) % CLASSES);

function model(optimizer: Optimizer = adam()): Sequential {
  const built = sequential({
    layers: [
      rescaling({ scale: 1 / 255, inputShape: [COLUMNS] }),
      dense({ units: 97, activation: 'relu' }),
      dense({ units: 300, activation: 'tanh' }),
      dense({ units: 40, activation: 'sigmoid', useBias: false }),
      dense({ units: CLASSES, activation: 'softmax' }),
    ],
    seed: 'executions',
  });
  built.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return built;
}

/** Weights, optimizer state, losses: everything that a run leaves behind. */
async function trained(options: FitOptions, optimizer: Optimizer = adam()): Promise<unknown> {
  const built = model(optimizer);
  const run = await built.fit(x, labels, { epochs: 2, ...options });
  return { state: built.fingerprint('state'), history: run.history };
}

describe.each([
  { batchSize: 130, batchLeaf: 64 },
  { batchSize: 32, batchLeaf: 7 },
  { batchSize: 333, batchLeaf: 50 },
  { batchSize: 3, batchLeaf: 64 },
])('batches of $batchSize rows, leaves of $batchLeaf', (sizes) => {
  it('have the same bits on any threads, instruction set and plan', async () => {
    const isas = available.filter((isa) => isa !== 'scalar');
    const expected = await trained({ ...sizes, threads: 1, isa: 'scalar', plan: 'stored' });
    for (const threads of [1, 2, 3, 5, 8]) {
      for (const isa of isas) {
        for (const plan of ['stored', 'fused'] as const) {
          expect(await trained({ ...sizes, threads, isa, plan }), `${threads} threads, ${isa}, ${plan}`).toEqual(
            expected,
          );
        }
      }
    }
  });
});

it.each([
  ['sgd', sgd({ learningRate: 0.05 })],
  ['momentum', sgd({ learningRate: 0.05, momentum: 0.9 })],
])('%s has the same bits on any threads and plan', async (_, optimizer) => {
  const expected = await trained({ batchSize: 100, threads: 1, plan: 'stored' }, optimizer);
  for (const threads of [2, 3, 8]) {
    for (const plan of ['stored', 'fused'] as const) {
      expect(await trained({ batchSize: 100, threads, plan }, optimizer)).toEqual(expected);
    }
  }
});

it('trainOnBatch over the same batches has the bits of fit', async () => {
  const fitted = model();
  await fitted.fit(x, labels, { batchSize: 50, epochs: 1, shuffle: false, threads: 2 });
  const stepped = model();
  for (let row = 0; row < ROWS; row += 50) {
    const rows = Math.min(50, ROWS - row);
    const data = bytes.subarray(row * COLUMNS, (row + rows) * COLUMNS);
    await stepped.trainOnBatch({ data, rows, columns: COLUMNS }, labels.subarray(row, row + rows), { threads: 3 });
  }
  expect(stepped.fingerprint()).toBe(fitted.fingerprint());
});

it('a row is predicted alone as it is in a batch, on any threads and instruction set', async () => {
  const built = model();
  await built.fit(x, labels, { batchSize: 64 });
  const expected = (await built.predict(x, { threads: 1 })).data;
  for (const threads of [2, 3, 8]) expect((await built.predict(x, { threads })).data).toEqual(expected);
  for (const row of [0, 1, 127, 128, 332]) {
    const alone = built.predictSync({
      data: bytes.slice(row * COLUMNS, (row + 1) * COLUMNS),
      rows: 1,
      columns: COLUMNS,
    });
    expect(alone.data).toEqual(expected.subarray(row * CLASSES, (row + 1) * CLASSES));
  }
});

// The operating system counts the threads; elsewhere than on Linux there is no such list to read.
it.runIf(process.platform === 'linux')('threads are really started', async () => {
  const ours = (): number =>
    readdirSync('/proc/self/task').filter((id) => readFileSync(`/proc/self/task/${id}/comm`, 'utf8') === 'samebits\n')
      .length;
  const built = model();
  const before = ours();
  let during = 0;
  await built.fit(x, labels, {
    batchSize: 32,
    threads: 137,
    callbacks: {
      onBatchEnd: () => {
        during = Math.max(during, ours());
      },
    },
  });
  // 136 beside the leader, and the leader itself; teams that were idle before may be there still, or not.
  expect(during).toBeGreaterThanOrEqual(137);
  expect(during).toBeLessThanOrEqual(137 + before);
});
