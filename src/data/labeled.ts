/** Rows with labels, in a training and a test part: what classifiers are trained on and compared with. */
import { expected } from '../errors.js';
import { hashParts } from './hash-parts.js';
import type { Matrix } from './matrix.js';

/** Rows and their labels. Both lie on SharedArrayBuffers, so that worker threads use one copy. */
export interface LabeledRows {
  readonly x: Matrix;
  /** One per row, below {@link LabeledData.classes}. */
  readonly labels: Uint32Array;
}

/** Rows with labels, for training and for testing. */
export interface LabeledData {
  /** For people, e.g. `mnist`. */
  readonly name: string;
  readonly train: LabeledRows;
  readonly test: LabeledRows;
  /** Brings the features to the range from 0 to 1 in a `rescaling` layer: 1/255 for bytes; 1 where it is not known. */
  readonly scale: number;
  /** One more than the largest label. */
  readonly classes: number;
  /** SHA-256, hexadecimal, of both parts: shapes, elements and labels; not of names or file formats. */
  readonly hash: string;
}

/** A data set of its parts. Both must have as many columns. */
export function labeledData(name: string, train: LabeledRows, test: LabeledRows, scale: number): LabeledData {
  if (test.x.columns !== train.x.columns) {
    throw expected(
      `${train.x.columns} columns, as in the training rows,`,
      `test rows of ${name}`,
      test.x.columns,
      'ERR_SAMEBITS_SHAPE',
    );
  }
  const classes = 1 + Math.max(largest(train.labels), largest(test.labels));
  return { name, train, test, scale, classes, hash: hashOf([train, test]) };
}

function largest(labels: Uint32Array): number {
  return labels.reduce((most, label) => Math.max(most, label), 0);
}

function hashOf(parts: readonly LabeledRows[]): string {
  return hashParts(parts.map(({ x, labels }) => ({ x, y: labels })));
}
