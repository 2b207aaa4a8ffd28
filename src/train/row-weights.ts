/** What each row weighs in a loss and its gradients (docs/numerics.md, section 4, "Row weights"). */
import { keepArray, type NumericArray } from '../data/matrix.js';
import { expected } from '../errors.js';
import type { ClassWeights } from '../model/class-weights.js';
import { lossName } from '../model/losses.js';
import type { NativeData } from '../native/network.js';
import type { Loss } from '../native/network-description.js';
import { targetClasses } from './target-classes.js';

/** A number of at least 0 for each row. */
export type SampleWeights = NumericArray | readonly number[];

/**
 * Checks sample weights, rounds them to binary32, and copies what is not on a SharedArrayBuffer.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE` or `ERR_SAMEBITS_DATA`, naming the row.
 */
export function keepSampleWeights(weights: SampleWeights, rows: number, name: string): Float32Array {
  if (!Array.isArray(weights) && !(ArrayBuffer.isView(weights) && 'length' in weights)) {
    throw expected('an array of numbers', name, weights);
  }
  if (weights.length !== rows)
    throw expected(`${rows} weights, one for each row,`, name, weights, 'ERR_SAMEBITS_SHAPE');
  for (let row = 0; row < rows; row += 1) {
    const weight: unknown = weights[row];
    if (typeof weight === 'number' && weight >= 0 && Number.isFinite(Math.fround(weight)) && !Object.is(weight, -0))
      continue;
    throw expected(
      'a finite number of at least 0',
      `${name} at row ${row} (counted from 0)`,
      weight,
      'ERR_SAMEBITS_DATA',
    );
  }
  return weights instanceof Float32Array ? keepArray(weights) : Float32Array.from(weights as ArrayLike<number>);
}

/** Rows of each class that occurs, by its number. */
export type ClassCounts = ReadonlyMap<number, number>;

/**
 * The data of a training: with the weights of samples, of their classes, or both; the data itself where rows have none.
 *
 * @param counts Of all rows that are trained on, where these are some of them. @default those of the data
 */
export function weighRows(
  data: NativeData,
  loss: Loss,
  weights: ClassWeights | undefined,
  counts?: ClassCounts,
): NativeData {
  if (weights === undefined) return data;
  const classes = classesOf(data, loss);
  const ofClass = weights === 'balanced' ? balanced(counts ?? added(classes, new Map())) : rounded(weights);
  const { rowWeights: samples = null } = data;
  const rowWeights = Float32Array.from(classes, (number, row) => {
    const weight = ofClass.get(number) ?? 1;
    return samples === null ? weight : samples[row] * weight;
  });
  return { ...data, rowWeights };
}

/** Counts the rows of each class, beside those that were counted before. */
export function addClasses(data: NativeData, loss: Loss, counts: Map<number, number>): void {
  added(classesOf(data, loss), counts);
}

function classesOf({ targets, rows }: NativeData, loss: Loss): Uint32Array {
  const values = targets as Uint32Array | Float32Array;
  if (lossName(loss) === 'binaryCrossentropy') return Uint32Array.from(values, (target) => (target > 0.5 ? 1 : 0));
  return targetClasses(values, rows, loss);
}

function rounded(weights: Readonly<Record<string, number>>): Map<number, number> {
  return new Map(Object.entries(weights).map(([name, weight]) => [Number(name), Math.fround(weight)]));
}

function added(classes: Uint32Array, counts: Map<number, number>): ClassCounts {
  for (const number of classes) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}

/** `fl32(n / (classes · count))`, as scikit-learn's. */
function balanced(counts: ClassCounts): Map<number, number> {
  let rows = 0;
  for (const count of counts.values()) rows += count;
  return new Map(Array.from(counts, ([number, count]) => [number, Math.fround(rows / (counts.size * count))]));
}
