/** A run folder as it is found: what the run's setting was, how far it came, and which of its files are what they say. */
import type { Setting } from '../../causes/cause.js';
import { SamebitsError } from '../../errors.js';
import { formatList } from '../../format.js';
import type { NamedTensor } from '../../model/description.js';
import { contractOf } from '../../model/emulation.js';
import { addon } from '../../native/addon.js';
import type { Manifest } from '../../runs/manifest.js';
import { openRun, type RunFolder } from '../../runs/open-run.js';
import type { Recording } from '../../runs/recording.js';
import { readOrders } from '../../runs/recording-file.js';
import type { RunState } from '../trainee.js';
import { differingTensors, type MarkTable, readMarks } from './marks.js';
import { fingerprintState, stateOf } from './state.js';

/** Which of two runs. */
export type RunLabel = 'a' | 'b';

/** A file that is not what the run wrote, or not what it computed. */
export interface Damage {
  /** Relative to the run's folder. */
  readonly file: string;
  /** Step of a checkpoint; null for other files. */
  readonly step: number | null;
  /** What is wrong. */
  readonly problem: string;
}

/** A run whose files have been looked at. */
export interface ExaminedRun {
  /** As the caller wrote it. */
  readonly path: string;
  readonly folder: RunFolder;
  readonly setting: Setting;
  /** Steps that were made, as far as its files say. */
  readonly steps: number;
  readonly marks: MarkTable | null;
  /** Free order: how its steps were summed, as far as that was kept. */
  readonly recording: Recording | null;
  /** Steps of the checkpoints that are what they say, ascending. */
  readonly checkpoints: readonly number[];
  readonly damage: readonly Damage[];
}

/** @throws SamebitsError `ERR_SAMEBITS_FILE` for a folder that is no run's, or whose manifest is damaged. */
export async function examineRun(path: string): Promise<ExaminedRun> {
  return new Examination(path, await openRun(path)).examine();
}

/** The state of one of {@link ExaminedRun.checkpoints}, or of a damaged one. */
export async function readState({ folder }: ExaminedRun, step: number, damaged = false): Promise<RunState> {
  return stateOf(await folder.checkpoint(step, { unsealed: damaged }));
}

/** Why a run cannot be computed here, or null where it can. */
export function otherContract({ contract, recipe, sessions }: Manifest): string | null {
  const ours = contractOf(recipe);
  if (contract === ours) return null;
  const { version } = sessions[0];
  return (
    `it keeps version ${contract} of the numerics contract and this is version ${ours}: ` +
    `samebits ${version}, which made it, can compute it`
  );
}

/**
 * How a run's steps were summed, as far as its folder has it; null where it has nothing.
 *
 * @param checkpoints Steps of its checkpoints that can be read, ascending.
 */
export async function readRecording(folder: RunFolder, checkpoints: readonly number[]): Promise<Recording | null> {
  const { recipe, options, result, data } = folder.manifest;
  if (recipe.reduction !== 'free' || !options.record) return null;
  if (result !== null) return folder.recording();
  if (checkpoints.length === 0) return null;
  // Of a run that did not end, as far as its newest checkpoint knows.
  const step = checkpoints[checkpoints.length - 1];
  const { recording } = await folder.checkpoint(step);
  if (recording === null) return null;
  const { batchSize, freeGrain } = recipe.fit;
  return { rows: data.rows, batchSize, freeGrain, steps: step, orders: await readOrders(folder.path, recording) };
}

class Examination {
  readonly #damage: Damage[] = [];

  constructor(
    private readonly path: string,
    private readonly folder: RunFolder,
  ) {}

  async examine(): Promise<ExaminedRun> {
    const { folder } = this;
    const { recipe, data, sessions, result } = folder.manifest;
    const { threads, isa } = sessions[sessions.length - 1].execution;
    const marks = await readMarks(folder, (error) => this.#note('trace.jsonl', null, error));
    const checkpoints = await this.#checkpoints(marks);
    const recording = await this.#orNull('recording.bin', () => readRecording(folder, checkpoints));
    if (result !== null) await this.#orNull('weights.safetensors', () => this.#finalWeights(marks));
    const traced = marks?.last ?? 0;
    return {
      path: this.path,
      folder,
      setting: { recipe, data: data.choice, execution: { threads, isa } },
      steps: result?.steps ?? Math.max(traced, checkpoints[checkpoints.length - 1] ?? 0),
      marks,
      recording,
      checkpoints,
      damage: this.#damage,
    };
  }

  async #checkpoints(marks: MarkTable | null): Promise<number[]> {
    const { folder } = this;
    const whole: number[] = [];
    for (const { step, file } of (await this.#orNull('checkpoints', () => folder.checkpoints())) ?? []) {
      await this.#orNull(
        file,
        async () => {
          const checkpoint = await folder.checkpoint(step);
          const state = stateOf(checkpoint);
          checkMarks(file, checkpoint.weights, marks, step);
          const recomputable = otherContract(folder.manifest) === null;
          if (recomputable && fingerprintState(folder.manifest.recipe, state) !== checkpoint.fingerprint) {
            throw otherThan(file, `the state of the fingerprint ${checkpoint.fingerprint}, but it is another`);
          }
          whole.push(step);
        },
        step,
      );
    }
    return whole;
  }

  async #finalWeights(marks: MarkTable | null): Promise<void> {
    const weights = await this.folder.weights();
    checkMarks('weights.safetensors', weights, marks, this.folder.manifest.result?.steps ?? 0);
  }

  /** The result of `body`; null, and a note, where a file is not what it should be. */
  async #orNull<T>(file: string, body: () => Promise<T>, step: number | null = null): Promise<T | null> {
    try {
      return await body();
    } catch (error) {
      this.#note(file, step, error);
      return null;
    }
  }

  #note(file: string, step: number | null, error: unknown): void {
    if (!(error instanceof SamebitsError) || error.code !== 'ERR_SAMEBITS_FILE') throw error;
    this.#damage.push({ file, step, problem: error.message });
  }
}

/** @throws SamebitsError `ERR_SAMEBITS_FILE` for weights that are not those of the trace. */
function checkMarks(file: string, weights: readonly NamedTensor[], table: MarkTable | null, step: number): void {
  const traced = table?.at(step) ?? null;
  if (table === null || traced === null) return;
  const marks = weights.map(({ data }) => addon().mark(data));
  const others = differingTensors(table.tensors, marks, traced.marks);
  if (others.length === 0) return;
  throw otherThan(file, `weights with the marks of its trace, but those of ${formatList(others)} are others`);
}

function otherThan(file: string, what: string): SamebitsError {
  return new SamebitsError('ERR_SAMEBITS_FILE', `Expected ${file} to hold ${what}`);
}
