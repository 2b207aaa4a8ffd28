/** Safetensors files: written and read a part at a time, so that a large one never stands in memory whole. */
import { createHash } from 'node:crypto';
import { canonicalBytes } from '../data/canonical-bytes.js';
import { writeDurably, writeFully } from './durable.js';
import { damaged, onDisk } from './file-errors.js';
import { type OpenFile, readRange } from './inside.js';
import {
  bytesOf,
  type Dtype,
  formatHeader,
  LONGEST_HEADER,
  type NewTensor,
  parseHeader,
  type SafetensorsHeader,
  type TensorPlace,
} from './safetensors-header.js';
import { checkSeal, hashUnsealed, NO_SEAL, sealIn } from './seal.js';

/** Elements of a tensor. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Uint8Array;

const PART_BYTES = 1 << 20;

/** With the metadata first in the header and the seal first in it, all sealed files begin alike after their 8 bytes. */
export const SEAL_PREFIX = '{"__metadata__":{"sha256":"';

/** A tensor to be written, with its elements in parts that follow one another. Binary32 is written with one NaN. */
export interface TensorSource extends NewTensor {
  readonly parts: () => Iterable<TensorData>;
}

/** A tensor whose elements are at hand. */
export function tensorSource(name: string, shape: readonly number[], data: TensorData): TensorSource {
  return { name, dtype: dtypeOf(data), shape, parts: () => [data] };
}

/**
 * Writes a file, whole or not at all, with a seal (its own SHA-256, `sha256` in the metadata).
 *
 * @returns The seal.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { bytes, ordered } = formatHeader(tensors, { sha256: NO_SEAL, ...metadata }, path);
  const hash = createHash('sha256').update(bytes);
  let seal = NO_SEAL;
  await writeDurably(path, async (handle) => {
    await writeFully(handle, bytes, null);
    for (const tensor of ordered) {
      for await (const part of checkedParts(tensor)) {
        hash.update(part);
        await writeFully(handle, part, null);
      }
    }
    seal = hash.digest('hex');
    await writeFully(handle, Buffer.from(seal, 'latin1'), 8 + SEAL_PREFIX.length);
  });
  return seal;
}

/** A tensor's bytes, as a file has them. */
export function* checkedParts({ name, dtype, shape, parts }: TensorSource): Iterable<Uint8Array> {
  let left = bytesOf(dtype, shape);
  for (const part of parts()) {
    left -= part.byteLength;
    yield part instanceof Float32Array
      ? canonicalBytes(part)
      : new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  }
  if (left !== 0) throw damaged(`elements for ${JSON.stringify(shape)}`, name, `${left} bytes fewer`);
}

/** An open safetensors file, its header read and checked against its length. */
export class SafetensorsFile {
  readonly header: SafetensorsHeader;
  readonly path: string;
  readonly #file: OpenFile;
  readonly #start: Buffer;
  readonly #tensors: ReadonlyMap<string, TensorPlace>;

  private constructor(file: OpenFile, start: Buffer, header: SafetensorsHeader) {
    this.path = file.path;
    this.header = header;
    this.#file = file;
    this.#start = start;
    this.#tensors = new Map(header.tensors.map((tensor) => [tensor.name, tensor]));
  }

  /**
   * Takes over an open file; it is closed where this throws.
   *
   * @throws SamebitsError `ERR_SAMEBITS_FILE` for a file that breaks a rule of the format.
   */
  static async of(file: OpenFile): Promise<SafetensorsFile> {
    try {
      const { path, size } = file;
      if (size < 8) throw damaged('at least 8 bytes', path, size);
      const length = (await readRange(file, 0, 8)).readBigUInt64LE();
      if (length > BigInt(Math.min(size - 8, LONGEST_HEADER)))
        throw damaged(`a safetensors file, with a header within its ${size} bytes,`, path, length);
      const start = await readRange(file, 0, 8 + Number(length));
      const header = parseHeader(start.subarray(8), size - start.length, path);
      return new SafetensorsFile(file, start, header);
    } catch (cause) {
      await file.handle.close();
      throw cause;
    }
  }

  /**
   * Reads the whole file once.
   *
   * @returns Its seal, which holds.
   * @throws SamebitsError `ERR_SAMEBITS_FILE` where the file has none, or is not what was written.
   */
  async checkSeal(): Promise<string> {
    const text = this.#start.subarray(8);
    const seal = sealIn(text, SEAL_PREFIX, this.path);
    const hash = hashUnsealed(text, SEAL_PREFIX, createHash('sha256').update(this.#start.subarray(0, 8)));
    for (let at = this.#start.length; at < this.#file.size; at += PART_BYTES) {
      hash.update(await readRange(this.#file, at, Math.min(PART_BYTES, this.#file.size - at)));
    }
    checkSeal(hash.digest('hex'), seal, this.path);
    return seal;
  }

  /** Where a tensor is, or undefined. */
  place(name: string): TensorPlace | undefined {
    return this.#tensors.get(name);
  }

  /**
   * The elements of a tensor.
   *
   * @throws SamebitsError `ERR_SAMEBITS_FILE` where there is none of this name, type and shape.
   */
  async read<D extends Dtype>(name: string, dtype: D, shape?: readonly number[]): Promise<ElementsOf<D>> {
    const tensor = checkPlace(this.#tensors.get(name), name, dtype, shape, this.path);
    const bytes = await readRange(this.#file, this.#start.length + tensor.begin, tensor.end - tensor.begin);
    return new ARRAYS[dtype](bytes.buffer as ArrayBuffer) as ElementsOf<D>;
  }

  async close(): Promise<void> {
    await onDisk('a readable file', this.path, () => this.#file.handle.close());
  }
}

/** @throws SamebitsError `ERR_SAMEBITS_FILE` where there is no tensor of this name, type and shape. */
export function checkPlace(
  place: TensorPlace | undefined,
  name: string,
  dtype: Dtype,
  shape: readonly number[] | undefined,
  file: string,
): TensorPlace {
  if (place === undefined) throw damaged('such a tensor', `${name} of ${file}`, undefined);
  if (place.dtype !== dtype) throw damaged(dtype, `dtype of ${name} of ${file}`, place.dtype);
  if (shape !== undefined && JSON.stringify(shape) !== JSON.stringify(place.shape)) {
    throw damaged(JSON.stringify(shape), `shape of ${name} of ${file}`, place.shape);
  }
  return place;
}

export const ARRAYS = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  U8: Uint8Array,
} as const satisfies Record<Dtype, unknown>;

/** The array of a type's elements. */
export type ElementsOf<D extends Dtype> = InstanceType<(typeof ARRAYS)[D]>;

export function dtypeOf(data: TensorData): Dtype {
  const names = Object.keys(ARRAYS) as Dtype[];
  return names.find((name) => data instanceof ARRAYS[name]) as Dtype;
}
