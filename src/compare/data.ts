/** The data of a comparison: checked once, and placed where all worker threads can use one copy. */
import { shareArray } from '../data/data-set.js';
import type { LabeledData } from '../data/labeled.js';
import { asMatrix, type Matrix, type MatrixLike } from '../data/matrix.js';
import { expected } from '../errors.js';
import { declaredInputs, outputUnits } from '../model/description.js';
import type { Recipe } from '../model/recipe.js';
import { checkIndices } from '../train/indices.js';
import type { SampleWeights } from '../train/row-weights.js';
import { keepSamples, type Targets } from '../train/samples.js';

/** Rows and targets, on SharedArrayBuffers. */
export interface ComparedRows {
  readonly x: Matrix;
  /** Labels for `sparseCategoricalCrossentropy`; [rows, units] for the other losses. */
  readonly y: Uint32Array | Matrix;
  /** Of the rows, where they have some. */
  readonly weights?: Float32Array | null;
}

export interface ComparedData {
  readonly train: ComparedRows;
  readonly test: ComparedRows;
}

/** Data for a comparison: a data set, or rows and targets as `fit` takes them. */
export interface DataOptions {
  /** A data set with labels, instead of the four below. */
  readonly data?: LabeledData;
  readonly x?: MatrixLike;
  readonly y?: Targets;
  /** What each row of x weighs in training, as in `fit`. @default no row has a weight */
  readonly sampleWeights?: SampleWeights;
  /** Rows on which predictions are compared and metrics measured. @default x and y */
  readonly xTest?: MatrixLike;
  readonly yTest?: Targets;
  /** What each row of xTest weighs in its loss. @default no row has a weight */
  readonly sampleWeightsTest?: SampleWeights;
}

/**
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE` or `ERR_SAMEBITS_DATA`, as `fit` does.
 */
export function shareData(recipe: Recipe, options: DataOptions): ComparedData {
  const { data } = options;
  if (data !== undefined) {
    if (!isLabeledData(data)) throw expected('a data set, as digits() gives,', 'data', data);
    const columns = declaredInputs(recipe.model);
    const train = shareRows(recipe, data.train.x, data.train.labels, columns, {
      x: 'data.train.x',
      y: 'data.train.labels',
    });
    const test = shareRows(recipe, data.test.x, data.test.labels, train.x.columns, {
      x: 'data.test.x',
      y: 'data.test.labels',
    });
    return { train, test };
  }
  const { x, y, sampleWeights, xTest, yTest, sampleWeightsTest } = options;
  if (x === undefined) throw expected('data, or x and y,', 'options', options);
  if (y === undefined) throw expected('targets for x', 'y', y);
  if ((xTest === undefined) !== (yTest === undefined)) {
    throw expected('both xTest and yTest, or neither,', xTest === undefined ? 'xTest' : 'yTest', undefined);
  }
  const train = shareRows(recipe, x, y, declaredInputs(recipe.model), { x: 'x', y: 'y' }, sampleWeights);
  if (xTest === undefined || yTest === undefined) return { train, test: train };
  const names = { x: 'xTest', y: 'yTest', weights: 'sampleWeightsTest' };
  return { train, test: shareRows(recipe, xTest, yTest, train.x.columns, names, sampleWeightsTest) };
}

function shareRows(
  { model, loss }: Recipe,
  x: MatrixLike,
  y: Targets,
  columns: number | undefined,
  names: { readonly x: string; readonly y: string; readonly weights?: string },
  weights?: SampleWeights,
): ComparedRows {
  const units = outputUnits(model);
  const matrix = asMatrix(x, names.x, columns);
  checkIndices(model, matrix, names.x);
  const { targets, rowWeights = null } = keepSamples(matrix, y, { loss, units }, names, weights);
  const shared = shareArray(targets as Uint32Array | Float32Array);
  return {
    x: { ...matrix, data: shareArray(matrix.data) },
    y: shared instanceof Uint32Array ? shared : { data: shared, rows: matrix.rows, columns: units },
    ...(rowWeights === null ? {} : { weights: shareArray(rowWeights) }),
  };
}

function isLabeledData(value: unknown): value is LabeledData {
  const parts = ['train', 'test'].map((part) => (value as Record<string, unknown> | null)?.[part]);
  return parts.every((part) => typeof part === 'object' && part !== null && 'x' in part && 'labels' in part);
}
