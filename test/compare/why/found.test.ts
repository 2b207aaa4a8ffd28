/** What `why` finds beyond causes: data, other values of the recipe, other contracts, damage; and what it cannot tell. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CAUSES,
  type Cause,
  type CauseName,
  type DenseLayer,
  modelFromRecipe,
  openRun,
  type Recording,
  resume,
  type Setting,
  verify,
  why,
} from 'samebits';
import { afterAll, describe, expect, it } from 'vitest';
import { fingerprintState } from '../../../dist/compare/why/state.js';
import { writeCheckpoint } from '../../../dist/runs/checkpoint.js';
import { writeManifest } from '../../../dist/runs/manifest.js';
import { base, Folders, rowsOf } from './folders.js';

const folders = new Folders();
afterAll(() => folders.remove());

const changed = (levels: Partial<Record<CauseName, unknown>>, from: Setting = base): Setting =>
  Object.entries(levels).reduce(
    (setting, [name, level]) => (CAUSES[name as CauseName] as Cause).write(setting, level),
    from,
  );

/** The run of `base` on rows that only a caller has. */
async function onGiven(name: string, change: (x: Float32Array) => void = () => {}) {
  const { x, y } = await rowsOf(base);
  const data = Float32Array.from(x.data);
  change(data);
  const rows = { x: { ...x, data }, y };
  const { recipe } = base;
  const model = modelFromRecipe(recipe);
  const folder = folders.at(name);
  await model.fit(rows.x, rows.y, { ...recipe.fit, folder, trace: 'step' });
  return { folder, rows };
}

describe('why', () => {
  it('names no data where the same rows came from elsewhere', async () => {
    const a = await folders.make('rows-of-source', base);
    const { folder } = await onGiven('rows-of-caller');
    const { verdict, factors } = await why(a, folder);
    expect(verdict).toBe('equal');
    expect(factors.map(({ name }) => name)).not.toContain('data');
  });

  it('tries what fits only together with others, and says so', async () => {
    const two = base.recipe.model.layers.with(-1, { ...(base.recipe.model.layers.at(-1) as DenseLayer), units: 2 });
    const recipe = { ...base.recipe, model: { ...base.recipe.model, layers: two } };
    const { x, y } = await rowsOf(base);
    const targets = { data: new Float32Array(80).fill(1), rows: 40, columns: 2 };
    const [a, b] = [folders.at('one-output'), folders.at('two-outputs')];
    await modelFromRecipe(base.recipe).fit(x, y, { ...base.recipe.fit, folder: a });
    await modelFromRecipe(recipe).fit(x, targets, { ...base.recipe.fit, folder: b });
    const report = await why(a, b, { dataA: { x, y }, dataB: { x, y: targets } });
    expect(report.verdict).toBe('explained');
    expect(report.factors.map(({ name }) => name)).toContain('data');
    expect(report.swaps.some(({ missing }) => missing !== null)).toBe(true);
  });

  it('names the row and the column in which data differ, where both are given', async () => {
    const a = await onGiven('data-a');
    const b = await onGiven('data-b', (x) => {
      x[13 * 8 + 5] += 0.25;
    });
    const report = await why(a.folder, b.folder, { dataA: a.rows, dataB: b.rows });
    expect(report).toMatchObject({ verdict: 'explained', rows: { rows: 1, row: 13, column: 5 } });
    expect(report.factors).toMatchObject([{ name: 'data', effect: 'explains' }]);
    expect(report.parting?.operation).toMatchObject({ kind: 'data', differing: 1 });
    expect(report.sentence).toContain('first row 13, column 5');

    const half = await why(a.folder, b.folder, { data: a.rows });
    expect(half).toMatchObject({ verdict: 'cannot tell', parting: { seenIn: 'files', operation: null } });
    expect(half.missing.join()).toMatch(/^B: its data .*what was given is other data/);
  });

  it('says from traces alone where runs part, where data are missing', async () => {
    const a = await onGiven('missing-a');
    const { recipe } = changed({ learningRate: 0.01 });
    const model = modelFromRecipe(recipe);
    const b = folders.at('missing-b');
    await model.fit(a.rows.x, a.rows.y, { ...recipe.fit, folder: b, trace: 'step' });
    const report = await why(a.folder, b);
    expect(report).toMatchObject({ verdict: 'cannot tell', parting: { step: 1, tensor: 'dense_1/kernel' }, swaps: [] });
    expect(report.factors).toMatchObject([{ name: 'learningRate', effect: 'unknown' }]);
    expect(report.missing).toEqual([expect.stringMatching(/^A and B: its data .*nobody gave them$/)]);
    expect(report.sentence).toContain('this is missing');
  });

  it('swaps a value of the recipe that is no cause', async () => {
    const [first, ...rest] = base.recipe.model.layers;
    const layers = [{ ...first, biasInitializer: 'randomNormal' } as typeof first, ...rest];
    const a = await folders.make('hyper-a', base);
    const b = await folders.make('hyper-b', {
      ...base,
      recipe: { ...base.recipe, model: { ...base.recipe.model, layers } },
    });
    const report = await why(a, b);
    expect(report.verdict).toBe('explained');
    expect(report.factors).toMatchObject([
      {
        name: 'recipe.model.layers[0].biasInitializer',
        b: expect.objectContaining({ name: 'randomNormal' }),
        effect: 'explains',
      },
    ]);
    expect(report.parting?.operation).toMatchObject({ kind: 'weights', place: 'dense_1/bias' });
  });

  it('takes two causes apart, in the order in which they act', async () => {
    const a = await folders.make('two-a', base);
    const b = await folders.make('two-b', changed({ dropoutMasks: 5, threads: 2, learningRate: 0.01 }));
    const report = await why(a, b);
    expect(report.verdict).toBe('explained');
    const effects = Object.fromEntries(report.factors.map(({ name, effect }) => [name, effect]));
    expect(effects).toEqual({ dropoutMasks: 'explains', learningRate: 'explains', threads: 'none' });
    const moved = report.swaps.find(({ factor, held }) => factor === 'dropoutMasks' && held.length === 0);
    expect(moved).toMatchObject({ equal: false, parting: { step: 1, operation: { kind: 'weights' } } });
    expect(report.sentence).toMatch(
      /dropout masks\. With the same .* they part at step 1, .*learning rate\. With both/,
    );
  });

  it('finds two causes of which neither alone moves the parting on', async () => {
    const a = await folders.make('together-a', base);
    const b = await folders.make('together-b', changed({ initializer: 'heUniform', initialWeights: 5, dataOrder: 6 }));
    const report = await why(a, b);
    expect(report.verdict).toBe('explained');
    expect(report.factors.map(({ name, effect }) => `${name} ${effect}`).sort()).toEqual([
      'dataOrder explains',
      'initialWeights explains',
      'initializer explains',
    ]);
    expect(report.parting).toMatchObject({ step: 0, operation: { kind: 'weights', place: 'dense_1/kernel' } });
    expect(report.sentence).toContain('With all of these the same they are equal');
  });

  it('replays recordings of free order, and says by whose order the sums differ', async () => {
    const free = changed({ reduction: 'free', batchSize: 20 });
    const a = await folders.make('free-a', free, { record: true });
    const { orders, ...shape } = (await (await openRun(a)).recording()) as Recording;
    // The same units, the first half in one chain and the rest in another.
    const words: number[] = [];
    for (let at = 0; at < orders.length; at += 2 + orders[at + 1]) {
      const units = [...orders.subarray(at + 2, at + 2 + orders[at + 1])];
      const half = units.length >> 1;
      words.push(2, half, ...units.slice(0, half), units.length - half, ...units.slice(half), 0, 1);
    }
    const replay = { ...shape, orders: Uint32Array.from(words) };
    const b = await folders.make('free-b', free, { record: true, replay });
    const report = await why(a, b);
    expect(report.verdict).toBe('explained');
    expect(report.factors).toMatchObject([{ name: 'arrival', effect: 'explains' }]);
    expect(report.parting?.operation?.kind).toBe('gradient');
    expect(await verify(b)).toMatchObject({ verdict: 'verified' });
  });

  it('cannot tell where a free order left no recording, and says what it still can', async () => {
    const free = changed({ reduction: 'free', threads: 3 });
    const a = await folders.make('unrecorded-a', base);
    const b = await folders.make('unrecorded-b', free);
    const both = await why(b, await folders.make('unrecorded-c', changed({ learningRate: 0.01 }, free)));
    expect(both.verdict).toBe('cannot tell');
    expect(both.missing).toEqual([expect.stringMatching(/^A and B: a recording.* left none$/)]);
    // But the same in fixed order can be computed, and is what the other run has.
    const one = await why(a, b);
    expect(one).toMatchObject({ verdict: 'cannot tell', parting: { seenIn: 'files', step: 1 } });
    expect(one.swaps.at(-1)).toMatchObject({ changed: 'b', factor: 'reduction', equal: true });
    expect(one.missing).toHaveLength(1);
    expect(one.sentence).toContain('With both in fixed order they are equal');
  });

  it('names another contract, and which version computes it', async () => {
    const a = await folders.make('contract-a', base);
    const b = await folders.make('contract-b', changed({ learningRate: 0.01 }));
    const { manifest } = await openRun(b);
    await writeManifest(b, { ...manifest, contract: 2, sessions: [{ ...manifest.sessions[0], version: '2.3.4' }] });
    const report = await why(a, b);
    expect(report).toMatchObject({ verdict: 'cannot tell', runs: { b: { contract: 2 } }, parting: { step: 1 } });
    expect(report.missing.join()).toMatch(/^B: .*version 2 of the numerics contract.*samebits 2\.3\.4/);
    expect(report.factors.map(({ name }) => name)).toContain('learningRate');
    expect(await verify(b)).toMatchObject({
      verdict: 'cannot tell',
      missing: expect.stringContaining('samebits 2.3.4'),
    });
  });

  it('finds a run that went on from what it had not computed', async () => {
    const a = await folders.make('resumed-a', base);
    const b = folders.at('resumed-b');
    const controller = new AbortController();
    const onEpochEnd = (): void => controller.abort();
    const stopped = folders.make('resumed-b', base, { signal: controller.signal, callbacks: { onEpochEnd } });
    await expect(stopped).rejects.toThrow();
    await flip(b, 4, { sealed: true, forged: true });
    const { x, y } = await rowsOf(base);
    await resume(b, x, y, { callbacks: { onEpochEnd: () => {} } });
    rmSync(join(b, 'checkpoints', '4.safetensors'));
    const report = await why(a, b);
    expect(report).toMatchObject({ verdict: 'not explained', equalUpTo: 4 });
    expect(report.factors.filter(({ effect }) => effect !== 'none')).toEqual([]);
    expect(report.sentence).toMatch(/B is not what its recipe computes.* it was resumed at step 4/);
    expect(await verify(b)).toMatchObject({ verdict: 'differs', difference: { step: 5, file: 'trace.jsonl' } });
  });
});

interface Flip {
  /** With a seal that holds, as a program would write it. */
  readonly sealed: boolean;
  /** With a state fingerprint that holds too. */
  readonly forged?: boolean;
}

/** Inverts bit 5 of dense_2/kernel[7] in a checkpoint. */
async function flip(folder: string, step: number, { sealed, forged = false }: Flip): Promise<void> {
  const run = await openRun(folder);
  const { weights, optimizer, bestWeights, ...facts } = await run.checkpoint(step);
  const tensor = weights.find(({ name }) => name === 'dense_2/kernel');
  if (tensor === undefined) throw new Error('no such tensor');
  if (sealed) {
    const bits = new Uint32Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.length);
    bits[7] ^= 1 << 5;
    const values = weights.map(({ data }, i) => [data, ...Object.values(optimizer[i])]);
    const names = weights.map(({ name }) => name);
    const state = { step, network: { tensors: values, counters: facts.counters }, epoch: facts.epoch };
    const fingerprint = forged ? fingerprintState(run.manifest.recipe, state) : facts.fingerprint;
    rmSync(join(folder, 'checkpoints', `${step}.safetensors`));
    await writeCheckpoint(
      folder,
      run.manifest.recipe,
      { ...facts, fingerprint },
      ({ name }, slot) => [values[names.indexOf(name)][slot]],
      bestWeights,
    );
    return;
  }
  const path = join(folder, 'checkpoints', `${step}.safetensors`);
  const bytes = readFileSync(path);
  const needle = Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
  bytes[bytes.indexOf(needle) + 4 * 7] ^= 1 << 5;
  writeFileSync(path, bytes);
}

describe('a flipped bit in a checkpoint', () => {
  it.each([
    ['as a disk flips it', false],
    ['as a program would write it', true],
  ])('is found by both, %s', async (_, sealed) => {
    const name = `flipped-${sealed}`;
    const a = await folders.make(`${name}-a`, base);
    const b = await folders.make(`${name}-b`, base, { checkpointEvery: 2, keepCheckpoints: 4 });
    await flip(b, 4, { sealed });
    const report = await why(a, b);
    expect(report).toMatchObject({
      verdict: 'equal',
      damage: [
        {
          run: 'b',
          file: 'checkpoints/4.safetensors',
          elements: { tensor: 'dense_2/kernel', index: 7, bit: 5, elements: 1 },
        },
      ],
    });
    expect(report.sentence).toContain(
      'checkpoints/4.safetensors of B is not what the run computed: dense_2/kernel[7], bit 5',
    );
    const where = { step: 4, file: 'checkpoints/4.safetensors', name: 'dense_2/kernel', index: 7, bit: 5 };
    expect(await verify(b)).toMatchObject({ verdict: 'differs', difference: where });
    // Also where only the stretch that begins there is drawn, and the one that ends there.
    expect(await verify(b, { sample: 4, seed: 1, threads: 2 })).toMatchObject({
      verdict: 'differs',
      difference: where,
    });
  });
});
