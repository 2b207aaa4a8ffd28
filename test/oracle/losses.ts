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

type Crossentropy = 'sparseCategoricalCrossentropy' | 'categoricalCrossentropy' | 'binaryCrossentropy';

/** A name, or one with a parameter. */
export type Loss =
  | LossName
  | { readonly name: Crossentropy; readonly labelSmoothing: number }
  | { readonly name: 'huber'; readonly delta: number }
  | { readonly name: 'quantile'; readonly quantile: number };

/** A row of the last layer: logits, outputs, and its target, a label or one value for each unit. */
export interface OutputRow {
  readonly z: Float32Array;
  readonly a: Float32Array;
  readonly target: number | Float32Array;
  /** Of the row. Default: none. */
  readonly weight?: number;
}

export interface RowLoss {
  readonly loss: number;
  /** At the logits. */
  readonly dz: Float32Array;
}

export function nameOf(loss: Loss): LossName | 'huber' | 'quantile' {
  return typeof loss === 'string' ? loss : loss.name;
}

/** Its row as a loss without label smoothing takes it: with other targets, if there is smoothing. */
function unsmoothed(loss: Loss, row: OutputRow): { readonly name: Loss; readonly row: OutputRow } {
  if (typeof loss === 'string' || !('labelSmoothing' in loss)) return { name: loss, row };
  const { name, labelSmoothing } = loss;
  const units = row.a.length;
  const t =
    typeof row.target === 'number' ? new Float32Array(units).map((_, j) => (j === row.target ? 1 : 0)) : row.target;
  const smoothed = t.map((value) => smooth(value, loss, units));
  const binary = name === 'binaryCrossentropy';
  return {
    name: binary ? name : 'categoricalCrossentropy',
    row: { ...row, target: labelSmoothing > 0 ? smoothed : t },
  };
}

function smooth(t: number, { name, labelSmoothing }: { name: Crossentropy; labelSmoothing: number }, units: number) {
  const share = f32(labelSmoothing / (name === 'binaryCrossentropy' ? 2 : units));
  return fma(t, f32(1 - labelSmoothing), share);
}

export function lossOfRow(loss: Loss, activation: Activation, given: OutputRow): RowLoss {
  const { name, row } = unsmoothed(loss, given);
  const { weight } = row;
  const weigh = (values: Float32Array) => (weight === undefined ? values : values.map((value) => mul(weight, value)));
  const weighed = (value: number) => (weight === undefined ? value : mul(weight, value));
  const takesLogits = nameOf(name).endsWith('Crossentropy');
  const { loss: value, slope } = takesLogits ? fromLogits(name, row) : fromOutputs(name, row);
  const down = weigh(slope);
  return { loss: weighed(value), dz: takesLogits ? down : activationGradient(activation, row, down) };
}

/** A loss and its gradient: at the logits for crossentropies, at the outputs for others. */
interface Sloped {
  readonly loss: number;
  readonly slope: Float32Array;
}

function fromLogits(name: Loss, row: OutputRow): Sloped {
  if (name === 'sparseCategoricalCrossentropy') return sparse(row.z, row.target as number);
  const target = row.target as Float32Array;
  return name === 'categoricalCrossentropy' ? categorical(row.z, target) : binary(row.z, target);
}

function fromOutputs(name: Loss, row: OutputRow): Sloped {
  const target = row.target as Float32Array;
  if (name === 'meanSquaredError') return squared(row, target);
  if (name === 'klDivergence') return divergence(row, target);
  const share = f32(1 / row.a.length);
  const elements = Array.from(row.a, (a, j) => element(name, a, target[j], share));
  const dy = Float32Array.from(elements, ([, slope]) => slope);
  const terms = Float32Array.from(elements, ([term]) => term);
  return { loss: mul(vectorSum(terms), share), slope: dy };
}

function sparse(z: Float32Array, label: number): Sloped {
  const { max, powers, sum } = softmaxParts(z);
  return {
    loss: sub(log(sum), sub(z[label], max)),
    slope: powers.map((power, j) => sub(div(power, sum), j === label ? 1 : 0)),
  };
}

function categorical(z: Float32Array, t: Float32Array): Sloped {
  const { max, powers, sum } = softmaxParts(z);
  const logSum = log(sum);
  const logs = z.map((value) => sub(sub(value, max), logSum));
  const total = vectorSum(t);
  return {
    loss: -vectorDot(t, logs),
    slope: powers.map((power, j) => fma(div(power, sum), total, -t[j])),
  };
}

function binary(z: Float32Array, t: Float32Array): Sloped {
  const share = f32(1 / z.length);
  const terms = z.map((value, j) => add(fma(-value, t[j], relu(value)), log1p(exp(-Math.abs(value)))));
  return {
    loss: mul(vectorSum(terms), share),
    slope: z.map((value, j) => mul(sub(sigmoid(value), t[j]), share)),
  };
}

function squared(row: OutputRow, t: Float32Array): Sloped {
  const { a } = row;
  const share = f32(1 / a.length);
  const errors = a.map((value, j) => sub(value, t[j]));
  const dy = errors.map((error) => mul(add(error, error), share));
  return { loss: mul(vectorDot(errors, errors), share), slope: dy };
}

const EPSILON = f32(1e-7);
const LN2 = f32(Math.LN2);

/** One unit of a loss that is a mean over units: its term, and its gradient with the share `u` of the mean in it. */
function element(loss: Loss, a: number, t: number, u: number): readonly [number, number] {
  const e = sub(a, t);
  const size = Math.abs(e);
  if (typeof loss === 'object' && loss.name === 'huber') {
    const delta = f32(loss.delta);
    if (size > delta) return [mul(delta, sub(size, mul(0.5, delta))), mul(e < 0 ? -delta : delta, u)];
    return [mul(mul(0.5, e), e), mul(e, u)];
  }
  if (typeof loss === 'object' && loss.name === 'quantile') {
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
      throw new Error(`${nameOf(loss)} is no mean over units of outputs`);
  }
}

function divergence(row: OutputRow, t: Float32Array): Sloped {
  const clip = (x: number): number => {
    if (x < EPSILON) return EPSILON;
    return x > 1 ? 1 : x;
  };
  const { a } = row;
  const ratios = a.map((value, j) => div(clip(t[j]), clip(value)));
  const terms = ratios.map((ratio, j) => mul(clip(t[j]), log(ratio)));
  const dy = ratios.map((ratio, j) => (a[j] < EPSILON || a[j] > 1 ? 0 : -ratio));
  return { loss: vectorSum(terms), slope: dy };
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
  return nameOf(loss).endsWith('Crossentropy');
}

/** Hits of one row, out of `total`. Null: the loss has no accuracy. */
export function hitsOfRow(loss: Loss, given: OutputRow): { hits: number; total: number } | null {
  const { name, row } = unsmoothed(loss, given);
  const { a, target } = row;
  switch (nameOf(name)) {
    case 'sparseCategoricalCrossentropy':
      return { hits: indexOfLargest(a) === target ? 1 : 0, total: 1 };
    case 'categoricalCrossentropy':
      return { hits: indexOfLargest(a) === indexOfLargest(target as Float32Array) ? 1 : 0, total: 1 };
    case 'binaryCrossentropy': {
      const t = target as Float32Array;
      const end = (of: number) =>
        typeof loss === 'object' && 'labelSmoothing' in loss ? smooth(of, loss, a.length) : of;
      return {
        hits: a.reduce((hits, value, j) => hits + (end(value > 0.5 ? 1 : 0) === t[j] ? 1 : 0), 0),
        total: a.length,
      };
    }
    default:
      return null;
  }
}
