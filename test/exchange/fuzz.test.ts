import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromTfjs, loadModel, modelFromSafetensors, SamebitsError, type Sequential } from 'samebits';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../runs/folder.js';
import { Dice, mutate, mutateMetadata, reseal } from '../runs/mutations.js';
import { model } from '../runs/problem.js';
import { artifactsOf, tfl, tfModel, writeModel } from './tfjs-models.js';

/** Mutated files of each format. `npm run fuzz` has 100,000. */
const FILES = Number(process.env.SAMEBITS_FUZZ_FILES ?? 600);
/** Far beyond what it takes. */
const TIMEOUT = { timeout: 60_000 + 200 * FILES };
/** Another seed, other files. */
const SEED = Number(process.env.SAMEBITS_FUZZ_SEED ?? 1);

const AT_SEAL = 8 + '{"__metadata__":{"sha256":"'.length;

/** What `read` gives, or null where it fails as it should: with a typed error of the file, and nothing else. */
async function gently<T>(read: () => T | Promise<T>, what: string): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SamebitsError) || error.code !== 'ERR_SAMEBITS_FILE')
      throw new Error(what, { cause: error });
    return null;
  }
}

/** Files that this process has open, where the system tells. */
function openFiles(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}

describe('a damaged model', () => {
  it(`gives a typed error, or the same model: ${FILES} files`, TIMEOUT, async () => {
    const trained = model();
    const bytes = Buffer.from(trained.toSafetensors());
    const path = freshPath();
    const opened = openFiles();
    let refused = 0;
    for (let i = 0; i < FILES; i += 1) {
      writeFileSync(path, mutateMetadata(bytes, new Dice(SEED * 1_000_003 + i), 'samebits'));
      const what = `model ${i} of seed ${SEED}`;
      const found = await gently(() => loadModel(path), what);
      if (found === null) refused += 1;
      else expect(found.fingerprint('state'), what).toBe(trained.fingerprint('state'));
      found?.dispose();
    }
    expect(refused).toBeGreaterThan(0.9 * FILES);
    expect(openFiles()).toBeLessThanOrEqual(opened + 2);
  });

  it(`that was sealed again gives a typed error, or a model that works: ${FILES} files`, TIMEOUT, async () => {
    const bytes = Buffer.from(model().toSafetensors());
    let found = 0;
    for (let i = 0; i < FILES; i += 1) {
      const mutated = reseal(mutateMetadata(bytes, new Dice(SEED * 1_000_003 + i), 'samebits'), AT_SEAL);
      const what = `model ${i} of seed ${SEED}, sealed again`;
      const loaded: Sequential | null = await gently(() => modelFromSafetensors(mutated), what);
      if (loaded === null) continue;
      found += 1;
      const { data } = loaded.predictSync([
        Array.from({ length: loaded.inputs as number }, (_, column) => column / 10),
      ]);
      expect(data.length, what).toBe(loaded.units);
      loaded.dispose();
    }
    expect(found).toBeGreaterThan(0);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('a damaged model of tfjs', () => {
  it(`gives a typed error, or a model that works: ${FILES} files`, TIMEOUT, async () => {
    const layers = [
      tfl.dense({ units: 4, inputShape: [3], activation: 'relu' }),
      tfl.dropout({ rate: 0.5 }),
      tfl.dense({ units: 4 }),
      tfl.leakyReLU(),
      tfl.dense({ units: 2, activation: 'softmax' }),
    ];
    const folder = freshPath();
    mkdirSync(folder);
    const path = writeModel(folder, await artifactsOf(tfModel(layers)), { shardBytes: 128 });
    const shard = join(folder, 'group1-shard1of2.bin');
    const contents = { [path]: readFileSync(path), [shard]: readFileSync(shard) };
    const opened = openFiles();
    let refused = 0;
    for (let i = 0; i < FILES; i += 1) {
      const dice = new Dice(SEED * 1_000_003 + i);
      const damaged = dice.below(4) === 0 ? shard : path;
      writeFileSync(damaged, mutate(contents[damaged], dice));
      const what = `tfjs ${i} of seed ${SEED}`;
      const found: Sequential | null = await gently(() => fromTfjs(folder), what);
      if (found === null) refused += 1;
      else {
        const rows = [Array.from({ length: found.inputs as number }, (_, column) => column / 10)];
        expect(found.predictSync(rows).data.length, what).toBe(found.units);
        found.dispose();
      }
      writeFileSync(damaged, contents[damaged]);
    }
    // Not all damage shows: weights have no seal.
    expect(refused).toBeGreaterThan(0.5 * FILES);
    expect(refused).toBeLessThan(FILES);
    expect(openFiles()).toBeLessThanOrEqual(opened + 2);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
