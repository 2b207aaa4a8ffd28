/**
 * The two terms by which C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000, writes densities
 * without the cancellation of large log gammas.
 */
import { log, log1p } from './elementary.js';

/** Coefficients of Stirling's series for ln Γ: DLMF 5.11.1, B(2k) / (2k (2k − 1)). */
const SERIES = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** From here on the series is exact to 2^-60. */
const SERIES_FROM = 16;

/** ln Γ(z + 1) − ((z + ½) ln z − z + ½ ln 2π), for z > 0. */
export function stirlingError(z: number): number {
  let error = 0;
  let shifted = z;
  // ln Γ(z + 2) − ln Γ(z + 1) = ln(z + 1).
  for (; shifted < SERIES_FROM; shifted += 1) error += (shifted + 0.5) * log1p(1 / shifted) - 1;
  const square = shifted * shifted;
  let sum = 0;
  for (let k = SERIES.length - 1; k >= 0; k -= 1) sum = SERIES[k] + sum / square;
  return error + sum / shifted;
}

/** x ln(x / mean) + mean − x, for positive x and mean: 0 where they are equal, and never negative. */
export function deviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * log(x / mean) - difference;
  // With v = (x − mean)/(x + mean): (x − mean)·v + 2x·(v³/3 + v⁵/5 + …).
  const v = difference / (x + mean);
  const square = v * v;
  let tail = 0;
  for (let k = 10; k >= 1; k -= 1) tail = square * (1 / (2 * k + 1) + tail);
  return difference * v + 2 * x * v * tail;
}
