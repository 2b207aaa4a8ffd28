/** Training steps over many shuffled rows: gathering, steps and shuffles, by the native clock. */
import { SamebitsError } from '../../errors.js';
import type { Parameter } from '../../model/description.js';
import type { InstructionSet } from '../../native/instruction-set.js';
import { fingerprintNetwork } from '../../train/fingerprint.js';
import { TrainingSession } from '../../train/session.js';
import type { StepCase } from '../cases.js';
import { madeUpLabels, madeUpRows } from '../made-up-data.js';
import type { Contestant } from '../measure.js';
import { type Order, recipeOf } from '../recipes.js';

export interface StepOptions {
  readonly isa: InstructionSet;
  readonly threads: number;
  readonly order: Order;
  /** Of one sample: the same for all contestants of a case, so that they train the same. */
  readonly stepsPerSample: number;
  /** Mark all weights after each step. @default false */
  readonly marks?: boolean;
  /** The fingerprint is taken after so many samples and one for warming up. */
  readonly samples: number;
}

export class StepContestant implements Contestant {
  readonly isa: InstructionSet;
  readonly threads: number;
  readonly order: Order;
  /** Of the weights after the wanted samples; null before. */
  fingerprint: string | null = null;
  readonly #case: StepCase;
  readonly #options: StepOptions;
  readonly #session: TrainingSession;
  readonly #parameters: readonly Parameter[];
  #steps = 0;

  constructor(one: StepCase, options: StepOptions) {
    const { isa, threads, order, marks } = options;
    this.isa = isa;
    this.threads = threads;
    this.order = order;
    this.#case = one;
    this.#options = options;
    const recipe = recipeOf(one, order);
    const x = madeUpRows(one.rows, one.sizes[0]);
    const y = madeUpLabels(x, one.sizes[one.sizes.length - 1]);
    const { session, parameters } = TrainingSession.start(recipe, x, y, {
      ...{ isa, threads, marks },
      deterministic: false,
    });
    this.#session = session;
    this.#parameters = parameters;
  }

  /** Seconds of a whole batch. */
  async sample(): Promise<number> {
    const { stepsPerSample, samples } = this.#options;
    const end = this.#steps + stepsPerSample;
    let seconds = 0;
    let rows = 0;
    while (this.#steps < end) {
      const result = await this.#session.advance({ maxSteps: end - this.#steps });
      if (result.nonFinite !== null) throw this.#nonFinite(this.#steps + result.nonFinite.step + 1);
      rows += this.#rowsOf(this.#steps, result.steps);
      seconds += result.seconds;
      this.#steps += result.steps;
    }
    if (this.#steps === (samples + 1) * stepsPerSample) {
      this.fingerprint = fingerprintNetwork(this.#session.network, this.#parameters, 'weights');
    }
    return (seconds / rows) * this.#case.batchSize;
  }

  dispose(): void {
    this.#session.network.dispose();
  }

  /** Rows of some steps: an epoch's last batch may be short. */
  #rowsOf(first: number, count: number): number {
    const { rows, batchSize } = this.#case;
    const { stepsPerEpoch } = this.#session;
    const rowsBefore = (step: number): number =>
      Math.floor(step / stepsPerEpoch) * rows + (step % stepsPerEpoch) * batchSize;
    return rowsBefore(first + count) - rowsBefore(first);
  }

  #nonFinite(step: number): SamebitsError {
    return new SamebitsError(
      'ERR_SAMEBITS_NON_FINITE',
      `Expected finite weights for the case ${this.#case.name} but received NaN or an infinite value in step ${step}`,
      { step },
    );
  }
}
