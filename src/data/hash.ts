/** Data as a fingerprint: equal exactly where rows, targets and their types are. */
import { createHash } from 'node:crypto';

/** Rows with their targets, as training takes them. */
export interface HashedRows {
  /** [rows, columns], row-major. */
  readonly x: Float32Array | Uint8Array;
  /** Labels, or [rows, units] row-major. */
  readonly targets: Uint32Array | Float32Array | null;
  /** At least 1. */
  readonly rows: number;
}

/**
 * SHA-256, hexadecimal, over `samebits samples 1`, the type of the elements and their numbers of rows and columns, the
 * elements, and the same of the targets.
 */
export function hashSamples({ x, targets, rows }: HashedRows): string {
  const hash = createHash('sha256').update('samebits samples 1\n');
  for (const data of [x, targets]) {
    if (data === null) continue;
    hash.update(`${typeName(data)} ${rows} ${data.length / rows}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

function typeName(data: Float32Array | Uint8Array | Uint32Array): string {
  if (data instanceof Float32Array) return 'f32';
  return data instanceof Uint32Array ? 'u32' : 'u8';
}
