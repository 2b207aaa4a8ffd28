/** Free order: what is recorded is what was computed, and the order of arrival is real. */
import { dense, sequential } from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import type { NativeNetwork, TrainJob } from '../../dist/native/network.js';

const ROWS = 256;
const COLUMNS = 40;
const UNITS = 3;
const wave = (count: number, step: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.fround(((i * step) % 1009) / 1009 - 0.5));
const x = wave(ROWS * COLUMNS, 613);
const targets = Uint32Array.from({ length: ROWS }, (_, i) => (i * 5 + (i >> 4)) % UNITS);

function network(): NativeNetwork {
  const made = new (addon().Network)({
    isa: addon().instructionSets().available.at(-1) ?? 'scalar',
    inputs: COLUMNS,
    rescale: null,
    layers: [
      { kind: 'dense', units: 32, activation: 'tanh', useBias: true },
      { kind: 'dense', units: UNITS, activation: 'softmax', useBias: true },
    ],
    loss: 'sparseCategoricalCrossentropy',
    optimizer: { kind: 'sgd', learningRate: 0.5 },
  });
  made.setParameter(0, 'kernel', 0, wave(COLUMNS * 32, 211));
  made.setParameter(1, 'kernel', 0, wave(32 * UNITS, 307));
  return made;
}

const JOB: TrainJob = {
  x,
  targets,
  rows: ROWS,
  threads: 3,
  reduction: 'free',
  batchSize: ROWS,
  batchLeaf: 64,
  freeGrain: 8,
  plan: 'auto',
  shuffle: null,
  order: null,
  inEpoch: true,
  maxSteps: 1,
  stopAtEpochEnd: false,
  maxEpochs: 1e9,
  maxMilliseconds: Infinity,
  stopOnNonFinite: true,
  record: true,
  replay: null,
};

async function step(job: Partial<TrainJob>): Promise<{ bits: string; orders: number[] }> {
  const made = network();
  const { recording } = await made.train({ ...JOB, ...job });
  const bits = [0, 1]
    .map((layer) =>
      addon()
        .mark(made.getParameter(layer, 'kernel', 0))
        .toString(16),
    )
    .join();
  return { bits, orders: Array.from(recording ?? []) };
}

/** Chains of units as a recording of one step, each merged into the first. */
function recorded(chains: number[][]): Uint32Array {
  const merges = chains.slice(1).flatMap((_, i) => [0, i + 1]);
  return Uint32Array.from([chains.length, ...chains.flatMap((units) => [units.length, ...units]), ...merges]);
}
const units = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('free order', () => {
  it('has other bits than fixed order, and a recording gives them again on any threads', async () => {
    const fixed = await step({ reduction: 'fixed', record: false });
    const free = await step({ delays: [1000, 2000, 3000] });
    expect(free.bits).not.toBe(fixed.bits);
    for (const threads of [1, 2, 5]) {
      const replayed = await step({ threads, record: false, replay: Uint32Array.from(free.orders) });
      expect(replayed.bits).toBe(free.bits);
    }
  });

  it('merges in the order of arrival: delays turn it round', async () => {
    // Each member waits after each claim, so that the others come to theirs, and the slowest arrives last. Who is fast
    // enough for a claim at all is up to the machine: hence several tries, and what must be seen is two merge orders.
    const orders = new Set<string>();
    for (let attempt = 0; attempt < 20 && orders.size < 2; attempt++) {
      for (const delays of [
        [1000, 3000, 9000],
        [9000, 3000, 1000],
      ]) {
        orders.add(JSON.stringify((await step({ delays })).orders));
      }
    }
    expect(orders.size).toBeGreaterThanOrEqual(2);
    expect([...orders].some((order) => JSON.parse(order)[0] > 1)).toBe(true);
  });

  it('two hand-made recordings have different bits', async () => {
    const halves = recorded([units(0, 16), units(16, 32)]);
    const interleaved = recorded([units(0, 32).filter((u) => u % 2 === 0), units(0, 32).filter((u) => u % 2 === 1)]);
    const first = await step({ record: false, replay: halves });
    const second = await step({ record: false, replay: interleaved });
    expect(first.bits).not.toBe(second.bits);
  });

  it('of leaves in a balanced tree is fixed order', async () => {
    const leaves = [units(0, 8), units(8, 16), units(16, 24), units(24, 32)];
    const chains = leaves.flatMap((leaf) => [leaf.length, ...leaf]);
    const tree = Uint32Array.from([4, ...chains, 0, 1, 2, 3, 0, 2]);
    const fixed = await step({ reduction: 'fixed', record: false });
    expect((await step({ record: false, replay: tree })).bits).toBe(fixed.bits);
  });

  it.each([
    ['a unit that is missing', recorded([units(0, 31)])],
    ['a unit twice', recorded([[...units(0, 32), 3]])],
    ['a unit beyond the batch', recorded([[...units(0, 31), 32]])],
    ['a chain without units', recorded([units(0, 32), []])],
    ['a merge into itself', Uint32Array.from([2, 16, ...units(0, 16), 16, ...units(16, 32), 0, 0])],
    [
      'a merge of what is gone',
      Uint32Array.from([3, 8, ...units(0, 8), 8, ...units(8, 16), 16, ...units(16, 32), 0, 1, 1, 2]),
    ],
    ['a cut', recorded([units(0, 16), units(16, 32)]).subarray(0, 20)],
    ['a length beyond it', Uint32Array.from([1, 4_000_000_000, 0])],
  ])('refuses a recording with %s', async (_, replay) => {
    await expect(step({ record: false, replay })).rejects.toMatchObject({ code: 'ERR_SAMEBITS_DATA' });
  });

  it('in a whole run differs from fixed order and repeats when replayed', async () => {
    const model = (): ReturnType<typeof sequential> => {
      const made = sequential({
        layers: [
          dense({ units: 64, activation: 'relu', inputShape: [COLUMNS] }),
          dense({ units: UNITS, activation: 'softmax' }),
        ],
        seed: 3,
      });
      made.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
      return made;
    };
    const data = { data: x, rows: ROWS, columns: COLUMNS };
    const options = { epochs: 3, batchSize: 128, threads: 2 } as const;
    const fixed = await model().fit(data, targets, options);
    const free = await model().fit(data, targets, { ...options, reduction: 'free', record: true });
    expect(free.fingerprint).not.toBe(fixed.fingerprint);
    const replayed = await model().fit(data, targets, {
      ...options,
      threads: 3,
      reduction: 'free',
      replay: free.recording ?? undefined,
    });
    expect(replayed.fingerprint).toBe(free.fingerprint);
  });
});
