/** Data of the golden results, made of a hash of index and salt: the same numbers in any language, without a file. */

export type ElementKind = 'oneHot' | 'bits' | 'floats' | 'shares';

/** 2^-24. */
const STEP = 1 / 16_777_216;

/** `floats` in [−0.5, 0.5) and `shares` in [0, 1), multiples of 2^−24; `bits` 0 or 1. */
export function floatsOf(kind: 'floats' | 'shares' | 'bits', count: number, salt: number): Float32Array {
  const element = {
    floats: (h: number) => (h >>> 8) * STEP - 0.5,
    shares: (h: number) => (h >>> 8) * STEP,
    bits: (h: number) => h >>> 31,
  }[kind];
  return Float32Array.from({ length: count }, (_, i) => element(hash(i, salt)));
}

export function bytesOf(count: number, salt: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => hash(i, salt) >>> 24);
}

/** Integers below `classes`. */
export function labelsOf(rows: number, salt: number, classes: number): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, i) => (hash(i, salt) >>> 8) % classes);
}

/** [rows, columns]: below the categories of a column; `floats` where it has none. */
export function indicesOf(rows: number, salt: number, categories: readonly (number | null)[]): Float32Array {
  return Float32Array.from({ length: rows * categories.length }, (_, i) => {
    const below = categories[i % categories.length];
    const element = hash(i, salt) >>> 8;
    return below === null ? element * STEP - 0.5 : element % below;
  });
}

/** [rows, classes]: 1 at the label, else 0. */
export function oneHotOf(rows: number, salt: number, classes: number): Float32Array {
  const out = new Float32Array(rows * classes);
  labelsOf(rows, salt, classes).forEach((label, row) => {
    out[row * classes + label] = 1;
  });
  return out;
}

function hash(i: number, salt: number): number {
  let h = (Math.imul(i + 1, 2_654_435_761) + Math.imul(salt, 40_503)) >>> 0;
  h ^= h >>> 15;
  h = Math.imul(h, 2_246_822_519) >>> 0;
  h ^= h >>> 13;
  return h >>> 0;
}
