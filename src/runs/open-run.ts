/** Reading run folders. */
import { resolve } from 'node:path';
import * as v from 'valibot';
import { check } from '../arguments.js';
import type { Preparation } from '../data/prepare/preparation.js';
import type { NamedTensor } from '../model/description.js';
import { epochMetrics } from '../model/metrics.js';
import type { Recording } from '../runs/recording.js';
import {
  type Checkpoint,
  type CheckpointFile,
  listCheckpoints,
  type ReadCheckpointOptions,
  readCheckpoint,
  readTensors,
  recordedParameters,
} from './checkpoint.js';
import { damaged, isDamage } from './file-errors.js';
import { openInside } from './inside.js';
import { type Manifest, type RunResult, readManifest } from './manifest.js';
import { type RecordedMetrics, readMetrics } from './metrics.js';
import { readPreparation } from './preparation-file.js';
import { readOrders } from './recording-file.js';
import { SafetensorsFile } from './safetensors.js';
import { readTrace, type TraceReader } from './trace.js';

export const WEIGHTS_FILE = 'weights.safetensors';
export const BEST_FILE = 'best.safetensors';

/**
 * The folder of a run, for reading; {@link openRun} gives one. Nothing outside of the folder is read. Every method rejects
 * with a `SamebitsError` `ERR_SAMEBITS_FILE` for a file that is missing, damaged, or no part of this run.
 */
export class RunFolder {
  /** Absolute. */
  readonly path: string;
  readonly manifest: Manifest;

  /** @internal */
  constructor(path: string, manifest: Manifest) {
    this.path = path;
    this.manifest = manifest;
  }

  /** Names of the trained tensors, in model order. */
  get tensors(): readonly string[] {
    return recordedParameters(this.manifest.recipe).map(({ name }) => name);
  }

  /** How rows of tables became rows of the network; null where the run was given prepared ones. */
  async preparation(): Promise<Preparation | null> {
    const { preparation } = this.manifest.data;
    return preparation === undefined ? null : readPreparation(this.path, preparation);
  }

  /** Steps of an epoch. */
  get stepsPerEpoch(): number {
    const { data, recipe } = this.manifest;
    return Math.ceil(data.rows / recipe.fit.batchSize);
  }

  /** Metrics of each epoch, from the first; of an unfinished run those that were written. */
  async metrics(): Promise<readonly RecordedMetrics[]> {
    const names = metricNames(this.manifest);
    return readMetrics(this.path, names, this.manifest.result?.metrics);
  }

  /** The trace, read line by line, or null for a run without one. Of an unfinished run what was written. */
  async trace(): Promise<TraceReader | null> {
    const { options, result } = this.manifest;
    if (options.trace === null) return null;
    return readTrace(this.path, { every: options.trace, tensors: this.tensors }, result?.trace ?? undefined);
  }

  /** The oldest first. */
  async checkpoints(): Promise<readonly CheckpointFile[]> {
    return listCheckpoints(this.path);
  }

  /**
   * The weights, optimizer and random state at a step.
   *
   * @param step Of one of {@link checkpoints}.
   */
  async checkpoint(step: number, options: ReadCheckpointOptions = {}): Promise<Checkpoint> {
    return readCheckpoint(this.path, this.manifest.recipe, step, options);
  }

  /**
   * The newest checkpoint that is whole, or null where there is none at all.
   *
   * @throws SamebitsError `ERR_SAMEBITS_FILE` where all are damaged.
   */
  async lastCheckpoint(): Promise<Checkpoint | null> {
    return newestWhole(await this.checkpoints(), ({ step }) => this.checkpoint(step));
  }

  /** The final weights, in model order. Of a complete run. */
  async weights(): Promise<readonly NamedTensor[]> {
    return this.#tensors(WEIGHTS_FILE, this.#result(WEIGHTS_FILE).weights);
  }

  /** The weights of the best epoch, or null where none were kept. Of a complete run. */
  async bestWeights(): Promise<readonly NamedTensor[] | null> {
    const { bestWeights } = this.#result(BEST_FILE);
    return bestWeights === null ? null : this.#tensors(BEST_FILE, bestWeights);
  }

  /** How each step was summed, or null where that was not recorded. Of a complete run. */
  async recording(): Promise<Recording | null> {
    const { recording, steps } = this.#result('recording');
    if (recording === null) return null;
    const { data, recipe } = this.manifest;
    const { batchSize, freeGrain } = recipe.fit;
    return { rows: data.rows, batchSize, freeGrain, steps, orders: await readOrders(this.path, recording) };
  }

  #result(what: string): RunResult {
    const { result, status } = this.manifest;
    if (result === null) throw damaged(`a complete run for ${what}`, this.path, status);
    return result;
  }

  async #tensors(name: string, seal: string): Promise<readonly NamedTensor[]> {
    const file = await SafetensorsFile.of(await openInside(this.path, [name]));
    try {
      const parameters = recordedParameters(this.manifest.recipe);
      const bytes = parameters.reduce((sum, { size }) => sum + 4 * size, 0);
      const { tensors } = file.header;
      if ((tensors[tensors.length - 1]?.end ?? 0) !== bytes)
        throw damaged(`${bytes} bytes of data`, file.path, 'others');
      const found = await file.checkSeal();
      if (found !== seal) throw damaged(`the seal ${seal}, as in its manifest,`, file.path, found);
      return await readTensors(file, parameters);
    } finally {
      await file.close();
    }
  }
}

/**
 * What `read` gives for the newest checkpoint that is not damaged; null where there are none. Not a file that could not be
 * opened: it may be whole.
 */
export async function newestWhole<T>(
  files: readonly CheckpointFile[],
  read: (file: CheckpointFile) => Promise<T>,
): Promise<T | null> {
  let newest: unknown = null;
  for (const file of files.toReversed()) {
    try {
      return await read(file);
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      newest ??= cause;
    }
  }
  if (newest !== null) throw newest;
  return null;
}

/** The metrics that each epoch of a run has. */
export function metricNames({ recipe, data }: Manifest): readonly (keyof RecordedMetrics)[] {
  const scheduled = typeof recipe.optimizer.learningRate !== 'number';
  return [
    ...epochMetrics(recipe.metrics, data.validation !== null),
    ...(scheduled ? (['learning_rate'] as const) : []),
  ];
}

const folderSchema = v.pipe(v.string('the path of a folder'), v.minLength(1, 'the path of a folder'));

/**
 * Opens the folder of a run, finished or not, and checks its manifest. Its other files are read, and checked, when they
 * are asked for.
 *
 * @example
 * const run = await openRun('runs/a');
 * run.manifest.recipe;
 * for await (const { step, marks } of (await run.trace())?.entries ?? []) console.log(step, marks);
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_FILE` for a folder that is missing, no run's, or damaged.
 */
export async function openRun(folder: string): Promise<RunFolder> {
  const path = resolve(check(folderSchema, folder, 'folder'));
  return new RunFolder(path, await readManifest(path));
}
