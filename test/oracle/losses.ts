/** Losses, their gradients, and hits (docs/numerics.md, section 4), row by row. */
import { add, div, f32, fma, mul, relu, sub } from './arithmetic.js';
import { exp, log, log1p, sigmoid, tanh } from './elementary.js';
import { type Activation, activationGradient, softmaxParts } from './layers.js';
import { vectorDot, vectorSum } from './sums.js';

export type LossName =
  | 'sparseCategoricalCrossentropy'
  | 'categoricalCrossentropy'
  | 'binaryCrossentropy'
  | 'meanSquaredError'
  | 'meanAbsoluteError'
  | 'logCosh'
  | 'hinge'
  | 'poisson'
  | 'klDivergence';

/** A name, or one with a parameter. */
export type Loss =
  | LossName
  | { readonly name: 'huber'; readonly delta: number }
  | { readonly name: 'quantile'; readonly quantile: number };

/** A row of the last layer: logits, outputs, and its target, a label or one value for each unit. */
export interface OutputRow {
  readonly z: Float32Array;
  readonly a: Float32Array;
  readonly target: number | Float32Array;
}

export interface RowLoss {
  readonly loss: number;
  /** At the logits. */
  readonly dz: Float32Array;
}

export function lossOfRow(name: Loss, activation: Activation, row: OutputRow): RowLoss {
  if (name === 'sparseCategoricalCrossentropy') return sparse(row.z, row.target as number);
  const target = row.target as Float32Array;
  if (name === 'categoricalCrossentropy') return categorical(row.z, target);
  if (name === 'binaryCrossentropy') return binary(row.z, target);
  if (name === 'meanSquaredError') return squared(row, target, activation);
  if (name === 'klDivergence') return divergence(row, target, activation);
  const share = f32(1 / row.a.length);
  const elements = Array.from(row.a, (a, j) => element(name, a, target[j], share));
  const dy = Float32Array.from(elements, ([, slope]) => slope);
  const terms = Float32Array.from(elements, ([term]) => term);
  return { loss: mul(vectorSum(terms), share), dz: activationGradient(activation, row, dy) };
}

function sparse(z: Float32Array, label: number): RowLoss {
  const { max, powers, sum } = softmaxParts(z);
  return {
    loss: sub(log(sum), sub(z[label], max)),
    dz: powers.map((power, j) => sub(div(power, sum), j === label ? 1 : 0)),
  };
}

function categorical(z: Float32Array, t: Float32Array): RowLoss {
  const { max, powers, sum } = softmaxParts(z);
  const logSum = log(sum);
  const logs = z.map((value) => sub(sub(value, max), logSum));
  const total = vectorSum(t);
  return {
    loss: -vectorDot(t, logs),
    dz: powers.map((power, j) => fma(div(power, sum), total, -t[j])),
  };
}

function binary(z: Float32Array, t: Float32Array): RowLoss {
  const share = f32(1 / z.length);
  const terms = z.map((value, j) => add(fma(-value, t[j], relu(value)), log1p(exp(-Math.abs(value)))));
  return {
    loss: mul(vectorSum(terms), share),
    dz: z.map((value, j) => mul(sub(sigmoid(value), t[j]), share)),
  };
}

function squared(row: OutputRow, t: Float32Array, activation: Activation): RowLoss {
  const { a } = row;
  const share = f32(1 / a.length);
  const errors = a.map((value, j) => sub(value, t[j]));
  const dy = errors.map((error) => mul(add(error, error), share));
  return { loss: mul(vectorDot(errors, errors), share), dz: activationGradient(activation, row, dy) };
}

const EPSILON = f32(1e-7);
const LN2 = f32(Math.LN2);

/** One unit of a loss that is a mean over units: its term, and its gradient with the share `u` of the mean in it. */
function element(loss: Exclude<Loss, 'klDivergence'>, a: number, t: number, u: number): readonly [number, number] {
  const e = sub(a, t);
  const size = Math.abs(e);
  if (typeof loss === 'object' && loss.name === 'huber') {
    const delta = f32(loss.delta);
    if (size > delta) return [mul(delta, sub(size, mul(0.5, delta))), mul(e < 0 ? -delta : delta, u)];
    return [mul(mul(0.5, e), e), mul(e, u)];
  }
  if (typeof loss === 'object') {
    const [q, r] = [f32(loss.quantile), f32(1 - loss.quantile)];
    if (e < 0) return [mul(q, -e), mul(-q, u)];
    return [mul(r, e), e > 0 ? mul(r, u) : e];
  }
  switch (loss) {
    case 'meanAbsoluteError': {
      if (e < 0) return [size, -u];
      return [size, e > 0 ? u : e];
    }
    case 'logCosh':
      return [sub(add(size, log1p(exp(-add(size, size)))), LN2), mul(tanh(e), u)];
    case 'hinge': {
      const side = t === 0 ? -1 : t;
      const margin = fma(-side, a, 1);
      return [relu(margin), margin <= 0 ? 0 : mul(-side, u)];
    }
    case 'poisson': {
      const above = add(a, EPSILON);
      return [fma(-t, log(above), a), mul(sub(1, div(t, above)), u)];
    }
    default:
      throw new Error(`${loss} is no mean over units of outputs`);
  }
}

function divergence(row: OutputRow, t: Float32Array, activation: Activation): RowLoss {
  const clip = (x: number): number => {
    if (x < EPSILON) return EPSILON;
    return x > 1 ? 1 : x;
  };
  const { a } = row;
  const ratios = a.map((value, j) => div(clip(t[j]), clip(value)));
  const terms = ratios.map((ratio, j) => mul(clip(t[j]), log(ratio)));
  const dy = ratios.map((ratio, j) => (a[j] < EPSILON || a[j] > 1 ? 0 : -ratio));
  return { loss: vectorSum(terms), dz: activationGradient(activation, row, dy) };
}

/** The first of the largest. */
export function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let j = 1; j < values.length; j++) {
    if (values[j] > values[best]) best = j;
  }
  return best;
}

export function hasAccuracy(loss: Loss): boolean {
  return typeof loss === 'string' && loss.endsWith('Crossentropy');
}

/** Hits of one row, out of `total`. Null: the loss has no accuracy. */
export function hitsOfRow(name: Loss, { a, target }: OutputRow): { hits: number; total: number } | null {
  switch (name) {
    case 'sparseCategoricalCrossentropy':
      return { hits: indexOfLargest(a) === target ? 1 : 0, total: 1 };
    case 'categoricalCrossentropy':
      return { hits: indexOfLargest(a) === indexOfLargest(target as Float32Array) ? 1 : 0, total: 1 };
    case 'binaryCrossentropy': {
      const t = target as Float32Array;
      return {
        hits: a.reduce((hits, value, j) => hits + ((value > 0.5 ? 1 : 0) === t[j] ? 1 : 0), 0),
        total: a.length,
      };
    }
    default:
      return null;
  }
}
