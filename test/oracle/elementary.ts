/**
 * The elementary functions (docs/numerics.md, section 6), correctly rounded. The value is bracketed ever more narrowly,
 * until both ends round to the same binary32 (Ziv's strategy). That ends: apart from the exact cases, which are taken
 * first, the values are irrational, so that none is a binary32 or halfway between two.
 */
import { bitLength, decode, f32, onHardware, roundToBinary32, seen } from './arithmetic.js';
import * as fixed from './fixed-point.js';
import { ordinaryExp, ordinaryLog, ordinaryLog1p, ordinarySigmoid, ordinaryTanh } from './ordinary.js';

/** A function's value at `x`, in fixed point with `bits` bits; `SLACK` bounds its error. */
type Fixed = (x: number, bits: number) => bigint;

/** Units that a fixed value may be wrong by: the series', and those of one quotient of two of them. */
const SLACK = 8n;

/** `smallness`: the result may be as small as about 2^−smallness, so that the first try carries so many bits more. */
function round(x: number, evaluate: Fixed, smallness = smallnessOf(x)): number {
  for (let bits = 80 + Math.max(0, smallness); ; bits += 80) {
    const value = evaluate(x, bits);
    const below = roundToBinary32(value - SLACK, -bits);
    const above = roundToBinary32(value + SLACK, -bits);
    if (Object.is(below, above)) return below;
  }
}

/** |x| is at least 2^−(smallness + 1). Most functions are about as small as their arguments. */
function smallnessOf(x: number): number {
  const { significand, exponent } = decode(x);
  return -(bitLength(significand < 0n ? -significand : significand) + exponent);
}

/** e^x is at least 2^−(smallness + 1). */
const smallnessOfExp = (x: number): number => Math.ceil(-1.45 * x);

/** 1 + x, exactly. */
function onePlus(x: number): { significand: bigint; exponent: number } {
  const { significand, exponent } = decode(x);
  if (exponent >= 0) return { significand: (significand << BigInt(exponent)) + 1n, exponent: 0 };
  return { significand: significand + (1n << BigInt(-exponent)), exponent };
}

const expOf = (x: number, bits: number): bigint => fixed.exp(decode(x), bits);

/** (1 − e^(−2x)) / (1 + e^(−2x)) for x > 0. */
function tanhOf(x: number, bits: number): bigint {
  const one = 1n << BigInt(bits);
  const decay = expOf(-2 * x, bits);
  return ((one - decay) << BigInt(bits)) / (one + decay);
}

function sigmoidOf(x: number, bits: number): bigint {
  const one = 1n << BigInt(bits);
  const decay = expOf(-Math.abs(x), bits);
  return ((x < 0 ? decay : one) << BigInt(bits)) / (one + decay);
}

/** sin(πx) for x in (0, 2), cos(πx) for x in [0, 2): reduced, exactly, to a quarter turn. */
function sinPiOf(x: number, bits: number): bigint {
  if (x > 1) return -sinPiOf(x - 1, bits);
  if (x > 0.5) return sinPiOf(1 - x, bits);
  return x > 0.25 ? fixed.cosPi(decode(0.5 - x), bits) : fixed.sinPi(decode(x), bits);
}

function cosPiOf(x: number, bits: number): bigint {
  if (x > 1) return cosPiOf(2 - x, bits);
  if (x > 0.5) return -cosPiOf(1 - x, bits);
  return x > 0.25 ? fixed.sinPi(decode(0.5 - x), bits) : fixed.cosPi(decode(x), bits);
}

// Beyond these bounds a result is known: e^89 > 2^128, e^−104 < 2^−150; 1 − tanh(10), 1 − erf(4.5), e^−18 < 2^−25.
export const exact = {
  exp(x: number): number {
    if (Number.isNaN(x)) return Number.NaN;
    if (x === 0) return 1;
    if (x > 89) return Number.POSITIVE_INFINITY;
    if (x < -104) return 0;
    return round(x, expOf, smallnessOfExp(x));
  },
  expm1(x: number): number {
    if (Number.isNaN(x) || x === 0) return x;
    if (x > 89) return Number.POSITIVE_INFINITY;
    if (x < -18) return -1;
    return round(x, (argument, bits) => expOf(argument, bits) - (1n << BigInt(bits)));
  },
  log(x: number): number {
    if (Number.isNaN(x) || x < 0) return Number.NaN;
    if (x === 0) return Number.NEGATIVE_INFINITY;
    if (x === Number.POSITIVE_INFINITY) return x;
    if (x === 1) return 0;
    return round(x, (argument, bits) => fixed.log(decode(argument), bits));
  },
  log1p(x: number): number {
    if (Number.isNaN(x) || x < -1) return Number.NaN;
    if (x === -1) return Number.NEGATIVE_INFINITY;
    if (x === Number.POSITIVE_INFINITY || x === 0) return x;
    return round(x, (argument, bits) => fixed.log(onePlus(argument), bits));
  },
  tanh(x: number): number {
    if (Number.isNaN(x) || x === 0) return x;
    if (Math.abs(x) > 10) return Math.sign(x);
    const magnitude = round(Math.abs(x), tanhOf);
    return x < 0 ? -magnitude : magnitude;
  },
  sigmoid(x: number): number {
    if (Number.isNaN(x)) return x;
    if (x === 0) return 0.5;
    if (x > 18) return 1;
    if (x < -104) return 0;
    return round(x, sigmoidOf, smallnessOfExp(x));
  },
  erf(x: number): number {
    if (Number.isNaN(x) || x === 0) return x;
    if (Math.abs(x) > 4.5) return Math.sign(x);
    const magnitude = round(Math.abs(x), (argument, bits) => fixed.erf(decode(argument), bits));
    return x < 0 ? -magnitude : magnitude;
  },
  sinpi(x: number): number {
    if (!Number.isFinite(x)) return Number.NaN;
    if (Number.isInteger(x)) return x < 0 || Object.is(x, -0) ? -0 : 0;
    const turn = Math.abs(x) % 2;
    let value: number;
    if (turn === 0.5) value = 1;
    else if (turn === 1.5) value = -1;
    else value = round(turn, sinPiOf);
    return x < 0 ? -value : value;
  },
  cospi(x: number): number {
    if (!Number.isFinite(x)) return Number.NaN;
    const turn = Math.abs(x) % 2;
    if (turn === 0) return 1;
    if (turn === 1) return -1;
    if (turn === 0.5 || turn === 1.5) return 0;
    return round(turn, cosPiOf);
  },
} as const;

export type FunctionName = keyof typeof exact;
export const functionNames = Object.keys(exact) as FunctionName[];

/**
 * The same functions, where binary64 decides most arguments quickly: `approximate` is wrong by far less than 2^−44 of its
 * value, so that if everything within 2^−44 of it rounds to one binary32, that is the result. The exact path decides the
 * rest.
 */
function quick(decide: (x: number) => number, approximate: (x: number) => number): (x: number) => number {
  return (x) => {
    const value = approximate(x);
    if (Number.isFinite(value) && value !== 0) {
      const below = f32(value - value * 2 ** -44);
      if (below === f32(value + value * 2 ** -44)) return below;
    }
    return decide(x);
  };
}

/** As the hardware in use has it. */
const onAny =
  (correct: (x: number) => number, ordinary: (x: number) => number) =>
  (x: number): number =>
    seen((onHardware().ordinaryExp ? ordinary : correct)(seen(x)));

export const exp = onAny(quick(exact.exp, Math.exp), ordinaryExp);
const correctExpm1 = quick(exact.expm1, Math.expm1);
export const expm1 = onAny(correctExpm1, correctExpm1);
export const log = onAny(quick(exact.log, Math.log), ordinaryLog);
export const log1p = onAny(quick(exact.log1p, Math.log1p), ordinaryLog1p);
export const tanh = onAny(quick(exact.tanh, Math.tanh), ordinaryTanh);
export const sigmoid = onAny(
  quick(exact.sigmoid, (x) => 1 / (1 + Math.exp(-x))),
  ordinarySigmoid,
);
/** 2/√π · e^(−x²) · Σ 2^n x^(2n+1) / (2n+1)!!, whose terms all have the sign of x. */
function erfSeries(x: number): number {
  if (Math.abs(x) > 4.5) return Math.sign(x);
  let sum = 0;
  let term = x;
  for (let n = 1; sum + term !== sum; n += 1) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const correctErf = quick(exact.erf, erfSeries);
export const erf = onAny(correctErf, correctErf);
export const { sinpi, cospi } = exact;
