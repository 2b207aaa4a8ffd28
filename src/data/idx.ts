/**
 * Files in the IDX format, in which MNIST and its successors are published: two zero bytes, a byte for the type of the
 * elements, a byte for the number of dimensions, each dimension as a big-endian u32, then the elements, big-endian.
 *
 * Files are not trusted: memory is allocated only once the header agrees with the size of the file.
 */
import type { FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { expected, SamebitsError } from '../errors.js';
import { openRegular, unreadable } from './table/bytes.js';

/** What an IDX file can hold. Arrays lie on SharedArrayBuffers, so that worker threads can use them in place. */
export type IdxElements = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

export interface IdxFile {
  /** At least one; the first counts rows. */
  readonly dimensions: readonly number[];
  /** Row-major. */
  readonly data: IdxElements;
}

interface ElementType {
  readonly bytes: 1 | 2 | 4 | 8;
  view(buffer: SharedArrayBuffer): IdxElements;
}

/** By the third byte of a file. */
const ELEMENT_TYPES: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [0x08, { bytes: 1, view: (buffer) => new Uint8Array(buffer) }],
  [0x09, { bytes: 1, view: (buffer) => new Int8Array(buffer) }],
  [0x0b, { bytes: 2, view: (buffer) => new Int16Array(buffer) }],
  [0x0c, { bytes: 4, view: (buffer) => new Int32Array(buffer) }],
  [0x0d, { bytes: 4, view: (buffer) => new Float32Array(buffer) }],
  [0x0e, { bytes: 8, view: (buffer) => new Float64Array(buffer) }],
]);

/** Deflate cannot do better than 1032 bytes for one, so a small file cannot make us allocate a large array. */
const MOST_INFLATION = 1032;

interface Header {
  readonly type: ElementType;
  readonly dimensions: readonly number[];
  readonly headerBytes: number;
  readonly dataBytes: number;
}

/**
 * Reads an IDX file; one whose name ends in `.gz` is inflated on the way.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` where the file cannot be read, is no IDX file, or is shorter or longer than
 * its header says.
 */
export async function readIdxFile(path: string): Promise<IdxFile> {
  const handle = await openRegular(path);
  try {
    const { size } = await handle.stat();
    return await (path.endsWith('.gz') ? readCompressed(handle, path, size) : readPlain(handle, path, size));
  } catch (cause) {
    throw cause instanceof SamebitsError ? cause : unreadable(path, cause);
  } finally {
    await handle.close();
  }
}

async function readPlain(handle: FileHandle, path: string, size: number): Promise<IdxFile> {
  const start = new Uint8Array(Math.min(size, longestHeader));
  await readFully(handle, path, start, 0, size);
  const header = parseHeader(start, path);
  const wanted = header.headerBytes + header.dataBytes;
  if (size !== wanted) throw wrongSize(path, header, wanted, size);
  const bytes = new Uint8Array(new SharedArrayBuffer(header.dataBytes));
  await readFully(handle, path, bytes, header.headerBytes, size);
  return finish(header, bytes);
}

async function readFully(handle: FileHandle, path: string, into: Uint8Array, at: number, size: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done, at + done);
    if (bytesRead === 0) throw fileError(`Expected ${size} bytes`, path, `${at + done}: it shrank while it was read`);
    done += bytesRead;
  }
}

async function readCompressed(handle: FileHandle, path: string, size: number): Promise<IdxFile> {
  const inflated = createGunzip();
  const source = handle.createReadStream({ autoClose: false });
  source.on('error', (cause) => inflated.destroy(cause));
  source.pipe(inflated);

  let start = Buffer.alloc(0);
  let header: Header | null = null;
  let bytes: Uint8Array = new Uint8Array(0);
  let done = 0;
  try {
    for await (const chunk of inflated as AsyncIterable<Buffer>) {
      let payload = chunk;
      if (header === null) {
        start = Buffer.concat([start, chunk]);
        if (start.length < headerBytesOf(start)) continue;
        header = parseHeader(start, path);
        if (header.dataBytes > size * MOST_INFLATION) {
          throw wrongSize(path, header, header.headerBytes + header.dataBytes, `at most ${size * MOST_INFLATION}`);
        }
        bytes = new Uint8Array(new SharedArrayBuffer(header.dataBytes));
        payload = start.subarray(header.headerBytes);
      }
      if (done + payload.length > bytes.length) {
        throw wrongSize(path, header, header.headerBytes + header.dataBytes, 'more');
      }
      bytes.set(payload, done);
      done += payload.length;
    }
  } finally {
    source.destroy();
    inflated.destroy();
  }
  if (header === null) header = parseHeader(start, path);
  const wanted = header.headerBytes + header.dataBytes;
  if (done !== header.dataBytes) throw wrongSize(path, header, wanted, header.headerBytes + done);
  return finish(header, bytes);
}

const longestHeader = 4 + 4 * 255;

/** Bytes that must be there before the header can be read: 4 until the number of dimensions is known. */
function headerBytesOf(start: Uint8Array): number {
  return start.length < 4 ? 4 : 4 + 4 * start[3];
}

function parseHeader(start: Uint8Array, path: string): Header {
  const type = ELEMENT_TYPES.get(start[2]);
  if (start.length < 4 || start[0] !== 0 || start[1] !== 0 || type === undefined || start[3] === 0) {
    const magic = Buffer.from(start.subarray(0, 4)).toString('hex');
    throw fileError('Expected an IDX file (which begins 0000, element type, dimensions)', path, `0x${magic}`);
  }
  const headerBytes = headerBytesOf(start);
  if (start.length < headerBytes) throw fileError(`Expected an IDX header of ${headerBytes} bytes`, path, start.length);
  const view = new DataView(start.buffer, start.byteOffset, headerBytes);
  const dimensions = Array.from({ length: start[3] }, (_, i) => view.getUint32(4 + 4 * i));
  // In doubles: a product of lying dimensions may round or overflow, but then it is no file's size either.
  const dataBytes = dimensions.reduce((product, dimension) => product * dimension, type.bytes as number);
  return { type, dimensions, headerBytes, dataBytes };
}

function finish({ type, dimensions }: Header, bytes: Uint8Array): IdxFile {
  toMachineOrder(bytes, type.bytes);
  return { dimensions, data: type.view(bytes.buffer as SharedArrayBuffer) };
}

function toMachineOrder(bytes: Uint8Array, size: ElementType['bytes']): void {
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (!littleEndian) return;
  const shared = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (size === 2) shared.swap16();
  else if (size === 4) shared.swap32();
  else if (size === 8) shared.swap64();
}

function wrongSize(path: string, { dimensions }: Header, wanted: number, received: number | string): SamebitsError {
  return fileError(`Expected ${wanted} bytes (dimensions ${dimensions.join('×')})`, path, received);
}

function fileError(what: string, path: string, received: number | string): SamebitsError {
  return new SamebitsError('ERR_SAMEBITS_FILE', `${what} for ${path} but received ${received}`);
}

/** The elements as labels: integers from 0 to 65,535. */
export function idxLabels({ data }: IdxFile, path: string): Uint32Array {
  const labels = new Uint32Array(new SharedArrayBuffer(4 * data.length));
  for (let i = 0; i < data.length; i += 1) {
    const label = data[i];
    if (!Number.isInteger(label) || label < 0 || label > MOST_LABEL) {
      throw expected(`an integer from 0 to ${MOST_LABEL}`, `label ${i} of ${path}`, label, 'ERR_SAMEBITS_DATA');
    }
    labels[i] = label;
  }
  return labels;
}

const MOST_LABEL = 65_535;
