/** Safetensors in memory. */
import { createHash } from 'node:crypto';
import { damaged } from './file-errors.js';
import {
  ARRAYS,
  checkedParts,
  checkPlace,
  type ElementsOf,
  SEAL_PREFIX,
  type TensorData,
  type TensorSource,
} from './safetensors.js';
import {
  type Dtype,
  formatHeader,
  LONGEST_HEADER,
  parseHeader,
  type SafetensorsHeader,
  type TensorPlace,
} from './safetensors-header.js';
import { checkSeal, hashUnsealed, NO_SEAL, sealIn } from './seal.js';

/**
 * The bytes of a file without a seal, as other programs write them.
 *
 * @param name What errors call it.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export function formatSafetensors(
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>>,
  name: string,
): Buffer {
  const { bytes, ordered } = formatHeader(tensors, metadata, name);
  const parts: Uint8Array[] = [bytes];
  for (const tensor of ordered) parts.push(...checkedParts(tensor));
  return Buffer.concat(parts);
}

/** The bytes that `writeSafetensors` writes. */
export function formatSealedSafetensors(
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>>,
  name: string,
): Buffer {
  const bytes = formatSafetensors(tensors, { sha256: NO_SEAL, ...metadata }, name);
  bytes.write(createHash('sha256').update(bytes).digest('hex'), 8 + SEAL_PREFIX.length, 'latin1');
  return bytes;
}

/** A safetensors file in memory, its header read and checked against its length. */
export class SafetensorsBytes {
  readonly header: SafetensorsHeader;
  readonly path: string;
  readonly #start: Uint8Array;
  readonly #data: Uint8Array;
  readonly #tensors: ReadonlyMap<string, TensorPlace>;

  /**
   * @param name What errors call it.
   * @throws SamebitsError `ERR_SAMEBITS_FILE` for bytes that break a rule of the format.
   */
  constructor(bytes: Uint8Array, name: string) {
    if (bytes.length < 8) throw damaged('at least 8 bytes', name, bytes.length);
    const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
    if (length > BigInt(Math.min(bytes.length - 8, LONGEST_HEADER)))
      throw damaged(`a safetensors file, with a header within its ${bytes.length} bytes,`, name, length);
    this.path = name;
    this.#start = bytes.subarray(0, 8 + Number(length));
    this.#data = bytes.subarray(this.#start.length);
    this.header = parseHeader(this.#start.subarray(8), this.#data.length, name);
    this.#tensors = new Map(this.header.tensors.map((tensor) => [tensor.name, tensor]));
  }

  /** @throws SamebitsError `ERR_SAMEBITS_FILE` where there is no seal, or the bytes are not what was written. */
  checkSeal(): void {
    const text = this.#start.subarray(8);
    const seal = sealIn(text, SEAL_PREFIX, this.path);
    const hash = hashUnsealed(text, SEAL_PREFIX, createHash('sha256').update(this.#start.subarray(0, 8)));
    checkSeal(hash.update(this.#data).digest('hex'), seal, this.path);
  }

  /**
   * A copy of a tensor's elements.
   *
   * @throws SamebitsError `ERR_SAMEBITS_FILE` where there is none of this name, type and shape.
   */
  read<D extends Dtype>(name: string, dtype: D, shape?: readonly number[]): ElementsOf<D> {
    const { begin, end } = checkPlace(this.#tensors.get(name), name, dtype, shape, this.path);
    const bytes = new Uint8Array(this.#data.subarray(begin, end));
    return new ARRAYS[dtype](bytes.buffer) as TensorData as ElementsOf<D>;
  }
}
