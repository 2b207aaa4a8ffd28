/** A run's trace in memory, by step, and where those of two runs first differ. */
import type { RunFolder } from '../../runs/open-run.js';

/** What a trace says of a step. */
export interface TracedStep {
  /** The mark of each tensor's weights, in model order. */
  readonly marks: BigUint64Array;
  /** Mean loss of the batch; null at the start, and where only epochs were traced. */
  readonly loss: number | null;
  /** SHA-256 of the weights, where there is one: at the start, and at the ends of epochs. */
  readonly fingerprint: string | null;
}

/** The trace of a run: a few bytes for each step. */
export class MarkTable {
  /** Names of the tensors, in model order. */
  readonly tensors: readonly string[];
  /** Ascending; 0 stands for the initial weights. */
  readonly steps: number[] = [];
  readonly #losses: (number | null)[] = [];
  readonly #fingerprints = new Map<number, string>();
  #marks: BigUint64Array;

  constructor(tensors: readonly string[]) {
    this.tensors = tensors;
    this.#marks = new BigUint64Array(64 * tensors.length);
  }

  add({
    step,
    marks,
    loss,
    fingerprint,
  }: {
    step: number;
    marks: readonly string[];
    loss: number | null;
    fingerprint: string | null;
  }): void {
    if (fingerprint !== null) this.#fingerprints.set(step, fingerprint);
    // The end of an epoch follows the step that it ends with.
    if (this.steps[this.steps.length - 1] === step) return;
    const at = this.steps.length * this.tensors.length;
    if (at === this.#marks.length) {
      const larger = new BigUint64Array(2 * at);
      larger.set(this.#marks);
      this.#marks = larger;
    }
    marks.forEach((mark, i) => {
      this.#marks[at + i] = BigInt(`0x${mark}`);
    });
    this.steps.push(step);
    this.#losses.push(loss);
  }

  get last(): number {
    return this.steps[this.steps.length - 1] ?? 0;
  }

  /** What it says of the weights after a step; null where it has nothing. */
  at(step: number): TracedStep | null {
    const index = indexOf(this.steps, step);
    if (index < 0) return null;
    const { length } = this.tensors;
    return {
      marks: this.#marks.subarray(index * length, (index + 1) * length),
      loss: this.#losses[index],
      fingerprint: this.#fingerprints.get(step) ?? null,
    };
  }
}

/** By halving; −1 where it is not there. */
function indexOf(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === value ? low : -1;
}

/**
 * Reads a run's whole trace.
 *
 * @param onDamage Called with what is wrong with its file; the table then ends before that.
 * @returns Null for a run without a trace.
 */
export async function readMarks(run: RunFolder, onDamage: (error: unknown) => void): Promise<MarkTable | null> {
  const table = new MarkTable(run.tensors);
  try {
    const trace = await run.trace();
    if (trace === null) return null;
    const everyStep = trace.every === 'step';
    for await (const entry of trace.entries) {
      table.add(everyStep || entry.kind === 'start' ? entry : { ...entry, loss: null });
    }
  } catch (error) {
    onDamage(error);
  }
  return table;
}

/** Names of the tensors whose marks differ. */
export function differingTensors(tensors: readonly string[], a: ArrayLike<bigint>, b: ArrayLike<bigint>): string[] {
  return tensors.filter((_, i) => a[i] !== b[i]);
}

/** What two traces say of each other. */
export interface MarkComparison {
  /** The last step of those before any difference after which all marks are equal; null where there is none. */
  readonly equalAt: number | null;
  /** The first step after which marks differ, and which tensors'; null where there is none. */
  readonly different: { readonly step: number; readonly tensors: readonly string[] } | null;
}

/** Compares after every step that both traces have. Null where that says nothing. */
export function compareMarks(a: MarkTable | null, b: MarkTable | null): MarkComparison | null {
  if (a === null || b === null || a.tensors.join('\n') !== b.tensors.join('\n')) return null;
  let equalAt: number | null = null;
  for (const step of a.steps) {
    const [ours, theirs] = [a.at(step), b.at(step)];
    if (ours === null || theirs === null) continue;
    const tensors = differingTensors(a.tensors, ours.marks, theirs.marks);
    if (tensors.length > 0) return { equalAt, different: { step, tensors } };
    equalAt = step;
  }
  return equalAt === null ? null : { equalAt, different: null };
}
