/**
 * Binary32 arithmetic (docs/numerics.md, section 1). Every operation takes binary32 values held in numbers and rounds
 * once: the binary64 result of one `+ − · / sqrt` of binary32 values, rounded again, is the correctly rounded one (53 is
 * at least 2·24 + 2). Only `fma` needs more care.
 */

export const f32 = Math.fround;

/** Other hardware (section 13); none of it is the contract. */
export interface Hardware {
  readonly noFma: boolean;
  readonly flushSubnormals: boolean;
  readonly ordinaryExp: boolean;
}

export const CONTRACT: Hardware = { noFma: false, flushSubnormals: false, ordinaryExp: false };
let hardware = CONTRACT;

export const onHardware = (): Hardware => hardware;

/** Computes `body` on other hardware, or within such a computation on the contract's. */
export function withHardware<T>(other: Hardware, body: () => T): T {
  const before = hardware;
  hardware = other;
  try {
    return body();
  } finally {
    hardware = before;
  }
}

const LEAST_NORMAL = 2 ** -126;

/** An operand or a result as the hardware sees it. */
export function seen(x: number): number {
  return hardware.flushSubnormals && Math.abs(x) < LEAST_NORMAL ? 0 * Math.sign(x) : x;
}

export const add = (a: number, b: number): number => seen(f32(seen(a) + seen(b)));
export const sub = (a: number, b: number): number => seen(f32(seen(a) - seen(b)));
export const mul = (a: number, b: number): number => seen(f32(seen(a) * seen(b)));
export const div = (a: number, b: number): number => seen(f32(seen(a) / seen(b)));
export const sqrt = (a: number): number => f32(Math.sqrt(seen(a)));

/** NaN and −0 pass, which Math.max would not let. */
export function relu(x: number): number {
  if (x < 0) return 0;
  return x;
}

const view = new DataView(new ArrayBuffer(8));

/**
 * `a·b + c` with one rounding. The product is exact in binary64 (48 bits; exponents from −298 to 255). The sum is rounded
 * to odd: an inexact one with an even last bit is moved to its neighbor on the other side of the exact value. Rounding
 * that to binary32 cannot see a tie that is none.
 */
export function fma(a: number, b: number, c: number): number {
  return hardware.noFma ? add(mul(a, b), c) : seen(fused(seen(a), seen(b), seen(c)));
}

function fused(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const shadow = sum - product;
  const error = product - (sum - shadow) + (c - shadow);
  if (error === 0 || !Number.isFinite(sum)) return f32(sum);
  view.setFloat64(0, sum, true);
  const low = view.getUint32(0, true);
  if ((low & 1) === 1) return f32(sum);
  if (error > 0 === sum > 0) {
    view.setUint32(0, low + 1, true);
  } else {
    view.setUint32(0, low - 1, true);
    if (low === 0) view.setUint32(4, view.getUint32(4, true) - 1, true);
  }
  return f32(view.getFloat64(0, true));
}

/** The 32 bits of a binary32, every NaN as 0x7FC00000. */
export function bitsOf(x: number): number {
  if (Number.isNaN(x)) return 0x7fc00000;
  view.setFloat32(0, x, true);
  return view.getUint32(0, true);
}

export function fromBits(bits: number): number {
  view.setUint32(0, bits, true);
  return view.getFloat32(0, true);
}

/** Eight hexadecimal digits, the most significant first. */
export const hexOf = (x: number): string => bitsOf(x).toString(16).padStart(8, '0');

/** A finite binary32 as `significand · 2^exponent`, exactly. */
export function decode(x: number): { significand: bigint; exponent: number } {
  const bits = bitsOf(x);
  const field = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  const magnitude = BigInt(field === 0 ? fraction : fraction + 0x800000);
  return { significand: bits >>> 31 ? -magnitude : magnitude, exponent: Math.max(field, 1) - 150 };
}

export function bitLength(n: bigint): number {
  return n === 0n ? 0 : n.toString(2).length;
}

/**
 * The binary32 nearest to `n · 2^exponent`, ties to even, by integers alone: overflow to infinity, gradual underflow.
 * Zero is +0; a negative number that rounds to zero gives −0.
 */
export function roundToBinary32(n: bigint, exponent: number): number {
  const magnitude = n < 0n ? -n : n;
  // The exponent of the last place: 24 bits, but never below that of the smallest subnormal.
  const place = Math.max(bitLength(magnitude) + exponent - 24, -149);
  const shift = place - exponent;
  let quotient: bigint;
  if (shift <= 0) {
    quotient = magnitude << BigInt(-shift);
  } else {
    const half = 1n << BigInt(shift - 1);
    quotient = magnitude >> BigInt(shift);
    const rest = magnitude - (quotient << BigInt(shift));
    if (rest > half || (rest === half && (quotient & 1n) === 1n)) quotient += 1n;
  }
  // At most 2^24 · 2^104 = 2^128: exact in binary64, where `fround` turns only 2^128 into infinity.
  const rounded = place > 104 ? Number.POSITIVE_INFINITY : f32(Number(quotient) * 2 ** place);
  return n < 0n ? -rounded : rounded;
}
