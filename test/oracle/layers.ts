/** Dense products and activations (docs/numerics.md, section 3). Matrices are row-major. */
import { add, div, f32, fma, mul, relu, sub } from './arithmetic.js';
import { erf, exp, expm1, log1p, sigmoid, tanh } from './elementary.js';
import type { RowSum } from './rows.js';
import { tree, vectorDot, vectorSum } from './sums.js';

export type ActivationName =
  | 'linear'
  | 'relu'
  | 'selu'
  | 'gelu'
  | 'silu'
  | 'softplus'
  | 'softsign'
  | 'hardSigmoid'
  | 'tanh'
  | 'sigmoid'
  | 'softmax';

/** A name, or one with a parameter. */
export type Activation = ActivationName | { readonly name: 'leakyRelu' | 'elu'; readonly alpha: number };

const SELU_SCALE = f32(1.0507009873554805);
const SELU_ALPHA = f32(1.0507009873554805 * 1.6732632423543772);
const ROOT_OF_HALF = f32(Math.SQRT1_2);
const NORMAL_PEAK = f32(0.3989422804014327);
const SIXTH = f32(1 / 6);

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

/** 1 + erf(z/√2), twice the normal distribution. */
const risingTwice = (z: number): number => add(1, erf(mul(z, ROOT_OF_HALF)));

/** One row through its activation. */
export function activate(activation: Activation, z: Float32Array): Float32Array {
  if (typeof activation === 'object') {
    const alpha = f32(activation.alpha);
    if (activation.name === 'leakyRelu') return z.map((x) => (x < 0 ? mul(alpha, x) : x));
    return z.map((x) => (x < 0 ? mul(alpha, expm1(x)) : x));
  }
  switch (activation) {
    case 'linear':
      return z.slice();
    case 'relu':
      return z.map(relu);
    case 'selu':
      return z.map((x) => (x < 0 ? mul(SELU_ALPHA, expm1(x)) : mul(SELU_SCALE, x)));
    case 'gelu':
      return z.map((x) => mul(mul(0.5, x), risingTwice(x)));
    case 'silu':
      return z.map((x) => mul(x, sigmoid(x)));
    case 'softplus':
      return z.map((x) => add(relu(x), log1p(exp(-Math.abs(x)))));
    case 'softsign':
      return z.map((x) => div(x, add(1, Math.abs(x))));
    case 'hardSigmoid':
      return z.map((x) => {
        const r = relu(fma(x, SIXTH, 0.5));
        return r > 1 ? 1 : r;
      });
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

/** What an activation has left of one row: its arguments and its outputs. */
export interface ActivatedRow {
  readonly z: Float32Array;
  readonly a: Float32Array;
}

/** The gradient at z of one row, from the gradient `dy` at its outputs. */
export function activationGradient(activation: Activation, { z, a }: ActivatedRow, dy: Float32Array): Float32Array {
  if (typeof activation === 'object') {
    const alpha = f32(activation.alpha);
    if (activation.name === 'leakyRelu') return dy.map((d, j) => (a[j] < 0 ? mul(d, alpha) : d));
    return dy.map((d, j) => (a[j] < 0 ? mul(d, add(a[j], alpha)) : d));
  }
  switch (activation) {
    case 'linear':
      return dy.slice();
    case 'relu':
      return dy.map((d, j) => (a[j] <= 0 ? 0 : d));
    case 'selu':
      return dy.map((d, j) => mul(d, a[j] < 0 ? add(a[j], SELU_ALPHA) : SELU_SCALE));
    case 'gelu':
      return dy.map((d, j) => {
        const density = mul(NORMAL_PEAK, exp(-mul(mul(0.5, z[j]), z[j])));
        return mul(d, fma(z[j], density, mul(0.5, risingTwice(z[j]))));
      });
    case 'silu':
      return dy.map((d, j) => {
        const s = sigmoid(z[j]);
        return mul(d, mul(s, fma(z[j], sub(1, s), 1)));
      });
    case 'softplus':
      return dy.map((d, j) => mul(d, -expm1(-a[j])));
    case 'softsign':
      return dy.map((d, j) => {
        const rest = sub(1, Math.abs(a[j]));
        return mul(d, mul(rest, rest));
      });
    case 'hardSigmoid':
      return dy.map((d, j) => (a[j] <= 0 || a[j] >= 1 ? 0 : mul(d, SIXTH)));
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
