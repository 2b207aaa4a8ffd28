/** What the three commands on noise share: a lab, a store, progress, and documents that go to files and to the terminal. */
import { resolve } from 'node:path';
import pico from 'picocolors';
import type { CauseName } from '../causes/cause.js';
import type { DataDescription } from '../compare/document.js';
import { shellWord } from '../format.js';
import type { Ground } from '../lab/experiment/experiment.js';
import { Lab, type LabChoice } from '../lab/lab.js';
import type { SeededRun } from '../lab/noise/documents.js';
import { noisePlan, seededRuns } from '../lab/noise/plan.js';
import { ResultStore } from '../lab/store/result-store.js';
import type { Recipe } from '../model/recipe.js';
import { addon } from '../native/addon.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import { nonFiniteAsText } from '../report/numbers.js';
import type { TableOptions } from '../report/table.js';
import { Interrupted } from './interrupted.js';
import { DEFAULT_STORE } from './lab-options.js';
import { labProgressView } from './lab-progress.js';
import type { NoiseFlags } from './noise-options.js';
import { checkWritable, writeWhole } from './output-files.js';
import { chosenSource } from './table-options.js';

/** Trainings of one recipe, and what they were made on. */
export interface Sample {
  readonly base: Ground['base'];
  readonly data: DataDescription;
  readonly causes: readonly CauseName[];
  readonly runs: readonly SeededRun[];
}

/** What to train. */
export interface SampleRequest {
  /** For the progress. */
  readonly name: string;
  readonly recipe: Recipe | undefined;
  /** As typed; undefined for the digits. */
  readonly data: string | undefined;
  readonly causes: readonly CauseName[];
  readonly repeats: number | undefined;
}

/** Trains samples, one after the other. */
export type Trainer = (request: SampleRequest) => Promise<Sample>;

/**
 * Runs `work` with a trainer whose results are kept in the store.
 *
 * @throws Interrupted after an abort; as `work` does
 */
export async function withTrainer<T>(
  flags: NoiseFlags,
  signal: AbortSignal,
  work: (train: Trainer) => Promise<T>,
): Promise<T> {
  const progress = labProgressView({ quiet: flags.quiet === true || flags.json === true });
  const lab = new Lab({ signal, onProgress: (how) => progress.update(how) });
  const folder = flags.store ?? DEFAULT_STORE;
  try {
    return await work((request) => train(lab, folder, flags, request));
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Interrupted(`interrupted: what is done is kept in ${folder}; the same command goes on from there`);
  } finally {
    progress.stop();
    await lab.close();
  }
}

async function train(lab: Lab, folder: string, flags: NoiseFlags, request: SampleRequest): Promise<Sample> {
  const { epochs, rows, threads } = flags;
  const { name, recipe, data, causes, repeats } = request;
  const source = chosenSource(data, flags.target);
  const choice: LabChoice = { source, recipe, repeats, epochs, rows, threads };
  const prepared = await lab.prepare(noisePlan(name, causes), choice);
  const store = ResultStore.open(folder);
  try {
    await lab.carryOut(prepared, store);
    const { ground } = prepared;
    const results = await lab.results(prepared, [store]);
    const runs = seededRuns(ground.base, causes, ground.repeats, results);
    return { base: ground.base, data: await lab.describeData(ground), causes, runs };
  } finally {
    store.close();
  }
}

/** The fields with which every document begins. @param recipes Those of the runs; recorded ones are not checked. */
export function documentHead<const C extends string>(
  command: C,
  ...recipes: readonly { readonly emulate?: unknown }[]
) {
  const isEmulated = recipes.some(({ emulate }) => Array.isArray(emulate) && emulate.length > 0);
  const contract = isEmulated ? 'emulated' : addon().contract;
  return { schemaVersion: 1, command, version, contract, machine: describeMachine() } as const;
}

/** Before any work. */
export function checkOutput({ output }: NoiseFlags): void {
  if (output !== undefined) checkWritable(output, '--output');
}

/** The file first, then text or JSON. */
export function deliver<D>(
  document: D,
  flags: NoiseFlags,
  render: (document: D, options: TableOptions) => string,
): void {
  const json = `${JSON.stringify(document, nonFiniteAsText, 2)}\n`;
  if (flags.output !== undefined) writeWhole(flags.output, json, '--output');
  if (flags.json === true) {
    process.stdout.write(json);
    return;
  }
  const color = pico.isColorSupported && process.stdout.isTTY === true;
  process.stdout.write(`${render(document, { color, width: process.stdout.columns })}\n`);
  if (flags.output !== undefined) process.stdout.write(`\nThe JSON document: ${resolve(flags.output)}\n`);
}

/** The line that does it again, with the defaults written out. */
export function commandLine(
  words: readonly string[],
  flags: NoiseFlags,
  more: Readonly<Record<string, string | number | undefined>>,
): string {
  const { target, metric, epochs, rows, threads } = flags;
  const options = Object.entries({ ...more, target, metric, epochs, rows, threads });
  const given = options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
  return ['samebits', 'lab', ...words, ...given].map(shellWord).join(' ');
}
