/** Student's t distribution, central and noncentral. Degrees of freedom are positive and need not be integers. */
import { exp } from './elementary.js';
import { incompleteBeta } from './incomplete-beta.js';
import { normalBelow, normalQuantile } from './normal.js';
import { rootAbove } from './roots.js';
import { stirlingError } from './saddle-point.js';

/** P(|T| > |t|): the two-sided p value. DLMF 8.17, Abramowitz and Stegun 26.7.1. */
export function studentBeyond(t: number, degreesOfFreedom: number): number {
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return 0;
  const sum = degreesOfFreedom + square;
  return incompleteBeta(degreesOfFreedom / sum, square / sum, degreesOfFreedom / 2, 0.5);
}

/** P(T < t); keeps its digits in the lower tail. */
export function studentBelow(t: number, degreesOfFreedom: number): number {
  const tail = 0.5 * studentBeyond(t, degreesOfFreedom);
  return t < 0 ? tail : 1 - tail;
}

/** The positive t that |T| exceeds with probability `share`. */
export function studentCritical(share: number, degreesOfFreedom: number): number {
  const guess = Math.max(1e-8, -normalQuantile(share / 2));
  return rootAbove((t) => studentBeyond(t, degreesOfFreedom) - share, 0, guess);
}

/**
 * P(|T| > critical) for T = (Z + shift) / √(χ²/ν): the power of a two-sided t test.
 *
 * By the definition, as the integral of Φ(±shift − critical·s) over the density of s = √(χ²/ν), by the trapezoidal rule
 * in log s, which converges exponentially for such integrands (L. N. Trefethen and J. A. C. Weideman, "The
 * Exponentially Convergent Trapezoidal Rule", 2014). Absolute error below 10^-11 for |shift| up to 100; beyond, the
 * power of all tests that anybody plans is 1 to that precision.
 */
export function noncentralStudentBeyond(critical: number, degreesOfFreedom: number, shift: number): number {
  const nu = degreesOfFreedom;
  const spread = 1 / Math.sqrt(2 * nu);
  const step = Math.min(spread / 2, 0.5 / Math.max(1, Math.abs(shift)), 0.1);
  // The density of u = log s is 2 (nu/2)^(nu/2) / Γ(nu/2) · exp(nu·u − nu·e^(2u)/2): at 0 it is 1/(spread·√(2π)), but for
  // Stirling's error.
  const scale = exp(-stirlingError(nu / 2)) / (spread * Math.sqrt(2 * Math.PI));
  let sum = 0;
  for (const direction of [1, -1]) {
    for (let i = direction === 1 ? 0 : 1; ; i += 1) {
      const u = direction * i * step;
      const s = exp(u);
      const density = scale * exp(nu * (u - 0.5 * (s * s - 1)));
      if (density * step < 1e-18) break;
      sum += density * (normalBelow(shift - critical * s) + normalBelow(-shift - critical * s));
    }
  }
  return Math.min(1, sum * step);
}
