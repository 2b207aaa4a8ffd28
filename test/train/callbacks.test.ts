import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Callbacks,
  csvLogger,
  type EarlyStoppingOptions,
  type EpochMetrics,
  earlyStopping,
  jsonLogger,
  modelFromRun,
  openRun,
  resume,
  verify,
  why,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { writeManifest } from '../../dist/runs/manifest.js';
import { freshPath } from '../runs/folder.js';
import { contents, FIT, labels, model, Witness, x } from '../runs/problem.js';
import { CLASSES } from './problem.js';

const validationData = [x, labels] as const;
/** 4 steps an epoch. */
const PLANNED = { ...FIT, epochs: 6 } as const;

/** Ends a run after so many epochs, and remembers nothing. */
const stopAfter = (epochs: number): Callbacks => ({
  onEpochEnd: (epoch, _, training) => {
    if (epoch + 1 === epochs) training.stop();
  },
});

/** The epoch, from 0, at whose end early stopping ends a run of such values; null where it does not. */
async function endOf(values: readonly number[], options: EarlyStoppingOptions, callbacks = earlyStopping(options)) {
  const name = options.monitor ?? 'val_loss';
  for (const [epoch, value] of values.entries()) {
    let stopped = false;
    const place = { epoch, step: epoch + 1, steps: values.length, learningRate: 1 };
    const training = {
      ...place,
      stop: () => {
        stopped = true;
      },
    };
    await callbacks.onEpochBegin?.(epoch, place);
    await callbacks.onEpochEnd?.(epoch, { loss: 0, [name]: value } as EpochMetrics, training);
    if (stopped) return epoch;
  }
  return null;
}

describe('early stopping', () => {
  it.each<[EarlyStoppingOptions, readonly number[], number | null]>([
    [{}, [3, 2, 1], null],
    [{}, [3, 2, 2, 1], 2],
    [{ patience: 1 }, [3, 2, 2, 1], 2],
    [{ patience: 2 }, [3, 2, 4, 1, 2, 1], 5],
    [{ patience: 3 }, [3, 2, 4, 2, 1.5, 2, 2], null],
    [{ minDelta: 0.5 }, [3, 2.5], 1],
    [{ minDelta: 0.5, patience: 2 }, [3, 2.75, 2.4, 2.3, 2.2], 4],
    [{ monitor: 'accuracy' }, [0.1, 0.2, 0.2], 2],
    [{ monitor: 'accuracy', minDelta: 0.25 }, [0.25, 0.5], 1],
    [{ monitor: 'accuracy', mode: 'min' }, [0.3, 0.2, 0.25], 2],
    [{ monitor: 'loss', mode: 'max' }, [1, 2, 2], 2],
    [{ patience: 2 }, [Number.NaN, 3, Number.NaN, 2, Number.NaN, Number.POSITIVE_INFINITY], 5],
    [{}, [Number.NaN, Number.NaN], 1],
  ])('with %j ends %j after epoch %j', async (options, values, end) => {
    const callbacks = earlyStopping(options);
    expect(await endOf(values, options, callbacks)).toBe(end);
    // The same callbacks begin anew with another fit.
    expect(await endOf(values, options, callbacks)).toBe(end);
  });

  it('refuses options that mean nothing, and metrics that a run does not have', async () => {
    expect(() => earlyStopping({ patience: -1 })).toThrowError(/patience/);
    expect(() => earlyStopping({ minDelta: Number.NaN })).toThrowError(/minDelta/);
    const named = (monitor: string) => () => earlyStopping({ monitor: monitor as 'loss' });
    expect(named('auc')).toThrowError(/did you mean 'val_rocAuc'\?\).* for earlyStopping\.monitor/);
    expect(named('f1')).toThrowError("did you mean 'val_f1'?");
    expect(named('val_mae')).toThrowError("did you mean 'val_meanAbsoluteError'?");
    expect(named('acc')).toThrowError("did you mean 'accuracy'?");
    const fresh = model();
    const before = fresh.fingerprint('state');
    const fit = fresh.fit(x, labels, { ...FIT, callbacks: earlyStopping() });
    await expect(fit).rejects.toMatchObject({
      code: 'ERR_SAMEBITS_ARGUMENT',
      message: expect.stringContaining(
        'Expected validationData, or one of the metrics loss, accuracy, for fit.callbacks[0].watches',
      ),
    });
    expect(fresh.fingerprint('state')).toBe(before);
    // Who calls it from callbacks of their own hears of it at the first epoch's end.
    const { onEpochEnd } = earlyStopping();
    const wrapped = model().fit(x, labels, { ...FIT, callbacks: { onEpochEnd } as Callbacks });
    await expect(wrapped).rejects.toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT', message: /loss, accuracy/ });
  });
});

describe('a run that a callback ends', () => {
  it('has the bits of one of as many epochs, and says that it was ended', async () => {
    const ended = model();
    const seen: string[] = [];
    const watching: Callbacks = {
      onEpochEnd: (epoch) => seen.push(`end ${epoch}`),
      onTrainEnd: ({ loss }) => seen.push(`done ${loss}`),
    };
    const progress: number[] = [];
    const run = await ended.fit(x, labels, {
      ...PLANNED,
      callbacks: [stopAfter(2), watching],
      trace: 'step',
      onProgress: ({ step }) => progress.push(step),
    });
    const whole = model();
    const shorter = await whole.fit(x, labels, { ...PLANNED, epochs: 2, trace: 'step' });
    expect(run).toMatchObject({ stopped: true, steps: 8, fingerprint: shorter.fingerprint });
    expect(shorter.stopped).toBe(false);
    expect(run.history).toEqual(shorter.history);
    expect(run.trace).toEqual(shorter.trace);
    expect(run.recipe.fit.epochs).toBe(6);
    expect(ended.fingerprint('state')).toBe(whole.fingerprint('state'));
    expect(seen).toEqual(['end 0', 'end 1', `done ${run.history.loss[1]}`]);
    expect(progress.at(-1)).toBe(8);
    // It can go on, as any model can.
    const options = { ...FIT, epochs: 1 };
    expect((await ended.fit(x, labels, options)).fingerprint).toBe((await whole.fit(x, labels, options)).fingerprint);
  });

  it('after its last epoch was not ended before', async () => {
    const run = await model().fit(x, labels, { ...FIT, callbacks: stopAfter(3) });
    expect(run).toMatchObject({ stopped: false, steps: 12 });
  });

  it('in free order has a recording of its steps, which replays', async () => {
    const options = { ...PLANNED, reduction: 'free', threads: 2 } as const;
    const run = await model().fit(x, labels, { ...options, record: true, callbacks: stopAfter(3) });
    const replayed = await model().fit(x, labels, { ...options, epochs: 3, replay: run.recording ?? undefined });
    expect(replayed.fingerprint).toBe(run.fingerprint);
  });
});

/** Better, better, then never again by so much. */
const STOPPING: EarlyStoppingOptions = { monitor: 'loss', minDelta: 1, patience: 3 };

describe('in a run folder', () => {
  it.each([
    ['a checkpoint each epoch', {}],
    ['a checkpoint every 3 steps', { checkpointEvery: 3, keepCheckpoints: 1 }],
    ['a checkpoint every 5 steps and a mark of each', { checkpointEvery: 5, keepCheckpoints: 3, trace: 'step' }],
  ] as const)('a run with %s, resumed after any step, is the one that never stopped', async (_, kept) => {
    const options = { ...PLANNED, ...kept, best: 'loss', validationData } as const;
    const watch = (path: string, stop?: number) => {
      const witness = new Witness(stop);
      const loggers = [csvLogger(`${path}.csv`), jsonLogger(`${path}.jsonl`)];
      const callbacks = [earlyStopping(STOPPING), ...loggers, witness.callbacks];
      return { witness, callbacks };
    };
    const logged = (path: string) => ['csv', 'jsonl'].map((end) => readFileSync(`${path}.${end}`, 'utf8'));
    const path = freshPath();
    const { witness, callbacks } = watch(path);
    const expected = await model().fit(x, labels, { ...options, folder: path, callbacks });
    // The first epoch is the best; three more do not improve by 1.
    expect(expected).toMatchObject({ stopped: true, steps: 16 });
    expect((await openRun(path)).manifest).toMatchObject({ status: 'complete', result: { steps: 16 } });
    for (const step of [2, 4, 11, 15]) {
      const folder = freshPath();
      const stopped = watch(folder, step);
      const { signal } = stopped.witness;
      const stopping = model().fit(x, labels, { ...options, folder, callbacks: stopped.callbacks, signal });
      await expect(stopping).rejects.toMatchObject({ name: 'AbortError' });
      const goesOn = watch(folder);
      const { run } = await resume(folder, x, labels, { validationData, callbacks: goesOn.callbacks });
      expect(run).toMatchObject({ stopped: true, fingerprint: expected.fingerprint, history: expected.history });
      expect(goesOn.witness.seen).toEqual(witness.seen);
      expect(contents(folder)).toEqual(contents(path));
      expect(logged(folder)).toEqual(logged(path));
    }
    const [csv, json] = logged(path).map((text) => text.split('\n'));
    const { history } = expected;
    expect(csv).toHaveLength(6);
    expect(csv[0]).toBe('epoch,loss,accuracy,val_loss,val_accuracy');
    expect(csv[4].split(',').map(Number)).toEqual([3, ...Object.values(history).map((values) => values[3])]);
    expect(JSON.parse(json[2])).toEqual({
      epoch: 2,
      ...Object.fromEntries(Object.entries(history).map(([name, values]) => [name, values[2]])),
    });
  });

  it('an end that was decided stays decided, whatever comes between it and the manifest', async () => {
    const path = freshPath();
    const failing: Callbacks = {
      onTrainEnd: () => {
        throw new Error('no');
      },
    };
    const options = { ...PLANNED, checkpointEvery: 3 } as const;
    const failed = model().fit(x, labels, { ...options, folder: path, callbacks: [stopAfter(2), failing] });
    await expect(failed).rejects.toThrowError('no');
    expect((await openRun(path)).manifest.status).toBe('failed');
    // Nothing would end it any more.
    const { run, model: resumed } = await resume(path, x, labels);
    const other = freshPath();
    const whole = await model().fit(x, labels, { ...options, folder: other, callbacks: stopAfter(2) });
    expect(run).toMatchObject({ stopped: true, steps: 8, fingerprint: whole.fingerprint });
    expect(contents(path)).toEqual(contents(other));
    const again = await resume(path, x, labels);
    expect(again.run).toEqual({ ...run, seconds: 0, samplesPerSecond: 0 });
    expect((await modelFromRun(path)).fingerprint('state')).toBe(resumed.fingerprint('state'));
  });

  it('is verified, and compared with the run that went on', async () => {
    const [ended, whole] = [freshPath(), freshPath()];
    const options = { ...PLANNED, trace: 'step', checkpointEvery: 3 } as const;
    await model().fit(x, labels, { ...options, folder: ended, callbacks: stopAfter(2) });
    await model().fit(x, labels, { ...options, folder: whole });
    const report = await verify(ended, { data: { x, y: labels } });
    expect(report, report.sentence).toMatchObject({
      verdict: 'verified',
      compared: { steps: 8, epochs: 2, weights: true },
    });
    const { verdict, equalUpTo, sentence } = await why(ended, whole);
    expect({ verdict, equalUpTo }, sentence).toEqual({ verdict: 'equal', equalUpTo: 8 });
    expect(sentence).toContain('A made 8, B 24');
  });

  it('is refused where its steps are no whole epochs, or too many', async () => {
    const path = freshPath();
    await model().fit(x, labels, { ...PLANNED, folder: path, callbacks: stopAfter(2) });
    const { manifest } = await openRun(path);
    for (const steps of [7, 28]) {
      const result = manifest.result && { ...manifest.result, steps };
      await writeManifest(path, { ...manifest, result });
      await expect(openRun(path)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE', message: /result\.steps/ });
    }
  });
});

describe('the best weights', () => {
  /** Other labels: the more the model learns, the worse it does on them. */
  const wrong = Uint8Array.from(labels, (label) => (label + 1) % CLASSES);
  const validated = { ...PLANNED, validationData: [x, wrong] } as const;
  const restoring = () => earlyStopping({ patience: 2, restoreBestWeights: true });

  it('are what the model has in the end, and the run is the one without', async () => {
    const [restored, plain] = [model(), model()];
    const path = freshPath();
    const run = await restored.fit(x, labels, { ...validated, folder: path, callbacks: restoring() });
    const other = await plain.fit(x, labels, {
      ...validated,
      best: 'val_loss',
      callbacks: earlyStopping({ patience: 2 }),
    });
    expect(run).toMatchObject({ stopped: other.stopped, fingerprint: other.fingerprint, best: other.best });
    expect(run.best?.epoch).toBeLessThan(run.history.loss.length - 1);
    expect(restored.getWeights()).toEqual(run.best?.weights);
    expect(restored.fingerprint()).not.toBe(run.fingerprint);
    expect((await modelFromRun(path, { weights: 'best' })).fingerprint()).toBe(restored.fingerprint());
    expect((await modelFromRun(path)).fingerprint()).toBe(run.fingerprint);
    const report = await verify(path, { data: { x, y: labels }, validationData: { x, y: wrong } });
    expect(report, report.sentence).toMatchObject({ verdict: 'verified' });
    // It goes on from them, with the optimizer as it is.
    if (run.best) plain.setWeights(run.best.weights);
    const more = { ...FIT, epochs: 1 } as const;
    expect((await restored.fit(x, labels, more)).fingerprint).toBe((await plain.fit(x, labels, more)).fingerprint);
  });

  it('are restored after a resumed run, and again', async () => {
    const given = { validationData: validated.validationData };
    const whole = model();
    const expected = await whole.fit(x, labels, { ...validated, callbacks: restoring() });
    const path = freshPath();
    const witness = new Witness(6);
    const options = { ...validated, folder: path, signal: witness.signal } as const;
    const stopping = model().fit(x, labels, { ...options, callbacks: [restoring(), witness.callbacks] });
    await expect(stopping).rejects.toMatchObject({ name: 'AbortError' });
    for (let time = 0; time < 2; time += 1) {
      const callbacks = [restoring(), new Witness().callbacks];
      const { run, model: resumed } = await resume(path, x, labels, { ...given, callbacks });
      expect(run).toMatchObject({ fingerprint: expected.fingerprint, best: expected.best });
      expect(resumed.fingerprint('state')).toBe(whole.fingerprint('state'));
    }
    const plain = await resume(path, x, labels, given);
    expect(plain.model.fingerprint()).toBe(expected.fingerprint);
  });

  it('are of one metric', async () => {
    const fit = model().fit(x, labels, { ...validated, best: 'loss', callbacks: restoring() });
    await expect(fit).rejects.toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT', message: /restoreBest/ });
    const path = freshPath();
    await model().fit(x, labels, { ...FIT, validationData, folder: path });
    const resumed = resume(path, x, labels, { validationData, callbacks: restoring() });
    await expect(resumed).rejects.toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT', message: /kept none/ });
    expect(() => earlyStopping({ mode: 'max', restoreBestWeights: true })).toThrowError(/earlyStopping\.mode/);
  });
});

describe('loggers', () => {
  it('begin their file anew with each fit, and need a place for it', async () => {
    const path = `${freshPath()}.csv`;
    const callbacks = csvLogger(path);
    const trained = model();
    await trained.fit(x, labels, { ...FIT, callbacks });
    const first = readFileSync(path, 'utf8');
    const { history } = await trained.fit(x, labels, { ...FIT, epochs: 1, callbacks });
    expect(readFileSync(path, 'utf8')).toBe(`epoch,loss,accuracy\n0,${history.loss[0]},${history.accuracy?.[0]}\n`);
    expect(first.split('\n')).toHaveLength(5);
    const nowhere = jsonLogger(join(freshPath(), 'a.jsonl'));
    await expect(model().fit(x, labels, { ...FIT, callbacks: nowhere })).rejects.toMatchObject({
      code: 'ERR_SAMEBITS_FILE',
    });
    expect(() => csvLogger('')).toThrowError(/path of a file/);
  });

  it('write numbers that JSON has none for', async () => {
    const path = `${freshPath()}.jsonl`;
    const [json, csv] = [jsonLogger(path), csvLogger(`${path}.csv`)];
    const metrics = { loss: Number.NaN, val_loss: Number.NEGATIVE_INFINITY, accuracy: 0.1 };
    for (const callbacks of [json, csv]) {
      const place = { epoch: 0, step: 1, steps: 1, learningRate: 1 };
      await callbacks.onEpochBegin?.(0, place);
      await callbacks.onEpochEnd?.(0, metrics, { ...place, stop: () => {} });
    }
    expect(readFileSync(path, 'utf8')).toBe('{"epoch":0,"loss":"NaN","val_loss":"-Infinity","accuracy":0.1}\n');
    expect(readFileSync(`${path}.csv`, 'utf8')).toBe('epoch,loss,val_loss,accuracy\n0,NaN,-Infinity,0.1\n');
  });

  it('refuse a file that is shorter than it was', async () => {
    const path = freshPath();
    const witness = new Witness(9);
    const options = { ...FIT, folder: path, signal: witness.signal };
    const stopping = model().fit(x, labels, { ...options, callbacks: [csvLogger(`${path}.csv`), witness.callbacks] });
    await expect(stopping).rejects.toMatchObject({ name: 'AbortError' });
    truncateSync(`${path}.csv`, 10);
    const going = resume(path, x, labels, { callbacks: [csvLogger(`${path}.csv`), new Witness().callbacks] });
    await expect(going).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE', message: /at the checkpoint/ });
  });
});
