import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRun, type RunFolder, resume, SamebitsError } from 'samebits';
import { beforeAll, describe, expect, it } from 'vitest';
import { openInside } from '../../dist/runs/inside.js';
import { SafetensorsFile } from '../../dist/runs/safetensors.js';
import { freshPath } from './folder.js';
import { Dice, mutate, mutateTensors, rechain, reseal } from './mutations.js';
import { FIT, labels, model, Witness, x } from './problem.js';

/** Mutated files of each format. `npm run fuzz` has 100,000. */
const FILES = Number(process.env.SAMEBITS_FUZZ_FILES ?? 600);
/** Far beyond what it takes. */
const TIMEOUT = { timeout: 60_000 + 200 * FILES };
/** Another seed, other files. */
const SEED = Number(process.env.SAMEBITS_FUZZ_SEED ?? 1);

const AT_MANIFEST_SEAL = '{\n  "sha256": "'.length;
const AT_TENSORS_SEAL = 8 + '{"__metadata__":{"sha256":"'.length;

async function traceOf(run: RunFolder): Promise<unknown> {
  const entries: unknown[] = [];
  for await (const entry of (await run.trace())?.entries ?? []) entries.push(entry);
  return entries;
}

async function checkpointsOf(run: RunFolder): Promise<unknown> {
  const checkpoints: unknown[] = [];
  for (const { step } of await run.checkpoints()) checkpoints.push(await run.checkpoint(step));
  return checkpoints;
}

interface Format {
  readonly file: string;
  readonly mutation: (bytes: Buffer, dice: Dice) => Buffer;
  /** Makes seal or chain right again. */
  readonly repair: (bytes: Buffer) => Buffer;
  /** What a folder says that depends on the file. */
  readonly read: (run: RunFolder) => Promise<unknown>;
}

const tensors = { mutation: mutateTensors, repair: (bytes: Buffer) => reseal(bytes, AT_TENSORS_SEAL) };

const FORMATS: Readonly<Record<string, Format>> = {
  manifest: {
    file: 'manifest.json',
    mutation: mutate,
    repair: (bytes) => reseal(bytes, AT_MANIFEST_SEAL),
    // All else is read by its recipe.
    read: async (run) => [run.manifest, await run.metrics(), await traceOf(run), await checkpointsOf(run)],
  },
  metrics: { file: 'metrics.jsonl', mutation: mutate, repair: rechain, read: (run) => run.metrics() },
  trace: { file: 'trace.jsonl', mutation: mutate, repair: rechain, read: traceOf },
  recording: { file: 'recording.bin', mutation: mutate, repair: (bytes) => bytes, read: (run) => run.recording() },
  checkpoint: { file: 'checkpoints/12.safetensors', ...tensors, read: checkpointsOf },
  weights: { file: 'weights.safetensors', ...tensors, read: (run) => run.weights() },
};

/** Also with numbers that JSON has no word for. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'number' && !Number.isFinite(part) ? String(part) : part));
}

/** Files that this process has open, where the system tells. */
function openFiles(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}

let complete: string;
let stopped: string;

beforeAll(async () => {
  const options = { ...FIT, reduction: 'free', record: true, trace: 'step', best: 'loss', keepCheckpoints: 1 } as const;
  complete = freshPath();
  await model().fit(x, labels, { ...options, folder: complete, ...new Witness().watching });
  stopped = freshPath();
  const stopping = model().fit(x, labels, { ...options, folder: stopped, ...new Witness(6).watching });
  await expect(stopping).rejects.toMatchObject({ name: 'AbortError' });
});

/** What `read` gives, or null where it fails as it should: with a typed error of the file, and nothing else. */
async function gently<T>(read: () => Promise<T>, what: string, code = 'ERR_SAMEBITS_FILE'): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SamebitsError) || error.code !== code) throw new Error(what, { cause: error });
    return null;
  }
}

describe.each(Object.entries(FORMATS))('a damaged %s', (name, { file, mutation, repair, read }) => {
  it(`gives a typed error, or the same data: ${FILES} files`, TIMEOUT, async () => {
    const folder = freshPath();
    cpSync(complete, folder, { recursive: true });
    const path = join(folder, file);
    const bytes = readFileSync(path);
    const whole = textOf(await read(await openRun(folder)));
    const opened = openFiles();
    let refused = 0;
    for (let i = 0; i < FILES; i += 1) {
      writeFileSync(path, mutation(bytes, new Dice(SEED * 1_000_003 + i)));
      const what = `${name} ${i} of seed ${SEED}`;
      const found = await gently(async () => read(await openRun(folder)), what);
      if (found === null) refused += 1;
      else expect(textOf(found), what).toBe(whole);
    }
    expect(refused).toBeGreaterThan(0.9 * FILES);
    expect(openFiles()).toBeLessThanOrEqual(opened + 2);
  });

  it(`that was sealed again gives a typed error, or other data: ${FILES} files`, TIMEOUT, async () => {
    // Of a run that stopped: there the manifest knows no other file's hash.
    const folder = freshPath();
    cpSync(file.startsWith('weights') ? complete : stopped, folder, { recursive: true });
    const damaged = file.startsWith('checkpoints') ? 'checkpoints/6.safetensors' : file;
    const path = join(folder, damaged);
    const bytes = readFileSync(path);
    const opened = openFiles();
    let found = 0;
    for (let i = 0; i < FILES; i += 1) {
      writeFileSync(path, repair(mutation(bytes, new Dice(SEED * 1_000_003 + i))));
      const what = `${name} ${i} of seed ${SEED}, sealed again`;
      if ((await gently(async () => read(await openRun(folder)), what)) !== null) found += 1;
      if (file.startsWith('checkpoints') && i % 30 === 0) await resumed(folder, what);
    }
    // Repaired files get past the seals, to what is behind them.
    if (name !== 'weights' && name !== 'recording') expect(found).toBeGreaterThan(0);
    expect(openFiles()).toBeLessThanOrEqual(opened + 2);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

/** Resuming may find a checkpoint wrong, or callbacks that do not fit; and leaves the folder as it is for the next one. */
async function resumed(folder: string, what: string): Promise<void> {
  const copy = freshPath();
  cpSync(folder, copy, { recursive: true });
  const witness = new Witness();
  const { callbacks } = witness;
  const lenient = { ...callbacks, setState: () => {} };
  const result = await gently(() => resume(copy, x, labels, { callbacks: lenient as typeof callbacks & object }), what);
  result?.model.dispose();
  rmSync(copy, { recursive: true });
}

describe('safetensors that nobody sealed', () => {
  it(`give a typed error, or tensors within the file: ${FILES} files`, TIMEOUT, async () => {
    const folder = freshPath();
    cpSync(complete, folder, { recursive: true });
    const path = join(folder, 'weights.safetensors');
    const bytes = readFileSync(path);
    let read = 0;
    for (let i = 0; i < FILES; i += 1) {
      const mutated = mutateTensors(bytes, new Dice(SEED * 1_000_003 + i));
      writeFileSync(path, mutated);
      const what = `safetensors ${i} of seed ${SEED}`;
      const file = await gently(
        async () => SafetensorsFile.of(await openInside(folder, ['weights.safetensors'])),
        what,
      );
      if (file === null) continue;
      read += 1;
      let total = 0;
      for (const { name, dtype } of file.header.tensors) total += (await file.read(name, dtype)).byteLength;
      expect(total, what).toBeLessThanOrEqual(mutated.length);
      await file.close();
    }
    expect(read).toBeGreaterThan(0);
    expect(readdirSync(folder)).toContain('weights.safetensors');
  });
});
