/** The exact step, tensor and element at which two runs part. */
import { elementDifference, firstDifferingIndex } from './distances.js';
import type { FirstDifference } from './document.js';
import type { LocateTask, Rerun } from './task.js';
import { countElements, type FlatTensor, Trainee, type TraineeOptions } from './trainee.js';

/**
 * Trains both runs again and compares them after every step between `from` and `to`. Divergence is early as a rule, so
 * this is cheap; it is never timed.
 *
 * @returns Null where the runs stayed equal: the difference that was seen did not come again.
 */
export async function locate(task: LocateTask, signal: AbortSignal): Promise<FirstDifference | null> {
  const baseline = new Replayed(task.baseline, task.scope);
  const variant = new Replayed(task.variant, task.scope);
  try {
    const parting = await findParting(baseline, variant, task, signal);
    if (parting === null) return null;
    return describeDifference(parting.step, baseline.tensors, parting.at, baseline.values, variant.values);
  } finally {
    baseline.dispose();
    variant.dispose();
  }
}

/** Where two runs part. */
export interface Parting {
  /** The first step after which they differ; the runs have made it. */
  readonly step: number;
  /** The first element that differs, of all that lie one after the other. */
  readonly at: number;
}

/**
 * Advances both runs, side by side, to the first step of `from` to `to` after which their tensors differ.
 *
 * @param onStep Called with each step that is reached.
 * @returns Null where they are equal up to `to`.
 */
export async function findParting(
  a: Replayed,
  b: Replayed,
  { from, to }: { readonly from: number; readonly to: number },
  signal: AbortSignal,
  onStep: (step: number) => void = () => {},
): Promise<Parting | null> {
  await a.advanceTo(from, signal);
  await b.advanceTo(from, signal);
  for (let step = from; ; step += 1) {
    a.read();
    b.read();
    const at = firstDifferingIndex(a.values, b.values);
    onStep(step);
    if (at >= 0) return { step, at };
    if (step >= to) return null;
    await a.advanceTo(step + 1, signal);
    await b.advanceTo(step + 1, signal);
  }
}

export interface ReplayedOptions extends Pick<TraineeOptions, 'plan' | 'allowNonFinite'> {
  /** Keep what was read before the last reading. @default false */
  readonly keepPrevious?: boolean;
}

/** A run that is executed again, from its recording if it has one. */
export class Replayed {
  readonly trainee: Trainee;
  readonly tensors: readonly FlatTensor[];
  /** All tensors, one after the other, as they were when they were last read … */
  values: Float32Array;
  /** … and, where that is kept, the time before. */
  previous: Float32Array;
  #done: number;

  /** @param scope Look at weights only, or at optimizer state too. */
  constructor(rerun: Rerun, scope: 'weights' | 'state', { keepPrevious = false, ...rest }: ReplayedOptions = {}) {
    const { recipe, data, execution, recording: replay, start = null, observed } = rerun;
    this.trainee = new Trainee(recipe, data, execution, { ...rest, replay, start, observed });
    this.#done = start?.step ?? 0;
    this.tensors = this.trainee[scope];
    this.values = new Float32Array(countElements(this.tensors));
    this.previous = keepPrevious ? new Float32Array(this.values.length) : this.values;
  }

  /** Steps of the run that are made. */
  get done(): number {
    return this.#done;
  }

  async advanceTo(step: number, signal: AbortSignal): Promise<void> {
    if (step > this.#done) await this.trainee.advance(step - this.#done, signal);
    this.#done = step;
  }

  read(): void {
    [this.values, this.previous] = [this.previous, this.values];
    this.trainee.read(this.tensors, this.values);
  }

  dispose(): void {
    this.trainee.dispose();
  }
}

/** Names the element at place `at` of tensors that lie one after the other in `a` and `b`. */
export function describeDifference(
  step: number,
  tensors: readonly FlatTensor[],
  at: number,
  a: Float32Array,
  b: Float32Array,
): FirstDifference {
  const tensor = tensors.findLast(({ offset }) => offset <= at) as FlatTensor;
  return { ...elementDifference(a, b, at), step, tensor: tensor.name, index: at - tensor.offset };
}
