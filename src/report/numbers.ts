import type { JsonNumber } from '../compare/document.js';

/** Returns the number itself where JSON can carry it, else its name. */
export function encodeNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** The inverse of {@link encodeNumber}. Anything that is neither a number nor one of the three names gives NaN. */
export function decodeNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  return Number.NaN;
}

/**
 * A replacer for `JSON.stringify` that writes non-finite numbers as strings, where JSON by itself would write `null`.
 *
 * @example JSON.stringify(document, nonFiniteAsText)
 */
export function nonFiniteAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? encodeNumber(value) : value;
}

const bits = new DataView(new ArrayBuffer(4));

/** Writes the bits of a number, rounded to binary32, as `0x` and eight hexadecimal digits. NaN gives `0x7fc00000`. */
export function binary32ToHex(value: number): string {
  if (Number.isNaN(value)) return '0x7fc00000';
  bits.setFloat32(0, value);
  return `0x${bits.getUint32(0).toString(16).padStart(8, '0')}`;
}

/** Reads eight hexadecimal digits, with or without `0x`, as a binary32; null where the text is something else. */
export function hexToBinary32(text: string): number | null {
  const digits = /^(?:0x)?([0-9a-f]{8})$/i.exec(text)?.[1];
  if (digits === undefined) return null;
  bits.setUint32(0, Number.parseInt(digits, 16));
  return bits.getFloat32(0);
}

/** Cuts the bits of a binary32 into sign (1), exponent (8) and significand (23); null where the text is no binary32. */
export function binary32Fields(text: string): readonly [string, string, string] | null {
  if (hexToBinary32(text) === null) return null;
  const all = Number.parseInt(text.replace(/^0x/i, ''), 16).toString(2).padStart(32, '0');
  return [all.slice(0, 1), all.slice(1, 9), all.slice(9)];
}
