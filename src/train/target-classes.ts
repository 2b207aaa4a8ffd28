/** The class of each row, as stratified batches count it (docs/numerics.md, "Stratified shuffle"). */
import { lossName } from '../model/losses.js';
import type { Loss } from '../native/network-description.js';

/**
 * Labels themselves; the unit with the largest share; for binary targets which units are above 1/2, numbered in ascending
 * order of those that occur.
 *
 * @param loss One with accuracy: the targets of others have no classes.
 */
export function targetClasses(targets: Uint32Array | Float32Array, rows: number, loss: Loss): Uint32Array {
  if (targets instanceof Uint32Array) return targets;
  const units = targets.length / rows;
  const row = (index: number): Float32Array => targets.subarray(index * units, (index + 1) * units);
  if (lossName(loss) === 'categoricalCrossentropy')
    return Uint32Array.from({ length: rows }, (_, i) => largest(row(i)));
  const texts = Array.from({ length: rows }, (_, i) =>
    Array.from(row(i), (share) => (share > 0.5 ? '1' : '0')).join(''),
  );
  const numbers = new Map([...new Set(texts)].sort().map((text, number) => [text, number]));
  return Uint32Array.from(texts, (text) => numbers.get(text) as number);
}

/** Index of the largest element, the first of equals. */
function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i] > values[best]) best = i;
  return best;
}
