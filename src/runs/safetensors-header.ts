/**
 * The header of a safetensors file (https://github.com/huggingface/safetensors, "Format"): the length of a JSON text as
 * little-endian u64, that text, padded with spaces, then the data. The text maps names to
 * `{ dtype, shape, data_offsets: [begin, end] }`, offsets counted from the data's first byte, and `__metadata__` to strings.
 *
 * Files are not trusted: tensors must fill the data without overlap, gap or rest, as the reference implementation demands.
 */
import * as v from 'valibot';
import { check, fields, integer, oneOf } from '../arguments.js';
import { damaged, inFile } from './file-errors.js';
import { parseJson } from './json.js';

/** Bytes of an element. Other types of the format are refused. */
const BYTES = { F32: 4, F64: 8, I32: 4, U32: 4, I64: 8, U64: 8, U8: 1 } as const;

export type Dtype = keyof typeof BYTES;

/** A tensor's place in a file. */
export interface TensorPlace {
  /** 1 to 1,024 characters. */
  readonly name: string;
  readonly dtype: Dtype;
  /** Row-major, little-endian. [] is a single number. */
  readonly shape: readonly number[];
  /** Bytes from the beginning of the data. */
  readonly begin: number;
  readonly end: number;
}

/** What a header says. */
export interface SafetensorsHeader {
  /** `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their data. */
  readonly tensors: readonly TensorPlace[];
}

/** As in the reference implementation. */
export const LONGEST_HEADER = 100_000_000;
const LONGEST_NAME = 1024;
const MOST_DIMENSIONS = 64;
const METADATA = '__metadata__';

const entrySchema = fields({
  dtype: oneOf(Object.keys(BYTES) as Dtype[]),
  shape: v.pipe(
    v.array(integer(0), 'an array of integers'),
    v.maxLength(MOST_DIMENSIONS, `at most ${MOST_DIMENSIONS} dimensions`),
  ),
  data_offsets: v.tuple([integer(0), integer(0)], 'begin and end'),
});

const metadataSchema = v.record(v.string('a string'), v.string('a string'), 'an object of strings');

/**
 * @param text The JSON text, padding included.
 * @param dataBytes What the file has after it.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export function parseHeader(text: Uint8Array, dataBytes: number, file: string): SafetensorsHeader {
  if (text[0] !== 0x7b) throw damaged('a header that begins with {', file, text[0]);
  const value = parseJson(text, file);
  return inFile(file, () => {
    const { [METADATA]: metadata = {}, ...entries } = value as Record<string, unknown>;
    const tensors = Object.entries(entries).map(([name, entry]) => parseEntry(name, entry));
    tensors.sort((a, b) => a.begin - b.begin || a.end - b.end);
    checkCovers(tensors, dataBytes, file);
    const strings = check(metadataSchema, metadata, METADATA);
    return { metadata: new Map(Object.entries(strings)), tensors };
  });
}

function parseEntry(name: string, value: unknown): TensorPlace {
  checkName(name);
  const { dtype, shape, data_offsets } = check(entrySchema, value, name);
  const [begin, end] = data_offsets;
  // In doubles: a product of lying dimensions may round, but then it is no length of data either.
  if (end - begin !== bytesOf(dtype, shape)) throw damaged(`${bytesOf(dtype, shape)} bytes`, name, end - begin);
  return { name, dtype, shape, begin, end };
}

function checkName(name: string): void {
  if (name.length === 0 || name.length > LONGEST_NAME) {
    throw damaged(`1 to ${LONGEST_NAME} characters`, 'the name of a tensor', name);
  }
}

function checkCovers(tensors: readonly TensorPlace[], dataBytes: number, file: string): void {
  let end = 0;
  for (const tensor of tensors) {
    if (tensor.begin !== end) throw damaged(`data from byte ${end} on`, `${tensor.name} of ${file}`, tensor.begin);
    end = tensor.end;
  }
  if (end !== dataBytes) throw damaged(`${end} bytes of data, as its header says,`, file, dataBytes);
}

export function bytesOf(dtype: Dtype, shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, BYTES[dtype] as number);
}

/** A tensor to be written. */
export type NewTensor = Pick<TensorPlace, 'name' | 'dtype' | 'shape'>;

/**
 * The first bytes of a file of these tensors, metadata first, and the tensors in the order of their data: those of 8-byte
 * elements first, so that each begins at a multiple of its element's size.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for what {@link parseHeader} would refuse.
 */
export function formatHeader<T extends NewTensor>(
  tensors: readonly T[],
  metadata: Readonly<Record<string, string>>,
  file: string,
): { readonly bytes: Buffer; readonly ordered: readonly T[] } {
  const ordered = [...tensors].sort((a, b) => BYTES[b.dtype] - BYTES[a.dtype]);
  const entries: [string, unknown][] = [[METADATA, metadata]];
  const taken = new Set([METADATA]);
  let begin = 0;
  for (const { name, dtype, shape } of ordered) {
    checkName(name);
    if (taken.has(name)) throw damaged('a name that no other tensor has', file, name);
    taken.add(name);
    const end = begin + bytesOf(dtype, shape);
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
    begin = end;
  }
  // Not through an object: names that look like numbers would come first.
  const members = entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  const text = Buffer.from(`{${members.join(',')}}`, 'utf8');
  const padded = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
  if (padded.length - 8 > LONGEST_HEADER)
    throw damaged(`a header of at most ${LONGEST_HEADER} bytes`, file, text.length);
  padded.writeBigUInt64LE(BigInt(padded.length - 8));
  text.copy(padded, 8);
  return { bytes: padded, ordered };
}
