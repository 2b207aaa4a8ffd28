/** Activations in binary64, by their definitions. */
import type { Activation, ActivationName } from 'samebits';

const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

/** The series of erf, all of whose terms have one sign. */
function erf(x: number): number {
  let sum = 0;
  let term = x;
  for (let n = 1; n < 200; n += 1) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function softmax(z: readonly number[]): number[] {
  const largest = Math.max(...z);
  const powers = z.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}

const scalars: Record<Exclude<ActivationName, 'softmax'>, (z: number, alpha: number) => number> = {
  linear: (z) => z,
  relu: (z) => Math.max(0, z),
  leakyRelu: (z, alpha) => (z < 0 ? alpha * z : z),
  elu: (z, alpha) => (z < 0 ? alpha * Math.expm1(z) : z),
  selu: (z) => SELU.scale * (z < 0 ? SELU.alpha * Math.expm1(z) : z),
  gelu: (z) => (z * (1 + erf(z / Math.SQRT2))) / 2,
  silu: (z) => z / (1 + Math.exp(-z)),
  softplus: (z) => Math.log1p(Math.exp(z)),
  softsign: (z) => z / (1 + Math.abs(z)),
  hardSigmoid: (z) => Math.min(1, Math.max(0, z / 6 + 0.5)),
  tanh: Math.tanh,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
};

/** Outputs of a row of weighted sums. */
export function activated(activation: Activation, z: readonly number[]): number[] {
  const { name, alpha } = typeof activation === 'string' ? { name: activation, alpha: 0 } : activation;
  return name === 'softmax' ? softmax(z) : z.map((value) => scalars[name](value, alpha));
}

/** Every activation once, with parameters that are no defaults. */
export const ACTIVATIONS: readonly Activation[] = [
  'linear',
  'relu',
  { name: 'leakyRelu', alpha: 0.3 },
  { name: 'elu', alpha: 0.75 },
  'selu',
  'gelu',
  'silu',
  'softplus',
  'softsign',
  'hardSigmoid',
  'tanh',
  'sigmoid',
  'softmax',
];
