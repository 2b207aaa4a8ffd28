/**
 * Variance components of a crossed factorial design: every level of each factor with every level of all others, equally
 * often. How much of the variance of a metric comes from each cause, and from causes acting together?
 */
import { expected } from '../../errors.js';
import { componentIntervals } from './component-intervals.js';
import { arrange, type Cell, has, subsetsOf } from './factorial-design.js';
import { componentSolver, degreesOf, effectOf, residualOf } from './factorial-effects.js';
import { mean } from './moments.js';
import { checkLevel, type Interval, type Seeded } from './sample.js';

/** Shares below it cannot be told from the roundings of the mean squares that they are differences of. */
const ROUNDING = 1e-14;

/** One run of a factorial design. */
export interface FactorialRun extends Cell {
  readonly value: number;
}

/** A share of the variance that is made of several terms. */
export interface PartOptions {
  readonly name: string;
  /** Which terms, by the names of their factors. */
  readonly of: (factors: readonly string[]) => boolean;
  /** Of the variance of which terms. @default all */
  readonly within?: (factors: readonly string[]) => boolean;
}

/** Options of {@link varianceComponents}. */
export interface ComponentOptions extends Seeded {
  /** Coverage of the intervals. @default 0.95 */
  readonly level?: number;
  /** Draws of the intervals. @default 9999 */
  readonly draws?: number;
  /** @default [] */
  readonly parts?: readonly PartOptions[];
}

/** One source of variance: a factor, factors together, or what differs between runs of the same levels. */
export interface VarianceTerm {
  /** One name: a main effect; several: their interaction; none: the residual. */
  readonly factors: readonly string[];
  readonly degreesOfFreedom: number;
  /** How many directions the effect has in the space of the outputs, in effect; 1 of a single metric. */
  readonly dimensions: number;
  readonly sumOfSquares: number;
  /** Sum of squares over degrees of freedom. */
  readonly meanSquare: number;
  /** Sum of squares over the total: the share of the variance of these very runs. 0 where nothing varies. */
  readonly shareOfSquares: number;
  /** Estimated variance, from expected mean squares; unbiased, and so possibly below 0. */
  readonly component: number;
  /**
   * The component over the sum of all, negative ones taken as 0: the share of the variance of runs whose levels are
   * drawn anew. 0 where nothing varies.
   */
  readonly share: number;
  /** Of `share`. */
  readonly interval: Interval;
}

/** A share of the variance that is made of several terms. */
export interface VariancePart extends Interval {
  readonly name: string;
  /** 0 where nothing varies. */
  readonly share: number;
}

/** The variance of a metric, or the mean variance of outputs, split by causes. */
export interface VarianceComponents {
  readonly factors: readonly { readonly name: string; readonly levels: number }[];
  readonly runs: number;
  /** Runs of each combination of levels. */
  readonly replicates: number;
  readonly mean: number;
  readonly totalSumOfSquares: number;
  /** Sum of the components, negative ones taken as 0: the variance of a run whose levels are all drawn anew. */
  readonly variance: number;
  /** Main effects in the order of the factors, then interactions of two, …; with replicates, the residual last. */
  readonly terms: readonly VarianceTerm[];
  /** As asked for. */
  readonly parts: readonly VariancePart[];
}

/**
 * Splits the variance of a crossed, balanced design. Levels are taken as drawn from many (seeds are); the components
 * solve the equations of expected mean squares (S. R. Searle, G. Casella and C. E. McCulloch, "Variance Components",
 * 1992, chapter 4). With one run of each combination the interaction of all factors stands for itself: where two runs
 * with the same levels have the same bits there is no residual that could hide in it.
 *
 * The intervals are generalized confidence intervals (S. Weerahandi, "Generalized Confidence Intervals", 1993): each
 * expected mean square is drawn as its sum of squares over a χ², which is exact for normal effects. `shareOfSquares`
 * needs no such assumption.
 *
 * @param factors Their names: at least 1, at most 10.
 * @param runs In any order.
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for a design that is not crossed and balanced, for factors with one level,
 * and for values that are not finite; `ERR_SAMEBITS_ARGUMENT`.
 */
export function varianceComponents(
  factors: readonly string[],
  runs: readonly FactorialRun[],
  options: ComponentOptions = {},
): VarianceComponents {
  runs.forEach(({ value }, r) => {
    if (!Number.isFinite(value)) throw expected('a finite number', `runs[${r}].value`, value, 'ERR_SAMEBITS_DATA');
  });
  const { sizes, replicates, order } = arrange(factors, runs);
  const values = Float64Array.from(order, (r) => runs[r].value);
  const squaresOf = (effect: Float64Array): number =>
    (values.length / effect.length) * effect.reduce((sum, value) => sum + value * value, 0);
  const squares = subsetsOf(factors.length).map((subset) => squaresOf(effectOf(values, sizes, replicates, subset)));
  if (replicates > 1) squares.push(squaresOf(residualOf(values, replicates)));
  const dimensions = squares.map(() => 1);
  return componentsOf({ factors, sizes, replicates, squares, dimensions, mean: mean(Array.from(values)) }, options);
}

/** What components are made of. */
export interface DesignSquares {
  readonly factors: readonly string[];
  /** Levels of each factor. */
  readonly sizes: readonly number[];
  readonly replicates: number;
  /** By effect, the residual last if there are replicates. */
  readonly squares: readonly number[];
  readonly dimensions: readonly number[];
  readonly mean: number;
}

/** Components, shares and their intervals from sums of squares. */
export function componentsOf(
  { factors, sizes, replicates, squares, dimensions, mean: center }: DesignSquares,
  { level = 0.95, draws = 9999, seed = 0, parts = [] }: ComponentOptions,
): VarianceComponents {
  checkLevel(level);
  const subsets = subsetsOf(factors.length);
  const names = [...subsets.map((subset) => factors.filter((_, i) => has(subset, i))), []].slice(0, squares.length);
  const degrees = degreesOf(subsets, sizes, replicates);
  const solve = componentSolver(subsets, sizes, replicates);
  const chosen = parts.map(({ of, within = () => true }) => {
    const over = names.map((name) => within(name));
    return { part: names.map((name, t) => over[t] && of(name)), over };
  });
  const sharesOf = (components: readonly number[]): number[] => [
    ...components.map((component) => quotient(Math.max(0, component), positive(components))),
    ...chosen.map(({ part, over }) =>
      quotient(positive(components.filter((_, t) => part[t])), positive(components.filter((_, t) => over[t]))),
    ),
  ];
  const components = solve(squares.map((sum, t) => sum / degrees[t]));
  const shares = sharesOf(components);
  const intervals = componentIntervals(
    squares.map((sum, t) => sum * dimensions[t]),
    degrees.map((count, t) => count * dimensions[t]),
    (meanSquares) => sharesOf(solve(meanSquares)),
    { level, draws, seed },
  );
  const total = squares.reduce((sum, value) => sum + value, 0);
  return {
    factors: factors.map((name, i) => ({ name, levels: sizes[i] })),
    runs: replicates * sizes.reduce((count, size) => count * size, 1),
    replicates,
    mean: center,
    totalSumOfSquares: total,
    variance: positive(components),
    terms: squares.map((sumOfSquares, t) => ({
      factors: names[t],
      degreesOfFreedom: degrees[t],
      dimensions: dimensions[t],
      sumOfSquares,
      meanSquare: sumOfSquares / degrees[t],
      shareOfSquares: quotient(sumOfSquares, total),
      component: components[t],
      share: shares[t],
      interval: intervals[t],
    })),
    parts: parts.map(({ name }, i) => ({ name, share: shares[squares.length + i], ...intervals[squares.length + i] })),
  };
}

/** Sum of what is not negative. */
function positive(components: readonly number[]): number {
  return components.reduce((sum, component) => sum + Math.max(0, component), 0);
}

/** What the roundings of mean squares leave of nothing is nothing. */
function quotient(part: number, whole: number): number {
  return part <= ROUNDING * whole ? 0 : part / whole;
}
