/** One phase of a step, timed natively. */
import { addon } from '../../native/addon.js';
import type { InstructionSet } from '../../native/instruction-set.js';
import { flopsOf, type PhaseCase } from '../cases.js';
import type { Contestant } from '../measure.js';
import { median } from '../statistics.js';

const BATCH_LEAF = 64;
const LEAST_REPETITIONS = 3;
const MOST_REPETITIONS = 20_000;
const WARM_UP_SHARE = 0.2;

export class PhaseContestant implements Contestant {
  readonly #case: PhaseCase;
  readonly #repetitions: number;

  /** @param gflops What a thread reaches at most: a sample then takes `seconds` or longer. */
  constructor(
    one: PhaseCase,
    readonly isa: InstructionSet,
    readonly threads: number,
    { gflops, seconds }: { readonly gflops: number; readonly seconds: number },
  ) {
    this.#case = one;
    const fitting = Math.ceil((gflops * 1e9 * seconds) / flopsOf(one));
    this.#repetitions = Math.max(LEAST_REPETITIONS, Math.min(MOST_REPETITIONS, fitting));
  }

  async sample(): Promise<number> {
    const { phase, rows, inputs, units, update } = this.#case;
    const times = await addon().timePhase({
      isa: this.isa,
      threads: this.threads,
      phase,
      rows,
      inputs,
      units,
      update,
      batchLeaf: BATCH_LEAF,
      warmUps: Math.ceil(WARM_UP_SHARE * this.#repetitions),
      repetitions: this.#repetitions,
    });
    return median([...times]);
  }
}
