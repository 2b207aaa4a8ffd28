/** Sums without error. */

const EXPONENTS = 256;
/** Significands of 24 bits, so many of which add up exactly in binary64. */
const MOST_TERMS = 2 ** 29;
/** The least positive binary32 is 2^−149. */
const LEAST_EXPONENT = -149;
/** Bits of a binary64's significand. */
const PRECISION = 53;

/**
 * The sum of binary32 numbers, rounded once to binary64, to nearest, ties to even. Significands are summed as integers
 * for each exponent, then all of them as one integer multiple of 2^−149 (a superaccumulator: U. Kulisch, "Computer
 * Arithmetic and Validity", 2013, chapter 8).
 *
 * @param values Finite; at most 2^29.
 */
export function exactSum(values: Float32Array): number {
  if (values.length > MOST_TERMS) throw new RangeError(`more than ${MOST_TERMS} numbers`);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const sums = new Float64Array(EXPONENTS);
  for (let i = 0; i < bits.length; i += 1) {
    const exponent = (bits[i] >>> 23) & 0xff;
    const fraction = bits[i] & 0x7f_ffff;
    // Subnormal numbers have the least exponent, and no bit before the point.
    const significand = exponent === 0 ? fraction : fraction + 0x80_0000;
    sums[exponent === 0 ? 1 : exponent] += bits[i] >>> 31 === 1 ? -significand : significand;
  }
  let total = 0n;
  // An exponent of 1 stands for multiples of 2^−149.
  for (let exponent = 1; exponent < EXPONENTS; exponent += 1) total += BigInt(sums[exponent]) << BigInt(exponent - 1);
  return roundScaled(total);
}

/** `total`·2^−149 as a binary64. */
function roundScaled(total: bigint): number {
  const magnitude = total < 0n ? -total : total;
  const drop = magnitude.toString(2).length - PRECISION;
  if (drop <= 0) return scale(Number(total));
  const unit = 1n << BigInt(drop);
  const rest = magnitude % unit;
  let kept = magnitude / unit;
  const twice = 2n * rest;
  if (twice > unit || (twice === unit && kept % 2n === 1n)) kept += 1n;
  // Exact: at most 2^53, times a power of 2.
  const rounded = Number(kept) * powerOfTwo(drop);
  return scale(total < 0n ? -rounded : rounded);
}

/** Far above the least binary64, so exact. */
function scale(value: number): number {
  return value * powerOfTwo(LEAST_EXPONENT);
}

function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let i = 0; i < Math.abs(exponent); i += 1) power *= exponent < 0 ? 0.5 : 2;
  return power;
}
