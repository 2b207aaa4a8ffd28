/** Losses, their gradients, and hits (docs/numerics.md, section 4), row by row. */
import { add, div, f32, fma, mul, relu, sub } from './arithmetic.js';
import { exp, log, log1p, sigmoid } from './elementary.js';
import { type Activation, activationGradient, softmaxParts } from './layers.js';
import { vectorDot, vectorSum } from './sums.js';

export type LossName =
  | 'sparseCategoricalCrossentropy'
  | 'categoricalCrossentropy'
  | 'binaryCrossentropy'
  | 'meanSquaredError';

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

export function lossOfRow(name: LossName, activation: Activation, row: OutputRow): RowLoss {
  if (name === 'sparseCategoricalCrossentropy') return sparse(row.z, row.target as number);
  const target = row.target as Float32Array;
  if (name === 'categoricalCrossentropy') return categorical(row.z, target);
  if (name === 'binaryCrossentropy') return binary(row.z, target);
  return squared(row, target, activation);
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

/** The first of the largest. */
export function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let j = 1; j < values.length; j++) {
    if (values[j] > values[best]) best = j;
  }
  return best;
}

/** Hits of one row, out of `total`. Null: the loss has no accuracy. */
export function hitsOfRow(name: LossName, { a, target }: OutputRow): { hits: number; total: number } | null {
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
    case 'meanSquaredError':
      return null;
  }
}
