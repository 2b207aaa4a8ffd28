import { type FitOptions, type Metrics, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';
import { COLUMNS, classifier, compiledClassifier, failure, labels, oneHot, ROWS, x } from './problem.js';

describe('fit', () => {
  it('learns, and tells how with the names of Keras', async () => {
    const run = await compiledClassifier().fit(x, labels, { epochs: 30, validationData: [x, labels] });
    expect(Object.keys(run.history)).toEqual(['loss', 'accuracy', 'val_loss', 'val_accuracy']);
    for (const values of Object.values(run.history)) expect(values).toHaveLength(30);
    expect(run.history.loss[29]).toBeLessThan(run.history.loss[0]);
    expect(run.history.val_accuracy?.[29]).toBeGreaterThan(0.9);
    expect(run).toMatchObject({ initialEpoch: 0, steps: 30 * 5, recording: null, nonFinite: null });
    expect(run.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(run.samplesPerSecond * run.seconds).toBeCloseTo(30 * ROWS, 3);
  });

  it('without metrics has losses only', async () => {
    const run = await compiledClassifier({}, { metrics: [] }).fit(x, labels);
    expect(Object.keys(run.history)).toEqual(['loss']);
  });

  it.each<[string, FitOptions]>([
    ['philox', {}],
    ['alea', {}],
    ['philox', { shuffle: false }],
    ['philox', { callbacks: { onEpochEnd: () => {} } }],
    ['philox', { callbacks: [{ onBatchEnd: () => {} }] }],
  ])('goes on where it ended: 2 and 3 epochs are 5 (%s, %j)', async (generator, options) => {
    const make = () => compiledClassifier({ generator: generator as 'philox' | 'alea' });
    const whole = make();
    const five = await whole.fit(x, labels, { epochs: 5, shuffle: options.shuffle });
    const parts = make();
    const two = await parts.fit(x, labels, { ...options, epochs: 2 });
    const three = await parts.fit(x, labels, { ...options, epochs: 3 });
    expect(three.fingerprint).toBe(five.fingerprint);
    expect(parts.fingerprint('state')).toBe(whole.fingerprint('state'));
    expect([...two.history.loss, ...three.history.loss]).toEqual(five.history.loss);
    expect(three.initialEpoch).toBe(2);
  });

  it.each(['sgd', sgd({ momentum: 0.9 }), 'adam'] as const)(
    'gives the bits of a loop over trainOnBatch (%j)',
    async (optimizer) => {
      const fitted = compiledClassifier({}, { optimizer });
      const logs: Metrics[] = [];
      const onBatchEnd = (_: number, { rows: _rows, ...metrics }: Metrics & { rows: number }) => logs.push(metrics);
      await fitted.fit(x, labels, { epochs: 2, batchSize: 40, shuffle: false, callbacks: { onBatchEnd } });
      const looped = compiledClassifier({}, { optimizer });
      const steps: Metrics[] = [];
      for (let epoch = 0; epoch < 2; epoch += 1) {
        for (let row = 0; row < ROWS; row += 40) {
          const rows = x.subarray(row * COLUMNS, (row + 40) * COLUMNS);
          steps.push(await looped.trainOnBatch(rows, labels.subarray(row, row + 40)));
        }
      }
      expect(looped.fingerprint()).toBe(fitted.fingerprint());
      expect(steps).toEqual(logs);
    },
  );

  it.each<FitOptions>([
    { threads: 1 },
    { threads: 3 },
    { isa: 'scalar' },
    { plan: 'stored' },
    { plan: 'fused' },
    { callbacks: { onBatchEnd: () => {} } },
  ])('has the same bits with %j', async (options) => {
    const plain = await compiledClassifier().fit(x, labels, { epochs: 2 });
    const run = await compiledClassifier().fit(x, labels, { epochs: 2, ...options });
    expect(run.fingerprint).toBe(plain.fingerprint);
    expect(run.history).toEqual(plain.history);
    const { callbacks: _, ...execution } = options;
    expect(run.execution).toMatchObject(execution);
  });

  it('carries weights, optimizer and counters to another instruction set', async () => {
    const moved = compiledClassifier();
    await moved.fit(x, labels, { isa: 'scalar' });
    await moved.fit(x, labels, { isa: 'auto' });
    const whole = compiledClassifier();
    await whole.fit(x, labels, { epochs: 2 });
    expect(moved.fingerprint('state')).toBe(whole.fingerprint('state'));
  });

  it('takes the same targets as labels and as zeros and ones', async () => {
    const sparse = await compiledClassifier().fit(x, labels);
    const dense = await compiledClassifier({}, { loss: 'categoricalCrossentropy' }).fit(x, oneHot);
    expect(dense.history.accuracy).toEqual(sparse.history.accuracy);
    expect(dense.history.loss[0]).toBeCloseTo(sparse.history.loss[0], 5);
  });

  it('reads bytes as it reads the same numbers, and shared memory in place', async () => {
    const bytes = Uint8Array.from(x, (value) => value * 100);
    const numbers = await compiledClassifier().fit(Float32Array.from(bytes), labels);
    expect((await compiledClassifier().fit(bytes, labels)).fingerprint).toBe(numbers.fingerprint);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const data = { data: shared, rows: ROWS, columns: COLUMNS };
    expect((await compiledClassifier().fit(data, labels)).fingerprint).toBe(numbers.fingerprint);
  });

  it('works on a copy: what the caller does to its arrays meanwhile changes nothing', async () => {
    const mine = x.slice();
    const running = compiledClassifier().fit(mine, labels, { epochs: 3 });
    mine.fill(0);
    structuredClone(mine, { transfer: [mine.buffer] });
    const run = await running;
    expect(run.fingerprint).toBe((await compiledClassifier().fit(x, labels, { epochs: 3 })).fingerprint);
  });
});

describe('free order', () => {
  it('recorded is replayed to its bits, at any thread count and in any slices', async () => {
    const free = { reduction: 'free', epochs: 2, freeGrain: 4 } as const;
    const run = await compiledClassifier().fit(x, labels, { ...free, threads: 3, record: true });
    const replay = run.recording ?? undefined;
    expect(replay).toMatchObject({ rows: ROWS, batchSize: 32, freeGrain: 4, steps: 10 });
    for (const options of [{ threads: 1 }, { threads: 2, callbacks: { onBatchEnd: () => {} } }]) {
      const again = await compiledClassifier().fit(x, labels, { ...free, ...options, replay });
      expect(again.fingerprint).toBe(run.fingerprint);
    }
  });

  it('refuses recordings of other runs, and cut ones', async () => {
    const free = { reduction: 'free', threads: 2 } as const;
    const { recording } = await compiledClassifier().fit(x, labels, { ...free, record: true });
    if (recording === null) throw new Error('nothing was recorded');
    const refused = (options: FitOptions) =>
      failure(() => compiledClassifier().fit(x, labels, { ...free, ...options }));
    expect((await refused({ replay: recording, batchSize: 16 })).message).toContain('for replay.batchSize');
    expect((await refused({ replay: recording, epochs: 2 })).message).toContain('10, as in this run, for replay.steps');
    const cut = { ...recording, orders: recording.orders.slice(0, -1) };
    expect(await refused({ replay: cut })).toMatchObject({ code: 'ERR_SAMEBITS_SHAPE' });
    expect(await refused({ replay: {} as never })).toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
  });

  it('is what recordings are of', async () => {
    const { recording } = await compiledClassifier().fit(x, labels, { reduction: 'free', record: true });
    const fixed = (options: FitOptions) => failure(() => compiledClassifier().fit(x, labels, options));
    expect((await fixed({ record: true })).message).toContain("reduction 'free' for record: true");
    expect((await fixed({ replay: recording ?? undefined })).message).toContain("reduction 'free' for replay");
  });
});

describe('a model starts anew', () => {
  it('by reset, clone and another compile', async () => {
    const model = compiledClassifier();
    const initial = model.fingerprint('state');
    const run = await model.fit(x, labels, { epochs: 2 });
    const clone = model.clone();
    expect(clone.fingerprint('state')).toBe(initial);
    expect((await clone.fit(x, labels, { epochs: 2 })).fingerprint).toBe(run.fingerprint);
    expect(model.clone({ seed: 8 }).fingerprint()).not.toBe(model.clone().fingerprint());
    expect(model.clone({ seed: '7' }).fingerprint()).toBe(model.clone().fingerprint());
    model.reset();
    expect(model.fingerprint('state')).toBe(initial);
    expect((await model.fit(x, labels, { epochs: 2 })).fingerprint).toBe(run.fingerprint);
  });

  it('compiled again keeps its weights, and starts its optimizer anew', async () => {
    const model = compiledClassifier();
    const { fingerprint } = await model.fit(x, labels);
    const state = model.fingerprint('state');
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    expect(model.fingerprint()).toBe(fingerprint);
    expect(model.fingerprint('state')).not.toBe(state);
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    expect(model.fingerprint()).toBe(fingerprint);
    expect((await model.fit(x, labels)).initialEpoch).toBe(1);
  });

  it('takes the weights of another', async () => {
    const trained = compiledClassifier();
    await trained.fit(x, labels);
    const fresh = classifier({ seed: 1 });
    fresh.setWeights(trained.getWeights());
    expect(fresh.fingerprint()).toBe(trained.fingerprint());
    expect(fresh.getWeights().map(({ name, shape }) => [name, shape])).toEqual([
      ['dense_1/kernel', [COLUMNS, 17]],
      ['dense_1/bias', [17]],
      ['dense_2/kernel', [17, 3]],
      ['dense_2/bias', [3]],
    ]);
  });
});
