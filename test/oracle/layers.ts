/** Dense products and activations (docs/numerics.md, section 3). Matrices are row-major. */
import { add, div, fma, mul, relu, sub } from './arithmetic.js';
import { exp, sigmoid, tanh } from './elementary.js';
import type { RowSum } from './rows.js';
import { tree, vectorDot, vectorSum } from './sums.js';

export type ActivationName = 'linear' | 'relu' | 'tanh' | 'sigmoid' | 'softmax';

const FEATURE_LEAF = 256;

function fill(rows: number, columns: number, element: (row: number, column: number) => number): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[i * columns + j] = element(i, j);
  }
  return out;
}

/** z [rows, units] = x [rows, inputs] · w [inputs, units] + b [units]. */
export function denseForward(
  x: Float32Array,
  w: Float32Array,
  b: Float32Array | null,
  rows: number,
  inputs: number,
  units: number,
): Float32Array {
  return fill(rows, units, (i, j) => {
    const sum = tree(inputs, FEATURE_LEAF, (acc, k) => fma(x[i * inputs + k], w[k * units + j], acc));
    return b === null ? sum : add(sum, b[j]);
  });
}

/** dx [rows, inputs] = dz [rows, units] · wᵀ. */
export function inputGradient(
  dz: Float32Array,
  w: Float32Array,
  rows: number,
  inputs: number,
  units: number,
): Float32Array {
  return fill(rows, inputs, (i, k) =>
    tree(units, FEATURE_LEAF, (acc, j) => fma(dz[i * units + j], w[k * units + j], acc)),
  );
}

/** [inputs, units]: sums over the rows, no mean. */
export function weightGradient(
  x: Float32Array,
  dz: Float32Array,
  rows: number,
  inputs: number,
  units: number,
  rowSum: RowSum,
): Float32Array {
  return fill(inputs, units, (k, j) => rowSum(rows, (acc, i) => fma(x[i * inputs + k], dz[i * units + j], acc)));
}

export function biasGradient(dz: Float32Array, rows: number, units: number, rowSum: RowSum): Float32Array {
  return fill(1, units, (_, j) => rowSum(rows, (acc, i) => add(acc, dz[i * units + j])));
}

/** The largest of a row, its exponentials e^(z − max), and their sum. */
export function softmaxParts(z: Float32Array): { max: number; powers: Float32Array; sum: number } {
  let max = Number.NEGATIVE_INFINITY;
  for (const value of z) {
    if (max < value) max = value;
  }
  const powers = z.map((value) => exp(sub(value, max)));
  return { max, powers, sum: vectorSum(powers) };
}

/** One row through its activation. */
export function activate(name: ActivationName, z: Float32Array): Float32Array {
  switch (name) {
    case 'linear':
      return z.slice();
    case 'relu':
      return z.map(relu);
    case 'tanh':
      return z.map(tanh);
    case 'sigmoid':
      return z.map(sigmoid);
    case 'softmax': {
      const { powers, sum } = softmaxParts(z);
      return powers.map((power) => div(power, sum));
    }
  }
}

/** The gradient at z of one row, from outputs `a` and the gradient `dy` at them. */
export function activationGradient(name: ActivationName, a: Float32Array, dy: Float32Array): Float32Array {
  switch (name) {
    case 'linear':
      return dy.slice();
    case 'relu':
      return dy.map((d, j) => (a[j] <= 0 ? 0 : d));
    case 'tanh':
      return dy.map((d, j) => mul(d, fma(-a[j], a[j], 1)));
    case 'sigmoid':
      return dy.map((d, j) => mul(d, mul(a[j], sub(1, a[j]))));
    case 'softmax': {
      const inner = vectorDot(dy, a);
      return dy.map((d, j) => mul(a[j], sub(d, inner)));
    }
  }
}
