/**
 * Distance of two binary32 numbers in units in the last place: how many steps from one representable value to the next
 * lie between them.
 *
 * The values are numbered from −∞ to +∞ in the order of size, −0 just below +0, so that two numbers are 0 apart exactly
 * if they have the same bits. NaN stands outside that order: two NaN are 0 apart, whatever their payloads, and NaN is
 * NaN apart from any number.
 */

const SIGN = 0x8000_0000 | 0;
const CANONICAL_NAN = 0x7fc0_0000;
const INFINITY_BITS = 0x7f80_0000;

/** Bits of a binary32, as a signed 32-bit integer, with every NaN as 0x7FC00000. */
export function canonicalBits(bits: number): number {
  return (bits & ~SIGN) > INFINITY_BITS ? CANONICAL_NAN : bits;
}

/** Place of a binary32 that is no NaN in the order of size: +0 is 0, −0 is −1. */
function ordinal(bits: number): number {
  return bits < 0 ? -1 - (bits & ~SIGN) : bits;
}

/**
 * Distance of two values that are given as bits (signed 32-bit integers).
 *
 * @returns An integer from 0 to 2^32 − 2^24 + 1 (from −∞ to +∞), or NaN where exactly one of them is NaN.
 */
export function ulpDistanceOfBits(a: number, b: number): number {
  const x = canonicalBits(a);
  const y = canonicalBits(b);
  if (x === y) return 0;
  if (x === CANONICAL_NAN || y === CANONICAL_NAN) return Number.NaN;
  return Math.abs(ordinal(x) - ordinal(y));
}

const pair = new Float32Array(2);
const pairBits = new Int32Array(pair.buffer);

/** As {@link ulpDistanceOfBits}, of two numbers, which are rounded to binary32 first. */
export function ulpDistance(a: number, b: number): number {
  pair[0] = a;
  pair[1] = b;
  return ulpDistanceOfBits(pairBits[0], pairBits[1]);
}

/** The bits of a number, rounded to binary32, as `0x` and eight hexadecimal digits; NaN is `0x7fc00000`. */
export function hexOfBinary32(value: number): string {
  pair[0] = value;
  return `0x${(canonicalBits(pairBits[0]) >>> 0).toString(16).padStart(8, '0')}`;
}

const wide = new DataView(new ArrayBuffer(8));

/** The bits of a binary64, as `0x` and sixteen hexadecimal digits; NaN is `0x7ff8000000000000`. */
export function hexOfBinary64(value: number): string {
  if (Number.isNaN(value)) return '0x7ff8000000000000';
  wide.setFloat64(0, value);
  return `0x${wide.getBigUint64(0).toString(16).padStart(16, '0')}`;
}

/**
 * The distance of neighboring numbers around `value`, in a format with so many bits of precision: 24 for binary32, 53 for
 * binary64.
 *
 * @param value Finite, and as large as the least normal number of the format, or larger.
 */
export function unitInTheLastPlace(value: number, precision: 24 | 53): number {
  wide.setFloat64(0, Math.abs(value));
  const exponent = (wide.getUint32(0) >>> 20) - 1023;
  let unit = 1;
  for (let i = Math.abs(exponent - precision + 1); i > 0; i -= 1) unit *= exponent < precision - 1 ? 0.5 : 2;
  return unit;
}
