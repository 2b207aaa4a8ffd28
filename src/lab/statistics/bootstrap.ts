/**
 * Bootstrap intervals: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 13 and 14.
 *
 * `bca` (bias-corrected and accelerated) is the default. It is second-order accurate like the studentized interval,
 * needs no formula for the standard error of the statistic, stays within the statistic's range, and gives the interval
 * of f(θ) as f of the interval of θ; a studentized interval has none of the last three, and is erratic for ratios,
 * shares and correlations, which are what the lab asks about. `percentile` is there for statistics that have no
 * jackknife. Both are too short for fewer than about ten values: a sample can't know what it hasn't seen.
 */
import { expected } from '../../errors.js';
import { Deviates } from './deviates.js';
import { normalBelow, normalQuantile } from './normal.js';
import { orderQuantile, sorted } from './quantiles.js';
import { checkCount, checkLevel, type Interval, type Seeded } from './sample.js';

export type BootstrapMethod = 'bca' | 'percentile';

/** Options of {@link bootstrap}. */
export interface BootstrapOptions extends Seeded {
  /** Coverage. @default 0.95 */
  readonly level?: number;
  /** 9,999 makes 2.5 % the 250th of them. @default 9999 */
  readonly resamples?: number;
  /** @default 'bca' */
  readonly method?: BootstrapMethod;
}

/** A statistic with its bootstrap interval. */
export interface BootstrapInterval extends Interval {
  /** The statistic of the samples themselves. */
  readonly estimate: number;
  readonly method: BootstrapMethod;
  readonly resamples: number;
  /** Standard deviation of the statistic over the resamples. */
  readonly standardError: number;
}

/**
 * The interval of a statistic of one or more independent samples; each sample is resampled on its own.
 *
 * @param samples At least 2 members each; a member may be a number, a pair, a run.
 * @param statistic Takes samples of the same sizes, in the same order. It must not change them or keep them.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_DATA` for fewer than 2 members, and where the statistic
 * of the samples is not finite.
 */
export function bootstrap<T>(
  samples: readonly (readonly T[])[],
  statistic: (samples: readonly (readonly T[])[]) => number,
  { level = 0.95, resamples = 9999, method = 'bca', seed = 0 }: BootstrapOptions = {},
): BootstrapInterval {
  checkLevel(level);
  checkCount(resamples, 'resamples', 99);
  samples.forEach((sample, i) => {
    if (sample.length < 2) throw expected('at least 2 members', `samples[${i}]`, sample, 'ERR_SAMEBITS_DATA');
  });
  const estimate = statistic(samples);
  if (!Number.isFinite(estimate)) throw expected('a finite number', 'the statistic', estimate, 'ERR_SAMEBITS_DATA');
  const replicates = replicate(samples, statistic, resamples, new Deviates(seed, 'bootstrap'));
  const shares =
    method === 'bca' ? bcaShares(estimate, replicates, jackknife(samples, statistic), level) : tails(level);
  const ordered = sorted(replicates);
  const [low, high] = shares.map((share) => orderQuantile(ordered, share));
  return { estimate, low, high, level, method, resamples, standardError: deviationOf(replicates) };
}

/** The statistic of each resample. A resample for which it is not a number (0/0 of a share, say) is drawn again. */
function replicate<T>(
  samples: readonly (readonly T[])[],
  statistic: (samples: readonly (readonly T[])[]) => number,
  count: number,
  deviates: Deviates,
): Float64Array {
  const drawn = samples.map((sample) => [...sample]);
  const replicates = new Float64Array(count);
  for (let i = 0, discarded = 0; i < count; ) {
    samples.forEach((sample, s) => {
      for (let j = 0; j < sample.length; j += 1) drawn[s][j] = sample[deviates.below(sample.length)];
    });
    replicates[i] = statistic(drawn);
    if (!Number.isNaN(replicates[i])) i += 1;
    else discarded += 1;
    if (discarded > count) throw expected('a statistic that most resamples have', 'statistic', Number.NaN);
  }
  return replicates;
}

/** The statistic without each member in turn, by sample. */
function jackknife<T>(
  samples: readonly (readonly T[])[],
  statistic: (samples: readonly (readonly T[])[]) => number,
): number[][] {
  return samples.map((sample, s) =>
    sample.map((_, left) => {
      const rest = sample.filter((__, j) => j !== left);
      return statistic(samples.map((other, i) => (i === s ? rest : other)));
    }),
  );
}

/**
 * The shares of the resamples at which the BCa interval ends: Efron and Tibshirani, 14.9 to 14.15; for several samples
 * A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their Application", 1997, chapter 5.
 *
 * @param jackknifed The statistic without each member, by sample. Where one is not a number, the acceleration is taken
 * as 0.
 */
export function bcaShares(
  estimate: number,
  replicates: ArrayLike<number>,
  jackknifed: readonly (readonly number[])[],
  level: number,
): readonly [number, number] {
  let below = 0;
  for (let i = 0; i < replicates.length; i += 1) {
    if (replicates[i] < estimate) below += 1;
    // Half of what is equal: a discrete statistic is biased neither way by its ties.
    else if (replicates[i] === estimate) below += 0.5;
  }
  const least = 1 / (replicates.length + 1);
  const bias = normalQuantile(Math.min(Math.max(below / replicates.length, least), 1 - least));
  const acceleration = accelerationOf(jackknifed);
  const end = (share: number): number => {
    const z = bias + normalQuantile(share);
    // |acceleration| is at most 1/6; only levels beyond all use could bring the divisor to 0.
    return normalBelow(bias + z / Math.max(1 - acceleration * z, 1e-12));
  };
  const [low, high] = tails(level);
  return [end(low), end(high)];
}

/** Σ u³ / (6 (Σ u²)^(3/2)) over the empirical influences u of the members, each over the size of its sample. */
function accelerationOf(jackknifed: readonly (readonly number[])[]): number {
  let squares = 0;
  let cubes = 0;
  for (const values of jackknifed) {
    const n = values.length;
    const center = values.reduce((sum, value) => sum + value, 0) / n;
    for (const value of values) {
      const influence = ((n - 1) * (center - value)) / n;
      squares += influence * influence;
      cubes += influence * influence * influence;
    }
  }
  const acceleration = cubes / (6 * squares * Math.sqrt(squares));
  return Number.isFinite(acceleration) ? acceleration : 0;
}

function tails(level: number): readonly [number, number] {
  return [(1 - level) / 2, (1 + level) / 2];
}

function deviationOf(values: Float64Array): number {
  const center = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - center) * (value - center), 0);
  return Math.sqrt(squares / (values.length - 1));
}
