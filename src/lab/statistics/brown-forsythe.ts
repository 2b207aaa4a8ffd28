/** Whether samples vary alike. */
import { expected } from '../../errors.js';
import { fAbove } from './f-distribution.js';
import { mean } from './moments.js';
import { median } from './quantiles.js';
import { checkSample, type Sample } from './sample.js';

/** An F test. */
export interface FTest {
  /** null where no sample has any spread of its own to compare with. */
  readonly f: number | null;
  readonly numerator: number;
  readonly denominator: number;
  readonly p: number;
}

/**
 * Tests equal variances: an analysis of variance of the distances from the medians, which stays right where the values
 * are not normal. M. B. Brown and A. B. Forsythe, "Robust Tests for the Equality of Variances", 1974.
 *
 * Where all distances within each sample are equal, p is 1 if they are equal over all samples, too, and 0 otherwise.
 *
 * @param samples At least 2, of at least 2 values each.
 * @throws SamebitsError `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_ARGUMENT`
 */
export function brownForsythe(samples: readonly Sample[]): FTest {
  if (samples.length < 2) throw expected('at least 2 samples', 'samples', samples, 'ERR_SAMEBITS_DATA');
  const distances = samples.map((sample, i) => {
    const values = checkSample(sample, `samples[${i}]`, 2);
    const center = median(values);
    return values.map((value) => Math.abs(value - center));
  });
  const all = distances.flat();
  const center = mean(all);
  let between = 0;
  let within = 0;
  for (const group of distances) {
    const groupMean = mean(group);
    between += group.length * (groupMean - center) * (groupMean - center);
    for (const distance of group) within += (distance - groupMean) * (distance - groupMean);
  }
  const numerator = samples.length - 1;
  const denominator = all.length - samples.length;
  if (distances.every((group) => group.every((distance) => distance === group[0]))) {
    const alike = distances.every((group) => group[0] === distances[0][0]);
    return { f: null, numerator, denominator, p: alike ? 1 : 0 };
  }
  const f = between / numerator / (within / denominator);
  return { f, numerator, denominator, p: fAbove(f, numerator, denominator) };
}
