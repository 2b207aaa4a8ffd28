/** Rows with their targets, checked and in memory of their own: what training and evaluation run on. */
import { asMatrix, keepArray, keepMatrix, type Matrix, type MatrixLike, type NumericArray } from '../data/matrix.js';
import { expected } from '../errors.js';
import { lossName, lossRules } from '../model/losses.js';
import type { NativeData } from '../native/network.js';
import type { Loss } from '../native/network-description.js';
import { keepSampleWeights, type SampleWeights } from './row-weights.js';

/**
 * Targets: for `sparseCategoricalCrossentropy` one label per row, an integer from 0 to units - 1; for the other losses
 * a matrix of as many columns as the last layer has units, or a flat array where that is 1.
 */
export type Targets = NumericArray | readonly number[] | MatrixLike;

/** What the targets have to fit. */
export interface Outputs {
  readonly loss: Loss;
  readonly units: number;
}

/**
 * Checks rows and targets against the model and each other, and copies what is not on a SharedArrayBuffer.
 *
 * @param columns Columns that `x` must have.
 * @param names What the caller calls them.
 * @param weights Of the rows.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE` or `ERR_SAMEBITS_DATA`, naming the row.
 */
export function keepSamples(
  x: Matrix,
  y: Targets,
  outputs: Outputs,
  names: Names = { x: 'x', y: 'y' },
  weights?: SampleWeights,
): NativeData {
  const targets =
    lossRules(outputs.loss).targets === 'labels'
      ? toLabels(y, x.rows, outputs.units, names)
      : toTargets(y, x.rows, outputs, names);
  const data = { x: keepMatrix(x).data, targets, rows: x.rows };
  if (weights === undefined) return data;
  return { ...data, rowWeights: keepSampleWeights(weights, x.rows, names.weights ?? 'sampleWeights') };
}

/**
 * The first `floor(n · (1 − share))` of n rows, and the others: views of the same memory.
 *
 * @throws SamebitsError `ERR_SAMEBITS_DATA` where one of the parts has no rows.
 */
export function splitSamples(
  data: NativeData,
  share: number,
): { readonly train: NativeData; readonly validation: NativeData } {
  const { rows } = data;
  const first = Math.floor(rows * (1 - share));
  if (first === 0 || first === rows)
    throw expected('rows on both sides', 'fit.validationSplit', share, 'ERR_SAMEBITS_DATA');
  return { train: partOf(data, 0, first), validation: partOf(data, first, rows) };
}

/** Rows from `begin` to before `end`. */
function partOf({ x, targets, rowWeights, rows }: NativeData, begin: number, end: number): NativeData {
  const part = <T extends Float32Array | Uint8Array | Uint32Array>(values: T): T => {
    const width = values.length / rows;
    return values.subarray(begin * width, end * width) as T;
  };
  const taken = { x: part(x), targets: targets && part(targets), rows: end - begin };
  return rowWeights ? { ...taken, rowWeights: part(rowWeights) } : taken;
}

/** What a caller calls rows, targets and weights. */
interface Names {
  readonly x: string;
  readonly y: string;
  /** @default 'sampleWeights' */
  readonly weights?: string;
}

function toLabels(y: Targets, rows: number, units: number, names: Names): Uint32Array {
  const values = labelValues(y, names.y);
  checkRows(values.length, rows, y, names);
  for (let row = 0; row < values.length; row += 1) {
    const label: unknown = values[row];
    if (!Number.isInteger(label) || (label as number) < 0 || (label as number) >= units) {
      const place = `${names.y} at row ${row} (counted from 0)`;
      throw expected(`an integer label from 0 to ${units - 1}`, place, label, 'ERR_SAMEBITS_DATA');
    }
  }
  return values instanceof Uint32Array ? keepArray(values) : Uint32Array.from(values as ArrayLike<number>);
}

const ONE_HOT = " (the loss of one-hot rows is 'categoricalCrossentropy')";
const ONE_LABEL = `one label per row${ONE_HOT}`;

/** A flat list of labels, from an array, a typed array or a matrix of one column. */
function labelValues(y: unknown, name: string): ArrayLike<unknown> {
  if (Array.isArray(y)) {
    if (Array.isArray(y[0])) throw expected(ONE_LABEL, name, y, 'ERR_SAMEBITS_SHAPE');
    return y;
  }
  if (ArrayBuffer.isView(y) && 'length' in y) return y as unknown as ArrayLike<unknown>;
  const matrix = asMatrix(y as MatrixLike, name);
  if (matrix.columns !== 1)
    throw expected(`1 column of labels${ONE_HOT}`, `${name}.columns`, matrix.columns, 'ERR_SAMEBITS_SHAPE');
  return matrix.data;
}

function toTargets(y: Targets, rows: number, { loss, units }: Outputs, names: Names): Float32Array {
  if (isLabels(y, rows, units, loss)) {
    const what = `rows of ${units} numbers, one for each class (the loss of labels is 'sparseCategoricalCrossentropy')`;
    throw expected(`${what},`, names.y, y, 'ERR_SAMEBITS_SHAPE');
  }
  const { data, rows: targetRows } = asMatrix(y, names.y, units);
  checkRows(targetRows, rows, y, names);
  checkTargets(data, units, loss, names.y);
  return data instanceof Float32Array ? keepArray(data) : new Float32Array(data);
}

/** Whether a flat list has one number for each row, where a share of each class is wanted. */
function isLabels(y: Targets, rows: number, units: number, loss: Loss): boolean {
  if (units === 1 || lossName(loss) !== 'categoricalCrossentropy') return false;
  const flat = Array.isArray(y) ? !Array.isArray(y[0]) : ArrayBuffer.isView(y);
  return flat && (y as ArrayLike<unknown>).length === rows;
}

/** Probabilities of a crossentropy, counts of poisson, and the sides of hinge, all of which are −1 or 1, or 0 or 1. */
function checkTargets(data: Float32Array | Uint8Array, columns: number, loss: Loss, name: string): void {
  const { targets } = lossRules(loss);
  if (targets === 'numbers') return;
  const [phrase, fits] = TARGETS[targets === 'sides' && data.includes(0) ? 'bits' : targets];
  for (let i = 0; i < data.length; i += 1) {
    if (fits(data[i])) continue;
    const place = `${name} at row ${Math.floor(i / columns)}, column ${i % columns} (counted from 0)`;
    throw expected(phrase, place, data[i], 'ERR_SAMEBITS_DATA');
  }
}

const TARGETS = {
  labels: ['an integer label', Number.isInteger],
  shares: ['a number from 0 to 1', (value: number) => value >= 0 && value <= 1],
  counts: ['a finite number of at least 0', (value: number) => value >= 0 && Number.isFinite(value)],
  sides: ['−1 or 1 (or everywhere 0 or 1)', (value: number) => value === -1 || value === 1],
  bits: ['0 or 1 (or everywhere −1 or 1)', (value: number) => value === 0 || value === 1],
} as const;

function checkRows(received: number, rows: number, y: unknown, names: Names): void {
  if (received === rows) return;
  throw expected(`targets of ${rows} rows, as many as ${names.x} has,`, names.y, y, 'ERR_SAMEBITS_SHAPE');
}
