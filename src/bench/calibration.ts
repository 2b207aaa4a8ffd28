/**
 * Whether the machine is ours right now. Virtual cores may sit on one physical core or far apart, and neighbors take
 * turns: then a team runs at half its speed, and what is measured says nothing about the program.
 */

import { addon } from '../native/addon.js';
import type { InstructionSet } from '../native/instruction-set.js';
import type { BenchLimits } from './document.js';
import { coresFor, fmaGflops, pingPongSeconds, roundsFor } from './limits.js';
import { median } from './statistics.js';

/** Short against a sample, long against the clock. */
const PROBE_SECONDS = 0.0004;
const REPETITIONS = 5;
/**
 * Least share of the peak with operands from the cache, for a team as many times that of one thread (from 3 threads on: of
 * the team's own peak). Not of the peak in registers: after a product, a clock that loads have lowered stays low for a
 * while, and that is no neighbor's doing.
 */
const LEAST_SHARE = 0.9;
/** Most times that a ping-pong may take of what it takes when all is well. */
const MOST_TRIP = 2;

export class Calibration {
  readonly #limits: BenchLimits;
  readonly #rounds = new Map<InstructionSet, number>();

  constructor(limits: BenchLimits) {
    this.#limits = limits;
  }

  /** Probes a team of as many of `threads` as have a core each. Takes about 2 ms. */
  async isUndisturbed(isa: InstructionSet, threads: number): Promise<boolean> {
    const cores = coresFor(threads);
    const rounds = this.#rounds.get(isa) ?? (await roundsFor(isa, PROBE_SECONDS));
    this.#rounds.set(isa, rounds);
    const times = await addon().timeFmaChains({ isa, threads: cores, rounds, repetitions: REPETITIONS, fed: true });
    const reached = fmaGflops(isa, cores, rounds, median([...times]));
    if (reached < LEAST_SHARE * this.#expected(isa, cores)) return false;
    const { pingPongNanoseconds: best } = this.#limits;
    if (cores < 2 || best === null) return true;
    return median(await pingPongSeconds(REPETITIONS)) * 1e9 <= MOST_TRIP * best;
  }

  #expected(isa: InstructionSet, cores: number): number {
    const peak = this.#limits.peakFromCache[isa];
    return cores <= 2 ? cores * peak['1'] : peak[String(cores)];
  }
}
