/** The rows of a step's batch, as the network takes them in. */
import type { Recipe } from '../../model/recipe.js';
import { seedOf } from '../../model/seeds.js';
import { addon } from '../../native/addon.js';
import type { NativeData } from '../../native/network.js';
import { RowOrder } from '../../train/row-order.js';
import { weighRows } from '../../train/row-weights.js';
import type { ComparedRows } from '../data.js';

/** Where a step stands. */
export interface StepPlace {
  /** Steps that the model had made before. */
  readonly steps: number;
  /** Epochs that had ended before. */
  readonly epochs: number;
  /** Rows of the current epoch that had been presented before. */
  readonly position: number;
}

export interface Batch {
  /** Rows of the data, in the order of the batch. */
  readonly rows: Uint32Array;
  /** [rows, columns] */
  readonly x: Float32Array;
  /** A label for each row, or [rows, units]. */
  readonly targets: Uint32Array | Float32Array;
  /** Of the rows, with those of their classes; null where they have none. */
  readonly weights: Float32Array | null;
}

/** The batch of a step. */
export function batchOf(
  recipe: Recipe,
  { x, y, weights = null }: ComparedRows,
  { epochs, position }: StepPlace,
): Batch {
  const targets = y instanceof Uint32Array ? y : (y.data as Float32Array);
  const data = { x: x.data, targets, rows: x.rows, rowWeights: weights };
  const { rowWeights = null } = weighRows(data, recipe.loss, recipe.fit.classWeights);
  const order = epochOrder(recipe, data, epochs);
  const rows = order.subarray(position, position + recipe.fit.batchSize);
  const width = targets.length / x.rows;
  return {
    rows,
    x: takeRows(x.data, x.columns, rows, new Float32Array(rows.length * x.columns)),
    targets:
      targets instanceof Uint32Array
        ? takeRows(targets, 1, rows, new Uint32Array(rows.length))
        : takeRows(targets, width, rows, new Float32Array(rows.length * width)),
    weights: rowWeights && takeRows(rowWeights, 1, rows, new Float32Array(rows.length)),
  };
}

/** The order in which an epoch presents the rows. */
function epochOrder(recipe: Recipe, data: NativeData, epoch: number): Uint32Array {
  const { fit, generator, loss } = recipe;
  const order = new RowOrder({ fit, seed: seedOf(recipe, 'order'), generator, data, loss });
  const { native } = order;
  if (native !== null) return addon().shuffle(native.key, native.stream, epoch, data.rows);
  return order.of(epoch) ?? Uint32Array.from({ length: data.rows }, (_, row) => row);
}

function takeRows<T extends Float32Array | Uint32Array>(
  from: Float32Array | Uint8Array | Uint32Array,
  columns: number,
  rows: Uint32Array,
  into: T,
): T {
  rows.forEach((row, i) => {
    into.set(from.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return into;
}
