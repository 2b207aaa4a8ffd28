import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromTfjs, modelFromRun, openRun, SamebitsError } from 'samebits';
import { beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../dist/cli/model-path.js';
import { readRunFolders } from '../../dist/lab/noise/read-runs.js';
import { reseal } from '../fuzz/mutations.js';
import { freshPath } from '../runs/folder.js';
import { FIT, labels, model, x } from '../runs/problem.js';

const FILE = { code: 'ERR_SAMEBITS_FILE' };
const AT_SEAL = '{\n  "sha256": "'.length;

let whole: string;
beforeAll(async () => {
  whole = freshPath();
  await model().fit(x, labels, { ...FIT, folder: whole, best: 'loss', trace: 'step', validationData: [x, labels] });
});

/** A copy of the run whose manifest was changed, and sealed as if it had been written so. */
function changed(change: (manifest: Record<string, never>) => unknown): string {
  const folder = freshPath();
  cpSync(whole, folder, { recursive: true });
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  change(manifest);
  writeFileSync(path, reseal(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`), AT_SEAL));
  return folder;
}

/** All that a run says. */
async function readAll(folder: string): Promise<void> {
  const run = await openRun(folder);
  await run.metrics();
  for await (const _ of (await run.trace())?.entries ?? []);
  for (const { step } of await run.checkpoints()) await run.checkpoint(step);
  await run.weights();
  await run.bestWeights();
  (await modelFromRun(folder)).dispose();
}

type Manifest = {
  result: Record<string, unknown> & { metrics: object; trace: object };
  data: Record<string, unknown>;
  recipe: { model: { layers: Record<string, unknown>[] }; fit: Record<string, unknown> };
  options: Record<string, unknown>;
};

describe('a manifest that was sealed again', () => {
  it.each<[string, (manifest: Manifest) => unknown]>([
    [
      'lines of metrics beyond any file',
      ({ result }) => Object.assign(result.metrics, { lines: 2 ** 52, bytes: 2 ** 52 }),
    ],
    ['no line of metrics', ({ result }) => Object.assign(result.metrics, { lines: 0, bytes: 0 })],
    [
      'lines of the trace beyond any file',
      ({ result }) => Object.assign(result.trace, { lines: 2 ** 52, bytes: 2 ** 52 }),
    ],
    [
      'a recording beyond any file',
      ({ result }) => Object.assign(result, { recording: { words: 2 ** 50, sha256: 'a'.repeat(64) } }),
    ],
    ['rows without an end', ({ data }) => Object.assign(data, { rows: Number.MAX_SAFE_INTEGER })],
    ['layers beyond any file', ({ recipe }) => Object.assign(recipe.model.layers[0], { units: 0x7fff_ffff })],
    ['other layers', ({ recipe }) => recipe.model.layers.pop()],
    [
      'epochs without an end',
      ({ recipe, result }) => [
        Object.assign(recipe.fit, { epochs: 0xffff_ffff }),
        Object.assign(result, { steps: Number.MAX_SAFE_INTEGER }),
      ],
    ],
    ['a preparation that is not there', ({ data }) => Object.assign(data, { preparation: 'a'.repeat(64) })],
    ['a key of the prototype', ({ data }) => Object.defineProperty(data, '__proto__', { value: {}, enumerable: true })],
    ['files elsewhere', ({ result }) => Object.assign(result, { weights: '../../weights.safetensors' })],
  ])('with %s is refused, with a typed error', async (_, change) => {
    const folder = changed(change as never);
    const error = await readAll(folder)
      .then(async () => (await openRun(folder)).recording().then(() => openRun(folder)))
      .then(
        async (run) => run.preparation().then(() => null),
        (reason: unknown) => reason,
      )
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SamebitsError);
    expect(error).toMatchObject(FILE);
    const noise = await readRunFolders(folder).catch((reason: unknown) => reason);
    if (noise instanceof Error) expect(noise).toBeInstanceOf(SamebitsError);
  });

  it('is read where nothing was changed', async () => {
    await readAll(changed(() => {}));
  });
});

describe('a run that points outside of its folder', () => {
  it.each([
    'manifest.json',
    'metrics.jsonl',
    'trace.jsonl',
    'weights.safetensors',
    'best.safetensors',
    'checkpoints',
    'checkpoints/12.safetensors',
  ])('by a link in place of %s is refused', async (name) => {
    const folder = changed(() => {});
    const elsewhere = freshPath();
    renameSync(join(folder, name), elsewhere);
    symlinkSync(elsewhere, join(folder, name));
    await expect(readAll(folder)).rejects.toMatchObject(FILE);
  });
});

describe('the model in the folder of a run', () => {
  it('is not read through a link', async () => {
    const elsewhere = `${freshPath()}.safetensors`;
    await model().save(elsewhere);
    const folder = changed(() => {});
    const path = join(folder, 'model.safetensors');
    cpSync(elsewhere, path);
    (await openModel(folder)).dispose();
    rmSync(path);
    symlinkSync(elsewhere, path);
    await expect(openModel(folder)).rejects.toMatchObject(FILE);
    // Whoever names the link means the file behind it.
    (await openModel(path)).dispose();
  });
});

describe('a model of tfjs that points outside of its folder', () => {
  const secret = freshPath();
  const write = (paths: readonly unknown[]): string => {
    const folder = freshPath();
    mkdirSync(folder);
    const weightsManifest = [{ paths, weights: [] }];
    writeFileSync(
      join(folder, 'model.json'),
      JSON.stringify({ format: 'layers-model', modelTopology: {}, weightsManifest }),
    );
    return folder;
  };

  it.each([
    '../secret',
    '/etc/passwd',
    'a/../../secret',
    'a\\..\\secret',
    'C:secret',
    '.',
    '..',
    '',
    'a//b',
    './b',
    'a/b/c',
    'a\0b',
  ])('by the path %j is refused', async (path) => {
    await expect(fromTfjs(write([path]))).rejects.toMatchObject({
      ...FILE,
      message: expect.stringContaining('paths of files in its folder'),
    });
  });

  it('by links, of files and of folders, is refused', async () => {
    mkdirSync(secret);
    writeFileSync(join(secret, 'weights.bin'), '');
    for (const [target, name, path] of [
      [join(secret, 'weights.bin'), 'weights.bin', 'weights.bin'],
      [secret, 'folder', 'folder/weights.bin'],
    ]) {
      const folder = write([path]);
      symlinkSync(target, join(folder, name));
      await expect(fromTfjs(folder), path).rejects.toMatchObject({
        ...FILE,
        message: expect.stringMatching(/regular file|a folder/),
      });
    }
  });
});
