import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FitOptions, modelFromRun, openRun, resume, type SequentialOptions } from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import { freshPath } from './folder.js';
import { contents, FIT, labels, model, NORMALIZED, OPTIMIZERS, STEPS, Witness, x } from './problem.js';

const instructionSets = addon().instructionSets().available;

interface Case {
  readonly optimizer?: string;
  readonly model?: Partial<SequentialOptions>;
  readonly fit?: FitOptions;
}

const CASES: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(Object.keys(OPTIMIZERS).map((optimizer) => [optimizer, { optimizer }])),
  'a generator of seedrandom': { model: { generator: 'alea' } },
  'stratified batches': { fit: { shuffle: 'stratified' } },
  'seeds of their own': { model: { seeds: { weights: 1, order: 2, dropout: 'three' } } },
  'batch normalization, constraints and regularizers': { model: { layers: NORMALIZED } },
  'the same, its weights averaged': { optimizer: 'adamw with an average', model: { layers: NORMALIZED } },
  'micro-batches': { fit: { microBatchSize: 16 } },
  'rows in order': { fit: { shuffle: false } },
  'emulated hardware': { fit: { emulate: ['noFma'] } },
  'marks after each epoch, checkpoints every 5 steps': {
    fit: { trace: 'epoch', checkpointEvery: 5, keepCheckpoints: 1 },
  },
  'no trace': { fit: { trace: null } },
};

const validationData = [x, labels] as const;

/** Every step for one case; for the others within an epoch, at an epoch's end, and in the last one. */
function stepsOf(optimizer?: string, fit?: FitOptions): readonly number[] {
  return optimizer === 'adam' && fit === undefined ? Array.from({ length: STEPS - 1 }, (_, i) => i + 1) : [2, 4, 11];
}

const ABORTED = { name: 'AbortError' };

describe('a run that stops after any step and is resumed', () => {
  it.each(Object.entries(CASES))('with %s is the run that never stopped', async (_, { optimizer, fit, ...made }) => {
    const make = () => model(OPTIMIZERS[optimizer ?? 'adam'], made.model);
    const options = { ...FIT, trace: 'step', best: 'val_loss', validationData, threads: 1, ...fit } as const;
    const witness = new Witness();
    const whole = make();
    const folder = freshPath();
    const expected = await whole.fit(x, labels, { ...options, folder, ...witness.watching });
    const files = contents(folder);
    for (const step of stepsOf(optimizer, fit)) {
      const stopped = new Witness(step);
      const path = freshPath();
      const stopping = make().fit(x, labels, { ...options, folder: path, ...stopped.watching });
      await expect(stopping).rejects.toMatchObject(ABORTED);
      expect((await openRun(path)).manifest.status).toBe('interrupted');
      const goesOn = new Witness();
      const { run, model: resumed } = await resume(path, x, labels, {
        validationData,
        threads: 1 + (step % 3),
        isa: fit?.emulate ? 'scalar' : instructionSets[step % instructionSets.length],
        ...goesOn.watching,
      });
      expect(run.fingerprint).toBe(expected.fingerprint);
      expect(resumed.fingerprint('state')).toBe(whole.fingerprint('state'));
      expect(run.history).toEqual(expected.history);
      expect(run.best).toEqual(expected.best);
      expect(run.steps).toBe(STEPS);
      expect(goesOn.seen).toEqual(witness.seen);
      expect(contents(path)).toEqual(files);
      resumed.dispose();
    }
  });

  it('may stop many times', async () => {
    const whole = freshPath();
    const options = { ...FIT, trace: 'step' } as const;
    await model().fit(x, labels, { ...options, folder: whole, ...new Witness().watching });
    const path = freshPath();
    const first = model().fit(x, labels, { ...options, folder: path, ...new Witness(2).watching });
    await expect(first).rejects.toMatchObject(ABORTED);
    for (let step = 3; step < STEPS; step += 2) {
      await expect(resume(path, x, labels, new Witness(step).watching)).rejects.toMatchObject(ABORTED);
    }
    await resume(path, x, labels, new Witness().watching);
    expect(contents(path)).toEqual(contents(whole));
    expect((await openRun(path)).manifest.sessions).toHaveLength(7);
  });

  it('may stop between any two steps of a call, whenever the signal comes', async () => {
    const options = { epochs: 6, batchSize: 2, trace: 'step', checkpointEvery: 100 } as const;
    const whole = freshPath();
    const expected = await model().fit(x, labels, { ...options, folder: whole });
    const path = freshPath();
    let aborts = 0;
    for (;;) {
      const controller = new AbortController();
      const { signal } = controller;
      const timer = setTimeout(() => controller.abort(), 3 + 2 * aborts);
      const training: Promise<unknown> = existsSync(join(path, 'manifest.json'))
        ? resume(path, x, labels, { signal })
        : model().fit(x, labels, { ...options, folder: path, signal });
      const aborted = await training.then(
        () => false,
        (error) => {
          if (error !== signal.reason) throw error;
          return true;
        },
      );
      clearTimeout(timer);
      if (!aborted) break;
      aborts += 1;
    }
    expect((await resume(path, x, labels)).run.fingerprint).toBe(expected.fingerprint);
    expect(contents(path)).toEqual(contents(whole));
  });

  it('goes on from weights that no recipe gives', async () => {
    const start = async () => {
      const trained = model();
      await trained.fit(x, labels, { epochs: 1, batchSize: 50 });
      return trained;
    };
    const whole = freshPath();
    const expected = await (await start()).fit(x, labels, { ...FIT, folder: whole });
    expect(expected.initialEpoch).toBe(1);
    for (const step of [1, 9]) {
      const path = freshPath();
      const stopping = (await start()).fit(x, labels, { ...FIT, folder: path, ...new Witness(step).stopping });
      await expect(stopping).rejects.toMatchObject(ABORTED);
      const { run } = await resume(path, x, labels);
      expect(run.fingerprint).toBe(expected.fingerprint);
      expect(run.initialEpoch).toBe(1);
      expect(contents(path)).toEqual(contents(whole));
    }
  });

  it.each([
    ['drawn', () => model(), 'recipe'],
    [
      'set',
      () => {
        const set = model();
        set.setWeights(set.getWeights());
        return set;
      },
      'checkpoint',
    ],
    [
      'drawn again',
      () => {
        const set = model();
        set.setWeights(set.getWeights());
        set.reset();
        return set;
      },
      'recipe',
    ],
  ] as const)('says whether weights were %s', async (_, make, from) => {
    const { folder } = await make().fit(x, labels, { folder: freshPath() });
    expect((await openRun(folder as string)).manifest.start).toBe(from);
  });

  it('in free order goes on, and replays to the same bits', async () => {
    const free = { ...FIT, reduction: 'free', record: true } as const;
    const recorded = await model().fit(x, labels, { ...free, threads: 3, folder: freshPath() });
    expect(await (await openRun(recorded.folder as string)).recording()).toEqual(recorded.recording);
    const replay = recorded.recording ?? undefined;
    const path = freshPath();
    const replaying = { ...free, ...(replay && { replay }) };
    const stopping = model().fit(x, labels, { ...replaying, folder: path, ...new Witness(6).stopping });
    await expect(stopping).rejects.toMatchObject(ABORTED);
    await expect(resume(path, x, labels)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    const { run } = await resume(path, x, labels, { ...(replay && { replay }), threads: 2 });
    expect(run.fingerprint).toBe(recorded.fingerprint);
    expect(run.recording).toEqual(recorded.recording);

    const again = freshPath();
    const other = model().fit(x, labels, { ...free, folder: again, ...new Witness(6).stopping });
    await expect(other).rejects.toMatchObject(ABORTED);
    const freely = await resume(again, x, labels, { threads: 2 });
    const { recording } = freely.run;
    const repeated = await model().fit(x, labels, { ...free, ...(recording && { replay: recording }) });
    expect(repeated.fingerprint).toBe(freely.run.fingerprint);
  });
});

describe('a complete run', () => {
  it('comes back as fit gave it, and untouched', async () => {
    const fitted = model();
    const run = await fitted.fit(x, labels, { ...FIT, folder: freshPath(), best: 'accuracy', validationData });
    const folder = run.folder as string;
    const before = contents(folder);
    const resumed = await resume(folder, x, labels, { validationData });
    expect(resumed.run).toEqual({ ...run, seconds: 0, samplesPerSecond: 0 });
    expect(resumed.model.fingerprint('state')).toBe(fitted.fingerprint('state'));
    expect(contents(folder)).toEqual(before);
    const further = await fitted.fit(x, labels, FIT);
    expect((await resumed.model.fit(x, labels, FIT)).fingerprint).toBe(further.fingerprint);
  });

  it('gives its model, with the last or the best weights', async () => {
    const fitted = model();
    const run = await fitted.fit(x, labels, { ...FIT, folder: freshPath(), best: 'loss' });
    const folder = run.folder as string;
    expect((await modelFromRun(folder)).fingerprint('state')).toBe(fitted.fingerprint('state'));
    expect((await modelFromRun(folder, { weights: 'best' })).getWeights()).toEqual(run.best?.weights);
    expect(run.best?.epoch).toBe(run.history.loss.indexOf(Math.min(...run.history.loss)));
    const without = await model().fit(x, labels, { ...FIT, folder: freshPath() });
    await expect(modelFromRun(without.folder as string, { weights: 'best' })).rejects.toMatchObject({
      code: 'ERR_SAMEBITS_FILE',
    });
  });
});
