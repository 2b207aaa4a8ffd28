/** Optimizers (docs/numerics.md, section 5). */
import { add, div, f32, fma, mul, sqrt, sub } from './arithmetic.js';

export type Optimizer =
  | { readonly name: 'sgd'; readonly learningRate: number; readonly momentum: number; readonly nesterov?: boolean }
  | {
      readonly name: 'rmsprop';
      readonly learningRate: number;
      readonly rho: number;
      readonly momentum: number;
      readonly epsilon: number;
    }
  | {
      readonly name: 'adam';
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    };

/** A tensor of weights with its gradient's state: `momentum`, `v`, both, `m` and `v`, or none. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly state: Readonly<Record<string, Float32Array>>;
  /** λ of `l2(λ)`. Default: 0, none. */
  readonly l2?: number;
}

export function stateNames(optimizer: Optimizer): string[] {
  if (optimizer.name === 'adam') return ['m', 'v'];
  const momentum = optimizer.momentum === 0 ? [] : ['momentum'];
  return optimizer.name === 'rmsprop' ? ['v', ...momentum] : momentum;
}

/** Binary64 running products of Adam's betas. */
export interface Powers {
  readonly p1: number;
  readonly p2: number;
}

/** At the start of each step. */
export function advance(optimizer: Optimizer, { p1, p2 }: Powers): Powers {
  return optimizer.name === 'adam' ? { p1: p1 * optimizer.beta1, p2: p2 * optimizer.beta2 } : { p1, p2 };
}

/** What an optimizer takes, from the gradient of each element summed over the batch's `rows` rows. */
export function gradientsOf({ values: w, l2 = 0 }: Parameter, sums: Float32Array, rows: number): Float32Array {
  const share = f32(1 / rows);
  return sums.map((sum, i) => (l2 > 0 ? fma(f32(2 * l2), w[i], mul(sum, share)) : mul(sum, share)));
}

/** `sums`: the gradient of each element, summed over the batch's `rows` rows. */
export function update(
  optimizer: Optimizer,
  parameter: Parameter,
  sums: Float32Array,
  rows: number,
  { p1, p2 }: Powers,
): void {
  const w = parameter.values;
  const gradients = gradientsOf(parameter, sums, rows);
  if (optimizer.name === 'sgd') {
    const rate = f32(optimizer.learningRate);
    const { momentum } = parameter.state;
    gradients.forEach((g, i) => {
      let direction = g;
      if (momentum !== undefined) {
        momentum[i] = fma(f32(optimizer.momentum), momentum[i], g);
        direction = optimizer.nesterov ? fma(f32(optimizer.momentum), momentum[i], g) : momentum[i];
      }
      w[i] = fma(-rate, direction, w[i]);
    });
    return;
  }
  if (optimizer.name === 'rmsprop') {
    const { v, momentum } = parameter.state;
    gradients.forEach((g, i) => {
      v[i] = fma(f32(optimizer.rho), v[i], mul(mul(f32(1 - optimizer.rho), g), g));
      const d = div(mul(f32(optimizer.learningRate), g), sqrt(add(v[i], f32(optimizer.epsilon))));
      if (momentum !== undefined) momentum[i] = fma(f32(optimizer.momentum), momentum[i], d);
      w[i] = sub(w[i], momentum === undefined ? d : momentum[i]);
    });
    return;
  }
  const { learningRate, beta1, beta2, epsilon } = optimizer;
  const { m, v } = parameter.state;
  const stepSize = f32(learningRate / (1 - p1));
  const inverseRoot = f32(1 / Math.sqrt(1 - p2));
  gradients.forEach((g, i) => {
    m[i] = fma(f32(beta1), m[i], mul(f32(1 - beta1), g));
    v[i] = fma(f32(beta2), v[i], mul(mul(f32(1 - beta2), g), g));
    w[i] = sub(w[i], div(mul(stepSize, m[i]), fma(sqrt(v[i]), inverseRoot, f32(epsilon))));
  });
}
