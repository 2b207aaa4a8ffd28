/**
 * Variance components of a crossed factorial design: every level of each factor with every level of all others, equally
 * often. How much of the variance of a metric comes from each cause, and from causes acting together?
 */
import { expected } from '../../errors.js';
import { componentIntervals } from './component-intervals.js';
import { mean } from './moments.js';
import { checkLevel, type Interval, type Seeded } from './sample.js';

/** One run of a factorial design. */
export interface FactorialRun {
  /** The level of each factor, in the order of the factors. */
  readonly levels: readonly (string | number)[];
  readonly value: number;
}

/** Options of {@link varianceComponents}. */
export interface ComponentOptions extends Seeded {
  /** Coverage of the intervals. @default 0.95 */
  readonly level?: number;
  /** Draws of the intervals. @default 9999 */
  readonly draws?: number;
}

/** One source of variance: a factor, factors together, or what differs between runs of the same levels. */
export interface VarianceTerm {
  /** One name: a main effect; several: their interaction; none: the residual. */
  readonly factors: readonly string[];
  readonly degreesOfFreedom: number;
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

/** The variance of a metric, split by its causes. */
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
  { level = 0.95, draws = 9999, seed = 0 }: ComponentOptions = {},
): VarianceComponents {
  checkLevel(level);
  const { sizes, replicates, values } = arrange(factors, runs);
  const subsets = subsetsOf(factors.length);
  const squares = subsets.map((subset) => effectSquares(values, sizes, replicates, subset));
  const degrees = subsets.map((subset) => product(sizes, (size, i) => (has(subset, i) ? size - 1 : 1)));
  if (replicates > 1) {
    squares.push(residualSquares(values, replicates));
    degrees.push(values.length - values.length / replicates);
  }
  const solve = componentSolver(subsets, sizes, replicates);
  const components = solve(squares.map((sum, t) => sum / degrees[t]));
  const shares = sharesOf(components);
  const intervals = componentIntervals(squares, degrees, (meanSquares) => sharesOf(solve(meanSquares)), {
    level,
    draws,
    seed,
  });
  const total = squares.reduce((sum, value) => sum + value, 0);
  return {
    factors: factors.map((name, i) => ({ name, levels: sizes[i] })),
    runs: runs.length,
    replicates,
    mean: mean(Array.from(values)),
    totalSumOfSquares: total,
    variance: components.reduce((sum, component) => sum + Math.max(0, component), 0),
    terms: squares.map((sumOfSquares, t) => ({
      factors: t < subsets.length ? factors.filter((_, i) => has(subsets[t], i)) : [],
      degreesOfFreedom: degrees[t],
      sumOfSquares,
      meanSquare: sumOfSquares / degrees[t],
      shareOfSquares: total === 0 ? 0 : sumOfSquares / total,
      component: components[t],
      share: shares[t],
      interval: intervals[t],
    })),
  };
}

interface Arranged {
  /** Levels of each factor. */
  readonly sizes: readonly number[];
  readonly replicates: number;
  /** Row-major by levels (each factor's in the order of first appearance), replicates innermost. */
  readonly values: Float64Array;
}

const MOST_FACTORS = 10;

function arrange(factors: readonly string[], runs: readonly FactorialRun[]): Arranged {
  if (factors.length < 1 || factors.length > MOST_FACTORS || new Set(factors).size !== factors.length) {
    throw expected(`1 to ${MOST_FACTORS} different names`, 'factors', factors);
  }
  const places = factors.map(() => new Map<string | number, number>());
  for (const [r, { levels, value }] of runs.entries()) {
    if (levels.length !== factors.length) {
      throw expected(`${factors.length} levels`, `runs[${r}].levels`, levels, 'ERR_SAMEBITS_SHAPE');
    }
    if (!Number.isFinite(value)) throw expected('a finite number', `runs[${r}].value`, value, 'ERR_SAMEBITS_DATA');
    levels.forEach((name, i) => {
      if (!places[i].has(name)) places[i].set(name, places[i].size);
    });
  }
  const sizes = places.map((known, i) => {
    if (known.size < 2) throw expected('at least 2 levels', `factor ${factors[i]}`, known.size, 'ERR_SAMEBITS_DATA');
    return known.size;
  });
  const cells = Array.from({ length: product(sizes, (size) => size) }, () => [] as number[]);
  for (const { levels, value } of runs) {
    cells[levels.reduce<number>((cell, name, i) => cell * sizes[i] + Number(places[i].get(name)), 0)].push(value);
  }
  const replicates = cells[0].length;
  const wanted = Math.max(1, replicates);
  const uneven = cells.findIndex((cell) => cell.length !== wanted);
  if (uneven >= 0) {
    const name = `the number of runs with ${nameCell(factors, places, uneven)}`;
    const what = `${wanted}, the same for every combination of levels,`;
    throw expected(what, name, cells[uneven].length, 'ERR_SAMEBITS_DATA');
  }
  return { sizes, replicates, values: Float64Array.from(cells.flat()) };
}

/** `seed = 3, order = free` */
function nameCell(factors: readonly string[], places: readonly Map<string | number, number>[], cell: number): string {
  let rest = cell;
  const names = factors.map(() => '');
  for (let i = factors.length - 1; i >= 0; i -= 1) {
    names[i] = `${factors[i]} = ${[...places[i].keys()][rest % places[i].size]}`;
    rest = Math.floor(rest / places[i].size);
  }
  return names.join(', ');
}

/** Subsets of the factors as bits, bit i for factor i: by size, then in the order of the factors. */
function subsetsOf(count: number): readonly number[] {
  const size = (subset: number): number => [...Array(count).keys()].filter((i) => has(subset, i)).length;
  const reversed = (subset: number): number =>
    [...Array(count).keys()].reduce((sum, i) => sum * 2 + (has(subset, i) ? 1 : 0), 0);
  return Array.from({ length: (1 << count) - 1 }, (_, i) => i + 1).sort(
    (a, b) => size(a) - size(b) || reversed(b) - reversed(a),
  );
}

function has(subset: number, factor: number): boolean {
  return ((subset >> factor) & 1) === 1;
}

/** Sum of squares of an effect: averaged over the other factors, and less its mean along each of its own. */
function effectSquares(values: Float64Array, sizes: readonly number[], replicates: number, subset: number): number {
  let current = averagedAlong(values, replicates, 1);
  // `inner` is the number of elements between neighbors along a factor.
  let inner = 1;
  for (let i = sizes.length - 1; i >= 0; i -= 1) {
    if (has(subset, i)) {
      current = centeredAlong(current, sizes[i], inner);
      inner *= sizes[i];
    } else {
      current = averagedAlong(current, sizes[i], inner);
    }
  }
  return (values.length / current.length) * current.reduce((sum, value) => sum + value * value, 0);
}

/** Each mean is taken of differences from the first, so that equal values have exactly that mean. */
function averagedAlong(values: Float64Array, size: number, inner: number): Float64Array {
  const averaged = new Float64Array(values.length / size);
  for (let i = 0; i < averaged.length; i += 1) {
    const start = Math.floor(i / inner) * inner * size + (i % inner);
    let sum = 0;
    for (let k = 1; k < size; k += 1) sum += values[start + k * inner] - values[start];
    averaged[i] = values[start] + sum / size;
  }
  return averaged;
}

function centeredAlong(values: Float64Array, size: number, inner: number): Float64Array {
  const means = averagedAlong(values, size, inner);
  return values.map((value, i) => value - means[Math.floor(i / (inner * size)) * inner + (i % inner)]);
}

function residualSquares(values: Float64Array, replicates: number): number {
  return centeredAlong(values, replicates, 1).reduce((sum, value) => sum + value * value, 0);
}

/**
 * Components from mean squares. The expected mean square of a set S is Σ over T ⊇ S of (runs per cell of T) · component
 * of T, so a component is an alternating sum of mean squares (Möbius inversion); the residual is a part of each.
 */
function componentSolver(
  subsets: readonly number[],
  sizes: readonly number[],
  replicates: number,
): (meanSquares: readonly number[]) => number[] {
  const all = (1 << sizes.length) - 1;
  const runs = replicates * product(sizes, (size) => size);
  const equations = subsets.map((subset) => {
    const perCell = runs / product(sizes, (size, i) => (has(subset, i) ? size : 1));
    const terms = subsets.flatMap((other, t) =>
      (other & subset) === subset ? [{ t, sign: parity(other ^ subset) }] : [],
    );
    // Without replicates there is no residual; with them, it is taken from the interaction of all.
    if (subset === all && replicates > 1) terms.push({ t: subsets.length, sign: -1 });
    return { perCell, terms };
  });
  return (meanSquares) => {
    const components = equations.map(
      ({ perCell, terms }) => terms.reduce((sum, { t, sign }) => sum + sign * meanSquares[t], 0) / perCell,
    );
    return replicates > 1 ? [...components, meanSquares[subsets.length]] : components;
  };
}

function parity(bits: number): number {
  let sign = 1;
  for (let rest = bits; rest !== 0; rest &= rest - 1) sign = -sign;
  return sign;
}

function sharesOf(components: readonly number[]): number[] {
  const total = components.reduce((sum, component) => sum + Math.max(0, component), 0);
  return components.map((component) => (total === 0 ? 0 : Math.max(0, component) / total));
}

function product(sizes: readonly number[], of: (size: number, i: number) => number): number {
  return sizes.reduce((total, size, i) => total * of(size, i), 1);
}
