/** Writing run folders, so that a crash at any moment leaves what the last checkpoint needs. */
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Preparation } from '../data/prepare/preparation.js';
import { SamebitsError } from '../errors.js';
import type { NamedTensor } from '../model/description.js';
import {
  type Checkpoint,
  type CheckpointFacts,
  fileName,
  listCheckpoints,
  recordedParameters,
  type StateParts,
  writeCheckpoint,
} from './checkpoint.js';
import { makeFolder, PARTIAL, syncFolder } from './durable.js';
import { damaged, onDisk } from './file-errors.js';
import { CHECKPOINTS, checkFolder } from './inside.js';
import { JournalWriter, NO_LINES } from './journal.js';
import { type Manifest, type RunResult, type RunSession, type RunStatus, writeManifest } from './manifest.js';
import { METRICS_FILE, metricsLine, type RecordedMetrics } from './metrics.js';
import { BEST_FILE, type RunFolder, WEIGHTS_FILE } from './open-run.js';
import { PREPARATION_FILE, writePreparation } from './preparation-file.js';
import { RecordingWriter } from './recording-file.js';
import { type TensorSource, tensorSource, writeSafetensors } from './safetensors.js';
import { TRACE_FILE, type TraceEntry, traceHeadLine, traceLine } from './trace.js';

/** What a checkpoint says of the run itself; the rest is how far the folder's files are. */
export type OwnFacts = Omit<CheckpointFacts, 'metrics' | 'trace' | 'recording'>;

/** The state of a network: what a checkpoint copies. */
export interface WrittenState {
  readonly facts: OwnFacts;
  readonly state: StateParts;
  /** Exactly where `facts.best` is not null. */
  readonly bestWeights: readonly NamedTensor[] | null;
}

/** What the end of a run adds to its folder. */
export interface FinalState extends Pick<WrittenState, 'state' | 'bestWeights'> {
  readonly result: Pick<RunResult, 'steps' | 'fingerprint' | 'stateFingerprint' | 'nonFinite' | 'best'>;
}

/** Folders that this thread writes to. */
const open = new Set<string>();

export class RunWriter {
  readonly folder: string;
  #manifest: Manifest;
  readonly #metrics: JournalWriter;
  readonly #trace: JournalWriter | null;
  readonly #recording: RecordingWriter | null;

  private constructor(
    folder: string,
    manifest: Manifest,
    files: { metrics: JournalWriter; trace: JournalWriter | null; recording: RecordingWriter | null },
  ) {
    this.folder = folder;
    this.#manifest = manifest;
    this.#metrics = files.metrics;
    this.#trace = files.trace;
    this.#recording = files.recording;
  }

  /**
   * Makes the folder of a run that begins.
   *
   * @param start The state of step 0, where it is not the recipe's.
   * @param preparation What the manifest names, if it names one.
   * @throws SamebitsError `ERR_SAMEBITS_FILE` for a folder that holds anything, and for one that cannot be written.
   */
  static async create(
    path: string,
    manifest: Manifest,
    start: WrittenState | null,
    preparation: Preparation | null = null,
  ): Promise<RunWriter> {
    const folder = resolve(path);
    return claim(folder, async () => {
      await onDisk('a folder that can be written', folder, async () => {
        await makeFolder(folder);
        // A process that was killed may have begun here, but wrote no manifest.
        const begun = [CHECKPOINTS, PREPARATION_FILE];
        const entries = await readdir(folder);
        const names = entries.filter((name) => !PARTIAL.test(name) && !begun.includes(name));
        if (names.length > 0) throw damaged('a new or empty folder', folder, names);
        await makeFolder(join(folder, CHECKPOINTS));
        await checkFolder(join(folder, CHECKPOINTS));
        for (const { file } of await listCheckpoints(folder)) throw damaged('a new or empty folder', folder, file);
        await removePartial(folder);
      });
      if (preparation !== null) await writePreparation(folder, preparation);
      if (start !== null) await writeState(folder, manifest, start, null);
      // Last: with its manifest a folder can be resumed.
      await writeManifest(folder, manifest);
      return RunWriter.#open(folder, manifest, null, new Uint32Array(0));
    });
  }

  /**
   * Goes on in a folder whose run did not end. What it holds beyond the checkpoint is dropped.
   *
   * @param checkpoint Null to begin anew.
   * @param orders Words of the recording, as far as the checkpoint knows it.
   */
  static async resume(
    run: RunFolder,
    checkpoint: Checkpoint | null,
    orders: Uint32Array,
    session: RunSession,
  ): Promise<RunWriter> {
    return claim(run.path, async () => {
      await removeLeftovers(run.path, checkpoint?.step ?? 0);
      const manifest = { ...run.manifest, status: 'running', sessions: [...run.manifest.sessions, session] } as const;
      await writeManifest(run.path, manifest);
      return RunWriter.#open(run.path, manifest, checkpoint, orders);
    });
  }

  static async #open(
    folder: string,
    manifest: Manifest,
    checkpoint: Checkpoint | null,
    orders: Uint32Array,
  ): Promise<RunWriter> {
    const { options, recipe } = manifest;
    const opened: { close(): Promise<void> }[] = [];
    const keep = <T extends { close(): Promise<void> }>(file: T): T => {
      opened.push(file);
      return file;
    };
    try {
      const metrics = keep(await JournalWriter.open(folder, METRICS_FILE, checkpoint?.metrics ?? NO_LINES));
      let trace: JournalWriter | null = null;
      if (options.trace !== null) {
        trace = keep(await JournalWriter.open(folder, TRACE_FILE, checkpoint?.trace ?? NO_LINES));
        const tensors = recordedParameters(recipe).map(({ name }) => name);
        if (trace.end.lines === 0) await trace.append([traceHeadLine({ every: options.trace, tensors })]);
      }
      const recording = options.record ? keep(await RecordingWriter.open(folder, orders)) : null;
      await onDisk('a folder that can be written', folder, () => syncFolder(folder));
      return new RunWriter(folder, manifest, { metrics, trace, recording });
    } catch (cause) {
      for (const file of opened) await file.close();
      throw cause;
    }
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  async appendMetrics(epoch: number, metrics: RecordedMetrics): Promise<void> {
    await this.#metrics.append([metricsLine(epoch, metrics)]);
  }

  /** Nothing where the run keeps no trace. */
  async appendTrace(entries: readonly TraceEntry[]): Promise<void> {
    await this.#trace?.append(entries.map(traceLine));
  }

  /** Nothing where the run is not recorded. */
  async appendOrders(orders: Uint32Array): Promise<void> {
    await this.#recording?.append(orders);
  }

  /** Writes a checkpoint and removes those that are not to be kept. */
  async checkpoint(state: WrittenState): Promise<void> {
    await this.#sync();
    await writeState(this.folder, this.#manifest, state, this);
    await this.#removeOld(state.facts.step, state.facts.stopped);
  }

  /** Writes the final weights, and the manifest that says so. */
  async finish({ result, state, bestWeights }: FinalState, seconds: number): Promise<void> {
    await this.#sync();
    const { recipe, contract } = this.#manifest;
    const metadata = { contract: String(contract) };
    const final: TensorSource[] = recordedParameters(recipe).map((parameter) => ({
      name: parameter.name,
      dtype: 'F32',
      shape: parameter.shape,
      parts: () => state(parameter, 0),
    }));
    const weights = await writeSafetensors(join(this.folder, WEIGHTS_FILE), final, {
      ...metadata,
      fingerprint: result.fingerprint,
    });
    let bestSeal: string | null = null;
    if (bestWeights !== null) {
      const best = bestWeights.map(({ name, shape, data }) => tensorSource(name, shape, data));
      bestSeal = await writeSafetensors(join(this.folder, BEST_FILE), best, metadata);
    }
    // A crash may have come between the last checkpoint and the end of those before it.
    await this.#removeOld(result.steps, true);
    await this.#end('complete', seconds, { ...result, ...this.ends, weights, bestWeights: bestSeal });
  }

  /** Says in the manifest why the run stopped. */
  async stop(status: Exclude<RunStatus, 'complete'>, seconds: number): Promise<void> {
    await this.#sync();
    await this.#end(status, seconds, null);
  }

  /** Closes the files; the folder is free for others. */
  async close(): Promise<void> {
    open.delete(this.folder);
    for (const file of [this.#metrics, this.#trace, this.#recording]) await file?.close();
  }

  /** How far the files that grow are. */
  get ends(): Pick<CheckpointFacts, 'metrics' | 'trace' | 'recording'> {
    return {
      metrics: this.#metrics.end,
      trace: this.#trace?.end ?? null,
      recording: this.#recording?.end ?? null,
    };
  }

  async #removeOld(newest: number, ended: boolean): Promise<void> {
    await onDisk('a folder of checkpoints', this.folder, async () => {
      for (const old of dropped(this.#manifest, await listCheckpoints(this.folder), newest, ended)) {
        await rm(join(this.folder, CHECKPOINTS, fileName(old)), { force: true });
      }
    });
  }

  async #sync(): Promise<void> {
    for (const file of [this.#metrics, this.#trace, this.#recording]) await file?.sync();
  }

  async #end(status: RunStatus, seconds: number, result: RunResult | null): Promise<void> {
    const { sessions } = this.#manifest;
    const last = { ...sessions[sessions.length - 1], endedAt: new Date().toISOString(), seconds };
    this.#manifest = { ...this.#manifest, status, sessions: [...sessions.slice(0, -1), last], result };
    await writeManifest(this.folder, this.#manifest);
  }
}

/** A folder has one writer. Of other threads and processes nothing is known. */
async function claim(folder: string, begin: () => Promise<RunWriter>): Promise<RunWriter> {
  if (open.has(folder)) {
    throw new SamebitsError('ERR_SAMEBITS_BUSY', `Expected a folder that no run is writing to but received ${folder}`);
  }
  open.add(folder);
  try {
    return await begin();
  } catch (cause) {
    open.delete(folder);
    throw cause;
  }
}

async function writeState(
  folder: string,
  { recipe, options }: Manifest,
  { facts, state, bestWeights }: WrittenState,
  writer: RunWriter | null,
): Promise<void> {
  const ends = writer?.ends ?? {
    metrics: NO_LINES,
    trace: options.trace === null ? null : NO_LINES,
    recording: null,
  };
  await writeCheckpoint(folder, recipe, { ...facts, ...ends }, state, bestWeights);
}

/**
 * Steps of the checkpoints that go: all regular ones but the newest few, and those that interruptions left, as soon as there
 * is a newer one. So a run that was interrupted ends with the checkpoints of one that was not.
 *
 * @param ended Whether the newest is the run's last.
 */
function dropped(
  manifest: Manifest,
  files: readonly { readonly step: number }[],
  newest: number,
  ended: boolean,
): number[] {
  const { options, data, recipe, start } = manifest;
  const stepsPerEpoch = Math.ceil(data.rows / recipe.fit.batchSize);
  const last = stepsPerEpoch * recipe.fit.epochs;
  const interval = options.checkpointEvery ?? stepsPerEpoch;
  const isRegular = (step: number): boolean =>
    step > 0 && (step % interval === 0 || step === last || (ended && step === newest));
  const steps = files.map(({ step }) => step).filter((step) => step > 0 || start === 'recipe');
  const kept = new Set([newest, ...steps.filter(isRegular).slice(-options.keepCheckpoints)]);
  return steps.filter((step) => !kept.has(step));
}

/** Files that a process which was killed had begun, before there was a manifest or after. */
async function removePartial(folder: string): Promise<void> {
  for (const place of [folder, join(folder, CHECKPOINTS)]) {
    for (const name of await readdir(place)) if (PARTIAL.test(name)) await rm(join(place, name), { force: true });
  }
}

async function removeLeftovers(folder: string, step: number): Promise<void> {
  await onDisk('a folder that can be written', folder, async () => {
    const checkpoints = join(folder, CHECKPOINTS);
    await makeFolder(checkpoints);
    await checkFolder(checkpoints);
    await removePartial(folder);
    for (const file of await listCheckpoints(folder)) {
      if (file.step > step) await rm(join(checkpoints, fileName(file.step)), { force: true });
    }
  });
}
