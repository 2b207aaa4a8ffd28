/** Random 32-bit words by stream: Philox natively, or a generator of the package seedrandom. */
import seedrandom from 'seedrandom';
import { addon } from '../native/addon.js';
import { type Seed, seedKey, seedText, streamNumber } from './seed.js';

/**
 * Philox4x32-10, and the generators of the package seedrandom. Of these, `xorshift7` shifts the beginning of its seed text
 * out and so hardly hears a short seed: models whose seeds differ may get the same weights.
 */
export const GENERATORS = ['philox', 'alea', 'arc4', 'xor128', 'tychei', 'xorwow', 'xor4096', 'xorshift7'] as const;

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

/** The words of a stream from its start, attempt 0 of epoch 0. */
export function firstWords(stream: RandomStream, count: number): Uint32Array {
  const words = new Uint32Array(count);
  if (stream.generator === 'philox') {
    addon().philox(seedKey(stream.seed), streamNumber(stream.name), 0, 0, 0, words);
  } else {
    const next = seedrandomWords(stream);
    for (let i = 0; i < count; i += 1) words[i] = next();
  }
  return words;
}

/** The generator of a stream, seeded with the string `<seed>/<stream>`: null and 0 would not be seeds to all of them. */
export function seedrandomWords(stream: RandomStream): WordSource {
  const text = `${seedText(stream.seed)}/${stream.name}`;
  const { generator } = stream;
  if (generator === 'philox') throw new TypeError('philox is not a generator of seedrandom');
  const random = generator === 'arc4' ? seedrandom(text) : seedrandom[generator](text);
  return () => random.int32() >>> 0;
}
