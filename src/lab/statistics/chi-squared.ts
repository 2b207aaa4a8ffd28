/** The χ² distribution. */
import { incompleteGamma } from './incomplete-gamma.js';
import { normalQuantile } from './normal.js';
import { rootAbove } from './roots.js';

/** P(χ² > x) with the given degrees of freedom. Abramowitz and Stegun 26.4.19. */
export function chiSquaredAbove(x: number, degreesOfFreedom: number): number {
  return incompleteGamma(degreesOfFreedom / 2, x / 2).upper;
}

/** The value with the given share of the distribution below it. */
export function chiSquaredQuantile(share: number, degreesOfFreedom: number): number {
  // Wilson and Hilferty, "The Distribution of Chi-Square", 1931, to begin with.
  const ninth = 2 / (9 * degreesOfFreedom);
  const cubeRoot = Math.max(0.01, 1 - ninth + normalQuantile(share) * Math.sqrt(ninth));
  const guess = degreesOfFreedom * cubeRoot * cubeRoot * cubeRoot;
  // On whichever side the share is small, so that it keeps its digits.
  return share < 0.5
    ? rootAbove((x) => incompleteGamma(degreesOfFreedom / 2, x / 2).lower - share, 0, guess)
    : rootAbove((x) => chiSquaredAbove(x, degreesOfFreedom) - (1 - share), 0, guess);
}
