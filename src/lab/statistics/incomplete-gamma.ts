/** The regularized incomplete gamma functions. */
import { expected } from '../../errors.js';
import { exp } from './elementary.js';
import { deviance, stirlingError } from './saddle-point.js';

/** Shares of a gamma distribution on both sides of a point; each keeps its own digits. */
export interface GammaShares {
  /** P(a, x). */
  readonly lower: number;
  /** Q(a, x) = 1 − P(a, x). */
  readonly upper: number;
}

const MOST_TERMS = 200_000;
const TINY = 1e-300;

/**
 * P(a, x) and Q(a, x). Series DLMF 8.7.1 below x = a + 1, continued fraction DLMF 8.9.2 above.
 *
 * @param a Positive.
 * @param x At least 0.
 */
export function incompleteGamma(a: number, x: number): GammaShares {
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  // x^a e^−x / Γ(a + 1)
  const density = exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
  if (x < a + 1) {
    const lower = density * series(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = density * a * continuedFraction(a, x);
  return { lower: 1 - upper, upper };
}

/** 1 + x/(a + 1) + x²/((a + 1)(a + 2)) + … */
function series(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= MOST_TERMS; n += 1) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) return sum;
  }
  throw expected('arguments for which the incomplete gamma function converges', '[a, x]', [a, x]);
}

/** 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − 2(2 − a)/(x + 5 − a − …))) */
function continuedFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n <= MOST_TERMS; n += 1) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 2.3e-16) return value;
  }
  throw expected('arguments for which the incomplete gamma function converges', '[a, x]', [a, x]);
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
