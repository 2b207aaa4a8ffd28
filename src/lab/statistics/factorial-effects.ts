/** Sums of squares of effects, and the variances that they say. */
import { has, product } from './factorial-design.js';

/**
 * An effect for each combination of levels of its factors, row-major: values averaged over the other factors, and less
 * their mean along each of its own.
 *
 * @param values In the order of the levels, replicates innermost.
 * @param subset Its factors, as bits.
 */
export function effectOf(
  values: Float64Array,
  sizes: readonly number[],
  replicates: number,
  subset: number,
): Float64Array {
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
  return current;
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

/** What replicates differ by: values less their mean over the runs with the same levels. */
export function residualOf(values: Float64Array, replicates: number): Float64Array {
  return centeredAlong(values, replicates, 1);
}

/** Degrees of freedom of the effects, and of the residual if there is one. */
export function degreesOf(subsets: readonly number[], sizes: readonly number[], replicates: number): number[] {
  const degrees = subsets.map((subset) => product(sizes, (size, i) => (has(subset, i) ? size - 1 : 1)));
  if (replicates > 1) degrees.push((replicates - 1) * product(sizes, (size) => size));
  return degrees;
}

/**
 * Components from mean squares. The expected mean square of a set S is Σ over T ⊇ S of (runs per cell of T) · component
 * of T, so a component is an alternating sum of mean squares (Möbius inversion); the residual is a part of each.
 */
export function componentSolver(
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
