/** Rows and targets as fingerprints. */
import { hashParts } from '../data/hash-parts.js';
import type { NativeData } from '../native/addon.js';

/** Rows with their targets, as training takes them. */
export type HashedSamples = Pick<NativeData, 'x' | 'targets' | 'rows'>;

/** The hash of these parts, as that of a data set: of training rows alone, or of training and test rows. */
export function hashSamples(...parts: readonly HashedSamples[]): string {
  return hashParts(
    parts.map(({ x, targets, rows }) => ({
      x: { data: x, rows, columns: x.length / rows },
      y:
        targets instanceof Float32Array
          ? { data: targets, rows, columns: targets.length / rows }
          : (targets as Uint32Array),
    })),
  );
}
