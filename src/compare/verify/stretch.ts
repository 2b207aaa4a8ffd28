/** A stretch of a run, computed again and compared with its folder on the way. */
import type { NamedTensor } from '../../model/description.js';
import { METRICS_FILE, type RecordedMetrics } from '../../runs/metrics.js';
import { BEST_FILE, type RunFolder, WEIGHTS_FILE } from '../../runs/open-run.js';
import { markText, TRACE_FILE } from '../../runs/trace.js';
import type { Rerun } from '../task.js';
import { type Advanced, Trainee } from '../trainee.js';
import { compareState } from '../why/damage.js';
import { differingTensors, type MarkTable } from '../why/marks.js';
import { stateOf } from '../why/state.js';
import { compareCounters } from './counters.js';
import { differs, fileProblem } from './difference.js';
import { bestAfter, bestOf, compareCheckpointKept, compareKept, compareTensors, type Kept } from './kept.js';
import type { VerifyCounts, VerifyDifference } from './report.js';

/** Steps of a native call at most: their marks and losses are in memory at once. */
const MOST_STEPS = 4096;

/** What a run's folder says, read once for all stretches. */
export interface Claims {
  readonly folder: RunFolder;
  readonly trace: MarkTable | null;
  /** Of each epoch. */
  readonly metrics: readonly RecordedMetrics[];
  /** Steps of the checkpoints. */
  readonly checkpoints: readonly number[];
  /** Steps that were made. */
  readonly steps: number;
  /** The rows of the rerun's `test` are those of the run's validation. */
  readonly validated: boolean;
}

export interface StretchResult {
  readonly difference: VerifyDifference | null;
  readonly compared: VerifyCounts;
}

/**
 * @param rerun Begins at the stretch's first step.
 * @param kept What the run had kept by then.
 * @param onSteps Called with the steps that were made since it was called last.
 */
export async function verifyStretch(
  claims: Claims,
  rerun: Rerun,
  kept: Kept,
  to: number,
  signal: AbortSignal,
  onSteps: (steps: number) => void,
): Promise<StretchResult> {
  const { recipe, data, execution, recording: replay, start = null, observed } = rerun;
  const marks = claims.folder.manifest.options.trace === 'step';
  const trainee = new Trainee(recipe, data, execution, { replay, start, observed, marks, allowNonFinite: true });
  try {
    return await new StretchCheck(claims, trainee, kept, start?.step ?? 0).run(to, signal, onSteps);
  } finally {
    trainee.dispose();
  }
}

class StretchCheck {
  readonly #claims: Claims;
  readonly #trainee: Trainee;
  #kept: Kept;
  #step: number;
  #marks = 0;
  #checkpoints = 0;
  #epochs = 0;
  #weights = false;
  #made = 0;

  constructor(claims: Claims, trainee: Trainee, kept: Kept, from: number) {
    this.#claims = claims;
    this.#trainee = trainee;
    this.#kept = kept;
    this.#step = from;
  }

  async run(to: number, signal: AbortSignal, onSteps: (steps: number) => void): Promise<StretchResult> {
    let difference = this.#compareMarks(this.#step, this.#trainee.marks(), null);
    while (difference === null && this.#step < to) {
      const steps = this.#nextEvent(to) - this.#step;
      const advanced = await this.#trainee.advance(steps, signal);
      this.#made += steps;
      onSteps(steps);
      difference = this.#compareSteps(advanced.marks, advanced.stepLosses);
      this.#keep(advanced, steps);
      this.#step += steps;
      difference ??= await this.#compareEvent(advanced.epochs);
    }
    if (difference === null && this.#step === this.#claims.steps) difference = await this.#compareEnd();
    const compared = {
      steps: this.#made,
      marks: this.#marks,
      checkpoints: this.#checkpoints,
      epochs: this.#epochs,
      weights: this.#weights,
    };
    return { difference, compared };
  }

  /** The next step after which there is something to compare beside marks. */
  #nextEvent(to: number): number {
    const { checkpoints, folder } = this.#claims;
    const { stepsPerEpoch } = folder;
    const epochEnd = (Math.floor(this.#step / stepsPerEpoch) + 1) * stepsPerEpoch;
    const checkpoint = checkpoints.find((step) => step > this.#step) ?? to;
    return Math.min(to, epochEnd, checkpoint, this.#step + MOST_STEPS);
  }

  /** What the run keeps of steps that have just been made, the last of an epoch maybe. */
  #keep({ nonFinite, epochs: [trained] }: Advanced, steps: number): void {
    const { folder, metrics } = this.#claims;
    if (nonFinite !== null && this.#kept.nonFinite === null) {
      const where = { step: this.#step + nonFinite.step, tensor: nonFinite.tensor };
      this.#kept = { ...this.#kept, nonFinite: where };
    }
    if (trained === undefined) return;
    const epoch = (this.#step + steps) / folder.stepsPerEpoch - 1;
    // Those of validation are at hand in the folder alone, maybe; those that were recorded are compared by themselves.
    const { best: before } = this.#kept;
    const best = bestAfter(before, folder.manifest.options.best, epoch, { ...trained, ...metrics[epoch] });
    if (best !== before) this.#kept = { ...this.#kept, best, bestWeights: this.#trainee.readEach() };
  }

  /** Marks and losses of the steps that have just been made. */
  #compareSteps(calls: readonly BigUint64Array[], losses: readonly number[]): VerifyDifference | null {
    const count = this.#trainee.weights.length;
    let made = 0;
    for (const marks of calls) {
      for (let at = 0; at < marks.length; at += count) {
        const found = this.#compareMarks(this.#step + made + 1, marks.subarray(at, at + count), losses[made]);
        if (found !== null) return found;
        made += 1;
      }
    }
    return null;
  }

  #compareMarks(step: number, marks: ArrayLike<bigint>, loss: number | null): VerifyDifference | null {
    const { trace } = this.#claims;
    const traced = trace?.at(step) ?? null;
    if (trace === null || traced === null) return null;
    const [tensor] = differingTensors(trace.tensors, marks, traced.marks);
    if (tensor !== undefined) {
      const index = trace.tensors.indexOf(tensor);
      const [found, computed] = [traced.marks[index], marks[index]].map(markText);
      return differs({
        step,
        file: TRACE_FILE,
        name: tensor,
        found,
        computed,
        problem: `the mark of ${tensor} is another`,
      });
    }
    if (loss !== null && traced.loss !== null && !Object.is(loss, traced.loss)) {
      return differs({
        step,
        file: TRACE_FILE,
        name: 'loss',
        found: traced.loss,
        computed: loss,
        problem: 'the loss is another',
      });
    }
    this.#marks += 1;
    return null;
  }

  async #compareEvent(
    epochs: readonly { readonly loss: number; readonly accuracy: number }[],
  ): Promise<VerifyDifference | null> {
    const step = this.#step;
    const { folder, trace, checkpoints } = this.#claims;
    if (folder.manifest.options.trace === 'epoch') {
      const difference = this.#compareMarks(step, this.#trainee.marks(), null);
      if (difference !== null) return difference;
    }
    const fingerprint = trace?.at(step)?.fingerprint ?? null;
    if (fingerprint !== null) {
      const computed = this.#trainee.fingerprint('weights');
      if (computed !== fingerprint) {
        return differs({
          step,
          file: TRACE_FILE,
          name: 'fingerprint',
          found: fingerprint,
          computed,
          problem: 'the fingerprint is another',
        });
      }
    }
    if (checkpoints.includes(step)) {
      const difference = await this.#compareCheckpoint(step);
      if (difference !== null) return difference;
    }
    for (const metrics of epochs) {
      const difference = await this.#compareEpoch(metrics);
      if (difference !== null) return difference;
    }
    return null;
  }

  async #compareCheckpoint(step: number): Promise<VerifyDifference | null> {
    const { folder } = this.#claims;
    const file = `checkpoints/${step}.safetensors`;
    let problem: string | null = null;
    let checkpoint: Awaited<ReturnType<RunFolder['checkpoint']>>;
    try {
      checkpoint = await folder.checkpoint(step).catch((error) => {
        problem = fileProblem(error);
        // Its content may still say which element it is.
        return folder.checkpoint(step, { unsealed: true });
      });
    } catch (error) {
      return differs({ step, file, problem: fileProblem(error) });
    }
    const elements = compareState(this.#trainee, stateOf(checkpoint));
    if (elements !== null) {
      const { tensor, index, bit, found, foundHex, computed, computedHex } = elements;
      const what = `${tensor}[${index}] is not what the run computed`;
      return differs({ step, file, name: tensor, index, bit, found, foundHex, computed, computedHex, problem: what });
    }
    const kept = compareCheckpointKept(step, file, checkpoint, this.#kept);
    if (kept !== null) return kept;
    if (problem !== null) return differs({ step, file, problem });
    const counters = compareCounters(step, file, checkpoint, this.#trainee);
    if (counters !== null) return counters;
    this.#checkpoints += 1;
    return null;
  }

  async #compareEpoch(trained: { readonly loss: number; readonly accuracy: number }): Promise<VerifyDifference | null> {
    const { folder, metrics, validated } = this.#claims;
    const epoch = this.#step / folder.stepsPerEpoch - 1;
    const recorded = metrics[epoch];
    if (recorded === undefined) return null;
    const computed: Partial<RecordedMetrics> = { ...trained, ...this.#trainee.rate };
    if (validated) Object.assign(computed, await this.#trainee.validate());
    for (const [name, found] of Object.entries(recorded) as [keyof RecordedMetrics, number][]) {
      const value = computed[name];
      if (value === undefined || Object.is(value, found)) continue;
      const problem = `${name} of epoch ${epoch + 1} is another`;
      return differs({ step: this.#step, file: METRICS_FILE, name, found, computed: value, problem });
    }
    this.#epochs += 1;
    const { result } = folder.manifest;
    if (result?.best?.epoch !== epoch || result.bestWeights === null) return null;
    return this.#compareTensors(BEST_FILE, async () => (await folder.bestWeights()) ?? []);
  }

  async #compareEnd(): Promise<VerifyDifference | null> {
    const { folder } = this.#claims;
    const { result } = folder.manifest;
    if (result === null) return null;
    for (const [name, scope] of [
      ['fingerprint', 'weights'],
      ['stateFingerprint', 'state'],
    ] as const) {
      const computed = this.#trainee.fingerprint(scope);
      if (computed === result[name]) continue;
      const problem = `the ${name} is another`;
      return differs({ step: this.#step, file: 'manifest.json', name, found: result[name], computed, problem });
    }
    // Of all epochs, whichever stretches are computed.
    const best = bestOf(this.#claims.metrics, folder.manifest.options.best);
    const kept = compareKept(this.#step, 'manifest.json', result, { ...this.#kept, best });
    if (kept !== null) return kept;
    if (result.best !== null && result.bestWeights === null) {
      const problem = 'the seal of the best weights is missing';
      return differs({ step: this.#step, file: 'manifest.json', name: 'bestWeights', problem });
    }
    const difference = await this.#compareTensors(WEIGHTS_FILE, () => folder.weights());
    this.#weights = difference === null;
    return difference;
  }

  /** A file with weights against those of the network. */
  async #compareTensors(file: string, read: () => Promise<readonly NamedTensor[]>): Promise<VerifyDifference | null> {
    const step = this.#step;
    let tensors: readonly NamedTensor[];
    try {
      tensors = await read();
    } catch (error) {
      return differs({ step, file, problem: fileProblem(error) });
    }
    return compareTensors(step, file, tensors, this.#trainee.readEach());
  }
}
