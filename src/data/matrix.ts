/**
 * Tables of numbers: the one form in which data enters training, and the checks at that border.
 *
 * Bytes stay bytes, in memory and through the first layer; everything else becomes binary32, rounded once.
 */
import { expected } from '../errors.js';

/** A table of finite numbers, row-major: element (i, j) is `data[i * columns + j]`. */
export interface Matrix {
  /** `rows * columns` elements. On a SharedArrayBuffer it is used in place, and must not change while it is in use. */
  readonly data: Float32Array | Uint8Array;
  /** At least 1. */
  readonly rows: number;
  /** At least 1. */
  readonly columns: number;
}

/** The typed arrays of numbers; those that are neither binary32 nor bytes are rounded to binary32. */
export type NumericArray =
  | Float32Array
  | Uint8Array
  | Uint8ClampedArray
  | Float64Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/**
 * What can be given where a matrix is wanted: a {@link Matrix}, an array of rows, or one flat array whose number of
 * columns the model knows.
 */
export type MatrixLike = Matrix | NumericArray | readonly number[] | readonly (readonly number[] | NumericArray)[];

/**
 * Checks `value` and gives it as a {@link Matrix}. A Matrix, Float32Array, Uint8Array or Uint8ClampedArray is not
 * copied; anything else becomes a fresh Float32Array.
 *
 * @param name The argument, as the caller knows it.
 * @param columns Columns that it must have. A flat array is cut into rows of this length, and is refused without it.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for what is no table; `ERR_SAMEBITS_SHAPE` where lengths do not fit;
 * `ERR_SAMEBITS_DATA` for a table without rows, and for NaN and infinite values, with row and column counted from 0.
 */
export function asMatrix(value: MatrixLike, name: string, columns?: number): Matrix {
  const matrix = toMatrix(value, name, columns);
  if (columns !== undefined && matrix.columns !== columns) {
    throw expected(`${columns} columns`, `${name}.columns`, matrix.columns, 'ERR_SAMEBITS_SHAPE');
  }
  checkFinite(matrix, name);
  return matrix;
}

/**
 * The same table in memory that nobody else writes to: copied, unless it lies on a SharedArrayBuffer. Whatever
 * outlives a synchronous call works on this, so that a caller may go on using (or transfer) its own array.
 */
export function keepMatrix(matrix: Matrix): Matrix {
  return { data: keepArray(matrix.data), rows: matrix.rows, columns: matrix.columns };
}

/** As {@link keepMatrix}, for one array. */
export function keepArray<T extends Float32Array | Uint8Array | Uint32Array>(array: T): T {
  return array.buffer instanceof SharedArrayBuffer ? array : (copyOf(array) as T);
}

/** A plain typed array, also of a Buffer, whose own `slice` would share its memory. */
function copyOf(array: Float32Array | Uint8Array | Uint32Array): Float32Array | Uint8Array | Uint32Array {
  if (array instanceof Float32Array) return new Float32Array(array);
  return array instanceof Uint32Array ? new Uint32Array(array) : new Uint8Array(array);
}

const TABLE = 'a Matrix { data, rows, columns }, an array of rows, or a typed array of numbers';

function toMatrix(value: unknown, name: string, columns: number | undefined): Matrix {
  if (isNumericArray(value)) return fromFlat(narrow(value), name, columns);
  if (Array.isArray(value)) {
    if (value.length === 0) throw noRows(name, value);
    return typeof value[0] === 'number' ? fromFlat(roundAll(value, name), name, columns) : fromRows(value, name);
  }
  if (typeof value === 'object' && value !== null && 'data' in value && 'rows' in value && 'columns' in value) {
    return fromParts(value.data, value.rows, value.columns, name);
  }
  throw expected(TABLE, name, value);
}

function fromParts(data: unknown, rows: unknown, columns: unknown, name: string): Matrix {
  if (!(data instanceof Float32Array || data instanceof Uint8Array)) {
    throw expected('a Float32Array or Uint8Array', `${name}.data`, data);
  }
  if (!isCount(rows)) throw expected('an integer of at least 0', `${name}.rows`, rows);
  if (!isCount(columns) || columns === 0) throw expected('an integer of at least 1', `${name}.columns`, columns);
  if (data.length !== rows * columns) {
    throw expected(`${rows} · ${columns} = ${rows * columns} elements`, `${name}.data`, data, 'ERR_SAMEBITS_SHAPE');
  }
  if (rows === 0) throw noRows(name, data);
  return { data, rows, columns };
}

function fromFlat(data: Float32Array | Uint8Array, name: string, columns: number | undefined): Matrix {
  if (columns === undefined) throw expected('a Matrix { data, rows, columns } or an array of rows', name, data);
  if (data.length === 0) throw noRows(name, data);
  if (data.length % columns !== 0) {
    throw expected(`whole rows of ${columns} numbers`, name, data, 'ERR_SAMEBITS_SHAPE');
  }
  return { data, rows: data.length / columns, columns };
}

function fromRows(values: readonly unknown[], name: string): Matrix {
  const columns = lengthOf(values[0], `${name}[0]`);
  if (columns === 0) throw expected('at least one number', `${name}[0]`, values[0], 'ERR_SAMEBITS_SHAPE');
  const data = new Float32Array(values.length * columns);
  for (let row = 0; row < values.length; row += 1) {
    const line = values[row];
    const rowName = `${name}[${row}]`;
    if (lengthOf(line, rowName) !== columns) {
      throw expected(`${columns} numbers (as in the first row)`, rowName, line, 'ERR_SAMEBITS_SHAPE');
    }
    data.set(Array.isArray(line) ? roundAll(line, rowName) : (line as NumericArray), row * columns);
  }
  return { data, rows: values.length, columns };
}

function lengthOf(row: unknown, name: string): number {
  if (Array.isArray(row) || isNumericArray(row)) return row.length;
  throw expected('an array of numbers', name, row);
}

function roundAll(values: readonly unknown[], name: string): Float32Array {
  const data = new Float32Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (typeof value !== 'number') throw expected('a number', `${name}[${i}]`, value);
    data[i] = value;
  }
  return data;
}

function narrow(array: NumericArray): Float32Array | Uint8Array {
  if (array instanceof Float32Array || array instanceof Uint8Array) return array;
  if (array instanceof Uint8ClampedArray) return new Uint8Array(array.buffer, array.byteOffset, array.length);
  return new Float32Array(array);
}

function isNumericArray(value: unknown): value is NumericArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView || value instanceof BigInt64Array || value instanceof BigUint64Array)
  );
}

function checkFinite({ data, columns }: Matrix, name: string): void {
  if (data instanceof Uint8Array) return;
  for (let i = 0; i < data.length; i += 1) {
    const value = data[i];
    // NaN and infinities are the numbers that differ from themselves less themselves.
    if (value - value !== 0) {
      const place = `${name} at row ${Math.floor(i / columns)}, column ${i % columns} (counted from 0)`;
      throw expected('a finite number', place, value, 'ERR_SAMEBITS_DATA');
    }
  }
}

function noRows(name: string, received: unknown): Error {
  return expected('at least one row', name, received, 'ERR_SAMEBITS_DATA');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
