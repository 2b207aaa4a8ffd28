/** Quantiles of samples. */
import { quantileSorted } from 'simple-statistics';
import { checkSample, type Sample } from './sample.js';

/** A sorted copy. */
export function sorted(values: Sample): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * Quantile by linear interpolation between order statistics, the first being 0 and the last 1: type 7 of R. J. Hyndman
 * and Y. Fan, "Sample Quantiles in Statistical Packages", 1996; the default of R and NumPy.
 *
 * @param share 0 to 1.
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for no values or such that are not finite.
 */
export function quantile(values: Sample, share: number): number {
  return quantileSorted(sorted(checkSample(values, 'values')) as unknown as number[], share);
}

export function median(values: Sample): number {
  return quantile(values, 0.5);
}

/**
 * Type 6 of Hyndman and Fan: the order statistic of number share·(n + 1), interpolated; the ends beyond the first and
 * the last. What percentiles of resamples use, so that 9,999 resamples have their 250th as the quantile of 2.5 %.
 */
export function orderQuantile(sortedValues: ArrayLike<number>, share: number): number {
  const place = Math.min(Math.max(share * (sortedValues.length + 1), 1), sortedValues.length);
  const below = Math.floor(place);
  const lower = sortedValues[below - 1];
  return place === below ? lower : lower + (place - below) * (sortedValues[below] - lower);
}
