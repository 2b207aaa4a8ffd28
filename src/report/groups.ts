import type { CompareRun, PriceOfFixedOrder, ReductionOrder } from '../compare/document.js';

/** The repeats of one execution: the same threads, order and instruction set. */
export interface RunGroup {
  readonly threads: number;
  readonly reduction: ReductionOrder;
  readonly isa: string;
  readonly runs: readonly CompareRun[];
  readonly medianSeconds: number;
}

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Each value once, in the order of first appearance. */
export function distinct<T>(values: Iterable<T>): T[] {
  return [...new Set(values)];
}

/** The different thread counts of some runs, ascending. */
export function threadCounts(runs: readonly { readonly threads: number }[]): number[] {
  return distinct(runs.map((run) => run.threads)).sort((a, b) => a - b);
}

/** Puts repeats together: fixed order before free, then by instruction set, then by threads. */
export function groupRuns(runs: readonly CompareRun[]): RunGroup[] {
  const groups: RunGroup[] = [];
  for (const reduction of ['fixed', 'free'] as const) {
    const inOrder = runs.filter((run) => run.reduction === reduction);
    for (const isa of distinct(inOrder.map((run) => run.isa))) {
      const onIsa = inOrder.filter((run) => run.isa === isa);
      for (const threads of threadCounts(onIsa)) {
        const repeats = onIsa.filter((run) => run.threads === threads);
        const medianSeconds = median(repeats.map((run) => run.seconds));
        groups.push({ threads, reduction, isa, runs: repeats, medianSeconds });
      }
    }
  }
  return groups;
}

/** The group that a speed-up is measured against: the same order and instruction set on the fewest threads. */
export function speedUpReference(group: RunGroup, groups: readonly RunGroup[]): RunGroup {
  const same = groups.filter((other) => other.reduction === group.reduction && other.isa === group.isa);
  return same.reduce((least, other) => (other.threads < least.threads ? other : least), group);
}

/** How many times faster than its reference a group is, by medians. */
export function speedUp(group: RunGroup, groups: readonly RunGroup[]): number {
  return speedUpReference(group, groups).medianSeconds / group.medianSeconds;
}

/**
 * Median seconds in fixed order over median seconds in free order, for each thread count that ran in both. Where
 * several instruction sets ran, only those that ran in both orders count, each with its own ratio, and the median of
 * these is given.
 */
export function priceOfFixedOrder(runs: readonly CompareRun[]): PriceOfFixedOrder[] {
  const groups = groupRuns(runs);
  const ratios = new Map<number, number[]>();
  for (const fixed of groups.filter((group) => group.reduction === 'fixed')) {
    const free = groups.find((g) => g.reduction === 'free' && g.isa === fixed.isa && g.threads === fixed.threads);
    if (free === undefined) continue;
    ratios.set(fixed.threads, [...(ratios.get(fixed.threads) ?? []), fixed.medianSeconds / free.medianSeconds]);
  }
  return [...ratios]
    .map(([threads, values]) => ({ threads, ratio: median(values) }))
    .sort((a, b) => a.threads - b.threads);
}
