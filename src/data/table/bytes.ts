/** Bytes of a file, a stream or any async iterable, piece by piece. */
import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { expected, SamebitsError } from '../../errors.js';

/** Pieces of a file: Node's streams are such iterables, and so are the bodies of web responses. */
export type ByteStream = AsyncIterable<Uint8Array | string>;

/**
 * A path (one that ends in `.gz` is inflated), pieces of a file, or a function that gives the pieces from the start at each
 * call: only paths and functions can be read more than once.
 */
export type ByteSource = string | ByteStream | (() => ByteStream);

export function nameOf(source: ByteSource): string {
  return typeof source === 'string' ? source : 'the stream';
}

export function isRepeatable(source: ByteSource): boolean {
  return typeof source === 'string' || typeof source === 'function';
}

/** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` */
export function checkByteSource(source: unknown, name: string): ByteSource {
  if (typeof source === 'string' || typeof source === 'function' || isAsyncIterable(source)) {
    return source as ByteSource;
  }
  throw expected('a path, an async iterable of bytes, or a function that gives one', name, source);
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/**
 * The pieces of a source.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` where the operating system, or the stream, fails; whatever else a stream throws
 * is its `cause`.
 */
export async function* readBytes(source: ByteSource): AsyncGenerator<Buffer, void, undefined> {
  const name = nameOf(source);
  try {
    if (typeof source === 'string') yield* readPath(source);
    else yield* readStream(typeof source === 'function' ? source() : source, name);
  } catch (cause) {
    throw cause instanceof SamebitsError ? cause : unreadable(name, cause);
  }
}

async function* readStream(stream: ByteStream, name: string): AsyncGenerator<Buffer, void, undefined> {
  if (!isAsyncIterable(stream)) throw expected('an async iterable of bytes', name, stream);
  for await (const piece of stream) {
    if (typeof piece === 'string') yield Buffer.from(piece, 'utf8');
    else if (piece instanceof Uint8Array) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    else throw expected('a Uint8Array or a string', `a piece of ${name}`, piece);
  }
}

async function* readPath(path: string): AsyncGenerator<Buffer, void, undefined> {
  const handle = await openRegular(path);
  const stream = handle.createReadStream({ autoClose: false });
  const inflated = path.endsWith('.gz') ? createGunzip() : null;
  try {
    if (inflated === null) {
      yield* stream as AsyncIterable<Buffer>;
    } else {
      stream.on('error', (cause) => inflated.destroy(cause));
      stream.pipe(inflated);
      yield* inflated as AsyncIterable<Buffer>;
    }
  } finally {
    stream.destroy();
    inflated?.destroy();
    await handle.close();
  }
}

/** A pipe is not waited for: nobody may ever write to it. */
const READ_NOW = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** @throws SamebitsError `ERR_SAMEBITS_FILE` for what cannot be opened, and for folders, pipes and devices */
export async function openRegular(path: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(path, READ_NOW);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const status = await handle.stat();
  if (status.isFile()) return handle;
  await handle.close();
  throw new SamebitsError(
    'ERR_SAMEBITS_FILE',
    `Expected a regular file for ${path} but received a folder, a pipe or a device`,
  );
}

export function unreadable(name: string, cause: unknown): SamebitsError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new SamebitsError('ERR_SAMEBITS_FILE', `Expected readable data for ${name} but received: ${message}`, {
    cause,
  });
}

/**
 * The same pieces, cut so that none ends inside a character.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` where they are not UTF-8
 */
export async function* checkedUtf8(
  pieces: AsyncIterable<Buffer>,
  name: string,
): AsyncGenerator<Buffer, void, undefined> {
  let rest = Buffer.alloc(0);
  let done = 0;
  for await (const piece of pieces) {
    const joined = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const end = joined.length - openBytes(joined);
    const whole = joined.subarray(0, end);
    if (!isUtf8(whole)) throw notUtf8(name, done);
    // A copy: a stream may use its memory again.
    rest = Buffer.from(joined.subarray(end));
    done += end;
    if (end > 0) yield whole;
  }
  if (rest.length > 0) throw notUtf8(name, done);
}

/** Bytes at the end that begin a character without ending it: 0 to 3. */
function openBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back];
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? back : 0;
    }
    if (byte < 0x80) return 0;
  }
  return 0;
}

function notUtf8(name: string, at: number): SamebitsError {
  return new SamebitsError(
    'ERR_SAMEBITS_FILE',
    `Expected text in UTF-8 for ${name} but received other bytes after byte ${at}`,
  );
}
