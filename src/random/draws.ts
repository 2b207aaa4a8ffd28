/**
 * Uniform and normal numbers in binary32, element by element in the contract's order (docs/numerics.md, "Randomness").
 *
 * A sum or product of two binary32 numbers, or a root of one, that is computed in binary64 and then rounded by
 * `Math.fround` is the correctly rounded binary32 result: binary64 has more than 2 · 24 + 2 bits.
 */

import { addon } from '../native/addon.js';
import { bestInstructionSet } from '../native/instruction-set.js';
import { seedKey, streamNumber } from './seed.js';
import { firstWords, type RandomStream, seedrandomWords } from './words.js';

/** 2^-24, the distance between neighbouring uniforms. */
const UNIT = 1 / 0x100_0000;

/** Normal numbers beyond this are drawn again where they are truncated. */
const TRUNCATED_AT = 2;

/** `count` numbers from 0 to 1 - 2^-24. */
export function uniforms(stream: RandomStream, count: number): Float32Array {
  const words = firstWords(stream, count);
  const drawn = new Float32Array(count);
  for (let i = 0; i < count; i += 1) drawn[i] = (words[i] >>> 8) * UNIT;
  return drawn;
}

/** `count` standard normal numbers. */
export function normals(stream: RandomStream, count: number): Float32Array {
  return normalsOf(firstWords(stream, 2 * count));
}

/** `count` standard normal numbers of magnitude below 2: larger ones are drawn again. */
export function truncatedNormals(stream: RandomStream, count: number): Float32Array {
  return stream.generator === 'philox' ? truncatedByAttempt(stream, count) : truncatedInOrder(stream, count);
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

/** Philox: an element that is drawn again keeps its block and takes the next attempt. */
function truncatedByAttempt(stream: RandomStream, count: number): Float32Array {
  const drawn = normals(stream, count);
  const key = seedKey(stream.seed);
  const number = streamNumber(stream.name);
  const block = new Uint32Array(4);
  let pending = indicesOutside(drawn);
  for (let attempt = 1; pending.length > 0; attempt += 1) {
    const words = new Uint32Array(2 * pending.length);
    pending.forEach((element, i) => {
      addon().philox(key, number, 0, attempt, Math.floor(element / 2), block);
      const half = 2 * (element % 2);
      words.set(block.subarray(half, half + 2), 2 * i);
    });
    const again = normalsOf(words);
    pending.forEach((element, i) => {
      drawn[element] = again[i];
    });
    pending = pending.filter((element) => !isInside(drawn[element]));
  }
  return drawn;
}

/** Seedrandom: draws follow each other, so the elements are the accepted ones of one long sequence. */
function truncatedInOrder(stream: RandomStream, count: number): Float32Array {
  const next = seedrandomWords(stream);
  const drawn = new Float32Array(count);
  let filled = 0;
  while (filled < count) {
    const words = Uint32Array.from({ length: 2 * (count - filled) }, next);
    for (const value of normalsOf(words)) {
      if (isInside(value)) {
        drawn[filled] = value;
        filled += 1;
      }
    }
  }
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
