/** A network's loss in binary64, from the definitions and nothing of the engine's. */
import type { Layer, Loss, Regularizer } from 'samebits';
import { isKept, noiseOf, streamNumber } from '../oracle/random.js';
import { activated } from './activations.js';
import { rowLoss } from './losses.js';

export type Rows = readonly (readonly number[])[];
/** Trained tensors by name, row-major. */
export type Weights = Readonly<Record<string, Float64Array>>;

/** Of all models here. */
export const SEED = 0;

/** Outputs of the layers, in the first step of training. */
export function outputsOf(layers: readonly Layer[], weights: Weights, x: Rows): Rows {
  return layers.reduce((rows, layer) => applied(layer, weights, rows), x);
}

/** Of a step. */
export interface Given {
  readonly loss: Loss;
  readonly x: Rows;
  readonly targets: Rows;
  readonly rowWeights: readonly number[];
}

/** What a step minimizes: the mean over the rows, and the penalties of the weights. */
export function lossOf(layers: readonly Layer[], weights: Weights, { loss, x, targets, rowWeights }: Given): number {
  const outputs = outputsOf(layers, weights, x);
  const total = outputs.reduce((sum, row, i) => sum + rowWeights[i] * rowLoss(loss, row, targets[i]), 0);
  return total / outputs.length + penaltyOf(layers, weights);
}

function applied(layer: Layer, weights: Weights, rows: Rows): Rows {
  switch (layer.kind) {
    case 'dense': {
      const { units, activation } = layer;
      const kernel = weights[`${layer.name}/kernel`];
      const bias = layer.useBias ? weights[`${layer.name}/bias`] : new Float64Array(units);
      return rows.map((row) =>
        activated(
          activation,
          Array.from(bias, (start, unit) => row.reduce((sum, x, k) => sum + x * kernel[k * units + unit], start)),
        ),
      );
    }
    case 'embedding': {
      const table = weights[`${layer.name}/embeddings`];
      return rows.map((row) => row.flatMap((index) => vectorAt(table, layer.units, index)));
    }
    case 'tableInput':
      return rows.map((row) => [
        ...row.filter((_, i) => layer.columns[i].categories === undefined),
        ...row.flatMap((index, i) => {
          const { name, units } = layer.columns[i];
          return units === undefined ? [] : vectorAt(weights[`${layer.name}/${name}/embeddings`], units, index);
        }),
      ]);
    case 'dropout': {
      const mask = { seed: SEED, stream: streamNumber(`dropout/${layer.name}`), rate: layer.rate };
      return rows.map((row, i) => row.map((x, unit) => (isKept(mask, 0, i, unit) ? x / (1 - layer.rate) : 0)));
    }
    case 'gaussianNoise': {
      const noise = { seed: SEED, stream: streamNumber(`gaussianNoise/${layer.name}`) };
      return rows.map((row, i) => row.map((x, unit) => x + layer.stddev * noiseOf(noise, 0, i, unit)));
    }
    case 'activation':
      return rows.map((row) => activated(layer.activation, row));
    case 'batchNormalization': {
      const columns = rows[0].map((_, j) =>
        normalized(
          rows.map((row) => row[j]),
          layer.epsilon,
        ),
      );
      const gamma = weights[`${layer.name}/gamma`];
      const beta = weights[`${layer.name}/beta`];
      return rows.map((_, i) => columns.map((column, j) => column[i] * (gamma?.[j] ?? 1) + (beta?.[j] ?? 0)));
    }
    case 'layerNormalization': {
      const gamma = weights[`${layer.name}/gamma`];
      const beta = weights[`${layer.name}/beta`];
      return rows.map((row) => normalized(row, layer.epsilon).map((h, j) => h * (gamma?.[j] ?? 1) + (beta?.[j] ?? 0)));
    }
    case 'residual': {
      const inner = outputsOf(layer.layers, weights, rows);
      return rows.map((row, i) => row.map((x, j) => x + inner[i][j]));
    }
    case 'rescaling':
      return rows.map((row) => row.map((x) => x * layer.scale + layer.offset));
    default:
      throw new Error(`No definition of ${(layer as Layer).kind}`);
  }
}

function vectorAt(table: Float64Array, units: number, index: number): number[] {
  return Array.from(table.subarray(index * units, (index + 1) * units));
}

function normalized(values: readonly number[], epsilon: number): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
}

function penaltyOf(layers: readonly Layer[], weights: Weights): number {
  return layers.reduce((sum, layer) => {
    if (layer.kind === 'residual') return sum + penaltyOf(layer.layers, weights);
    if (layer.kind !== 'dense') return sum;
    const ofKernel = penalty(layer.kernelRegularizer, weights[`${layer.name}/kernel`]);
    return sum + ofKernel + penalty(layer.biasRegularizer, weights[`${layer.name}/bias`] ?? []);
  }, 0);
}

function penalty(regularizer: Regularizer | undefined, weights: ArrayLike<number>): number {
  const { l1, l2 } = { l1: 0, l2: 0, ...regularizer };
  return Array.from(weights).reduce((sum, w) => sum + l1 * Math.abs(w) + l2 * w * w, 0);
}
