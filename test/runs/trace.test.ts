import { openRun, type Trace, type TraceEntry } from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import { freshPath } from './folder.js';
import { FIT, labels, model, NORMALIZED, STEPS, Witness, x } from './problem.js';

async function inMemory(every: 'epoch' | 'step'): Promise<Trace> {
  return (await model().fit(x, labels, { ...FIT, trace: every })).trace as Trace;
}

/** What a model that is watched from outside has after each of its steps. */
async function byHand(): Promise<{ marks: string[]; fingerprint: string; loss: number }[]> {
  const watched = model();
  const seen: { marks: string[]; fingerprint: string; loss: number }[] = [];
  const look = (loss: number) => {
    const marks = watched.getWeights().map(({ data }) => addon().mark(data).toString(16).padStart(16, '0'));
    seen.push({ marks, fingerprint: watched.fingerprint(), loss });
  };
  look(Number.NaN);
  await watched.fit(x, labels, { ...FIT, callbacks: { onBatchEnd: (_, { loss }) => look(loss) } });
  return seen;
}

describe('a trace', () => {
  it('has the marks of the weights after each step, and fingerprints after each epoch', async () => {
    const { tensors, entries, every } = await inMemory('step');
    expect(every).toBe('step');
    expect(tensors).toEqual(['dense_1/kernel', 'dense_1/bias', 'dense_2/kernel', 'dense_2/bias']);
    const seen = await byHand();
    const { history } = await model().fit(x, labels, FIT);
    const expected = seen.flatMap(({ marks, fingerprint, loss }, step): TraceEntry[] => {
      if (step === 0) return [{ kind: 'start', step, epoch: null, loss: null, marks, fingerprint }];
      const ofStep: TraceEntry = { kind: 'step', step, epoch: null, loss, marks, fingerprint: null };
      if (step % 4 > 0) return [ofStep];
      const epoch = step / 4 - 1;
      return [ofStep, { kind: 'epoch', step, epoch, loss: history.loss[epoch], marks, fingerprint }];
    });
    expect(expected).toHaveLength(STEPS + 4);
    expect(entries).toEqual(expected);
  });

  it('has the marks of moving means and variances too, and of weights under constraints, with any rows at a time', async () => {
    const watched = model(undefined, { layers: NORMALIZED });
    const marks: string[][] = [];
    const look = () =>
      marks.push(watched.getWeights().map(({ data }) => addon().mark(data).toString(16).padStart(16, '0')));
    look();
    const { trace } = await watched.fit(x, labels, { ...FIT, trace: 'step', callbacks: { onBatchEnd: look } });
    const { tensors, entries } = trace as Trace;
    expect(tensors.filter((name) => name.includes('moving'))).toEqual([
      'batchNormalization_1/movingMean',
      'batchNormalization_1/movingVariance',
      'batchNormalization_2/movingMean',
      'batchNormalization_2/movingVariance',
    ]);
    expect(entries.filter(({ kind }) => kind !== 'epoch').map((entry) => entry.marks)).toEqual(marks);
    const { trace: parts } = await model().fit(x, labels, { ...FIT, trace: 'step', microBatchSize: 16 });
    expect(parts).toEqual(await inMemory('step'));
  });

  it('of epochs leaves the steps out', async () => {
    const steps = await inMemory('step');
    const epochs = await inMemory('epoch');
    expect(epochs.entries).toEqual(steps.entries.filter(({ kind }) => kind !== 'step'));
  });

  it.each(['epoch', 'step'] as const)('of every %s is the same in a folder', async (every) => {
    const { tensors, entries } = await inMemory(every);
    const { folder, trace } = await model().fit(x, labels, { ...FIT, trace: every, folder: freshPath() });
    expect(trace).toBeNull();
    const read = await (await openRun(folder as string)).trace();
    expect(read?.tensors).toEqual(tensors);
    const found: TraceEntry[] = [];
    for await (const entry of read?.entries ?? []) found.push(entry);
    expect(found).toEqual(entries);
  });

  it('of an unfinished run has what was written', async () => {
    const folder = freshPath();
    const { signal, callbacks } = new Witness(6).stopping;
    const stopped = model().fit(x, labels, {
      ...FIT,
      trace: 'step',
      folder,
      ...(signal && { signal }),
      ...(callbacks && { callbacks }),
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const steps: number[] = [];
    for await (const { step } of (await (await openRun(folder)).trace())?.entries ?? []) steps.push(step);
    expect(steps).toEqual([0, 1, 2, 3, 4, 4, 5, 6]);
  });

  it('is none without being asked for', async () => {
    const run = await model().fit(x, labels, FIT);
    expect([run.trace, run.best, run.folder]).toEqual([null, null, null]);
    const { folder } = await model().fit(x, labels, { ...FIT, trace: null, folder: freshPath() });
    expect(await (await openRun(folder as string)).trace()).toBeNull();
  });
});

describe('the best epoch', () => {
  it('is the first of the lowest loss or the highest accuracy, with its weights', async () => {
    const weights: unknown[] = [];
    const fitted = model();
    const run = await fitted.fit(x, labels, {
      ...FIT,
      epochs: 6,
      best: 'accuracy',
      callbacks: { onEpochEnd: () => weights.push(fitted.getWeights()) },
    });
    const accuracy = run.history.accuracy as number[];
    const epoch = accuracy.indexOf(Math.max(...accuracy));
    expect(run.best).toEqual({ metric: 'accuracy', epoch, value: accuracy[epoch], weights: weights[epoch] });
  });

  it('needs its metric', async () => {
    for (const best of ['val_loss', 'val_accuracy'] as const) {
      await expect(model().fit(x, labels, { ...FIT, best })).rejects.toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    }
    const without = model();
    without.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    await expect(without.fit(x, labels, { best: 'accuracy' })).rejects.toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
  });
});
