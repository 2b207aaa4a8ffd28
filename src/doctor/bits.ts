/** Bits of binary32 numbers, as 8 hexadecimal digits each; NaN is 7fc00000. */
import { createHash } from 'node:crypto';

const word = new DataView(new ArrayBuffer(4));

export function bitsOf(value: number): string {
  word.setFloat32(0, value);
  return Number.isNaN(value) ? '7fc00000' : word.getUint32(0).toString(16).padStart(8, '0');
}

export function fromBits(digits: string): number {
  word.setUint32(0, Number.parseInt(digits, 16));
  return word.getFloat32(0);
}

/** Cuts what several numbers have one after the other. */
export function wordsOf(digits: string): string[] {
  return digits.match(/.{8}/g) ?? [];
}

/** In hexadecimal, over the numbers as the machine keeps them: little-endian wherever this package runs. */
export function sha256(values: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}
