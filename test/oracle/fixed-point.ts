/**
 * Elementary functions in fixed point: a value is an integer that stands for `integer · 2^−bits`. Each function returns a
 * value that is wrong by less than 2^−bits, for arguments that are given exactly as `significand · 2^exponent`. Inside,
 * GUARD more bits are carried: they absorb the truncations, each of less than one unit, of at most a few hundred terms.
 */

const GUARD = 96;

interface Dyadic {
  readonly significand: bigint;
  readonly exponent: number;
}

/** `significand · 2^exponent` in fixed point, rounded down. */
function toFixed({ significand, exponent }: Dyadic, bits: number): bigint {
  const shift = exponent + bits;
  return shift >= 0 ? significand << BigInt(shift) : significand >> BigInt(-shift);
}

const narrow = (value: bigint): bigint => value >> BigInt(GUARD);

function cached(compute: (bits: number) => bigint): (bits: number) => bigint {
  const known = new Map<number, bigint>();
  return (bits) => {
    let value = known.get(bits);
    if (value === undefined) {
      value = compute(bits);
      known.set(bits, value);
    }
    return value;
  };
}

/** atanh(1/n) and atan(1/n): the sums of (±1)^k / ((2k + 1) · n^(2k + 1)). */
function inverseTangent(n: bigint, sign: 1n | -1n, bits: number): bigint {
  let power = (1n << BigInt(bits)) / n;
  let total = 0n;
  let factor = 1n;
  for (let k = 1n; power !== 0n; k += 2n) {
    total += (factor * power) / k;
    power /= n * n;
    factor *= sign;
  }
  return total;
}

const ln2 = cached((bits) => narrow(2n * inverseTangent(3n, 1n, bits + GUARD)));

/** Machin's formula. */
export const pi = cached((bits) => {
  const wide = bits + GUARD;
  return narrow(4n * (4n * inverseTangent(5n, -1n, wide) - inverseTangent(239n, -1n, wide)));
});

/** The largest integer whose square is at most `n`, by Newton's iteration from above. */
function integerSqrt(n: bigint): bigint {
  if (n < 2n) return n;
  let root = 1n << BigInt((n.toString(2).length >> 1) + 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

const sqrtPi = cached((bits) => integerSqrt(pi(2 * bits)));

/** e^x for |x| below 2^8. Reduced to |r| ≤ ln 2 / 2 and summed as a Taylor series; `k` whole powers of two are put back. */
export function exp(x: Dyadic, bits: number): bigint {
  // 2^k is below 2^371: a growing result needs as many bits more, so that its error stays below 2^−bits.
  const wide = bits + GUARD + 400;
  const value = toFixed(x, wide);
  const unit = ln2(wide);
  let k = value / unit;
  let r = value - k * unit;
  if (2n * r > unit) {
    k += 1n;
    r -= unit;
  } else if (2n * r < -unit) {
    k -= 1n;
    r += unit;
  }
  let term = 1n << BigInt(wide);
  let total = 0n;
  for (let n = 1n; term !== 0n && term !== -1n; n += 1n) {
    total += term;
    term = ((term * r) >> BigInt(wide)) / n;
  }
  const scaled = k >= 0n ? total << k : total >> -k;
  return scaled >> BigInt(GUARD + 400);
}

/** log x for x > 0: log m + k·log 2 with m in [2/3, 4/3], log m = 2·atanh((m − 1)/(m + 1)). */
export function log(x: Dyadic, bits: number): bigint {
  const wide = bits + GUARD;
  let k = x.significand.toString(2).length;
  // m = significand · 2^−k is in [1/2, 1); below 2/3 it is doubled.
  if (3n * x.significand < 1n << BigInt(k + 1)) k -= 1;
  const one = 1n << BigInt(k);
  const z = ((x.significand - one) << BigInt(wide)) / (x.significand + one);
  const square = (z * z) >> BigInt(wide);
  let power = z;
  let total = 0n;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    total += power / n;
    power = (power * square) >> BigInt(wide);
  }
  return narrow(2n * total + BigInt(k + x.exponent) * ln2(wide));
}

/** sin(πf) and cos(πf) for 0 ≤ f ≤ 1/2: Taylor series. */
export function sinPi(f: Dyadic, bits: number): bigint {
  return narrow(alternatingSeries(f, 1n, bits + GUARD));
}

export function cosPi(f: Dyadic, bits: number): bigint {
  return narrow(alternatingSeries(f, 0n, bits + GUARD));
}

/** Σ (−1)^k · y^(2k + first) / (2k + first)! with y = πf. */
function alternatingSeries(f: Dyadic, first: 0n | 1n, wide: number): bigint {
  const y = (toFixed(f, wide) * pi(wide)) >> BigInt(wide);
  const square = (y * y) >> BigInt(wide);
  let term = first === 1n ? y : 1n << BigInt(wide);
  let total = 0n;
  for (let n = first; term !== 0n; n += 2n) {
    total += term;
    // Magnitudes are truncated toward zero, so that the terms end.
    const magnitude = (((term < 0n ? -term : term) * square) >> BigInt(wide)) / ((n + 1n) * (n + 2n));
    term = term > 0n ? -magnitude : magnitude;
  }
  return total;
}

/**
 * erf x for 0 ≤ x ≤ 5: 2/√π · Σ (−1)^n x^(2n + 1) / (n! (2n + 1)). Terms grow to e^25 < 2^37, and so do their errors: the
 * guard bits are far more.
 */
export function erf(x: Dyadic, bits: number): bigint {
  const wide = bits + GUARD;
  const value = toFixed(x, wide);
  const square = (value * value) >> BigInt(wide);
  let power = 1n << BigInt(wide);
  let total = 0n;
  for (let n = 0n; power !== 0n; n += 1n) {
    const term = power / (2n * n + 1n);
    total += n % 2n === 0n ? term : -term;
    power = ((power * square) >> BigInt(wide)) / (n + 1n);
  }
  const product = (total * value) >> BigInt(wide);
  return narrow(((2n * product) << BigInt(wide)) / sqrtPi(wide));
}
