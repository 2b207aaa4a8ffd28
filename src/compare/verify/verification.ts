/** The course of a verification: what is claimed, which stretches, and what came of them. */
import { monitorOf } from '../../model/reduce-on-plateau.js';
import { addon } from '../../native/addon.js';
import { type Seed, seedKey, streamNumber } from '../../random/seed.js';
import { METRICS_FILE } from '../../runs/metrics.js';
import type { RunFolder } from '../../runs/open-run.js';
import { RECORDING_FILE } from '../../runs/recording-file.js';
import { TRACE_FILE } from '../../runs/trace.js';
import { resolveThreads } from '../../train/execution.js';
import type { ComparedRows } from '../data.js';
import type { Rerun } from '../task.js';
import type { RunState } from '../trainee.js';
import { otherContract, readRecording } from '../why/examined.js';
import { type ExecutionHere, executable, VALIDATION, type Validation } from '../why/executable.js';
import type { Found } from '../why/found.js';
import type { GivenRows } from '../why/given.js';
import { readMarks } from '../why/marks.js';
import { rowsOfRun, validationOfRun } from '../why/rows.js';
import { fingerprintState, stateOf } from '../why/state.js';
import { differs, fileProblem } from './difference.js';
import { isOfKept, type Kept, NOTHING_KEPT } from './kept.js';
import type { Stretch, VerifyCounts, VerifyDifference, VerifyReport } from './report.js';
import { verifySentence } from './sentence.js';
import { type Claims, verifyStretch } from './stretch.js';
import type { VerifyProgress } from './verify.js';

/** Which stretches are computed. */
export interface Sample {
  readonly count: number;
  readonly seed: Seed;
}

const SAMPLE_STREAM = 'verify';
const NOTHING: VerifyCounts = { steps: 0, marks: 0, checkpoints: 0, epochs: 0, weights: false };

export class Verification {
  readonly #path: string;
  readonly #folder: RunFolder;
  readonly #given: { readonly training: GivenRows | null; readonly validation: GivenRows | null };
  readonly #here: ExecutionHere;
  readonly #onProgress: (progress: VerifyProgress) => void;
  readonly #signal: AbortSignal;
  readonly #skipped: string[] = [];
  /** What could not be read; found before anything is computed. */
  readonly #unreadable: VerifyDifference[] = [];

  constructor(
    path: string,
    folder: RunFolder,
    given: { readonly training: GivenRows | null; readonly validation: GivenRows | null },
    here: ExecutionHere,
    onProgress: (progress: VerifyProgress) => void = () => {},
    signal: AbortSignal = new AbortController().signal,
  ) {
    this.#path = path;
    this.#folder = folder;
    this.#given = given;
    this.#here = here;
    this.#onProgress = onProgress;
    this.#signal = signal;
  }

  async report(sample: Sample | null): Promise<VerifyReport> {
    const contract = otherContract(this.#folder.manifest);
    if (contract !== null) return this.#conclude(sample, 0, [], [], contract);
    const claims = await this.#claims();
    const rerun = await this.#rerun(claims);
    if (typeof rerun === 'string') return this.#conclude(sample, claims.steps, [], [], rerun);
    const all = stretchesOf(claims);
    const chosen = sample === null ? [{ from: 0, to: claims.steps }] : draw(all, sample);
    const results = await this.#verifyAll(claims, rerun, chosen);
    return this.#conclude(sample, claims.steps, chosen, results, null);
  }

  async #claims(): Promise<Claims> {
    const folder = this.#folder;
    const trace = await readMarks(folder, (error) => this.#note(TRACE_FILE, error));
    const metrics = (await this.#orNull(METRICS_FILE, () => folder.metrics())) ?? [];
    const files = (await this.#orNull('checkpoints', () => folder.checkpoints())) ?? [];
    const checkpoints = files.map(({ step }) => step).filter((step) => step > 0);
    const steps = folder.manifest.result?.steps ?? Math.max(trace?.last ?? 0, checkpoints[checkpoints.length - 1] ?? 0);
    if (trace === null) this.#skipped.push('marks: the run kept no trace');
    return { folder, trace, metrics, checkpoints, steps, validated: false };
  }

  /** The run as something to execute from its beginning, or what is missing for that. */
  async #rerun(claims: Claims): Promise<Rerun | string> {
    const folder = this.#folder;
    const { recipe, data, sessions, start } = folder.manifest;
    const { threads, isa } = sessions[sessions.length - 1].execution;
    const setting = { recipe, data: data.choice, execution: { threads, isa } };
    const { training } = this.#given;
    const rows = await rowsOfRun({ folder, setting }, training === null ? [] : [training]);
    const recording = await this.#orNull(RECORDING_FILE, () => readRecording(folder, claims.checkpoints));
    let begin: RunState | null = null;
    if (start === 'checkpoint') {
      begin = await this.#orNull('checkpoints/0.safetensors', async () => stateOf(await folder.checkpoint(0)));
      if (begin === null) return 'the checkpoint that it began with';
    }
    const candidate = { setting, rows: null, recording, start: begin };
    const validation = await this.#validation();
    const validationOf = async (): Promise<Found<Validation>> =>
      validation === null ? this.#recorded(claims) : { value: { rows: validation } };
    const found = await executable(candidate, null, { rowsOf: async () => rows, validationOf }, this.#here);
    if ('missing' in found) return found.missing;
    if (validation === null) return found.value;
    return { ...found.value, data: { train: found.value.data.train, test: validation } };
  }

  /** What the run's learning rate monitored, as it was recorded. */
  #recorded({ metrics, steps, folder }: Claims): Found<Validation> {
    const monitor = monitorOf(folder.manifest.recipe.optimizer.learningRate);
    const observed = metrics.flatMap((epoch) => (monitor === null ? [] : (epoch[monitor] ?? [])));
    if (observed.length >= Math.floor(steps / folder.stepsPerEpoch)) return { value: { observed } };
    return { missing: VALIDATION };
  }

  /** Rows of the run's validation, where they are at hand. */
  async #validation(): Promise<ComparedRows | null> {
    if (this.#folder.manifest.data.validation === null) return null;
    const { validation } = this.#given;
    const rows = await validationOfRun(this.#folder, validation === null ? [] : [validation]);
    if (rows === null) this.#skipped.push('metrics of validation: its data were not given');
    return rows;
  }

  async #verifyAll(
    claims: Claims,
    rerun: Rerun,
    stretches: readonly Pick<Stretch, 'from' | 'to'>[],
  ): Promise<Result[]> {
    const total = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
    const threads =
      rerun.recording === null && rerun.execution.reduction === 'free' ? 1 : resolveThreads(this.#here.threads);
    const beside = Math.max(1, Math.min(stretches.length, threads));
    const execution = { ...rerun.execution, threads: Math.max(1, Math.floor(rerun.execution.threads / beside)) };
    const validated = rerun.data.test !== rerun.data.train;
    const waiting = [...stretches.keys()];
    const results: Result[] = [];
    let done = 0;
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { from, to } = stretches[next];
        results[next] = await this.#verifyOne({ ...claims, validated }, { ...rerun, execution }, from, to, (steps) => {
          done += steps;
          this.#onProgress({ step: Math.min(done, total), steps: total });
        });
      }
    };
    await Promise.all(Array.from({ length: beside }, work));
    return results;
  }

  async #verifyOne(
    claims: Claims,
    rerun: Rerun,
    from: number,
    to: number,
    onSteps: (steps: number) => void,
  ): Promise<Result> {
    const begin = from === 0 ? { state: null, kept: NOTHING_KEPT } : await this.#readBegin(claims, from);
    if (!('problem' in begin)) {
      const start = begin.state ?? rerun.start ?? null;
      const result = await verifyStretch(claims, { ...rerun, start }, begin.kept, to, this.#signal, onSteps);
      const { difference } = result;
      // A difference where it began is the checkpoint's, and one of what is kept may be.
      if (from === 0 || difference === null) return result;
      if (difference.step !== from && !isOfKept(difference)) return result;
      if (difference.step !== from) return this.#orBefore(claims, rerun, from, difference);
    }
    const problem = 'problem' in begin ? begin.problem : 'its weights do not have the marks of the trace';
    const difference = differs({ step: from, file: `checkpoints/${from}.safetensors`, problem });
    return this.#orBefore(claims, rerun, from, difference);
  }

  /** Which element of the checkpoint of `step` it is: the stretch that ends there says. */
  async #orBefore(claims: Claims, rerun: Rerun, step: number, difference: VerifyDifference): Promise<Result> {
    const before = claims.checkpoints.findLast((other) => other < step) ?? 0;
    const result = await this.#verifyOne(claims, rerun, before, step, () => {});
    return { ...result, difference: result.difference ?? difference };
  }

  /** The state of a checkpoint, or what is wrong with it. */
  async #readBegin({ folder }: Claims, step: number): Promise<{ state: RunState; kept: Kept } | { problem: string }> {
    try {
      const checkpoint = await folder.checkpoint(step);
      const state = stateOf(checkpoint);
      if (fingerprintState(folder.manifest.recipe, state) === checkpoint.fingerprint)
        return { state, kept: checkpoint };
      return { problem: 'its state does not have the fingerprint that it says' };
    } catch (error) {
      return { problem: fileProblem(error) };
    }
  }

  #conclude(
    sample: Sample | null,
    steps: number,
    stretches: readonly { readonly from: number; readonly to: number }[],
    results: readonly Result[],
    missing: string | null,
  ): VerifyReport {
    const folder = this.#folder;
    const { status, contract, result } = folder.manifest;
    const differences = [...this.#unreadable, ...results.flatMap(({ difference }) => difference ?? [])];
    const difference = differences.sort((a, b) => a.step - b.step)[0] ?? null;
    const facts = {
      verdict: difference !== null ? 'differs' : missing !== null ? 'cannot tell' : 'verified',
      path: this.#path,
      status,
      contract,
      steps,
      fingerprint: result?.fingerprint ?? null,
      seed: sample?.seed ?? null,
      stretches: stretches.map(({ from, to }, i) => ({ from, to, equal: results[i].difference === null })),
      compared: results.reduce((sum, { compared }) => add(sum, compared), NOTHING),
      difference,
      skipped: this.#skipped,
      missing,
    } as const;
    return { ...facts, sentence: verifySentence(facts) };
  }

  async #orNull<T>(file: string, body: () => Promise<T>): Promise<T | null> {
    try {
      return await body();
    } catch (error) {
      this.#note(file, error);
      return null;
    }
  }

  #note(file: string, error: unknown): void {
    this.#unreadable.push(differs({ step: 0, file, problem: fileProblem(error) }));
  }
}

type Result = Awaited<ReturnType<typeof verifyStretch>>;

/** From each checkpoint to the next, from the beginning to the end. */
function stretchesOf({ checkpoints, steps }: Claims): { from: number; to: number }[] {
  const ends = [...new Set([...checkpoints.filter((step) => step <= steps), steps])];
  return ends.map((to, i) => ({ from: i === 0 ? 0 : ends[i - 1], to }));
}

/** `count` of them, without repetition, in their order. */
function draw<T>(all: readonly T[], { count, seed }: Sample): T[] {
  const order = addon().shuffle(seedKey(seed), streamNumber(SAMPLE_STREAM), 0, all.length);
  return [...order.subarray(0, count)].sort((a, b) => a - b).map((index) => all[index]);
}

function add(a: VerifyCounts, b: VerifyCounts): VerifyCounts {
  return {
    steps: a.steps + b.steps,
    marks: a.marks + b.marks,
    checkpoints: a.checkpoints + b.checkpoints,
    epochs: a.epochs + b.epochs,
    weights: a.weights || b.weights,
  };
}
