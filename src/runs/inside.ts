/** Opening files of a folder that is not trusted: regular files in it and nothing else. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { damaged, onDisk } from './file-errors.js';

/** The folder of a run's checkpoints. */
export const CHECKPOINTS = 'checkpoints';

/** A pipe is not waited for. */
const NOT_WAITING = constants.O_NONBLOCK ?? 0;

/** Nor are links followed. Where a system has no such flag, the check by name stands. */
const SAFELY = (constants.O_NOFOLLOW ?? 0) | NOT_WAITING;

/** An open file and how long it was then. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
  /** As errors name it. */
  readonly path: string;
}

/**
 * Opens `name` in `folder`, for reading or for both.
 *
 * @param name `manifest.json`, or one in the folder of checkpoints: `['checkpoints', '25.safetensors']`.
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for what is missing, and for links, folders, pipes and devices.
 */
export async function openInside(folder: string, name: readonly string[], mode: 'r' | 'r+' = 'r'): Promise<OpenFile> {
  const path = join(folder, ...name);
  return onDisk('a readable file', path, async () => {
    if (name.length > 1) await checkFolder(join(folder, name[0]));
    if ((await lstat(path)).isSymbolicLink()) throw damaged('a regular file', path, 'a link');
    return openRegular(path, (mode === 'r' ? constants.O_RDONLY : constants.O_RDWR) | SAFELY);
  });
}

/**
 * Opens for reading what a caller has named: also through a link.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for what is missing, and for folders, pipes and devices.
 */
export async function openNamed(path: string): Promise<OpenFile> {
  return onDisk('a readable file', path, () => openRegular(path, constants.O_RDONLY | NOT_WAITING));
}

async function openRegular(path: string, flags: number): Promise<OpenFile> {
  const handle = await open(path, flags);
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw damaged('a regular file', path, 'something else');
    return { handle, size: status.size, path };
  } catch (cause) {
    await handle.close();
    throw cause;
  }
}

/** @throws SamebitsError `ERR_SAMEBITS_FILE` for a link to a folder, too. */
export async function checkFolder(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) throw damaged('a folder', path, 'something else');
}

/** All of a file of at most `most` bytes. */
export async function readInside(folder: string, name: readonly string[], most: number): Promise<Buffer> {
  const file = await openInside(folder, name);
  try {
    if (file.size > most) throw damaged(`at most ${most} bytes`, file.path, file.size);
    return await readRange(file, 0, file.size);
  } finally {
    await file.handle.close();
  }
}

/** `length` bytes from `begin` on, into memory of their own that begins at a multiple of 8. */
export async function readRange({ handle, path }: OpenFile, begin: number, length: number): Promise<Buffer> {
  return onDisk('a readable file', path, async () => {
    const bytes = Buffer.from(new ArrayBuffer(length));
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(bytes, done, length - done, begin + done);
      if (bytesRead === 0) throw damaged(`${begin + length} bytes`, path, begin + done);
      done += bytesRead;
    }
    return bytes;
  });
}
