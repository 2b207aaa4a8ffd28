/** A data set as a folder of four IDX files, named as MNIST's are. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { expected, SamebitsError } from '../errors.js';
import { type IdxElements, idxLabels, readIdxFile } from './idx.js';
import { type LabeledData, type LabeledRows, labeledData } from './labeled.js';
import type { Matrix } from './matrix.js';

const BYTE_SCALE = 1 / 255;

/**
 * Reads `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`
 * from a folder. `test` may stand for `t10k`, a dot for a dash, other dimensions and element types for those, and each
 * file may be compressed (`.gz`; where both are there, the plain one is read). Bytes stay bytes; other elements become
 * binary32.
 *
 * @param name For people. @default the folder's own name
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for a file that is missing, truncated or lying; `ERR_SAMEBITS_SHAPE` where
 * images and labels do not fit each other; `ERR_SAMEBITS_DATA` for no rows, labels that are no labels, and elements
 * that are not finite.
 */
export async function readIdxFolder(folder: string, name = basename(resolve(folder))): Promise<LabeledData> {
  const files = await list(folder);
  const paths = {
    train: { images: find(files, folder, 'train', 'images'), labels: find(files, folder, 'train', 'labels') },
    test: { images: find(files, folder, 't10k', 'images'), labels: find(files, folder, 't10k', 'labels') },
  };
  const train = await readPart(paths.train.images, paths.train.labels);
  const test = await readPart(paths.test.images, paths.test.labels);
  return labeledData(name, train, test, train.x.data instanceof Uint8Array ? BYTE_SCALE : 1);
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SamebitsError(
      'ERR_SAMEBITS_FILE',
      `Expected a folder of IDX files for ${folder} but received: ${message}`,
      {
        cause,
      },
    );
  }
}

type Part = 'train' | 't10k';
type Content = 'images' | 'labels';

function find(files: readonly string[], folder: string, part: Part, content: Content): string {
  const prefix = part === 'train' ? 'train' : '(t10k|test)';
  const pattern = new RegExp(`^${prefix}[-.]${content}[-.]idx\\d+[-.][a-z]+\\d*(\\.gz)?$`, 'i');
  // Plain names sort before the same names with `.gz`.
  const [first] = files.filter((file) => pattern.test(file)).sort();
  if (first === undefined) {
    const usual = `${part}-${content}-idx${content === 'images' ? 3 : 1}-ubyte`;
    throw new SamebitsError('ERR_SAMEBITS_FILE', `Expected a file such as ${usual} in ${folder} but received none`);
  }
  return join(folder, first);
}

async function readPart(imagesPath: string, labelsPath: string): Promise<LabeledRows> {
  const labelsFile = await readIdxFile(labelsPath);
  if (labelsFile.dimensions.length !== 1) {
    throw expected('one dimension', labelsPath, labelsFile.dimensions.length, 'ERR_SAMEBITS_SHAPE');
  }
  const { dimensions, data } = await readIdxFile(imagesPath);
  const [rows, ...others] = dimensions;
  if (others.length === 0) throw expected('two dimensions or more', imagesPath, 1, 'ERR_SAMEBITS_SHAPE');
  if (data.length === 0) throw expected('at least one row', imagesPath, dimensions.join('×'), 'ERR_SAMEBITS_DATA');
  if (rows !== labelsFile.dimensions[0]) {
    throw expected(`${rows} labels, one per image,`, labelsPath, labelsFile.dimensions[0], 'ERR_SAMEBITS_SHAPE');
  }
  const x = toMatrix(data, rows, imagesPath);
  return { x, labels: idxLabels(labelsFile, labelsPath) };
}

function toMatrix(elements: IdxElements, rows: number, path: string): Matrix {
  const columns = elements.length / rows;
  if (elements instanceof Uint8Array) return { data: elements, rows, columns };
  const data = new Float32Array(new SharedArrayBuffer(4 * elements.length));
  data.set(elements);
  // Checked after the rounding: a binary64 beyond the range of binary32 is infinite here.
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw expected('a finite binary32', `element ${bad} of ${path}`, elements[bad], 'ERR_SAMEBITS_DATA');
  }
  return { data, rows, columns };
}
