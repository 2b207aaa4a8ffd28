/** Is one recipe better than another, beyond noise? */
import { expected } from '../errors.js';
import { criticalDifferenceOf } from './noise-floor.js';
import { mean, standardDeviation } from './statistics/moments.js';
import { permutationTest, signFlipTest } from './statistics/permutation.js';
import { pairsToDetect, runsToDetect } from './statistics/power.js';
import {
  checkLevel,
  checkSample,
  type Interval,
  pairDifferences,
  type Sample,
  type Seeded,
} from './statistics/sample.js';
import { type Superiority, superiority } from './statistics/superiority.js';
import { pairedT, welch } from './statistics/welch.js';
import { type Verdict, verdict } from './verdict.js';

/** Options of {@link versus}. */
export interface VersusOptions extends Seeded {
  /** Accuracy: true; loss: false. @default true */
  readonly higherIsBetter?: boolean;
  /** Whether value i of both samples belongs together: the same seed, the same fold. @default false */
  readonly paired?: boolean;
  /** The least improvement that matters, in the metric's unit; at least 0. @default 0 */
  readonly worth?: number;
  /** Of the interval. @default 0.95 */
  readonly level?: number;
  /** With which `runsNeeded` would find the improvement. @default 0.8 */
  readonly power?: number;
}

/** What one sample says of a recipe. */
export interface SampleSummary {
  readonly runs: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/** One recipe against another. Plain numbers: it can be written as JSON and read again. */
export interface VersusReport {
  readonly kind: 'versus';
  readonly a: SampleSummary;
  readonly b: SampleSummary;
  readonly paired: boolean;
  readonly higherIsBetter: boolean;
  readonly worth: number;
  /** How much better b is than a on average: positive is better, whatever the metric. */
  readonly improvement: number;
  /** Of `improvement`: Welch's, or Student's of the pairs. */
  readonly interval: Interval;
  /** Two-sided, of no difference of means, by the same test. */
  readonly p: number;
  /** Two-sided, by permutation; needs no normal values. */
  readonly permutationP: number;
  /** Probability that a single run of b is better than one of a. */
  readonly better: Superiority;
  /** Of the claim that b is better by more than `worth`. */
  readonly verdict: Verdict;
  /** The difference of two single runs that chance exceeds in 5 of 100 pairs, at the larger deviation of the two. */
  readonly criticalDifference: number;
  /** Whether one run of each would usually show it: the improvement exceeds that difference. */
  readonly showsInSingleRuns: boolean;
  /**
   * Runs of each recipe (pairs) with which an improvement of this size beyond `worth` would be found with the wanted
   * power; null where a million would not do. It takes the observed improvement for the true one, which is an
   * optimist's guess.
   */
  readonly runsNeeded: number | null;
  /** How many of them are still to be made of the recipe with fewer; 0 where the verdict is there. */
  readonly moreRuns: number | null;
}

/**
 * Compares one metric of two recipes.
 *
 * @param a At least 2 runs of the one recipe.
 * @param b At least 2 of the other; as many if they are paired.
 * @throws SamebitsError `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_SHAPE` for pairs of other lengths.
 */
export function versus(
  a: Sample,
  b: Sample,
  { higherIsBetter = true, paired = false, worth = 0, level = 0.95, power = 0.8, seed = 0 }: VersusOptions = {},
): VersusReport {
  const samples = [checkSample(a, 'a', 2), checkSample(b, 'b', 2)] as const;
  checkLevel(power, 'power');
  if (!(worth >= 0 && worth < Number.POSITIVE_INFINITY)) throw expected('a number of at least 0', 'worth', worth);
  // Better is more: of a loss, its negative.
  const [first, second] = samples.map((sample) => (higherIsBetter ? sample : sample.map((value) => -value)));
  const { difference, low, high, p } = paired ? pairedT(first, second, { level }) : welch(first, second, { level });
  const claim = verdict({ low, high }, { effect: 'above', threshold: worth });
  const summaries = samples.map((sample) => ({
    runs: sample.length,
    mean: mean(sample),
    standardDeviation: standardDeviation(sample),
  }));
  const needed = runsNeeded(first, second, paired, Math.abs(difference - worth), { level, power });
  const wider = summaries[0].standardDeviation > summaries[1].standardDeviation ? summaries[0] : summaries[1];
  const criticalDifference = criticalDifferenceOf(wider.standardDeviation, wider.runs);
  const fewest = Math.min(first.length, second.length);
  return {
    kind: 'versus',
    a: summaries[0],
    b: summaries[1],
    paired,
    higherIsBetter,
    worth,
    improvement: difference,
    interval: { low, high, level },
    p,
    permutationP: (paired ? signFlipTest : permutationTest)(first, second, { seed }).p,
    better: superiority(second, first, { level }),
    verdict: claim,
    criticalDifference,
    showsInSingleRuns: difference > criticalDifference,
    runsNeeded: needed,
    moreRuns: claim !== 'cannot tell' ? 0 : needed === null ? null : Math.max(1, needed - fewest),
  };
}

function runsNeeded(
  first: readonly number[],
  second: readonly number[],
  paired: boolean,
  difference: number,
  options: { readonly level: number; readonly power: number },
): number | null {
  if (paired) return pairsToDetect(difference, standardDeviation(pairDifferences(first, second)), options);
  const contrast = { difference, deviationA: standardDeviation(first), deviationB: standardDeviation(second) };
  return runsToDetect(contrast, options);
}
