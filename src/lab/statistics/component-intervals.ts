/** Generalized confidence intervals of functions of mean squares. */
import { Deviates } from './deviates.js';
import { orderQuantile } from './quantiles.js';
import { checkCount, type Interval, type Seeded } from './sample.js';

/** Options of {@link componentIntervals}. */
export interface DrawOptions extends Required<Seeded> {
  readonly level: number;
  readonly draws: number;
}

/**
 * Intervals of quantities that are functions of expected mean squares. Of normal effects in a balanced design the sums
 * of squares are independent, each its expected mean square times a χ²; so an expected mean square is drawn as sum over
 * χ², and the quantiles of the quantity over the draws are the interval.
 *
 * @param squares Sums of squares.
 * @param degrees Their degrees of freedom.
 * @param quantities From mean squares to the quantities; their number is that of the intervals.
 */
export function componentIntervals(
  squares: readonly number[],
  degrees: readonly number[],
  quantities: (meanSquares: readonly number[]) => readonly number[],
  { level, draws, seed }: DrawOptions,
): Interval[] {
  checkCount(draws, 'draws', 99);
  const deviates = new Deviates(seed, 'variance components');
  const drawn = quantities(squares).map(() => new Float64Array(draws));
  for (let i = 0; i < draws; i += 1) {
    const meanSquares = squares.map((sum, t) => sum / deviates.chiSquared(degrees[t]));
    quantities(meanSquares).forEach((value, q) => {
      drawn[q][i] = value;
    });
  }
  return drawn.map((values) => {
    values.sort();
    return { low: orderQuantile(values, (1 - level) / 2), high: orderQuantile(values, (1 + level) / 2), level };
  });
}
