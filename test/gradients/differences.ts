/** The engine's gradients, and central differences of a loss in binary64. */
import { type Layer, type Loss, sequential } from 'samebits';
import { drawnData, drawnTargets, drawnWeights, type TargetKind } from '../torch/drawn.js';
import { lossOf, type Rows, SEED, type Weights } from './forward.js';

export const ROWS = 6;
export const INPUTS = 5;
const STEP = 1e-5;

export interface Problem {
  readonly layers: readonly Layer[];
  readonly loss: Loss;
  readonly targets: TargetKind;
  readonly salt?: number;
  readonly sampleWeights?: readonly number[];
  readonly classWeights?: Readonly<Record<number, number>>;
}

/** Gradients by tensor. */
type Gradients = Readonly<Record<string, Float64Array>>;

export interface Gradient {
  /** What a step of plain SGD with learning rate 1 takes off the weights. */
  readonly engine: Gradients;
  readonly differences: Gradients;
  readonly engineLoss: number;
  readonly loss: number;
}

/** Both gradients at weights between −½ and ½. */
export async function gradientOf({ salt = 1, ...problem }: Problem): Promise<Gradient> {
  const { layers, loss, targets: kind, sampleWeights, classWeights } = problem;
  const [first, ...rest] = layers;
  const model = sequential({ layers: [{ ...first, inputShape: [INPUTS] }, ...rest], seed: SEED });
  model.compile({ optimizer: { name: 'sgd', learningRate: 1, momentum: 0, nesterov: false }, loss });
  const initial = model.getWeights().map((tensor, place) => ({
    ...tensor,
    data: drawnWeights(tensor.name, salt + 2 + place, tensor.data.length),
  }));
  model.setWeights(initial);
  const x = drawnData(salt, ROWS, INPUTS, first);
  const y = drawnTargets(kind, salt + 1, ROWS, model.units);
  const { loss: engineLoss } = await model.trainOnBatch(x, y, { sampleWeights, classWeights });
  const final = model.getWeights();
  const named = model.layers;
  model.dispose();

  const weights: Weights = Object.fromEntries(initial.map(({ name, data }) => [name, Float64Array.from(data)]));
  const [rows, targets] = [rowsOf(x), rowsOf(y)];
  const rowWeights = rows.map((_, i) => (sampleWeights?.[i] ?? 1) * (classWeights?.[targets[i][0]] ?? 1));
  const given = { loss, x: rows, targets, rowWeights };
  const at = (moved: Weights): number => lossOf(named, moved, given);
  return {
    engine: Object.fromEntries(
      final.map(({ name, data }, place) => [name, Float64Array.from(initial[place].data, (w, i) => w - data[i])]),
    ),
    differences: Object.fromEntries(
      Object.keys(weights)
        .filter((name) => !/\/moving/.test(name))
        .map((name) => [name, centralDifferences(at, weights, name)]),
    ),
    engineLoss,
    loss: at(weights),
  };
}

function centralDifferences(at: (weights: Weights) => number, weights: Weights, name: string): Float64Array {
  return weights[name].map((_, index) => {
    const moved = (by: number): number => {
      const tensor = weights[name].slice();
      tensor[index] += by;
      return at({ ...weights, [name]: tensor });
    };
    return (moved(STEP) - moved(-STEP)) / (2 * STEP);
  });
}

function rowsOf(values: Float32Array | Uint32Array): Rows {
  const columns = values.length / ROWS;
  return Array.from({ length: ROWS }, (_, row) => Array.from(values.subarray(row * columns, (row + 1) * columns)));
}
