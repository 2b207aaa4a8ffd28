/** Random 32-bit words by stream: Philox natively, or a generator of the package seedrandom. */
import seedrandom from 'seedrandom';
import { addon } from '../native/addon.js';
import { type Seed, seedKey, seedText, streamNumber } from './seed.js';

/**
 * Philox4x32-10, and the generators of the package seedrandom. Of these, `xorshift7` shifts the beginning of its seed text
 * out and so hardly hears a short seed: models whose seeds differ may get the same weights.
 */
export const GENERATORS = ['philox', 'alea', 'arc4', 'xor128', 'tychei', 'xorwow', 'xor4096', 'xorshift7'] as const;

/** A generator of pseudorandom words: `philox`, or one of seedrandom. */
export type Generator = (typeof GENERATORS)[number];

/** One use of randomness: which seed, which generator, which name. */
export interface RandomStream {
  readonly seed: Seed;
  readonly generator: Generator;
  /** E.g. `init/dense_1/kernel`. */
  readonly name: string;
}

/** The next word at each call. */
export type WordSource = () => number;

/** The words of a stream, one after the other: attempt 0 of epoch 0. */
export class Words {
  readonly #fill: (words: Uint32Array) => void;
  #scratch = new Uint32Array(0);

  constructor(stream: RandomStream) {
    this.#fill = stream.generator === 'philox' ? philoxFiller(stream) : seedrandomFiller(stream);
  }

  /** The next `count` words; overwritten by the next call. */
  take(count: number): Uint32Array {
    if (this.#scratch.length < count) this.#scratch = new Uint32Array(count);
    const words = this.#scratch.subarray(0, count);
    this.#fill(words);
    return words;
  }
}

function philoxFiller(stream: RandomStream): (words: Uint32Array) => void {
  const key = seedKey(stream.seed);
  const number = streamNumber(stream.name);
  let taken = 0;
  return (words) => {
    if (taken % 4 !== 0) throw new RangeError('Philox gives words by blocks of four');
    addon().philox(key, number, 0, 0, taken / 4, words);
    taken += words.length;
  };
}

function seedrandomFiller(stream: RandomStream): (words: Uint32Array) => void {
  const next = seedrandomWords(stream);
  return (words) => {
    for (let i = 0; i < words.length; i += 1) words[i] = next();
  };
}

/** The generator of a stream, seeded with the string `<seed>/<stream>`: null and 0 would not be seeds to all of them. */
export function seedrandomWords(stream: RandomStream): WordSource {
  const text = `${seedText(stream.seed)}/${stream.name}`;
  const { generator } = stream;
  if (generator === 'philox') throw new TypeError('philox is not a generator of seedrandom');
  const random = generator === 'arc4' ? seedrandom(text) : seedrandom[generator](text);
  return () => random.int32() >>> 0;
}
