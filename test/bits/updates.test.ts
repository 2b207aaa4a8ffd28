/**
 * Clipping, weight decay, regularizers of magnitudes, constraints and moving averages: the same bits over threads,
 * instruction sets, plans and orders.
 */
import {
  adamw,
  dense,
  type FitOptions,
  l1,
  l1l2,
  maxNorm,
  nonNegative,
  type Optimizer,
  type Recording,
  rmsprop,
  type Sequential,
  sequential,
  sgd,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';

const ROWS = 83;
const COLUMNS = 23;
const CLASSES = 5;
const { available } = addon().instructionSets();

const wave = (count: number, step: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * step) % 1009) / 1009 - 0.5);
const x = { data: wave(ROWS * COLUMNS, 613), rows: ROWS, columns: COLUMNS };
const labels = Uint32Array.from({ length: ROWS }, (_, i) => (i * 7 + (i >> 3)) % CLASSES);

/** Layers on both sides of a leaf's and a panel's width. */
function model(optimizer: Optimizer): Sequential {
  const made = sequential({
    layers: [
      dense({ units: 290, activation: 'relu', inputShape: [COLUMNS], kernelConstraint: maxNorm({ maxValue: 0.7 }) }),
      dense({ units: 33, activation: 'tanh', kernelRegularizer: l1(0.001), biasRegularizer: 'l1l2' }),
      dense({ units: 17, activation: 'relu', kernelConstraint: nonNegative(), biasConstraint: 'nonNegative' }),
      dense({ units: CLASSES, activation: 'softmax', kernelRegularizer: l1l2({ l1: 0.002, l2: 0.01 }) }),
    ],
    seed: 'updates',
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

const movingAverage = { momentum: 0.9, overwriteEvery: 4 };
const OPTIMIZERS: [string, Optimizer][] = [
  ['momentum, clipped values', sgd({ learningRate: 0.05, momentum: 0.9, clipValue: 0.01, weightDecay: 0.1 })],
  ['rmsprop, clipped by norms', rmsprop({ clipNorm: 0.1, movingAverage: {} })],
  ['adamw, clipped by the norm of all', adamw({ globalClipNorm: 0.5, decayBiases: true, movingAverage })],
];

describe.each(OPTIMIZERS)('%s', (_, optimizer) => {
  it.each([7, 40])('in fixed order, batches of %i rows, has one fingerprint', async (batchSize) => {
    const sizes = { batchSize, batchLeaf: 16 } as const;
    const expected = left(await trained(optimizer, { ...sizes, threads: 1, isa: available[0], plan: 'stored' }));
    for (const threads of [1, 2, 3, 7]) {
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
    for (const threads of [1, 2, 7]) {
      const plan = threads === 2 ? 'stored' : 'fused';
      const replay = recorded.recording ?? undefined;
      const found = await trained(optimizer, { ...free, threads, isa: available[0], plan, replay });
      expect(left(found), `${threads} threads, ${plan}`).toEqual(left(recorded));
    }
  });
});
