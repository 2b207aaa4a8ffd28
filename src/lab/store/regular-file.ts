/** Reading files of a store, which is not trusted: regular files and nothing else. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Links are not followed, and a pipe is not waited for. */
const SAFELY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * A file that is open for reading.
 *
 * @throws Error for what cannot be opened, and for links, folders, pipes and devices.
 */
export function openRegular(path: string): number {
  const file = openSync(path, SAFELY);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new Error('no regular file');
}

/**
 * The text of a file of at most `most` bytes.
 *
 * @throws Error as {@link openRegular}, and for a longer file.
 */
export function readText(path: string, most: number): string {
  const file = openRegular(path);
  try {
    const { size } = fstatSync(file);
    if (size > most) throw new Error(`more than ${most} bytes`);
    return readAt(file, 0, size).toString('utf8');
  } finally {
    closeSync(file);
  }
}

/** Up to `bytes` bytes, fewer at the end of the file. Not from the shared pool: arrays are made of them in place. */
export function readAt(file: number, offset: number, bytes: number): Buffer {
  const found = Buffer.alloc(bytes);
  let done = 0;
  while (done < bytes) {
    const read = readSync(file, found, done, bytes - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return found.subarray(0, done);
}
