/** Data as they are trained on: rows with labels or with targets, in shared memory. */
import { expected } from '../errors.js';
import { hashParts } from './hash-parts.js';
import type { LabeledData } from './labeled.js';
import { asMatrix, type Matrix, type MatrixLike } from './matrix.js';
import type { GivenSource } from './source.js';

/** Rows on SharedArrayBuffers, so that worker threads use one copy. */
export interface DataSetRows {
  readonly x: Matrix;
  /** A label for each row, or [rows, outputs]. */
  readonly y: Uint32Array | Matrix;
  /** What each row weighs, where they weigh something. */
  readonly weights?: Float32Array;
}

export interface DataSet {
  /** For people. */
  readonly name: string;
  /** SHA-256, hexadecimal, of both parts. */
  readonly hash: string;
  readonly train: DataSetRows;
  readonly test: DataSetRows;
  /** One more than the largest label; 0 where there are targets instead. */
  readonly classes: number;
  /** Brings the features to the range from 0 to 1 in a `rescaling` layer; 1 where none is needed. */
  readonly scale: number;
}

export function fromLabeled({ name, hash, train, test, classes, scale }: LabeledData): DataSet {
  return {
    name,
    hash,
    train: { x: train.x, y: train.labels },
    test: { x: test.x, y: test.labels },
    classes,
    scale,
  };
}

/** Rows and targets that a caller has in memory. */
export interface GivenData {
  /** For people. @default 'given' */
  readonly name?: string;
  readonly x: MatrixLike;
  /** Labels (an array of integers), or a table of targets. */
  readonly y: Uint32Array | readonly number[] | MatrixLike;
  readonly xTest: MatrixLike;
  readonly yTest: Uint32Array | readonly number[] | MatrixLike;
  /** Whether `y` has labels or targets. @default labels where every element is an integer of at least 0 */
  readonly targets?: 'labels' | 'numbers';
  /** @default 1 */
  readonly scale?: number;
}

const MOST_LABEL = 0xffff;

/**
 * A data set of arrays, copied into shared memory, and the source that stands for it in settings.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE` or `ERR_SAMEBITS_DATA`
 */
export function givenData(given: GivenData): { readonly source: GivenSource; readonly data: DataSet } {
  const { name = 'given', scale = 1 } = given;
  const x = shareMatrix(asMatrix(given.x, 'x'));
  const xTest = shareMatrix(asMatrix(given.xTest, 'xTest', x.columns));
  const [y, yTest] = [
    asMatrix(given.y as MatrixLike, 'y', columnsOf(given.y)),
    asMatrix(given.yTest as MatrixLike, 'yTest', columnsOf(given.yTest)),
  ];
  checkRows(x, y, 'y');
  checkRows(xTest, yTest, 'yTest');
  const labeled = given.targets === undefined ? isLabels(y) && isLabels(yTest) : given.targets === 'labels';
  const [train, test] = labeled
    ? [
        { x, y: labelsOf(y, 'y') },
        { x: xTest, y: labelsOf(yTest, 'yTest') },
      ]
    : [
        { x, y: shareMatrix(y) },
        { x: xTest, y: shareMatrix(yTest) },
      ];
  const hash = hashParts([train, test]);
  const classes = labeled ? 1 + Math.max(largest(train.y as Uint32Array), largest(test.y as Uint32Array)) : 0;
  return { source: { kind: 'given', name, hash }, data: { name, hash, train, test, classes, scale } };
}

/** A flat array is one column; a table says for itself. */
function columnsOf(value: unknown): number | undefined {
  const flat = ArrayBuffer.isView(value) || (Array.isArray(value) && typeof value[0] === 'number');
  return flat ? 1 : undefined;
}

function checkRows(x: Matrix, y: Matrix, name: string): void {
  if (y.rows !== x.rows) throw expected(`targets of ${x.rows} rows`, name, y.rows, 'ERR_SAMEBITS_SHAPE');
}

function isLabels({ data, columns }: Matrix): boolean {
  return columns === 1 && data.every((value) => Number.isInteger(value) && value >= 0 && value <= MOST_LABEL);
}

function labelsOf(matrix: Matrix, name: string): Uint32Array {
  if (!isLabels(matrix))
    throw expected(`labels, integers from 0 to ${MOST_LABEL},`, name, matrix.data, 'ERR_SAMEBITS_DATA');
  const labels = new Uint32Array(new SharedArrayBuffer(4 * matrix.rows));
  labels.set(matrix.data);
  return labels;
}

function shareMatrix(matrix: Matrix): Matrix {
  return { ...matrix, data: shareArray(matrix.data) };
}

/** The same array on a SharedArrayBuffer. */
export function shareArray<T extends Float32Array | Uint8Array | Uint32Array>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const shared = emptyShared(array, array.length);
  shared.set(array);
  return shared;
}

/** Zeros of the type of `like`, on a SharedArrayBuffer. */
export function emptyShared<T extends Float32Array | Uint8Array | Uint32Array>(like: T, length: number): T {
  const buffer = new SharedArrayBuffer(like.BYTES_PER_ELEMENT * length);
  if (like instanceof Float32Array) return new Float32Array(buffer) as T;
  return (like instanceof Uint32Array ? new Uint32Array(buffer) : new Uint8Array(buffer)) as T;
}

function largest(labels: Uint32Array): number {
  return labels.reduce((most, label) => Math.max(most, label), 0);
}
