/** How many times as much one sample varies as another. */
import { type JackknifeInterval, type JackknifeOptions, jackknife } from './jackknife.js';
import { standardDeviation } from './moments.js';
import { spreadQuotient } from './pair-table.js';
import { checkSample, type Sample } from './sample.js';

/**
 * Standard deviation of `b` over that of `a`, of independent samples. The interval is the jackknife's of the logarithm:
 * R. G. Miller, "Jackknifing Variances", 1968; unlike that of F it needs no normal values. Where neither varies the
 * ratio is 1, exactly; where one value makes all of a sample's spread there is no interval.
 *
 * @param a At least 2 values.
 * @param b At least 2 values.
 * @throws SamebitsError `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_ARGUMENT`
 */
export function spreadRatio(a: Sample, b: Sample, options: Pick<JackknifeOptions, 'level'> = {}): JackknifeInterval {
  const samples = [checkSample(a, 'a', 2), checkSample(b, 'b', 2)];
  return jackknife(
    samples.map(({ length }) => length),
    (left) => {
      const [first, second] = samples.map((sample, group) =>
        deviationWithout(sample, left?.group === group ? left.unit : null),
      );
      return spreadQuotient(second, first);
    },
    { ...options, scale: 'log' },
  );
}

/** NaN where one value is left of values that differ: it says nothing about their spread. */
function deviationWithout(sample: readonly number[], left: number | null): number {
  if (sample.every((value) => value === sample[0])) return 0;
  const kept = sample.filter((_, i) => i !== left);
  return kept.length < 2 ? Number.NaN : standardDeviation(kept);
}
