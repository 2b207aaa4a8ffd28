/**
 * Seals: a file that holds, at a place that its first bytes fix, the SHA-256 of itself with those 64 digits as zeros. A seal
 * finds what a disk or an editor changed; it is no signature.
 */
import { createHash, type Hash } from 'node:crypto';
import { damaged } from './file-errors.js';

/** Where the digits stand before they are known. */
export const NO_SEAL = '0'.repeat(64);

const SEAL = /^[0-9a-f]{64}$/;

/**
 * The text with its seal filled in.
 *
 * @param prefix What the text begins with, before the digits.
 */
export function sealText(text: string, prefix: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  bytes.write(createHash('sha256').update(bytes).digest('hex'), Buffer.byteLength(prefix), 'latin1');
  return bytes;
}

/**
 * @returns The seal of a file.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export function checkSealedText(bytes: Uint8Array, prefix: string, file: string): string {
  const seal = sealIn(bytes, prefix, file);
  checkSeal(hashUnsealed(bytes, prefix).digest('hex'), seal, file);
  return seal;
}

/** The digits that follow `prefix`, with which the file begins. */
export function sealIn(bytes: Uint8Array, prefix: string, file: string): string {
  const start = Buffer.from(bytes.subarray(0, prefix.length)).toString('latin1');
  if (start !== prefix) throw damaged(`a file that begins ${JSON.stringify(prefix)}`, file, start);
  const seal = Buffer.from(bytes.subarray(prefix.length, prefix.length + NO_SEAL.length)).toString('latin1');
  if (!SEAL.test(seal)) throw damaged('64 hexadecimal digits of its seal', file, seal);
  return seal;
}

/** `hash` after the bytes, with zeros for the seal. More may follow. */
export function hashUnsealed(bytes: Uint8Array, prefix: string, hash: Hash = createHash('sha256')): Hash {
  return hash
    .update(prefix, 'latin1')
    .update(NO_SEAL, 'latin1')
    .update(bytes.subarray(prefix.length + NO_SEAL.length));
}

/** @throws SamebitsError `ERR_SAMEBITS_FILE` */
export function checkSeal(computed: string, seal: string, file: string): void {
  if (computed !== seal) throw damaged(`a content of the SHA-256 ${seal}, as it says itself,`, file, computed);
}
