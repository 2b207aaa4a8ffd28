import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Callbacks, dense, type Progress, rescaling, sequential, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';
import { COLUMNS, compiledClassifier, failure, labels, x } from './problem.js';

/** Far more epochs than a test waits for. */
const ENDLESS = 2 ** 31;

describe('callbacks', () => {
  it('come in order, with counts from 0, and are awaited', async () => {
    const calls: string[] = [];
    const callbacks: Callbacks = {
      onEpochBegin: (epoch) => calls.push(`begin ${epoch}`),
      onBatchEnd: async (batch, { rows }) => {
        await pause(1);
        calls.push(`batch ${batch} of ${rows}`);
      },
      onEpochEnd: (epoch, metrics) => calls.push(`end ${epoch} ${Object.keys(metrics).join()}`),
      onTrainEnd: () => calls.push('done'),
    };
    await compiledClassifier().fit(x, labels, { epochs: 2, batchSize: 100, validationData: [x, labels], callbacks });
    const epoch = (i: number) => [
      `begin ${i}`,
      'batch 0 of 100',
      'batch 1 of 50',
      `end ${i} loss,accuracy,val_loss,val_accuracy`,
    ];
    expect(calls).toEqual([...epoch(0), ...epoch(1), 'done']);
  });

  it.each(['onEpochBegin', 'onBatchEnd', 'onEpochEnd', 'onTrainEnd'] as const)(
    'that throw in %s reject fit and leave the model usable',
    async (name) => {
      const model = compiledClassifier();
      const thrown = new Error('from the callback');
      const callbacks = [
        {},
        {
          [name]: () => {
            throw thrown;
          },
        },
      ];
      expect((await failure(() => model.fit(x, labels, { callbacks }))).error).toBe(thrown);
      model.reset();
      const run = await model.fit(x, labels);
      expect(run.fingerprint).toBe((await compiledClassifier().fit(x, labels)).fingerprint);
    },
  );

  it('may read the model, but not train or change it', async () => {
    const model = compiledClassifier();
    const refused: unknown[] = [];
    await model.fit(x, labels, {
      callbacks: {
        onBatchEnd: async () => {
          await model.predict(x);
          await model.evaluate(x, labels);
          model.predictSync(x.subarray(0, COLUMNS));
          model.getWeights();
          model.fingerprint('state');
        },
        onEpochEnd: async () => {
          const changes = [
            () => model.fit(x, labels),
            () => model.trainOnBatch(x, labels),
            () => model.setWeights(model.getWeights()),
            () => model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' }),
            () => model.reset(),
            () => model.dispose(),
          ];
          for (const change of changes) refused.push((await failure(change)).code);
        },
      },
    });
    expect(refused).toEqual(Array(6).fill('ERR_SAMEBITS_BUSY'));
    expect(model.fingerprint()).toBe((await compiledClassifier().fit(x, labels)).fingerprint);
  });

  it('may leave a prediction running: the next step waits for it', async () => {
    const model = compiledClassifier();
    const predictions: Promise<unknown>[] = [];
    const run = await model.fit(x, labels, {
      callbacks: { onBatchEnd: () => void predictions.push(model.predict(x)) },
    });
    expect(await Promise.all(predictions)).toHaveLength(run.steps);
  });
});

describe('a fit under way', () => {
  it('leaves the event loop free, and ends by its signal with the signal’s reason', async () => {
    const model = compiledClassifier();
    const reason = new Error('enough');
    const controller = new AbortController();
    let ticks = 0;
    // If training blocked the event loop this timer would never count to 20, and the fit never end.
    const timer = setInterval(() => {
      ticks += 1;
      if (ticks === 20) controller.abort(reason);
    }, 1);
    const { error } = await failure(() => model.fit(x, labels, { epochs: ENDLESS, signal: controller.signal }));
    clearInterval(timer);
    expect(error).toBe(reason);
    expect(ticks).toBeGreaterThanOrEqual(20);
    expect((await model.fit(x, labels)).steps).toBe(5);
  });

  it('aborted between steps has the state after the last whole step', async () => {
    const controller = new AbortController();
    const aborted = compiledClassifier();
    const onBatchEnd = (batch: number) => {
      if (batch === 2) controller.abort();
    };
    const options = { shuffle: false, signal: controller.signal, callbacks: { onBatchEnd } };
    await expect(aborted.fit(x, labels, options)).rejects.toMatchObject({ name: 'AbortError' });
    const stepped = compiledClassifier();
    for (let row = 0; row < 96; row += 32) {
      await stepped.trainOnBatch(x.subarray(row * COLUMNS, (row + 32) * COLUMNS), labels.subarray(row, row + 32));
    }
    expect(aborted.fingerprint('state')).toBe(stepped.fingerprint('state'));
  });

  it('does not begin under a signal that is aborted already', async () => {
    const model = compiledClassifier();
    const before = model.fingerprint('state');
    const signal = AbortSignal.abort('no');
    await expect(model.fit(x, labels, { signal })).rejects.toBe('no');
    expect(model.fingerprint('state')).toBe(before);
  });

  it('keeps the model to itself: a second fit is busy, and so is what would see half a step', async () => {
    const model = compiledClassifier();
    const controller = new AbortController();
    const running = model.fit(x, labels, { epochs: ENDLESS, signal: controller.signal });
    const codes: unknown[] = [];
    for (const use of [
      () => model.fit(x, labels),
      () => model.trainOnBatch(x, labels),
      () => model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' }),
      () => model.dispose(),
      () => model.reset(),
    ]) {
      codes.push((await failure(use)).code);
    }
    expect(codes).toEqual(Array(5).fill('ERR_SAMEBITS_BUSY'));
    // A clone has weights of its own.
    expect((await model.clone().fit(x, labels)).steps).toBe(5);
    controller.abort();
    await expect(running).rejects.toBe(controller.signal.reason);
    model.dispose();
  });

  it('ends with its worker, and other models train on', async () => {
    for (let round = 0; round < 3; round += 1) {
      const worker = new Worker(join(import.meta.dirname, 'endless-fit.cjs'));
      await once(worker, 'message');
      await worker.terminate();
    }
    expect((await compiledClassifier().fit(x, labels)).steps).toBe(5);
  });

  it('tells its progress, at the end too', async () => {
    const seen: Progress[] = [];
    await compiledClassifier().fit(x, labels, { epochs: 3, onProgress: (progress) => seen.push(progress) });
    expect(seen[seen.length - 1]).toMatchObject({ step: 15, steps: 15, epoch: 3, epochs: 3 });
    for (const { loss, seconds, samplesPerSecond } of seen) {
      expect([loss, seconds, samplesPerSecond].every((value) => Number.isFinite(value) && value > 0)).toBe(true);
    }
  });
});

describe('weights that are not finite', () => {
  /** Its weights grow from step to step until they overflow. */
  const diverging = () => {
    const layers = [rescaling({ scale: 8 }), dense({ units: 4 }), dense({ units: 1 })];
    const model = sequential({ layers, seed: 2 });
    model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: 'meanSquaredError' });
    return model;
  };
  const rows = { data: x.slice(0, 64 * COLUMNS), rows: 64, columns: COLUMNS };
  const targets = Float32Array.from({ length: 64 }, (_, row) => row);

  /** Step and tensor, found from outside. */
  async function firstByHand(): Promise<{ step: number; tensor: string }> {
    const model = diverging();
    for (let step = 1; ; step += 1) {
      await model.trainOnBatch(rows, targets, { onNonFinite: 'continue' });
      const bad = model.getWeights().find(({ data }) => !data.every(Number.isFinite));
      if (bad !== undefined) return { step, tensor: bad.name };
    }
  }

  it('stop the fit, with the first step and tensor; the weights stay for inspection', async () => {
    const first = await firstByHand();
    expect(first.step).toBeGreaterThan(1);
    const model = diverging();
    const { error, message } = await failure(() =>
      model.fit(rows, targets, { epochs: 50, batchSize: 64, shuffle: false }),
    );
    expect(error).toMatchObject({ code: 'ERR_SAMEBITS_NON_FINITE', ...first });
    expect(message).toContain(`${first.tensor} but received NaN or an infinite value in step ${first.step}`);
    const bad = model.getWeights().find(({ data }) => !data.every(Number.isFinite));
    expect(bad?.name).toBe(first.tensor);
  });

  it('are told and trained on with if wanted', async () => {
    const first = await firstByHand();
    for (const callbacks of [{}, { onBatchEnd: () => {} }]) {
      const options = { epochs: 50, batchSize: 64, shuffle: false, onNonFinite: 'continue', callbacks } as const;
      const run = await diverging().fit(rows, targets, options);
      expect(run.nonFinite).toEqual(first);
      expect(run.steps).toBe(50);
    }
  });

  it('reject trainOnBatch', async () => {
    const model = diverging();
    const loop = async () => {
      for (;;) await model.trainOnBatch(rows, targets);
    };
    const { tensor } = await firstByHand();
    expect((await failure(loop)).error).toMatchObject({ code: 'ERR_SAMEBITS_NON_FINITE', tensor });
  });
});
