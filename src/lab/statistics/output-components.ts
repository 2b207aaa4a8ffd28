/**
 * Variance components of many numbers at once, such as all predictions of a run: how much of what they vary by, summed
 * over all of them, comes from each cause.
 */
import { expected } from '../../errors.js';
import { type ComponentOptions, componentsOf, type VarianceComponents } from './factorial.js';
import { arrange, type Cell, subsetsOf } from './factorial-design.js';
import { effectOf, residualOf } from './factorial-effects.js';

/** One run of a factorial design, with all that is looked at. */
export interface OutputRun extends Cell {
  /** As many in each run. */
  readonly values: ArrayLike<number>;
}

/**
 * As `varianceComponents`, of the sum over outputs: a component is the mean over the outputs of their components, and so
 * shares are those of the sum.
 *
 * The sum of squares of an effect is the trace of its matrix of squares and products W. Its outputs vary together, so it
 * has neither its own degrees of freedom, as one output alone would, nor as many as outputs times that. By G. E. P. Box,
 * "Some Theorems on Quadratic Forms Applied in the Study of Analysis of Variance Problems, II", 1954, it is distributed
 * nearly as a χ² with d times its degrees of freedom, d = (tr Σ)²/tr Σ²; and d is estimated as S. W. Greenhouse and S.
 * Geisser, "On Methods in the Analysis of Profile Data", 1959, do, by (tr W)²/tr W², which is too small for few degrees
 * of freedom, and never too large for them: the intervals are rather too wide.
 *
 * All is taken from the products of the runs with each other, whose number is that of the runs squared, however many
 * outputs there are.
 *
 * @param factors Their names: at least 1, at most 10.
 * @param runs In any order.
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for a design that is not crossed and balanced, for factors with one level,
 * and for values that are not finite; `ERR_SAMEBITS_SHAPE` for runs of other lengths; `ERR_SAMEBITS_ARGUMENT`.
 */
export function outputComponents(
  factors: readonly string[],
  runs: readonly OutputRun[],
  options: ComponentOptions = {},
): VarianceComponents {
  const { sizes, replicates, order } = arrange(factors, runs);
  const outputs = checkOutputs(runs);
  const products = productsOf(order.map((r) => runs[r].values));
  const effects = [
    ...subsetsOf(factors.length).map((subset) => (row: Float64Array) => effectOf(row, sizes, replicates, subset)),
    ...(replicates > 1 ? [(row: Float64Array) => residualOf(row, replicates)] : []),
  ].map((effect) => tracesOf(products, effect));
  const squares = effects.map(({ trace }) => trace / outputs);
  const dimensions = effects.map(({ trace, traceOfSquare }) =>
    trace === 0 ? 1 : Math.max(1, (trace * trace) / traceOfSquare),
  );
  return componentsOf({ factors, sizes, replicates, squares, dimensions, mean: meanOf(runs) }, options);
}

function checkOutputs(runs: readonly OutputRun[]): number {
  const [{ values: first }] = runs;
  runs.forEach(({ values }, r) => {
    if (values.length !== first.length) {
      throw expected(`${first.length} values`, `runs[${r}].values`, values, 'ERR_SAMEBITS_SHAPE');
    }
    for (let i = 0; i < values.length; i += 1) {
      if (Number.isFinite(values[i])) continue;
      throw expected('a finite number', `runs[${r}].values[${i}]`, values[i], 'ERR_SAMEBITS_DATA');
    }
  });
  if (first.length === 0) throw expected('at least 1 value', 'runs[0].values', first, 'ERR_SAMEBITS_DATA');
  return first.length;
}

/** Inner products of the runs' differences from the first run: what is common to all of them would only cost digits. */
function productsOf(values: readonly ArrayLike<number>[]): readonly Float64Array[] {
  const [first] = values;
  const shifted = values.map((run) => Float64Array.from(run, (value, i) => value - first[i]));
  const products = values.map(() => new Float64Array(values.length));
  for (let i = 0; i < values.length; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const [x, y] = [shifted[i], shifted[j]];
      let sum = 0;
      for (let k = 0; k < x.length; k += 1) sum += x[k] * y[k];
      products[i][j] = sum;
      products[j][i] = sum;
    }
  }
  return products;
}

/** tr W and tr W² of an effect: both are had as well from the products of its levels as from those of the outputs. */
function tracesOf(
  products: readonly Float64Array[],
  effect: (row: Float64Array) => Float64Array,
): { readonly trace: number; readonly traceOfSquare: number } {
  const half = products.map((row) => effect(row));
  const levels = half[0].length;
  const behind = products.length / levels;
  let trace = 0;
  let squares = 0;
  for (let level = 0; level < levels; level += 1) {
    const column = effect(Float64Array.from(half, (row) => row[level]));
    // A sum of squares, which rounding may leave just below 0.
    trace += Math.max(0, column[level]);
    for (const value of column) squares += value * value;
  }
  return { trace: behind * trace, traceOfSquare: behind * behind * squares };
}

function meanOf(runs: readonly OutputRun[]): number {
  let sum = 0;
  for (const { values } of runs) for (let i = 0; i < values.length; i += 1) sum += values[i];
  return sum / runs.length / runs[0].values.length;
}
