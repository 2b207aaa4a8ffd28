/** What tells data apart: SHA-256 of what is in them, not of names or file formats. */
import { createHash } from 'node:crypto';
import type { Matrix } from './matrix.js';

/** Rows with labels, or with a target for each output. */
export interface HashedPart {
  readonly x: Matrix;
  readonly y: Uint32Array | Matrix;
  /** Of the rows; absent where they have none. */
  readonly weights?: Float32Array | null;
}

/** 64 hexadecimal digits over shapes, elements and targets of all parts. */
export function hashParts(parts: readonly HashedPart[]): string {
  const hash = createHash('sha256').update('samebits data 1\n');
  for (const { x, y, weights = null } of parts) {
    hash.update(shapeOf(x)).update(x.data);
    if (y instanceof Uint32Array) hash.update(y);
    else hash.update(`targets ${shapeOf(y)}`).update(y.data);
    if (weights !== null) hash.update('weights\n').update(weights);
  }
  return hash.digest('hex');
}

function shapeOf({ data, rows, columns }: Matrix): string {
  return `${data instanceof Uint8Array ? 'u8' : 'f32'} ${rows} ${columns}\n`;
}
