/** From an effect and its interval to an answer. One rule for every experiment: docs/lab-statistics.md, "Verdicts". */
import { expected } from '../errors.js';

/** What an experiment says of the claim that it tests. */
export type Verdict = 'supported' | 'not supported' | 'cannot tell';

/** What is claimed of an effect. */
export interface Claim {
  /**
   * `above`: the effect is larger than the threshold; `below`: smaller; `within`: its magnitude is at most the
   * threshold; `beyond`: its magnitude is larger.
   */
  readonly effect: 'above' | 'below' | 'within' | 'beyond';
  /** In the effect's unit; at least 0 for `within` and `beyond`. */
  readonly threshold: number;
}

/** Both ends belong to it; NaN where there is none. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * The rule: a claim names a set of effects. It is supported where all of the interval lies in that set, not supported
 * where none of it does, and otherwise the runs cannot tell; nor can they without an interval.
 *
 * So a wrong verdict, for or against, takes an interval that misses the true effect: with intervals of 95 % at most 5
 * of 100 verdicts are wrong, however few the runs. What few runs cost is that they cannot tell.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a threshold that is no number, or negative where it bounds a
 * magnitude.
 */
export function verdict({ low, high }: Bounds, { effect, threshold }: Claim): Verdict {
  const isMagnitude = effect === 'within' || effect === 'beyond';
  if (!Number.isFinite(threshold) || (isMagnitude && threshold < 0)) {
    throw expected(isMagnitude ? 'a number of at least 0' : 'a finite number', 'threshold', threshold);
  }
  if (!(low <= high)) return 'cannot tell';
  switch (effect) {
    case 'above':
      return decide(low > threshold, high <= threshold);
    case 'below':
      return decide(high < threshold, low >= threshold);
    case 'within':
      return decide(-threshold <= low && high <= threshold, low > threshold || high < -threshold);
    case 'beyond':
      return decide(low > threshold || high < -threshold, -threshold <= low && high <= threshold);
  }
}

function decide(allIn: boolean, noneIn: boolean): Verdict {
  if (allIn) return 'supported';
  return noneIn ? 'not supported' : 'cannot tell';
}
