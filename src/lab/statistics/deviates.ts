/** Random numbers for statistics, from the words of Philox: the same on every machine. */
import type { Seed } from '../../random/seed.js';
import { below } from '../../random/shuffle.js';
import { Words } from '../../random/words.js';
import { exp, log } from './elementary.js';

/** Words that are taken at once: a call into native code costs more than the words. */
const BLOCK = 4096;

/** One stream of random numbers. Each use of a seed has a name of its own, so that none repeats another's draws. */
export class Deviates {
  readonly #words: Words;
  #block: Uint32Array = new Uint32Array(0);
  #taken = 0;
  #spare: number | null = null;

  /** @param name E.g. `bootstrap`. */
  constructor(seed: Seed, name: string) {
    this.#words = new Words({ seed, generator: 'philox', name: `lab/${name}` });
  }

  /** The next word, 0 to 2^32 − 1. */
  readonly word = (): number => {
    if (this.#taken === this.#block.length) {
      this.#block = this.#words.take(BLOCK);
      this.#taken = 0;
    }
    this.#taken += 1;
    return this.#block[this.#taken - 1];
  };

  /** An integer from 0 to `bound` − 1, all equally likely. */
  below(bound: number): number {
    return below(bound, this.word);
  }

  /** Uniform in (0, 1), in steps of 2^-53. */
  uniform(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 0x400_0000 + low + 0.5) / 0x20_0000_0000_0000;
  }

  /** Standard normal: G. Marsaglia and T. A. Bray, "A Convenient Method for Generating Normal Variables", 1964. */
  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1) continue;
      const factor = Math.sqrt((-2 * log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  /**
   * χ² with the given degrees of freedom, at least 1: G. Marsaglia and W. W. Tsang, "A Simple Method for Generating Gamma
   * Variables", 2000; below 2 from two more, as in their section 6.
   */
  chiSquared(degreesOfFreedom: number): number {
    if (degreesOfFreedom === 1) {
      const normal = this.normal();
      return normal * normal;
    }
    if (degreesOfFreedom < 2) {
      return this.chiSquared(degreesOfFreedom + 2) * exp((2 * log(this.uniform())) / degreesOfFreedom);
    }
    const d = degreesOfFreedom / 2 - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root * root * root;
      if (log(this.uniform()) < 0.5 * x * x + d * (1 - v + log(v))) return 2 * d * v;
    }
  }

  /** Shuffles in place, by Fisher and Yates. */
  shuffle<T>(values: T[]): T[] {
    for (let i = values.length - 1; i >= 1; i -= 1) {
      const j = this.below(i + 1);
      const swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
    return values;
  }
}
