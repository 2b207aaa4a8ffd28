/** Rows to train on: uniform numbers and labels at random, so that no optimizer ever makes the gradients vanish. */
import type { Matrix } from '../data/matrix.js';
import { addon } from '../native/addon.js';

const KEY = [2024, 0] as const;
const WORDS_AT_ONCE = 1 << 16;
const FRACTION_BITS = 8;
const FRACTION = 2 ** -24;

/** Calls `take` with words of one stream, `count` in all. */
function eachWords(stream: number, count: number, take: (words: Uint32Array, at: number) => void): void {
  const words = new Uint32Array(WORDS_AT_ONCE);
  for (let at = 0; at < count; at += WORDS_AT_ONCE) {
    const some = words.subarray(0, Math.min(WORDS_AT_ONCE, count - at));
    addon().philox(KEY, stream, 0, 0, at / 4, some);
    take(some, at);
  }
}

/** Numbers from [0, 1), shared and therefore never copied; the largest table that was asked for serves smaller ones. */
let numbers: Float32Array = new Float32Array(0);

/** [rows, columns] of numbers from [0, 1). */
export function madeUpRows(rows: number, columns: number): Matrix {
  const count = rows * columns;
  if (numbers.length < count) {
    const fresh = new Float32Array(new SharedArrayBuffer(4 * count));
    eachWords(0, count, (words, at) => {
      for (let i = 0; i < words.length; i += 1) fresh[at + i] = (words[i] >>> FRACTION_BITS) * FRACTION;
    });
    numbers = fresh;
  }
  return { data: numbers.subarray(0, count), rows, columns };
}

/** A label below `classes` for each row. */
export function madeUpLabels(rows: number, classes: number): Uint32Array {
  const labels = new Uint32Array(new SharedArrayBuffer(4 * rows));
  eachWords(1, rows, (words, at) => {
    for (let i = 0; i < words.length; i += 1) labels[at + i] = words[i] % classes;
  });
  return labels;
}

/** Lets go of the numbers. */
export function forgetMadeUpRows(): void {
  numbers = new Float32Array(0);
}
