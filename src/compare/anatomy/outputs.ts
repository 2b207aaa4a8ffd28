/** Gradients by the contract's formulas, element by element (docs/numerics.md, "Layers" and "Losses"). */
import type { ActivationName, LossName } from '../../native/addon.js';
import { vectorRule } from '../../train/sum-tree.js';
import type { Arithmetic } from './arithmetic.js';

/** Values of rows, [rows, units] row-major. */
export interface RowValues {
  readonly data: Float32Array;
  readonly units: number;
}

/**
 * The gradient at the last layer's weighted sums, from its outputs.
 *
 * @param targets A label for each row, or [rows, units].
 */
export function outputGradient(
  loss: LossName,
  activation: ActivationName,
  { data: a, units }: RowValues,
  targets: Uint32Array | Float32Array,
  arithmetic: Arithmetic,
): Float32Array {
  const { add, subtract, multiply, fma } = arithmetic;
  const share = Math.fround(1 / units);
  const gradient = new Float32Array(a.length);
  switch (loss) {
    case 'sparseCategoricalCrossentropy':
      for (let i = 0; i < a.length; i += 1) {
        gradient[i] = subtract(a[i], i % units === targets[Math.floor(i / units)] ? 1 : 0);
      }
      return gradient;
    case 'categoricalCrossentropy':
      for (let begin = 0; begin < a.length; begin += units) {
        const total = vectorRule(units, (sum, j) => add(sum, targets[begin + j]), add);
        for (let i = begin; i < begin + units; i += 1) gradient[i] = fma(a[i], total, -targets[i]);
      }
      return gradient;
    case 'binaryCrossentropy':
      for (let i = 0; i < a.length; i += 1) gradient[i] = multiply(subtract(a[i], targets[i]), share);
      return gradient;
    case 'meanSquaredError':
      for (let i = 0; i < a.length; i += 1) {
        const error = subtract(a[i], targets[i]);
        gradient[i] = multiply(add(error, error), share);
      }
      return activationGradient(activation, { data: a, units }, gradient, arithmetic);
  }
}

/** The gradient at a layer's weighted sums, from its outputs `a` and the gradient `dy` at them. */
export function activationGradient(
  activation: ActivationName,
  { data: a, units }: RowValues,
  dy: Float32Array,
  { add, subtract, multiply, fma }: Arithmetic,
): Float32Array {
  switch (activation) {
    case 'linear':
      return dy;
    case 'relu':
      return dy.map((d, i) => (a[i] <= 0 ? 0 : d));
    case 'tanh':
      return dy.map((d, i) => multiply(d, fma(-a[i], a[i], 1)));
    case 'sigmoid':
      return dy.map((d, i) => multiply(d, multiply(a[i], subtract(1, a[i]))));
    case 'softmax': {
      const gradient = new Float32Array(dy.length);
      for (let begin = 0; begin < dy.length; begin += units) {
        const inner = vectorRule(units, (sum, j) => fma(dy[begin + j], a[begin + j], sum), add);
        for (let i = begin; i < begin + units; i += 1) gradient[i] = multiply(a[i], subtract(dy[i], inner));
      }
      return gradient;
    }
  }
}
