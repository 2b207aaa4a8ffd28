/**
 * Uniform and normal numbers in binary32, element by element in the contract's order (docs/numerics.md, "Randomness").
 *
 * A sum or product of two binary32 numbers, or a root of one, that is computed in binary64 and then rounded by
 * `Math.fround` is the correctly rounded binary32 result: binary64 has more than 2 · 24 + 2 bits.
 */

import { addon } from '../native/addon.js';
import { bestInstructionSet } from '../native/instruction-set.js';
import { seedKey, streamNumber } from './seed.js';
import { type RandomStream, Words } from './words.js';

/** 2^-24, the distance between neighbouring uniforms. */
const UNIT = 1 / 0x100_0000;

/** Normal numbers beyond this are drawn again where they are truncated. */
const TRUNCATED_AT = 2;

/**
 * The numbers of one tensor, drawn in parts: one after the other they are the whole. Every part but the last has a multiple
 * of 4 numbers. A part is overwritten by the next one: large tensors leave no garbage behind.
 */
export class Draws {
  readonly #stream: RandomStream;
  readonly #words: Words;
  #elements = 0;
  #scratch = new Float32Array(0);

  constructor(stream: RandomStream) {
    this.#stream = stream;
    this.#words = new Words(stream);
  }

  /** The next `count` numbers from 0 to 1 - 2^-24. */
  uniforms(count: number): Float32Array {
    const words = this.#words.take(count);
    if (this.#scratch.length < count) this.#scratch = new Float32Array(count);
    const drawn = this.#scratch.subarray(0, count);
    for (let i = 0; i < count; i += 1) drawn[i] = (words[i] >>> 8) * UNIT;
    return drawn;
  }

  /** The next `count` standard normal numbers. */
  normals(count: number): Float32Array {
    return normalsOf(this.#words.take(2 * count));
  }

  /** The next `count` standard normal numbers of magnitude below 2: larger ones are drawn again. */
  truncatedNormals(count: number): Float32Array {
    return this.#stream.generator === 'philox' ? this.#truncatedByAttempt(count) : this.#truncatedInOrder(count);
  }

  /** Philox: an element that is drawn again keeps its block and takes the next attempt. */
  #truncatedByAttempt(count: number): Float32Array {
    const drawn = this.normals(count);
    const first = this.#elements;
    this.#elements += count;
    const key = seedKey(this.#stream.seed);
    const number = streamNumber(this.#stream.name);
    const block = new Uint32Array(4);
    let pending = indicesOutside(drawn);
    for (let attempt = 1; pending.length > 0; attempt += 1) {
      const words = new Uint32Array(2 * pending.length);
      pending.forEach((index, i) => {
        const element = first + index;
        addon().philox(key, number, 0, attempt, Math.floor(element / 2), block);
        const half = 2 * (element % 2);
        words.set(block.subarray(half, half + 2), 2 * i);
      });
      const again = normalsOf(words);
      pending.forEach((index, i) => {
        drawn[index] = again[i];
      });
      pending = pending.filter((index) => !isInside(drawn[index]));
    }
    return drawn;
  }

  /** Seedrandom: draws follow each other, so the elements are the accepted ones of one long sequence. */
  #truncatedInOrder(count: number): Float32Array {
    const drawn = new Float32Array(count);
    let filled = 0;
    while (filled < count) {
      for (const value of this.normals(count - filled)) {
        if (isInside(value)) {
          drawn[filled] = value;
          filled += 1;
        }
      }
    }
    return drawn;
  }
}

/** Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958: one number from each pair of words. */
function normalsOf(words: Uint32Array): Float32Array {
  const count = words.length / 2;
  const first = new Float32Array(count);
  const angles = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    first[i] = ((words[2 * i] >>> 8) + 1) * UNIT;
    angles[i] = 2 * (((words[2 * i + 1] >>> 8) + 1) * UNIT);
  }
  const isa = bestInstructionSet();
  const logarithms = addon().elementary('log', first, isa);
  const cosines = addon().elementary('cospi', angles, isa);
  const drawn = first;
  for (let i = 0; i < count; i += 1) drawn[i] = Math.fround(Math.sqrt(-2 * logarithms[i])) * cosines[i];
  return drawn;
}

function indicesOutside(values: Float32Array): number[] {
  const indices: number[] = [];
  for (let i = 0; i < values.length; i += 1) if (!isInside(values[i])) indices.push(i);
  return indices;
}

function isInside(value: number): boolean {
  return Math.abs(value) < TRUNCATED_AT;
}
