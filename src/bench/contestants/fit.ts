/** A small network through whole calls of `fit`, by the clock on the wall: everything that a caller waits for. */
import type { InstructionSet } from '../../native/instruction-set.js';
import { modelFromRecipe } from '../../train/build.js';
import type { Sequential } from '../../train/sequential.js';
import type { FitCase } from '../cases.js';
import { madeUpLabels, madeUpRows } from '../made-up-data.js';
import type { Contestant } from '../measure.js';
import { type Order, recipeOf } from '../recipes.js';

/** Guess of what is trained a second, to make a sample about as long as is wanted. */
const SAMPLES_PER_SECOND = 5e6;

export class FitContestant implements Contestant {
  fingerprint: string | null = null;
  readonly #case: FitCase;
  readonly #model: Sequential;
  readonly #targets: Float32Array;
  readonly #epochs: number;

  constructor(
    one: FitCase,
    readonly isa: InstructionSet,
    readonly threads: number,
    readonly order: Order,
    seconds: number,
  ) {
    this.#case = one;
    this.#model = modelFromRecipe(recipeOf(one, order));
    this.#targets = Float32Array.from(madeUpLabels(madeUpRows(one.rows, one.sizes[0]), 2));
    this.#epochs = Math.max(1, Math.round((SAMPLES_PER_SECOND * seconds) / one.rows));
  }

  /** Seconds of a whole batch, in a run from the initial weights. */
  async sample(): Promise<number> {
    const { rows, sizes, batchSize } = this.#case;
    const recipe = recipeOf(this.#case, this.order);
    const x = madeUpRows(rows, sizes[0]);
    this.#model.reset();
    const start = performance.now();
    const run = await this.#model.fit(x, this.#targets, {
      ...recipe.fit,
      epochs: this.#epochs,
      reduction: recipe.reduction,
      isa: this.isa,
      threads: this.threads,
      deterministic: false,
    });
    const seconds = (performance.now() - start) / 1000;
    this.fingerprint = run.fingerprint;
    return (seconds / (this.#epochs * rows)) * batchSize;
  }

  dispose(): void {
    this.#model.dispose();
  }
}
