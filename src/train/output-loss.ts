/** Losses and hits of rows of outputs, where there are no logits behind them (docs/numerics.md, "Ensembles"). */
import { firstGreatest } from '../metrics/inputs.js';
import { decisionsOf, lossRules } from '../model/losses.js';
import { addon } from '../native/addon.js';
import { bestInstructionSet } from '../native/instruction-set.js';
import type { NativeData } from '../native/network.js';
import type { Loss } from '../native/network-description.js';
import { treeOf, vectorRule } from './sum-tree.js';

const fround = Math.fround;
const EPSILON = fround(1e-7);

/** Outputs of rows that have targets, [rows, units]. */
export interface Outputs {
  readonly data: Float32Array;
  readonly units: number;
}

/** Mean loss over all rows, and hits. */
export function scoreOutputs(
  loss: Loss,
  outputs: Outputs,
  { targets, rows }: NativeData,
  batchLeaf: number,
): { readonly loss: number; readonly hits: number } {
  const t = targets as Uint32Array | Float32Array;
  const smoothed = smoothTargets(loss, t, outputs.units);
  const losses = rowLosses(smoothed.loss, outputs, smoothed.targets, rows);
  let hits = 0;
  for (let row = 0; row < rows; row += 1) hits += hitsOfRow(smoothed, outputs, row);
  return { loss: fround(treeOf(losses, batchLeaf) * fround(1 / rows)), hits };
}

/** A loss without label smoothing, and the targets with it. */
interface Smoothed {
  readonly loss: Loss;
  readonly targets: Uint32Array | Float32Array;
  /** What a target of 1 is among them, and one of 0. */
  readonly ends: readonly [number, number];
}

/** As section 4 says, but that nothing is fused. */
function smoothTargets(loss: Loss, targets: Uint32Array | Float32Array, units: number): Smoothed {
  if (typeof loss === 'string' || !('labelSmoothing' in loss)) return { loss, targets, ends: [1, 0] };
  const { name, labelSmoothing } = loss;
  const isBinary = name === 'binaryCrossentropy';
  const keep = fround(1 - labelSmoothing);
  const share = fround(labelSmoothing / (isBinary ? 2 : units));
  const smooth = (target: number): number => fround(fround(target * keep) + share);
  const ends = [smooth(1), smooth(0)] as const;
  if (targets instanceof Float32Array) {
    return { loss: isBinary ? name : 'categoricalCrossentropy', targets: targets.map(smooth), ends };
  }
  const spread = new Float32Array(targets.length * units).fill(ends[1]);
  targets.forEach((label, row) => {
    spread[row * units + label] = ends[0];
  });
  return { loss: 'categoricalCrossentropy', targets: spread, ends };
}

/** The vector rule over plain terms. */
function vectorSum(count: number, term: (i: number) => number): number {
  return vectorRule(count, (sum, i) => fround(sum + term(i)));
}

/** log of each number, those below ε taken as ε. */
function logarithms(values: Float32Array): Float32Array {
  const clipped = values.map((value) => (value < EPSILON ? EPSILON : value));
  return addon().elementary('log', clipped, bestInstructionSet());
}

function rowLosses(
  loss: Loss,
  { data, units }: Outputs,
  targets: Uint32Array | Float32Array,
  rows: number,
): Float32Array {
  const losses = new Float32Array(rows);
  if (loss === 'sparseCategoricalCrossentropy') {
    const chosen = Float32Array.from(targets, (label, row) => data[row * units + label]);
    return logarithms(chosen).map((value) => -value);
  }
  if (loss !== 'meanSquaredError' && !lossRules(loss).takesLogits) {
    return addon().rowLosses(loss, data, targets, units, { isa: bestInstructionSet() });
  }
  const share = fround(1 / units);
  if (loss === 'meanSquaredError') {
    for (let row = 0; row < rows; row += 1) {
      const sum = vectorSum(units, (j) => {
        const error = fround(data[row * units + j] - targets[row * units + j]);
        return fround(error * error);
      });
      losses[row] = sum * share;
    }
    return losses;
  }
  const logs = logarithms(data);
  if (loss === 'categoricalCrossentropy') {
    for (let row = 0; row < rows; row += 1) {
      losses[row] = -vectorSum(units, (j) => fround(targets[row * units + j] * logs[row * units + j]));
    }
    return losses;
  }
  const others = logarithms(data.map((value) => 1 - value));
  for (let row = 0; row < rows; row += 1) {
    const sum = vectorSum(units, (j) => {
      const i = row * units + j;
      return fround(fround(targets[i] * logs[i]) + fround(fround(1 - targets[i]) * others[i]));
    });
    losses[row] = -sum * share;
  }
  return losses;
}

function hitsOfRow({ loss, targets, ends }: Smoothed, { data, units }: Outputs, row: number): number {
  const begin = row * units;
  switch (decisionsOf(loss)) {
    case 'row': {
      const best = firstGreatest(data, begin, units);
      const label = lossRules(loss).targets === 'labels' ? targets[row] : firstGreatest(targets, begin, units);
      return best === label ? 1 : 0;
    }
    case 'unit': {
      let hits = 0;
      for (let i = begin; i < begin + units; i += 1) if (ends[data[i] > 0.5 ? 0 : 1] === targets[i]) hits += 1;
      return hits;
    }
    case null:
      return 0;
  }
}
