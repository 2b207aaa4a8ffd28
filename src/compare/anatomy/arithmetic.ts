/** Single binary32 operations as the contract's hardware makes them, or an emulated one (docs/numerics.md, "Arithmetic"). */
import type { Emulation } from '../../model/emulation.js';

/** Each takes binary32 values and rounds once; `fma` twice where the hardware has none. */
export interface Arithmetic {
  add(a: number, b: number): number;
  subtract(a: number, b: number): number;
  multiply(a: number, b: number): number;
  /** `a·b + c` */
  fma(a: number, b: number, c: number): number;
}

const LEAST_NORMAL = 2 ** -126;

// The binary64 result of one operation on binary32 values, rounded again, is the correctly rounded one: 53 >= 2·24 + 2.
const CONTRACT: Arithmetic = {
  add: (a, b) => Math.fround(a + b),
  subtract: (a, b) => Math.fround(a - b),
  multiply: (a, b) => Math.fround(a * b),
  fma: fused,
};

/** The operations of a recipe's hardware. */
export function arithmeticOf(emulate: readonly Emulation[]): Arithmetic {
  const separate: Arithmetic = { ...CONTRACT, fma: (a, b, c) => Math.fround(Math.fround(a * b) + c) };
  const { add, subtract, multiply, fma } = emulate.includes('noFma') ? separate : CONTRACT;
  if (!emulate.includes('flushSubnormals')) return { add, subtract, multiply, fma };
  const flushed: Arithmetic = {
    add: (a, b) => flush(add(flush(a), flush(b))),
    subtract: (a, b) => flush(subtract(flush(a), flush(b))),
    multiply: (a, b) => flush(multiply(flush(a), flush(b))),
    fma: (a, b, c) => flush(fma(flush(a), flush(b), flush(c))),
  };
  if (!emulate.includes('noFma')) return flushed;
  return { ...flushed, fma: (a, b, c) => flushed.add(flushed.multiply(a, b), c) };
}

/** A subnormal becomes a zero of its sign. */
function flush(value: number): number {
  return Math.abs(value) < LEAST_NORMAL ? 0 * Math.sign(value) : value;
}

const view = new DataView(new ArrayBuffer(8));

/**
 * One rounding. The product is exact in binary64. The sum is rounded to odd (Boldo and Melquiond, "Emulation of FMA and
 * Correctly Rounded Sums: Proved Algorithms Using Rounding to Odd", 2008): an inexact one with an even last bit is moved
 * to its neighbor on the other side of the exact value, so that rounding it to binary32 sees no tie that is none.
 */
function fused(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const shadow = sum - product;
  const error = product - (sum - shadow) + (c - shadow);
  if (error === 0 || !Number.isFinite(sum)) return Math.fround(sum);
  view.setFloat64(0, sum);
  const bits = view.getBigUint64(0);
  if ((bits & 1n) === 1n) return Math.fround(sum);
  view.setBigUint64(0, error > 0 === sum > 0 ? bits + 1n : bits - 1n);
  return Math.fround(view.getFloat64(0));
}
