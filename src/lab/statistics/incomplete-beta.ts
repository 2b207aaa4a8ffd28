/** The regularized incomplete beta function. */
import { expected } from '../../errors.js';
import { exp } from './elementary.js';
import { deviance, stirlingError } from './saddle-point.js';

/**
 * I_x(a, b): the share of the beta distribution with parameters `a` and `b` below `x`. Relative error about 10^-13
 * where the parameters are below 10^6, tails included.
 *
 * Continued fraction DLMF 8.17.22, by the modified Lentz method, on the side on which it converges fast.
 *
 * @param x From 0 to 1.
 * @param y 1 − x, given apart because subtracting would lose the digits of a small one.
 * @param a Positive.
 * @param b Positive.
 */
export function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (x === 0 || y === 0) return x === 0 ? 0 : 1;
  return x * (a + b + 2) < a + 1 ? lowerPart(x, y, a, b) : 1 - lowerPart(y, x, b, a);
}

/** As {@link incompleteBeta}, for x below about the mean. */
function lowerPart(x: number, y: number, a: number, b: number): number {
  return (powers(x, y, a, b) / a) * continuedFraction(x, a, b);
}

/** x^a y^b / B(a, b). */
function powers(x: number, y: number, a: number, b: number): number {
  const n = a + b;
  const exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y);
  return Math.sqrt((a / (2 * Math.PI)) * (b / n)) * exp(exponent);
}

const TINY = 1e-300;
const MOST_TERMS = 200_000;

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = nonZero(1 - ((a + b) * x) / (a + 1));
  let value = 1 / d;
  d = value;
  for (let m = 1; m <= MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    value *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 2.3e-16) return value;
  }
  throw expected('parameters for which the incomplete beta function converges', '[x, a, b]', [x, a, b]);
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
