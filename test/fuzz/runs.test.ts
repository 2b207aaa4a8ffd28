import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRun, type RunFolder, resume } from 'samebits';
import { beforeAll, describe, expect, it } from 'vitest';
import { openInside } from '../../dist/runs/inside.js';
import { SafetensorsFile } from '../../dist/runs/safetensors.js';
import { freshPath } from '../runs/folder.js';
import { FIT, labels, model, Witness, x } from '../runs/problem.js';
import { FILES, fuzz, gently, SEALED, TIMEOUT, UNSEALED } from './fuzz.js';
import { type Dice, mutate, mutateTensors, rechain, reseal } from './mutations.js';

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
  'best weights': { file: 'best.safetensors', ...tensors, read: (run) => run.bestWeights() },
};

/** Also with numbers that JSON has no word for. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'number' && !Number.isFinite(part) ? String(part) : part));
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

describe.each(Object.entries(FORMATS))('a damaged %s', (name, { file, mutation, repair, read }) => {
  it(`gives a typed error, or the same data: ${UNSEALED} files`, TIMEOUT, async () => {
    const bytes = readFileSync(join(complete, file));
    const whole = textOf(await read(await openRun(complete)));
    const { refused } = await fuzz(
      name,
      UNSEALED,
      async ({ dice, folder, what }) => {
        writeFileSync(join(folder, file), mutation(bytes, dice));
        const found = await gently(what, async () => read(await openRun(folder)));
        if (found !== null) expect(textOf(found), what).toBe(whole);
        return found;
      },
      { prepare: (folder) => cpSync(complete, folder, { recursive: true }) },
    );
    expect(refused).toBeGreaterThan(0.9 * UNSEALED);
  });

  it(`that was sealed again gives a typed error, or other data: ${SEALED} files`, TIMEOUT, async () => {
    // Of a run that stopped: there the manifest knows no other file's hash.
    const source = file.endsWith('s.safetensors') || file.startsWith('best') ? complete : stopped;
    const damaged = file.startsWith('checkpoints') ? 'checkpoints/6.safetensors' : file;
    const bytes = readFileSync(join(source, damaged));
    const outcomes = await fuzz(
      `sealed ${name}`,
      SEALED,
      async ({ index, dice, folder, what }) => {
        writeFileSync(join(folder, damaged), repair(mutation(bytes, dice)));
        const found = await gently(what, async () => read(await openRun(folder)));
        if (file.startsWith('checkpoints') && index % 400 === 0) await resumed(folder, what);
        return found;
      },
      { prepare: (folder) => cpSync(source, folder, { recursive: true }) },
    );
    // Repaired files get past the seals, to what is behind them.
    if (!name.includes('weights') && name !== 'recording') expect(outcomes.read).toBeGreaterThan(0);
  });
});

/** Resuming may find a checkpoint wrong, or callbacks that do not fit; and leaves the folder as it is for the next one. */
async function resumed(folder: string, what: string): Promise<void> {
  const copy = freshPath();
  cpSync(folder, copy, { recursive: true });
  const { callbacks } = new Witness();
  const lenient = { ...callbacks, setState: () => {} };
  const result = await gently(what, () => resume(copy, x, labels, { callbacks: lenient as typeof callbacks & object }));
  result?.model.dispose();
  rmSync(copy, { recursive: true });
}

describe('safetensors that nobody sealed', () => {
  it(`give a typed error, or tensors within the file: ${FILES} files`, TIMEOUT, async () => {
    const bytes = readFileSync(join(complete, 'weights.safetensors'));
    const { read } = await fuzz('safetensors', FILES, async ({ dice, folder, what }) => {
      const mutated = mutateTensors(bytes, dice);
      writeFileSync(join(folder, 'some.safetensors'), mutated);
      const file = await gently(what, async () => SafetensorsFile.of(await openInside(folder, ['some.safetensors'])));
      if (file === null) return null;
      let total = 0;
      for (const { name, dtype } of file.header.tensors) total += (await file.read(name, dtype)).byteLength;
      expect(total, what).toBeLessThanOrEqual(mutated.length);
      await file.close();
      return total;
    });
    expect(read).toBeGreaterThan(0);
  });
});
