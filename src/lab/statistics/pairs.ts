/**
 * Variance components from random pairs of runs: both runs of a pair share all causes but some, and whatever these
 * pairs differ by comes from those. It takes a few hundred pairs where a factorial of many causes would take millions
 * of runs.
 */
import { expected } from '../../errors.js';
import { type BootstrapInterval, type BootstrapOptions, bootstrap } from './bootstrap.js';

/** Two runs with the same levels of all causes but some; the levels are drawn anew for each pair. */
export interface RunPair {
  /** The causes whose levels were drawn apart for the two runs. */
  readonly differing: readonly string[];
  /** Square of the difference of a metric, or mean square over the outputs of the difference of predictions. */
  readonly squaredDifference: number;
}

/** What pairs that differ in the same causes say. */
export interface PairShare {
  /** In the order of `causes`. */
  readonly differing: readonly string[];
  readonly pairs: number;
  /** Half the mean square of the differences: the variance that these causes make, alone and with all others. */
  readonly variance: number;
  /** That variance over the variance of runs that share nothing, with its interval. 0 where nothing varies. */
  readonly share: BootstrapInterval;
}

/** The variance of a metric by causes, from pairs. */
export interface PairShares {
  readonly causes: readonly string[];
  /** Of runs that share nothing: from the pairs that differ in all causes. */
  readonly variance: number;
  /** One for each set of causes that pairs differ in but for all of them, in the order of first appearance. */
  readonly shares: readonly PairShare[];
}

/**
 * The share of the variance that each set of causes makes. Half the expected square of the difference of two runs that
 * differ in the causes S is the total effect of S: its main effects and every interaction that any of S has a part in,
 * so that the shares of single causes add up to more than 1 where causes interact. M. J. W. Jansen, "Analysis of
 * Variance Designs for Model Output", 1999; A. Saltelli et al., "Variance Based Sensitivity Analysis of Model Output",
 * 2010, table 2. What S makes by itself is 1 less the share of all other causes.
 *
 * Intervals: bootstrap over pairs, BCa.
 *
 * @param causes All causes that pairs may differ in.
 * @param pairs Independent of each other. At least 2 of each set of causes that occurs, and at least 2 that differ in
 * all.
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for too few pairs and values that are not finite; `ERR_SAMEBITS_ARGUMENT`
 * for a cause that is not in the list.
 */
export function pairShares(
  causes: readonly string[],
  pairs: readonly RunPair[],
  options: BootstrapOptions = {},
): PairShares {
  const groups = new Map<string, { readonly differing: readonly string[]; readonly halves: number[] }>();
  pairs.forEach(({ differing, squaredDifference }, i) => {
    const stranger = differing.find((cause) => !causes.includes(cause));
    if (stranger !== undefined || differing.length === 0) {
      throw expected(`some of ${causes.join(', ')}`, `pairs[${i}].differing`, differing);
    }
    if (!(squaredDifference >= 0 && squaredDifference < Number.POSITIVE_INFINITY)) {
      const name = `pairs[${i}].squaredDifference`;
      throw expected('a finite number of at least 0', name, squaredDifference, 'ERR_SAMEBITS_DATA');
    }
    const ordered = causes.filter((cause) => differing.includes(cause));
    const key = JSON.stringify(ordered);
    const group = groups.get(key) ?? { differing: ordered, halves: [] };
    group.halves.push(squaredDifference / 2);
    groups.set(key, group);
  });
  const key = JSON.stringify(causes);
  const total = groups.get(key)?.halves ?? [];
  groups.delete(key);
  if (total.length < 2)
    throw expected('at least 2 that differ in all causes', 'pairs', total.length, 'ERR_SAMEBITS_DATA');
  return {
    causes: [...causes],
    variance: average(total),
    shares: [...groups.values()].map(({ differing, halves }) => ({
      differing,
      pairs: halves.length,
      variance: average(halves),
      share: bootstrap([halves, total], ([some, all]) => ratio(average(some), average(all)), options),
    })),
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** NaN, which the bootstrap draws again, where only the denominator vanished. */
function ratio(part: number, whole: number): number {
  return part === 0 ? 0 : whole === 0 ? Number.NaN : part / whole;
}
