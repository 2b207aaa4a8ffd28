/** Rows drawn with replacement (docs/numerics.md, "Made-up data"). */
import { addon } from '../native/addon.js';
import { type Seed, seedKey, streamNumber } from '../random/seed.js';
import { below } from '../random/shuffle.js';
import { Words } from '../random/words.js';

const STREAM = 'data/bootstrap';

/** As many rows as there are, each any of them: the first `n` of a larger draw are not those of a smaller one. */
export function bootstrapRows(seed: Seed, rows: number): Uint32Array {
  const words = new Words({ seed, generator: 'philox', name: STREAM }).take(4 * Math.ceil(rows / 4));
  const key = seedKey(seed);
  const number = streamNumber(STREAM);
  const block = new Uint32Array(4);
  return Uint32Array.from({ length: rows }, (_, row) => {
    let attempt = 0;
    return below(rows, () => {
      const word = attempt === 0 ? words[row] : again(row, attempt);
      attempt += 1;
      return word;
    });
  });

  /** A word that was rejected keeps its place and takes the next attempt. */
  function again(row: number, attempt: number): number {
    addon().philox(key, number, 0, attempt, Math.floor(row / 4), block);
    return block[row % 4];
  }
}
