/** Calls of `predictSync`, by the clock on the wall. */
import { setTimeout } from 'node:timers/promises';
import type { Matrix } from '../../data/matrix.js';
import type { InstructionSet } from '../../native/instruction-set.js';
import { modelFromRecipe } from '../../train/build.js';
import type { Sequential } from '../../train/sequential.js';
import { flopsOf, type PredictCase } from '../cases.js';
import { madeUpLabels, madeUpRows } from '../made-up-data.js';
import type { Contestant } from '../measure.js';
import { recipeOf } from '../recipes.js';
import { median } from '../statistics.js';

const CALLS_AFTER_IDLING = 5;
const LEAST_CALLS = 3;
const MOST_CALLS = 5000;

export class PredictContestant implements Contestant {
  readonly #case: PredictCase;
  readonly #model: Sequential;
  readonly #x: Matrix;
  readonly #calls: number;

  private constructor(
    one: PredictCase,
    readonly isa: InstructionSet,
    readonly threads: number,
    model: Sequential,
    calls: number,
  ) {
    this.#case = one;
    this.#model = model;
    this.#x = madeUpRows(one.rows, one.sizes[0]);
    this.#calls = calls;
  }

  /** @param gflops What a thread reaches at most: a sample then takes `seconds` or longer. */
  static async prepare(
    one: PredictCase,
    isa: InstructionSet,
    threads: number,
    { gflops, seconds }: { readonly gflops: number; readonly seconds: number },
  ): Promise<PredictContestant> {
    const model = modelFromRecipe(recipeOf(one, 'fixed'));
    // A model predicts with the instruction set that it was trained on last.
    const row = madeUpRows(1, one.sizes[0]);
    const labels = madeUpLabels(row, one.sizes[one.sizes.length - 1]);
    await model.trainOnBatch(row, labels, { isa, threads: 1, deterministic: false });
    const fitting = Math.ceil((gflops * 1e9 * seconds) / flopsOf(one));
    const calls = one.idleMilliseconds > 0 ? CALLS_AFTER_IDLING : Math.max(LEAST_CALLS, Math.min(MOST_CALLS, fitting));
    return new PredictContestant(one, isa, threads, model, calls);
  }

  /** The median of some calls. */
  async sample(): Promise<number> {
    const times: number[] = [];
    for (let i = 0; i < this.#calls; i += 1) {
      if (this.#case.idleMilliseconds > 0) await setTimeout(this.#case.idleMilliseconds);
      const start = performance.now();
      this.#model.predictSync(this.#x, { threads: this.threads });
      times.push((performance.now() - start) / 1000);
    }
    return median(times);
  }

  dispose(): void {
    this.#model.dispose();
  }
}
