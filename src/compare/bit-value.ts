/** Whatever holds binary32 numbers: one, many, a matrix, the weights of a model. */
import { expected } from '../errors.js';

/** A table of binary32 numbers, row-major; what `predict()` gives. */
export interface BitMatrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** A named tensor; what `getWeights()` gives a list of. */
export interface BitTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What has bits that can be compared. */
export type BitValue = number | Float32Array | BitMatrix | readonly BitTensor[];

/** A value as named arrays: weights have several, all else one without a name. */
export interface Part {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * @returns `value`, if it is one that has bits.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function checkBitValue(value: unknown, name: string): BitValue {
  if (typeof value === 'number' || value instanceof Float32Array || isMatrix(value)) return value;
  if (Array.isArray(value) && value.length > 0 && value.every(isTensor)) return value;
  throw expected('a number, a Float32Array, a Matrix of binary32 numbers or the tensors of getWeights()', name, value);
}

/**
 * The arrays of a value.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a single number that no binary32 is.
 */
export function partsOf(value: BitValue): readonly Part[] {
  if (typeof value === 'number') {
    if (!Object.is(Math.fround(value), value)) throw expected('a binary32 number', 'the value', value);
    return [{ name: '', shape: [], data: Float32Array.of(value) }];
  }
  if (value instanceof Float32Array) return [{ name: '', shape: [value.length], data: value }];
  if (isMatrix(value)) return [{ name: '', shape: [value.rows, value.columns], data: value.data }];
  return value;
}

function isMatrix(value: unknown): value is BitMatrix {
  const { data, rows, columns } = Object(value) as Partial<BitMatrix>;
  return data instanceof Float32Array && typeof rows === 'number' && data.length === rows * Number(columns);
}

function isTensor(value: unknown): value is BitTensor {
  const { name, shape, data } = Object(value) as Partial<BitTensor>;
  return typeof name === 'string' && Array.isArray(shape) && data instanceof Float32Array;
}
