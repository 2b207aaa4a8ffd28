/** Permutations of rows by the generators of seedrandom; Philox's are made natively, inside the training call. */
import type { Seed } from './seed.js';
import { type Generator, seedrandomWords, type WordSource } from './words.js';

const TWO_32 = 0x1_0000_0000;

/**
 * The order in which epoch `epoch` (counted from 0) presents `rows` rows: Fisher and Yates, from the last row down.
 */
export function permutation(seed: Seed, generator: Generator, epoch: number, rows: number): Uint32Array {
  const next = seedrandomWords({ seed, generator, name: `shuffle/${epoch}` });
  const order = new Uint32Array(rows);
  for (let i = 0; i < rows; i += 1) order[i] = i;
  for (let i = rows - 1; i >= 1; i -= 1) {
    const j = below(i + 1, next);
    const swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  return order;
}

/** An integer below `bound` (at most 2^32 - 1), all equally likely: words whose product's low half is too small go. */
export function below(bound: number, next: WordSource): number {
  const rejectBelow = (TWO_32 - bound) % bound;
  for (;;) {
    const word = next();
    const low = Math.imul(word, bound) >>> 0;
    // word * bound may be rounded by up to 2^11, far less than the 2^32 by which the high half counts.
    if (low >= rejectBelow) return Math.round((word * bound - low) / TWO_32);
  }
}
