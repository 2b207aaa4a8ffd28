/** What happens to gradients and weights around an optimizer's own rule (docs/numerics.md, sections 4 and 5). */
import { add, CONTRACT, div, f32, fma, mul, sqrt, sub, withHardware } from './arithmetic.js';
import type { Parameter, UpdateOptions } from './optimizers.js';
import { combine, tree, vectorLeaves } from './sums.js';

export type Regularizer =
  | { readonly name: 'l1'; readonly l1: number }
  | { readonly name: 'l2'; readonly l2: number }
  | { readonly name: 'l1l2'; readonly l1: number; readonly l2: number };

export type Constraint = { readonly name: 'maxNorm'; readonly maxValue: number } | NonNegative;

export interface NonNegative {
  readonly name: 'nonNegative';
}

function factorsOf(regularizer: Regularizer | undefined): { readonly l1: number; readonly l2: number } {
  return { l1: 0, l2: 0, ...regularizer };
}

/** [rows, columns] of a kernel or a bias. */
function extents({ shape }: Pick<Parameter, 'shape'>): [number, number] {
  return shape.length === 1 ? [1, shape[0]] : [shape[0], shape[1]];
}

/** Of each column the tree over its elements. */
function columnSums(
  parameter: Pick<Parameter, 'shape'>,
  values: Float32Array,
  extend: (acc: number, value: number) => number,
): Float32Array {
  const [rows, columns] = extents(parameter);
  return Float32Array.from({ length: columns }, (_, j) =>
    tree(rows, 256, (acc, k) => extend(acc, values[k * columns + j])),
  );
}

const square = (acc: number, value: number): number => fma(value, value, acc);

/** What a parameter adds to the loss, or null. */
export function penaltyOf(parameter: Parameter): number | null {
  const { regularizer, values } = parameter;
  const { l1, l2 } = factorsOf(regularizer);
  const sums = [
    ...(l1 > 0 ? [[l1, columnSums(parameter, values, (acc, w) => add(acc, Math.abs(w)))] as const] : []),
    ...(l2 > 0 ? [[l2, columnSums(parameter, values, square)] as const] : []),
  ];
  if (sums.length === 0) return null;
  const parts = sums.map(([factor, columns]) => {
    const leaves = vectorLeaves(columns);
    return withHardware(CONTRACT, () => mul(f32(factor), combine(leaves)));
  });
  return withHardware(CONTRACT, () => parts.reduce(add));
}

/** Gradients of tensors from their sums over `rows` rows: after the mean and the regularizer. */
export function gradientsOf({ values, regularizer }: Parameter, sums: Float32Array, rows: number): Float32Array {
  const { l1, l2 } = factorsOf(regularizer);
  return sums.map((sum, i) => {
    const w = values[i];
    let g = mul(sum, f32(1 / rows));
    if (l2 > 0) g = fma(f32(2 * l2), w, g);
    if (l1 > 0 && w > 0) g = add(g, f32(l1));
    if (l1 > 0 && w < 0) g = sub(g, f32(l1));
    return g;
  });
}

/** The factor of each tensor's gradient when clipping by norm, in model order. */
export function clipFactors(
  { clipNorm, globalClipNorm }: UpdateOptions,
  gradients: readonly (readonly [Parameter, Float32Array])[],
): number[] {
  if (clipNorm === undefined && globalClipNorm === undefined) return gradients.map(() => 1);
  const leaves = gradients.map(([parameter, g]) => vectorLeaves(columnSums(parameter, g, square)));
  return withHardware(CONTRACT, () => {
    const squares = leaves.map(combine);
    if (clipNorm !== undefined) return squares.map((s) => clipFactor(f32(clipNorm), sqrt(s)));
    const factor = clipFactor(f32(globalClipNorm as number), sqrt(combine(squares)));
    return gradients.map(() => factor);
  });
}

function clipFactor(most: number, norm: number): number {
  return norm <= most ? 1 : add(div(most, norm), sub(norm, norm));
}

export function clippedValue({ clipValue }: UpdateOptions, g: number): number {
  if (clipValue === undefined) return g;
  const most = f32(clipValue);
  if (g < -most) return -most;
  return most < g ? most : g;
}

export function decay(
  { weightDecay = 0, decayBiases = false }: UpdateOptions,
  { shape, values, neverDecays }: Parameter,
  learningRate: number,
): void {
  if (weightDecay === 0 || neverDecays || (shape.length === 1 && !decayBiases)) return;
  const rate = f32(learningRate * weightDecay);
  values.forEach((w, i) => {
    values[i] = fma(-rate, w, w);
  });
}

export function constrain(parameter: Parameter): void {
  const { constraint, values } = parameter;
  if (constraint?.name === 'nonNegative') {
    values.forEach((w, i) => {
      values[i] = w < 0 ? 0 : w;
    });
  }
  if (constraint?.name === 'maxNorm') {
    const columns = columnSums(parameter, values, square);
    const most = f32(constraint.maxValue);
    const factors = columns.map((s) => (most < sqrt(s) ? div(most, sqrt(s)) : 1));
    values.forEach((w, i) => {
      values[i] = mul(w, factors[i % columns.length]);
    });
  }
}

/** `steps`: made by the network, the current one included. */
export function moveAverage({ movingAverage }: UpdateOptions, { values, state }: Parameter, steps: number): void {
  if (movingAverage === undefined) return;
  const { momentum, overwriteEvery } = movingAverage;
  const { average } = state;
  values.forEach((w, i) => {
    average[i] = fma(f32(momentum), average[i], mul(f32(1 - momentum), w));
  });
  if (overwriteEvery !== undefined && steps % overwriteEvery === 0) values.set(average);
}
