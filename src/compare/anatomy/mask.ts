/** What multiplies single elements: which inputs of a layer a step drops (docs/numerics.md, "Dropout masks"), and row weights. */

import { addon } from '../../native/addon.js';
import type { NativeDropout } from '../../native/network-description.js';

const LEAST_NORMAL = 2 ** -126;
const TWO_32 = 2 ** 32;

/** [rows, inputs]: 1 where an input is kept, 0 where it is dropped, in the step after `steps` steps. */
export function keptInputs(
  { rate, key, stream }: NativeDropout,
  steps: number,
  rows: number,
  inputs: number,
): Uint32Array {
  const threshold = Math.floor(rate * TWO_32);
  const kept = new Uint32Array(rows * inputs);
  const words = new Uint32Array(inputs);
  for (let row = 0; row < rows; row += 1) {
    addon().philox(key, stream, steps % TWO_32, row, 0, words);
    for (let j = 0; j < inputs; j += 1) kept[row * inputs + j] = words[j] >= threshold ? 1 : 0;
  }
  return kept;
}

/**
 * What is kept is scaled, the rest is +0; for inputs on their way up, and for gradients on their way down.
 *
 * @param flushes Whether the hardware takes subnormals as zeros (docs/numerics.md, "Emulated hardware").
 */
export function dropOut(values: Float32Array, kept: Uint32Array, rate: number, flushes: boolean): Float32Array {
  const scale = Math.fround(1 / (1 - rate));
  const seen = seenBy(flushes);
  return values.map((value, i) => (kept[i] === 1 ? seen(Math.fround(seen(value) * scale)) : 0));
}

/**
 * Losses of rows, or a gradient [rows, units], by the weights of the rows.
 *
 * @param flushes As in {@link dropOut}.
 */
export function weigh(values: Float32Array, weights: Float32Array | null, flushes: boolean): Float32Array {
  if (weights === null) return values;
  const seen = seenBy(flushes);
  const width = values.length / weights.length;
  return values.map((value, i) => seen(Math.fround(seen(weights[Math.floor(i / width)]) * seen(value))));
}

function seenBy(flushes: boolean): (value: number) => number {
  return (value) => (flushes && Math.abs(value) < LEAST_NORMAL ? 0 * Math.sign(value) : value);
}
