/** Data from a seed alone, in the contract's arithmetic (docs/numerics.md, "Made-up data"). */
import { addon } from '../native/addon.js';
import { bestInstructionSet } from '../native/instruction-set.js';
import { Draws } from '../random/draws.js';
import { Words } from '../random/words.js';
import { type DataSetRows, shareArray } from './data-set.js';
import type { MadeUpSource } from './source.js';

const fround = Math.fround;
/** Numbers that are drawn at a time, a multiple of 4. */
const AT_ONCE = 0x1_0000;
const TWO_32 = 0x1_0000_0000;
const TWO_31 = 0x8000_0000;
/** Directions along which a regression bends. */
const BENDS = 4;
/** Clusters of each class. */
const CLUSTERS = 2;

type Part = 'train' | 'test';

/** Training and test rows on SharedArrayBuffers. A row's numbers don't depend on how many rows there are. */
export function madeUpRows(source: MadeUpSource): { readonly train: DataSetRows; readonly test: DataSetRows } {
  const make = source.problem === 'regression' ? regression(source) : clusters(source);
  return { train: make('train', source.rows), test: make('test', source.testRows) };
}

/** Bytes that {@link madeUpRows} takes. */
export function madeUpBytes({ rows, testRows, columns }: MadeUpSource): number {
  return 4 * (rows + testRows) * (columns + 1);
}

type MakePart = (part: Part, rows: number) => DataSetRows;

function regression({ columns, noise, seed }: MadeUpSource): MakePart {
  const scale = fround(1 / Math.sqrt(columns));
  const slopes = scaled(normals(seed, 'data/linear', columns), scale);
  const bends = scaled(normals(seed, 'data/directions', BENDS * columns), scale);
  return (part, rows) => {
    const x = shareArray(normals(seed, `data/${part}/x`, rows * columns));
    const errors = scaled(normals(seed, `data/${part}/noise`, rows), fround(noise));
    const angles = new Float32Array(rows * BENDS);
    const y = new Float32Array(new SharedArrayBuffer(4 * rows));
    for (let row = 0; row < rows; row += 1) {
      y[row] = chain(x, row * columns, slopes, 0, columns);
      for (let k = 0; k < BENDS; k += 1) {
        angles[row * BENDS + k] = chain(x, row * columns, bends, k * columns, columns);
      }
    }
    const curves = addon().elementary('tanh', angles, bestInstructionSet());
    for (let row = 0; row < rows; row += 1) {
      // A Float32Array rounds each sum.
      for (let k = 0; k < BENDS; k += 1) y[row] += curves[row * BENDS + k];
      y[row] += errors[row];
    }
    return { x: { data: x, rows, columns }, y: { data: y, rows, columns: 1 } };
  };
}

/** The products of two vectors, summed in order from +0: each product and each sum is rounded. */
function chain(a: Float32Array, fromA: number, b: Float32Array, fromB: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum = fround(sum + fround(a[fromA + i] * b[fromB + i]));
  return sum;
}

function clusters({ columns, classes, noise, majority = 1 / classes, seed }: MadeUpSource): MakePart {
  const centers = scaled(normals(seed, 'data/centers', CLUSTERS * classes * columns), fround(2 / Math.sqrt(columns)));
  const threshold = Math.floor(majority * TWO_32);
  return (part, rows) => {
    const labels = new Uint32Array(new SharedArrayBuffer(4 * rows));
    const words = new Words({ seed, generator: 'philox', name: `data/${part}/labels` }).take(4 * Math.ceil(rows / 2));
    const x = shareArray(scaled(normals(seed, `data/${part}/x`, rows * columns), fround(noise)));
    for (let row = 0; row < rows; row += 1) {
      const [first, second] = [words[2 * row], words[2 * row + 1]];
      labels[row] = first < threshold ? 0 : 1 + Math.floor(((second >>> 1) * (classes - 1)) / TWO_31);
      const center = (CLUSTERS * labels[row] + (second & 1)) * columns;
      for (let j = 0; j < columns; j += 1) x[row * columns + j] += centers[center + j];
    }
    return { x: { data: x, rows, columns }, y: labels };
  };
}

function normals(seed: MadeUpSource['seed'], name: string, count: number): Float32Array {
  const draws = new Draws({ seed, generator: 'philox', name });
  const drawn = new Float32Array(count);
  for (let at = 0; at < count; at += AT_ONCE) drawn.set(draws.normals(Math.min(AT_ONCE, count - at)), at);
  return drawn;
}

function scaled(values: Float32Array, factor: number): Float32Array {
  return values.map((value) => value * factor);
}
