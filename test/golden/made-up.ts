/** Made-up data from a hash of index and salt: the same numbers in any language, without a file. See README.md. */

/** Element `i` of the tensor with this salt, as 32 random-looking bits. */
export function hash(i: number, salt: number): number {
  let h = (Math.imul(i + 1, 2654435761) + Math.imul(salt, 40503)) >>> 0;
  h ^= h >>> 15;
  h = Math.imul(h, 2246822519) >>> 0;
  h ^= h >>> 13;
  return h >>> 0;
}

/** Multiples of 2^−24 in [−0.5, 0.5). */
export function floats(count: number, salt: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (hash(i, salt) >>> 8) * 2 ** -24 - 0.5);
}

/** Multiples of 2^−24 in [0, 1). */
export function shares(count: number, salt: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (hash(i, salt) >>> 8) * 2 ** -24);
}

export function bytes(count: number, salt: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => hash(i, salt) >>> 24);
}

/** Integers below `classes`. */
export function labels(count: number, salt: number, classes: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => (hash(i, salt) >>> 8) % classes);
}

/** [rows, columns]: indices below the categories of a column; floats where it has none. */
export function indices(rows: number, salt: number, categories: readonly (number | null)[]): Float32Array {
  return Float32Array.from({ length: rows * categories.length }, (_, i) => {
    const below = categories[i % categories.length];
    const element = hash(i, salt) >>> 8;
    return below === null ? element * 2 ** -24 - 0.5 : element % below;
  });
}

/** [rows, classes]: 1 at the label, else 0. */
export function oneHot(rows: number, salt: number, classes: number): Float32Array {
  const out = new Float32Array(rows * classes);
  labels(rows, salt, classes).forEach((label, row) => {
    out[row * classes + label] = 1;
  });
  return out;
}

/** Zeros and ones. */
export function bits(count: number, salt: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => hash(i, salt) >>> 31);
}
