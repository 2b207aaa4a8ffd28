/** How far the weights of two runs are apart. */
import { canonicalBits, hexOfBinary32, ulpDistance, ulpDistanceOfBits } from './ulp.js';

/** Distances of two arrays of weights. Computed in binary64; they reach no weight. */
export interface Distances {
  /** Largest absolute difference; NaN where one value is NaN and the other is not. */
  readonly maxAbs: number;
  /** Mean absolute difference, over all elements; NaN likewise. */
  readonly meanAbs: number;
  /** L2 norm of the difference over the L2 norm of the first array. */
  readonly relativeL2: number;
  /** Largest distance in units in the last place; NaN where one value is NaN and the other is not. */
  readonly maxUlp: number;
  /** Elements with other bits. */
  readonly differing: number;
}

export const NO_DISTANCE: Distances = { maxAbs: 0, meanAbs: 0, relativeL2: 0, maxUlp: 0, differing: 0 };

/** Whether two arrays of the same length have the same bits, all NaN being the same. */
export function sameBits(a: Float32Array, b: Float32Array): boolean {
  return firstDifferingIndex(a, b) === -1;
}

/** The first index at which two arrays of the same length have other bits, or −1. */
export function firstDifferingIndex(a: Float32Array, b: Float32Array): number {
  // One comparison of memory answers the usual case, at the speed of memory.
  if (Buffer.compare(bytesOf(a), bytesOf(b)) === 0) return -1;
  const x = bitsOf(a);
  const y = bitsOf(b);
  for (let i = 0; i < x.length; i += 1) {
    if (x[i] !== y[i] && canonicalBits(x[i]) !== canonicalBits(y[i])) return i;
  }
  return -1;
}

/** One element of two arrays. */
export interface ElementDifference {
  /** Row-major index, counted from 0. */
  readonly index: number;
  readonly a: number;
  readonly b: number;
  /** Bits of `a` as binary32: `0x` and eight hexadecimal digits. */
  readonly aHex: string;
  /** Bits of `b`, likewise. */
  readonly bHex: string;
  /** Distance in units in the last place; NaN where exactly one of them is NaN. */
  readonly ulp: number;
}

/** What two arrays have at `index`. */
export function elementDifference(a: Float32Array, b: Float32Array, index: number): ElementDifference {
  const [x, y] = [a[index], b[index]];
  return { index, a: x, b: y, aHex: hexOfBinary32(x), bHex: hexOfBinary32(y), ulp: ulpDistance(x, y) };
}

/** Distances of `b` from `a`, arrays of the same length. */
export function distances(a: Float32Array, b: Float32Array): Distances {
  if (firstDifferingIndex(a, b) === -1) return NO_DISTANCE;
  const sums = new DistanceSums();
  sums.add(a, b);
  return sums.get();
}

/** Distances of arrays that come one after the other, as of one long array. */
export class DistanceSums {
  #elements = 0;
  #differing = 0;
  #maxAbs = 0;
  #maxUlp = 0;
  #absolute = 0;
  #squares = 0;
  #reference = 0;

  /** Two arrays of the same length. */
  add(a: Float32Array, b: Float32Array): void {
    const x = bitsOf(a);
    const y = bitsOf(b);
    let [maxAbs, maxUlp, absolute, squares, reference, differing] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < x.length; i += 1) {
      reference += a[i] * a[i];
      if (x[i] === y[i]) continue;
      const ulp = ulpDistanceOfBits(x[i], y[i]);
      if (ulp === 0) continue;
      const difference = Math.abs(a[i] - b[i]);
      differing += 1;
      absolute += difference;
      squares += difference * difference;
      // Math.max gives NaN once either is.
      maxUlp = Math.max(maxUlp, ulp);
      maxAbs = Math.max(maxAbs, difference);
    }
    this.#elements += x.length;
    this.#differing += differing;
    this.#absolute += absolute;
    this.#squares += squares;
    this.#reference += reference;
    this.#maxUlp = Math.max(this.#maxUlp, maxUlp);
    this.#maxAbs = Math.max(this.#maxAbs, maxAbs);
  }

  get(): Distances {
    return {
      maxAbs: this.#maxAbs,
      meanAbs: this.#elements === 0 ? 0 : this.#absolute / this.#elements,
      relativeL2: this.#squares === 0 ? 0 : Math.sqrt(this.#squares) / Math.sqrt(this.#reference),
      maxUlp: this.#maxUlp,
      differing: this.#differing,
    };
  }
}

/** A bin of {@link ulpHistogram}; see the document's type. */
export interface HistogramBin {
  readonly upTo: number | string;
  readonly count: number;
}

/** Upper ends of the bins: equal bits, neighbours, then by decades to beyond the largest distance there is. */
const BIN_ENDS = [0, 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];

/**
 * Counts elements by their distance in units in the last place: bins up to 0, 1, 10, 100, … as far as there are any,
 * and, if there are any, one bin `NaN` for elements of which exactly one is NaN.
 */
export function ulpHistogram(a: Float32Array, b: Float32Array): HistogramBin[] {
  const x = bitsOf(a);
  const y = bitsOf(b);
  const counts = new Array<number>(BIN_ENDS.length).fill(0);
  let unordered = 0;
  for (let i = 0; i < x.length; i += 1) {
    const ulp = x[i] === y[i] ? 0 : ulpDistanceOfBits(x[i], y[i]);
    if (Number.isNaN(ulp)) unordered += 1;
    else counts[BIN_ENDS.findIndex((end) => ulp <= end)] += 1;
  }
  const bins: HistogramBin[] = BIN_ENDS.slice(0, counts.findLastIndex((count) => count > 0) + 1).map((upTo, i) => ({
    upTo,
    count: counts[i],
  }));
  if (unordered > 0) bins.push({ upTo: 'NaN', count: unordered });
  return bins;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}
