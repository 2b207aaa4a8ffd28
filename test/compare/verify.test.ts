import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CAUSES,
  type Checkpoint,
  type FitOptions,
  modelFromRecipe,
  type NamedTensor,
  openRun,
  resume,
  type Setting,
  verify,
  why,
} from 'samebits';
import { afterAll, describe, expect, it } from 'vitest';
import { type StateParts, writeCheckpoint } from '../../dist/runs/checkpoint.js';
import { writeManifest } from '../../dist/runs/manifest.js';
import { base, Folders, normalized, rowsOf } from './why/folders.js';

const folders = new Folders();
afterAll(() => folders.remove());

/** 3 epochs of 4 steps, with a checkpoint within each epoch. */
const longer = CAUSES.epochs.write(base, 3);
const often: Partial<FitOptions> = { checkpointEvery: 3, keepCheckpoints: 9 };

/** Tensors of which one has another element. */
function changed(name: string, index: number): (tensor: NamedTensor) => NamedTensor {
  return (tensor) => (tensor.name === name ? { ...tensor, data: tensor.data.with(index, 7) } : tensor);
}

/** A checkpoint with other facts or tensors, under a seal that holds. */
async function sealAgain(
  folder: string,
  step: number,
  change: (checkpoint: Checkpoint) => Partial<Checkpoint>,
): Promise<void> {
  const run = await openRun(folder);
  const { recipe } = run.manifest;
  const checkpoint = await run.checkpoint(step);
  const { weights, optimizer, bestWeights, ...facts } = { ...checkpoint, ...change(checkpoint) };
  const state: StateParts = ({ name }, slot) => {
    const at = weights.findIndex((tensor) => tensor.name === name);
    return [[weights[at].data, ...Object.values(optimizer[at])][slot]];
  };
  await writeCheckpoint(folder, recipe, facts, state, bestWeights);
}

describe('verify', () => {
  it.each<[string, Setting, Partial<FitOptions>]>([
    ['a trace of every step', longer, often],
    ['a trace of every epoch', longer, { ...often, trace: 'epoch' }],
    ['no trace', longer, { ...often, trace: null }],
    ['free order with a recording', CAUSES.reduction.write(longer, 'free'), { ...often, record: true }],
    ['emulated hardware', CAUSES.hardware.write(longer, ['noFma', 'ordinaryExp']), often],
    ['stratified batches', CAUSES.shuffle.write(longer, 'stratified'), often],
    ['batch normalization, constraints, clipping and averages', CAUSES.epochs.write(normalized, 3), often],
    ['micro-batches', longer, { ...often, microBatchSize: 8 }],
    ['another generator, and threads', CAUSES.generator.write(CAUSES.threads.write(longer, 3), 'alea'), often],
  ])('computes a run again with %s, whole and by stretches', async (name, setting, options) => {
    const folder = await folders.make(name, setting, options);
    const whole = await verify(folder, { threads: 2, isa: 'scalar' });
    expect(whole, whole.sentence).toMatchObject({
      verdict: 'verified',
      seed: null,
      compared: { steps: 12, checkpoints: 4 },
    });
    expect(whole.compared).toMatchObject({ epochs: 3, weights: true });
    const parts = await verify(folder, { sample: 9, seed: 1, threads: 2 });
    expect(parts, parts.sentence).toMatchObject({
      verdict: 'verified',
      compared: { steps: 12, checkpoints: 4, epochs: 3 },
    });
    expect(parts.stretches.map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [3, 6],
      [6, 9],
      [9, 12],
    ]);
  });

  it('knows which epoch is the best', async () => {
    const folder = await folders.make('best', longer, { best: 'loss' });
    expect(await verify(folder)).toMatchObject({ verdict: 'verified' });
    const { manifest } = await openRun(folder);
    const { result } = manifest as { result: NonNullable<typeof manifest.result> };
    const best = { ...(result.best as NonNullable<typeof result.best>), value: 0.0001 };
    await writeManifest(folder, { ...manifest, result: { ...result, best } });
    expect(await verify(folder)).toMatchObject({ verdict: 'differs', difference: { name: 'best' } });
    await writeManifest(folder, { ...manifest, result: { ...result, bestWeights: null } });
    expect(await verify(folder)).toMatchObject({ verdict: 'differs', difference: { name: 'bestWeights' } });
  });

  it.each<[string, string, (checkpoint: Checkpoint) => Partial<Checkpoint>]>([
    ['best', 'best', ({ best }) => ({ best: best && { ...best, epoch: 1 } })],
    ['nonFinite', 'nonFinite', () => ({ nonFinite: { step: 2, tensor: 'dense_1/kernel' } })],
    [
      'an element of the best weights',
      'best/dense_2/kernel',
      ({ bestWeights }) => ({ bestWeights: (bestWeights ?? []).map(changed('dense_2/kernel', 5)) }),
    ],
  ])('compares %s of checkpoints that were sealed again', async (what, name, change) => {
    const folder = await folders.make(`kept-${what}`, longer, { ...often, best: 'loss' });
    expect(await verify(folder, { sample: 9, seed: 1 })).toMatchObject({ verdict: 'verified' });
    await sealAgain(folder, 6, change);
    const difference = { step: 6, file: 'checkpoints/6.safetensors', name };
    expect(await verify(folder)).toMatchObject({ verdict: 'differs', difference });
    // Whichever stretch is drawn: the one after it is not to blame. A better epoch replaces the best, nothing nonFinite.
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const report = await verify(folder, { sample: 1, seed });
      if (report.verdict === 'differs') expect(report).toMatchObject({ difference });
      const [{ from, to }] = report.stretches;
      if (to === 6 || (from === 6 && name === 'nonFinite')) expect(report.verdict).toBe('differs');
    }
    if (what.startsWith('an')) expect((await verify(folder)).difference).toMatchObject({ index: 5, found: 7 });
  });

  it('compares where weights stopped being finite, and knows of none', async () => {
    const folder = await folders.make('finite', longer);
    const { manifest } = await openRun(folder);
    const { result } = manifest as { result: NonNullable<typeof manifest.result> };
    await writeManifest(folder, { ...manifest, result: { ...result, nonFinite: { step: 3, tensor: 'dense_1/bias' } } });
    expect(await verify(folder)).toMatchObject({
      verdict: 'differs',
      difference: {
        file: 'manifest.json',
        name: 'nonFinite',
        found: 'dense_1/bias after step 3',
        computed: 'nowhere',
      },
    });
  });

  it('blames no run for what its caller said', async () => {
    const folder = await folders.make('blameless', base);
    process.env.SAMEBITS_THREADS = 'many';
    try {
      await expect(verify(folder)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
      await expect(why(folder, folder)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    } finally {
      delete process.env.SAMEBITS_THREADS;
    }
  });

  it('draws the same stretches by the same seed, and others by another', async () => {
    const folder = await folders.make('drawn', longer, often);
    const drawn = async (seed: number) => (await verify(folder, { sample: 2, seed })).stretches.map(({ from }) => from);
    const first = await drawn(1);
    expect(first).toHaveLength(2);
    expect(await drawn(1)).toEqual(first);
    const others = await Promise.all([2, 3, 4, 5].map(drawn));
    expect(others.some((stretches) => stretches.join() !== first.join())).toBe(true);
  });

  it('compares metrics of validation, and the best weights, where their data are given', async () => {
    const { x, y } = await rowsOf(base);
    const other = await rowsOf(CAUSES.dataSeed.write(base, 9));
    const validationData = [other.x, other.y] as const;
    const folder = await folders.make('validated', longer, { validationData, best: 'val_loss' });
    expect(await verify(folder)).toMatchObject({
      verdict: 'verified',
      skipped: ['metrics of validation: its data were not given'],
    });
    expect(await verify(folder, { validationData: other })).toMatchObject({ verdict: 'verified', skipped: [] });
    const wrong = await verify(folder, { validationData: { x, y } });
    expect(wrong.skipped).toHaveLength(1);
  });

  it('finds where a trace, metrics or weights are not what was computed', async () => {
    const lines = async (file: string, change: (text: string) => string): Promise<string> => {
      const folder = await folders.make(`changed-${file}`, longer);
      const path = join(folder, file);
      writeFileSync(path, change(readFileSync(path, 'utf8')));
      return folder;
    };
    const trace = await lines('trace.jsonl', (text) => text.replace('"step":5', '"step":6'));
    expect(await verify(trace)).toMatchObject({ verdict: 'differs', difference: { file: 'trace.jsonl' } });
    const metrics = await lines('metrics.jsonl', (text) => text.replace('"accuracy":0.', '"accuracy":0.1'));
    expect(await verify(metrics)).toMatchObject({ verdict: 'differs', difference: { file: 'metrics.jsonl' } });
    const report = await why(trace, await folders.make('whole', longer));
    expect(report).toMatchObject({ verdict: 'equal', damage: [{ run: 'a', file: 'trace.jsonl' }] });
  });

  it('finds a run of other data', async () => {
    const folder = await folders.make('other-data', longer);
    const { x, y } = await rowsOf(base);
    const data = Float32Array.from(x.data);
    data[100] += 1;
    const forged = modelFromRecipe(longer.recipe);
    const twin = folders.at('other-data-twin');
    await forged.fit({ ...x, data }, y, { ...longer.recipe.fit, folder: twin, trace: 'step' });
    expect(await verify(twin, { data: { x, y } })).toMatchObject({
      verdict: 'cannot tell',
      missing: expect.stringContaining('what was given is other data'),
    });
    expect(await verify(folder, { data: { x, y } })).toMatchObject({ verdict: 'verified' });
  });

  it('computes a run that began with a trained model, and one that was interrupted and resumed', async () => {
    const { x, y } = await rowsOf(base);
    const { fit } = base.recipe;
    const model = modelFromRecipe(base.recipe);
    await model.fit(x, y, fit);
    const second = folders.at('second');
    await model.fit(x, y, { ...fit, folder: second, trace: 'step', dataSource: base.data });
    expect(await verify(second)).toMatchObject({ verdict: 'verified', compared: { steps: 8 } });

    const controller = new AbortController();
    const onBatchEnd = (batch: number): void => {
      if (batch === 2) controller.abort();
    };
    const stopped = folders.make('stopped', longer, { ...often, signal: controller.signal, callbacks: { onBatchEnd } });
    await expect(stopped).rejects.toThrow();
    const folder = folders.at('stopped');
    expect(await verify(folder)).toMatchObject({ verdict: 'verified', status: 'interrupted', compared: { steps: 3 } });
    await resume(folder, x, y, { threads: 2, callbacks: { onBatchEnd: () => {} } });
    expect(await verify(folder)).toMatchObject({ verdict: 'verified', status: 'complete', compared: { steps: 12 } });

    const fresh = await folders.make('fresh', base);
    const report = await why(fresh, second);
    expect(report).toMatchObject({ verdict: 'explained', parting: { step: 0 } });
    expect(report.factors.filter(({ effect }) => effect !== 'none')).toMatchObject([
      { name: 'start', effect: 'explains' },
    ]);
  });

  it('computes weights that became infinite as the run did', async () => {
    const sgd = CAUSES.optimizer.write(longer, { name: 'sgd', momentum: 0, nesterov: false });
    const wild = CAUSES.activation.write(CAUSES.learningRate.write(sgd, 1e38), 'relu');
    const folder = await folders.make('wild', wild, { ...often, onNonFinite: 'continue', best: 'loss' });
    const { manifest } = await openRun(folder);
    const { result } = manifest as { result: NonNullable<typeof manifest.result> };
    expect(result.nonFinite).toMatchObject({ tensor: expect.any(String) });
    expect(await verify(folder)).toMatchObject({ verdict: 'verified', compared: { steps: 12 } });
    expect(await verify(folder, { sample: 9, seed: 1 })).toMatchObject({
      verdict: 'verified',
      compared: { steps: 12 },
    });
    await writeManifest(folder, { ...manifest, result: { ...result, nonFinite: null } });
    const { difference } = await verify(folder);
    expect(difference).toMatchObject({ file: 'manifest.json', name: 'nonFinite', found: 'nowhere' });
  });

  it('tells how far it is, and stops when it is told to', async () => {
    const folder = await folders.make('progress', longer);
    const seen: number[] = [];
    await verify(folder, { onProgress: ({ step, steps }) => seen.push(step / steps) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(verify(folder, { signal })).rejects.toThrow('enough');
    await expect(why(folder, folder, { signal })).rejects.toThrow('enough');
  });

  it.each([
    [{ sample: 0 }, 'ERR_SAMEBITS_ARGUMENT'],
    [{ threads: 0 }, 'ERR_SAMEBITS_ARGUMENT'],
    [{ data: 'digits' }, 'ERR_SAMEBITS_ARGUMENT'],
    [{ thread: 1 }, 'ERR_SAMEBITS_ARGUMENT'],
    [{}, 'ERR_SAMEBITS_FILE'],
  ])('refuses %o', async (options, code) => {
    await expect(verify(folders.at('nowhere'), options as never)).rejects.toMatchObject({ code });
  });
});
