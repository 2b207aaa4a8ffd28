/**
 * Rows to train on, and a rule with noise for their labels: something to learn, and gradients that do not vanish. With
 * labels at random, or numbers that are all positive, relus die within a thousand steps; their momenta decay to subnormal
 * numbers, arithmetic on which takes some CPUs many times as long, and a benchmark would measure nothing else.
 */
import type { Matrix } from '../data/matrix.js';
import { addon } from '../native/addon.js';

const KEY = [2024, 0] as const;
const WORDS_AT_ONCE = 1 << 16;
const FRACTION_BITS = 8;
const FRACTION = 2 ** -24;
/** Columns whose sum decides one bit of a label. */
const COLUMNS_PER_BIT = 16;
/** One label in four is drawn at random. */
const LABELS_PER_NOISE = 4;

/** Calls `take` with words of one stream, `count` in all. */
function eachWords(stream: number, count: number, take: (words: Uint32Array, at: number) => void): void {
  const words = new Uint32Array(WORDS_AT_ONCE);
  for (let at = 0; at < count; at += WORDS_AT_ONCE) {
    const some = words.subarray(0, Math.min(WORDS_AT_ONCE, count - at));
    addon().philox(KEY, stream, 0, 0, at / 4, some);
    take(some, at);
  }
}

/** Numbers from [-1, 1), shared and therefore never copied; the largest table that was asked for serves smaller ones. */
let numbers: Float32Array = new Float32Array(0);

/** [rows, columns] of numbers from [-1, 1). */
export function madeUpRows(rows: number, columns: number): Matrix {
  const count = rows * columns;
  if (numbers.length < count) {
    const fresh = new Float32Array(new SharedArrayBuffer(4 * count));
    eachWords(0, count, (words, at) => {
      for (let i = 0; i < words.length; i += 1) fresh[at + i] = 2 * (words[i] >>> FRACTION_BITS) * FRACTION - 1;
    });
    numbers = fresh;
  }
  return { data: numbers.subarray(0, count), rows, columns };
}

/** A label below `classes` for each row: the signs of sums of its columns as bits, or at times any. */
export function madeUpLabels({ data, rows, columns }: Matrix, classes: number): Uint32Array {
  const labels = new Uint32Array(new SharedArrayBuffer(4 * rows));
  eachWords(1, rows, (words, at) => {
    for (let i = 0; i < words.length; i += 1) {
      const noise = words[i] % (LABELS_PER_NOISE * classes);
      labels[at + i] = noise < classes ? noise : labelOf(data, (at + i) * columns, columns, classes);
    }
  });
  return labels;
}

function labelOf(data: Matrix['data'], begin: number, columns: number, classes: number): number {
  let label = 0;
  for (let bit = 0; 1 << bit < classes; bit += 1) {
    let sum = 0;
    for (let i = 0; i < COLUMNS_PER_BIT; i += 1) sum += data[begin + ((bit * COLUMNS_PER_BIT + i) % columns)];
    label = 2 * label + (sum > 0 ? 1 : 0);
  }
  return label % classes;
}

/** Lets go of the numbers. */
export function forgetMadeUpRows(): void {
  numbers = new Float32Array(0);
}
