/** Contestants take samples by turns, so that what drifts on the machine hits all alike. */
import type { InstructionSet } from '../native/instruction-set.js';
import type { Calibration } from './calibration.js';
import { coresFor } from './limits.js';
import { median, medianRatio, spread } from './statistics.js';

/** Whoever is measured. */
export interface Contestant {
  readonly isa: InstructionSet;
  readonly threads: number;
  /** Does the work and gives its seconds per repetition. */
  sample(): Promise<number>;
}

export interface MeasureOptions {
  readonly samples: number;
  /** Null: every sample counts. */
  readonly calibration: Pick<Calibration, 'isUndisturbed'> | null;
  readonly signal?: AbortSignal;
  /** After each round, with the rounds that there may be. */
  readonly onRound?: (round: number, rounds: number) => void;
}

/** As many rounds more as were wanted, to make up for samples that were thrown away. */
const MOST_ROUNDS_PER_SAMPLE = 2;
/** With fewer undisturbed samples than this share of the wanted ones, all are used, and the result says so. */
const LEAST_SHARE = 1 / 3;

/** The samples of one contestant, round by round. */
export class Samples {
  readonly #all: number[] = [];
  readonly #kept: (number | null)[] = [];
  readonly #wanted: number;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  add(seconds: number, undisturbed: boolean): void {
    this.#all.push(seconds);
    this.#kept.push(undisturbed ? seconds : null);
  }

  get keptCount(): number {
    return this.#kept.filter((sample) => sample !== null).length;
  }

  get isComplete(): boolean {
    return this.keptCount >= this.#wanted;
  }

  get undisturbed(): boolean {
    return this.keptCount >= this.#wanted * LEAST_SHARE;
  }

  /** What counts, with null for a round whose sample does not. */
  get rounds(): readonly (number | null)[] {
    return this.undisturbed ? this.#kept : this.#all;
  }

  get summary(): { medianSeconds: number; spread: number; samples: number; discarded: number; undisturbed: boolean } {
    const counting = this.rounds.filter((sample) => sample !== null);
    return {
      medianSeconds: median(counting),
      spread: spread(counting),
      samples: counting.length,
      discarded: this.#all.length - counting.length,
      undisturbed: this.undisturbed,
    };
  }

  /** Median of the ratios of the rounds that count for both; of all rounds where none does. */
  over(other: Samples): number {
    const ratio = medianRatio(this.rounds, other.rounds);
    return Number.isNaN(ratio) ? medianRatio(this.#all, other.#all) : ratio;
  }
}

/** Round after round, each contestant takes a sample, between two looks at the machine; bounded. */
export async function measureByTurns(
  contestants: readonly Contestant[],
  { samples: wanted, calibration, signal, onRound }: MeasureOptions,
): Promise<Samples[]> {
  const samples = contestants.map(() => new Samples(wanted));
  const rounds = wanted * MOST_ROUNDS_PER_SAMPLE;
  // A look after one sample is the look before the next, where both need the same cores.
  let last = { key: '', undisturbed: false };
  const look = async ({ isa, threads }: Contestant, fresh: boolean): Promise<boolean> => {
    if (calibration === null) return true;
    const key = `${isa} ${coresFor(threads)}`;
    if (fresh || last.key !== key) last = { key, undisturbed: await calibration.isUndisturbed(isa, threads) };
    return last.undisturbed;
  };
  for (let round = 1; round <= rounds && !samples.every((one) => one.isComplete); round += 1) {
    for (const [index, contestant] of contestants.entries()) {
      signal?.throwIfAborted();
      const before = await look(contestant, false);
      const seconds = await contestant.sample();
      const after = await look(contestant, true);
      samples[index].add(seconds, before && after);
    }
    onRound?.(round, rounds);
  }
  return samples;
}
