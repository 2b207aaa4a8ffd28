/** Fisher's F distribution. */
import { incompleteBeta } from './incomplete-beta.js';

/**
 * P(F > f): the p value of an F test; keeps its digits in the upper tail. Abramowitz and Stegun 26.6.2.
 *
 * @param f At least 0; +∞ gives 0.
 * @param numerator Degrees of freedom of the numerator.
 * @param denominator Degrees of freedom of the denominator.
 */
export function fAbove(f: number, numerator: number, denominator: number): number {
  if (f === Number.POSITIVE_INFINITY) return 0;
  const sum = denominator + numerator * f;
  return incompleteBeta(denominator / sum, (numerator * f) / sum, denominator / 2, numerator / 2);
}
