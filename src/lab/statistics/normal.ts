/** The standard normal distribution. */
import { exp, log } from './elementary.js';
import { incompleteGamma } from './incomplete-gamma.js';

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/** Density at `x`. */
export function normalDensity(x: number): number {
  return exp(-0.5 * x * x) / ROOT_TWO_PI;
}

/** Φ(x): share below `x`. Keeps its digits in both tails (DLMF 7.11.2: erfc is an incomplete gamma function). */
export function normalBelow(x: number): number {
  const { lower, upper } = incompleteGamma(0.5, 0.5 * x * x);
  return x < 0 ? 0.5 * upper : 0.5 + 0.5 * lower;
}

/** 1 − Φ(x): share above `x`. */
export function normalAbove(x: number): number {
  return normalBelow(-x);
}

/**
 * Φ⁻¹: the value with this share below it. Abramowitz and Stegun 26.2.23 to begin with, then Halley's iteration.
 *
 * @param share From 0 (−∞) to 1 (+∞).
 */
export function normalQuantile(share: number): number {
  if (share > 0.5) return -lowerQuantile(1 - share);
  return lowerQuantile(share);
}

function lowerQuantile(share: number): number {
  if (!(share > 0)) return share === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (share === 0.5) return 0;
  const t = Math.sqrt(-2 * log(share));
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let x = numerator / denominator - t;
  // From 4.5e-4 to 1e-10 to beyond binary64.
  for (let iteration = 0; iteration < 3; iteration += 1) {
    const error = (normalBelow(x) - share) / normalDensity(x);
    x -= error / (1 + 0.5 * x * error);
  }
  return x;
}
