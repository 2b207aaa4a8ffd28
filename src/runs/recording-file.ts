/** The order of every step of a run in free order, as a file: the words of the recording, little-endian, and nothing else. */
import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fields, integer, type Schema } from '../arguments.js';
import type { StepOrders } from '../native/network.js';
import { writeFully } from './durable.js';
import { damaged, onDisk, refused } from './file-errors.js';
import { openInside, readRange } from './inside.js';
import { digest } from './json.js';

export const RECORDING_FILE = 'recording.bin';

const WORD_BYTES = 4;

/** How long a recording is, and the SHA-256 of all that. */
export interface RecordingEnd {
  readonly words: number;
  readonly sha256: string;
}

export const NO_WORDS: RecordingEnd = { words: 0, sha256: createHash('sha256').digest('hex') };

export const recordingEndSchema: Schema<RecordingEnd> = fields({ words: integer(0), sha256: digest });

/**
 * The words of a recording.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export async function readOrders(folder: string, { words, sha256 }: RecordingEnd): Promise<StepOrders> {
  if (words === 0) return new Uint32Array(0);
  const file = await openInside(folder, [RECORDING_FILE]);
  try {
    if (file.size < words * WORD_BYTES) throw damaged(`at least ${words * WORD_BYTES} bytes`, file.path, file.size);
    const bytes = await readRange(file, 0, words * WORD_BYTES);
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) throw damaged(`the SHA-256 ${sha256} of ${words} words`, file.path, found);
    return new Uint32Array(bytes.buffer, bytes.byteOffset, words);
  } finally {
    await file.handle.close();
  }
}

/** A recording that is written. */
export class RecordingWriter {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #hash: Hash;
  #words: number;

  private constructor(handle: FileHandle, path: string, hash: Hash, words: number) {
    this.#handle = handle;
    this.#path = path;
    this.#hash = hash;
    this.#words = words;
  }

  /** Goes on behind these words, which the file begins with: what it has beyond them is cut off. */
  static async open(folder: string, orders: StepOrders): Promise<RecordingWriter> {
    const path = join(folder, RECORDING_FILE);
    const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
    const handle = await onDisk('a file that can be written', path, () => open(path, flags, 0o666));
    try {
      await handle.truncate(orders.byteLength);
    } catch (cause) {
      await handle.close();
      throw refused('a file that can be written', path, cause);
    }
    return new RecordingWriter(handle, path, createHash('sha256').update(bytesOf(orders)), orders.length);
  }

  get end(): RecordingEnd {
    return { words: this.#words, sha256: this.#hash.copy().digest('hex') };
  }

  async append(orders: StepOrders): Promise<void> {
    const bytes = bytesOf(orders);
    await onDisk('a file that can be written', this.#path, () =>
      writeFully(this.#handle, bytes, this.#words * WORD_BYTES),
    );
    this.#hash.update(bytes);
    this.#words += orders.length;
  }

  /** Brings all words to the disk. */
  async sync(): Promise<void> {
    await onDisk('a file that can be written', this.#path, () => this.#handle.datasync());
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function bytesOf(orders: StepOrders): Uint8Array {
  return new Uint8Array(orders.buffer, orders.byteOffset, orders.byteLength);
}
