/**
 * Exponential and logarithm in binary64 by `+ − · /` alone. `Math.exp` and `Math.log` may differ between engines and
 * machines in the last bit; these don't, so an analysis of the same runs has the same bytes everywhere.
 *
 * Errors are below 2 units in the last place (the tests say so on a grid).
 */

/** ln 2 in two parts; the first has 32 zeros at its end, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const view = new DataView(new ArrayBuffer(8));

/** 1/n! for n from 0 to 17: 0.35^18/18! is below 2^-78. */
const INVERSE_FACTORIALS = inverseFactorials(17);

/** e^x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.79) return Number.POSITIVE_INFINITY;
  if (x < -745.14) return 0;
  const exponent = Math.round(x * Math.LOG2E);
  const high = x - exponent * LN2_HIGH;
  const low = exponent * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  const value = 1 + (r + (lost + r * r * seriesFrom(2, r)));
  // Two factors, because 2^exponent itself may be out of range.
  const half = Math.floor(exponent / 2);
  return value * powerOfTwo(half) * powerOfTwo(exponent - half);
}

/** e^x − 1, without the cancellation near 0. */
export function expm1(x: number): number {
  return Math.abs(x) < 0.35 ? x + x * x * seriesFrom(2, x) : exp(x) - 1;
}

/** The natural logarithm: −∞ at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  if (x < 2.2250738585072014e-308) return log(x * 0x40_0000_0000_0000) - 54 * LN2_HIGH - 54 * LN2_LOW;
  view.setFloat64(0, x);
  const top = view.getUint32(0);
  let exponent = (top >>> 20) - 1023;
  view.setUint32(0, (top & 0xf_ffff) | 0x3ff0_0000);
  let significand = view.getFloat64(0);
  if (significand > Math.SQRT2) {
    significand /= 2;
    exponent += 1;
  }
  return exponent * LN2_HIGH + (logNearOne(significand - 1) + exponent * LN2_LOW);
}

/** log(1 + x), without the cancellation near 0. */
export function log1p(x: number): number {
  if (x > -0.25 && x < 0.35) return logNearOne(x);
  const sum = 1 + x;
  // What the sum lost, to first order.
  return sum === Number.POSITIVE_INFINITY || !(sum > 0) ? log(sum) : log(sum) + (x - (sum - 1)) / sum;
}

/** The logarithm to base 2. */
export function log2(x: number): number {
  return log(x) / Math.LN2;
}

/** log(1 + f) = f − (f²/2 − s·(f²/2 + R)), s = f/(2 + f), R = 2s²/3 + 2s⁴/5 + …: the leading term is exact. */
function logNearOne(f: number): number {
  const s = f / (2 + f);
  const z = s * s;
  let tail = 0;
  for (let k = 20; k >= 1; k -= 1) tail = z * (2 / (2 * k + 1) + tail);
  const half = 0.5 * f * f;
  return f - (half - s * (half + tail));
}

/** Σ r^(n − first) / n! from n = first. */
function seriesFrom(first: number, r: number): number {
  let sum = 0;
  for (let n = INVERSE_FACTORIALS.length - 1; n >= first; n -= 1) sum = INVERSE_FACTORIALS[n] + r * sum;
  return sum;
}

/** 2^exponent, exponent from −1022 to 1023. */
function powerOfTwo(exponent: number): number {
  view.setUint32(0, (exponent + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

function inverseFactorials(last: number): readonly number[] {
  const values = [1];
  let factorial = 1;
  for (let n = 1; n <= last; n += 1) {
    factorial *= n;
    values.push(1 / factorial);
  }
  return values;
}
