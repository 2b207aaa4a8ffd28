import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  dense,
  fromTfjs,
  loadModel,
  loadStateDict,
  modelFromSafetensors,
  prepare,
  type Sequential,
  sequential,
  tableOf,
  tensorsToSafetensors,
  toStateDict,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { artifactsOf, tfl, tfModel, writeModel } from '../exchange/tfjs-models.js';
import { model } from '../runs/problem.js';
import { FILES, freshFolder, fuzz, gently, SEALED, TIMEOUT, UNSEALED } from './fuzz.js';
import { mutate, mutateMetadata, mutateTensors, reseal } from './mutations.js';

const AT_SEAL = 8 + '{"__metadata__":{"sha256":"'.length;

/** A model that takes rows of a table: its file has a preparation of each type of column. */
async function tabular(): Promise<Sequential> {
  const rows = tableOf({
    size: [1, 2.5, null, 4],
    city: ['Oslo', 'Rome', 'Oslo', null],
    when: [new Date(0), new Date(1e12), null, new Date(2e12)],
    open: [true, false, true, true],
    late: ['yes', 'no', 'yes', 'no'],
  });
  const { preparation } = prepare(rows, { target: 'late' });
  const built = sequential({
    layers: [dense({ units: 2, activation: 'softmax', inputShape: [preparation.features.length] })],
    seed: 3,
  });
  built.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  await built.fit(rows, { target: 'late', epochs: 2 });
  return built;
}

describe.each([
  ['model', async () => model()],
  ['model of tables', tabular],
])('a damaged %s', (name, make) => {
  it(`gives a typed error, or the same model: ${UNSEALED} files`, TIMEOUT, async () => {
    const trained = await make();
    const bytes = Buffer.from(trained.toSafetensors());
    const { refused } = await fuzz(name, UNSEALED, async ({ dice, folder, what }) => {
      const path = join(folder, 'model.safetensors');
      writeFileSync(path, mutateMetadata(bytes, dice, 'samebits'));
      const found = await gently(what, () => loadModel(path));
      if (found !== null) expect(found.fingerprint('state'), what).toBe(trained.fingerprint('state'));
      found?.dispose();
      return found;
    });
    expect(refused).toBeGreaterThan(0.9 * UNSEALED);
  });

  it(`that was sealed again gives a typed error, or a model that works: ${SEALED} files`, TIMEOUT, async () => {
    const bytes = Buffer.from((await make()).toSafetensors());
    const { read } = await fuzz(`sealed ${name}`, SEALED, async ({ dice, what }) => {
      const mutated = reseal(mutateMetadata(bytes, dice, 'samebits'), AT_SEAL);
      const loaded = await gently(what, () => modelFromSafetensors(mutated));
      if (loaded !== null) expectWorks(loaded, what);
      return loaded;
    });
    expect(read).toBeGreaterThan(0);
  });
});

function expectWorks(found: Sequential, what: string): void {
  const rows = [Array.from({ length: found.inputs as number }, (_, column) => column / 10)];
  expect(found.predictSync(rows).data.length, what).toBe(found.units);
  found.dispose();
}

describe('damaged weights of another program', () => {
  it(`give a typed error, or are loaded: ${FILES} files`, TIMEOUT, async () => {
    const into = model();
    const bytes = Buffer.from(tensorsToSafetensors(toStateDict(into)));
    const { read } = await fuzz('state dict', FILES, ({ dice, what }) => {
      const mutated = mutateTensors(bytes, dice);
      return gently(what, () => {
        loadStateDict(into, mutated);
        return into;
      }, ['ERR_SAMEBITS_FILE', 'ERR_SAMEBITS_ARGUMENT', 'ERR_SAMEBITS_SHAPE', 'ERR_SAMEBITS_DATA']);
    });
    expect(read).toBeGreaterThan(0);
    expectWorks(into, 'state dict');
  });
});

describe('a damaged model of tfjs', () => {
  it(`gives a typed error, or a model that works: ${FILES} files`, TIMEOUT, async () => {
    const layers = [
      tfl.dense({ units: 4, inputShape: [3], activation: 'relu' }),
      tfl.dropout({ rate: 0.5 }),
      tfl.dense({ units: 4 }),
      tfl.batchNormalization(),
      tfl.leakyReLU(),
      tfl.dense({ units: 2, activation: 'softmax' }),
    ];
    const artifacts = await artifactsOf(tfModel(layers));
    const whole = freshFolder();
    const names = ['model.json', 'group1-shard1of2.bin', 'group1-shard2of2.bin'];
    writeModel(whole, artifacts, { shardBytes: 128 });
    const contents = names.map((name) => readFileSync(join(whole, name)));
    const { read, refused } = await fuzz(
      'tfjs',
      FILES,
      async ({ dice, folder, what }) => {
        const damaged = Math.max(0, dice.below(6) - 3);
        writeFileSync(join(folder, names[damaged]), mutate(contents[damaged], dice));
        const found = await gently(what, () => fromTfjs(folder));
        if (found !== null) expectWorks(found, what);
        writeFileSync(join(folder, names[damaged]), contents[damaged]);
        return found;
      },
      {
        prepare: (folder) => {
          for (const [i, name] of names.entries()) writeFileSync(join(folder, name), contents[i]);
        },
      },
    );
    // Not all damage shows: weights have no seal.
    expect(refused).toBeGreaterThan(0.4 * FILES);
    expect(read).toBeGreaterThan(0);
  });
});
