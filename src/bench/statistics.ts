/** Medians and quartiles: what a shared machine leaves of a measurement. */

/**
 * The value below which a share of the sorted values lies, linear between neighbors. NaN of nothing.
 *
 * @param share 0 to 1.
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Interquartile range over the median: 0 where at least half of the values are alike. */
export function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);
}

/**
 * The median of ratios of pairs: what both share (a slow minute, a hot chip) cancels. Pairs of which one is missing are
 * left out.
 *
 * @returns NaN where no pair is whole.
 */
export function medianRatio(over: readonly (number | null)[], under: readonly (number | null)[]): number {
  return median(
    over.flatMap((value, index) => {
      const other = under[index];
      return value === null || other === null || other === undefined ? [] : [value / other];
    }),
  );
}
