/** Which place of a shuffle buffer comes out next (docs/numerics.md, "Shuffle buffer"). */
import { addon } from '../../native/addon.js';
import { type Key, type Seed, seedKey, streamNumber } from '../../random/seed.js';
import { below } from '../../random/shuffle.js';

const STREAM = 'buffer';
/** Words that are drawn at a time, a multiple of 4. */
const AT_ONCE = 4096;

export class BufferDraws {
  readonly #key: Key;
  readonly #stream = streamNumber(STREAM);
  readonly #epoch: number;
  readonly #words = new Uint32Array(AT_ONCE);
  readonly #block = new Uint32Array(4);
  #first = -1;

  constructor(seed: Seed, epoch: number) {
    this.#key = seedKey(seed);
    this.#epoch = epoch % 2 ** 32;
  }

  /** The place, below `bound`, from which row `position` of the epoch comes. */
  place(position: number, bound: number): number {
    let attempt = 0;
    return below(bound, () => {
      const word = attempt === 0 ? this.#word(position) : this.#again(position, attempt);
      attempt += 1;
      return word;
    });
  }

  #word(position: number): number {
    const first = position - (position % AT_ONCE);
    if (first !== this.#first) {
      addon().philox(this.#key, this.#stream, this.#epoch, 0, first / 4, this.#words);
      this.#first = first;
    }
    return this.#words[position - first];
  }

  /** A word that was rejected keeps its place and takes the next attempt. */
  #again(position: number, attempt: number): number {
    addon().philox(this.#key, this.#stream, this.#epoch, attempt, Math.floor(position / 4), this.#block);
    return this.#block[position % 4];
  }
}
