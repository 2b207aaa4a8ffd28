/** The exact step, tensor and element at which two runs part. */
import { elementDifference, firstDifferingIndex } from './distances.js';
import type { FirstDifference } from './document.js';
import type { LocateTask, Rerun } from './task.js';
import { countElements, type FlatTensor, Trainee } from './trainee.js';

/**
 * Trains both runs again and compares them after every step between `from` and `to`. Divergence is early as a rule, so
 * this is cheap; it is never timed.
 *
 * @returns Null where the runs stayed equal: the difference that was seen did not come again.
 */
export async function locate(task: LocateTask, signal: AbortSignal): Promise<FirstDifference | null> {
  const baseline = new Replayed(task, task.baseline);
  const variant = new Replayed(task, task.variant);
  try {
    await baseline.advanceTo(task.from, signal);
    await variant.advanceTo(task.from, signal);
    for (let step = task.from; ; step += 1) {
      const a = baseline.read();
      const b = variant.read();
      const at = firstDifferingIndex(a, b);
      if (at >= 0) return describeDifference(step, baseline.tensors, at, a, b);
      if (step === task.to) return null;
      await baseline.advanceTo(step + 1, signal);
      await variant.advanceTo(step + 1, signal);
    }
  } finally {
    baseline.dispose();
    variant.dispose();
  }
}

/** A run that is executed again, from its recording if it has one. */
class Replayed {
  readonly tensors: readonly FlatTensor[];
  private readonly trainee: Trainee;
  private readonly values: Float32Array;
  private done = 0;

  constructor({ recipe, data, scope }: LocateTask, { execution, recording }: Rerun) {
    this.trainee = new Trainee(recipe, data, execution, { replay: recording });
    this.tensors = this.trainee[scope];
    this.values = new Float32Array(countElements(this.tensors));
  }

  async advanceTo(step: number, signal: AbortSignal): Promise<void> {
    if (step > this.done) await this.trainee.advance(step - this.done, signal);
    this.done = step;
  }

  /** Valid until the next call. */
  read(): Float32Array {
    this.trainee.read(this.tensors, this.values);
    return this.values;
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
