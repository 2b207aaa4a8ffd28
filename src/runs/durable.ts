/** Files that are there whole or not at all, whenever the process or the machine stops. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { damaged, isMissing, onDisk } from './file-errors.js';

/** Names of files that were being written: what is found of them is left over from a crash. */
export const PARTIAL = /^\..*\.partial$/;

/**
 * Writes under another name, brings it to the disk, and renames: whoever reads `path` sees the old file or the whole new
 * one, and after this call a crash of the machine leaves the new one.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`; nothing is left behind. What `write` throws passes.
 */
export async function writeDurably(path: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  // Of this call alone: another one, here or in another process, may be writing the same file.
  const partial = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.partial`);
  await onDisk('a file that can be written', path, async () => {
    try {
      // 'wx' also follows no link that somebody put there.
      const handle = await open(partial, 'wx');
      try {
        await write(handle);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(partial, path);
    } catch (cause) {
      await rm(partial, { force: true }).catch(() => {});
      throw cause;
    }
    await syncFolder(dirname(path));
  });
}

/**
 * Makes a folder and those above it that are missing; one that is there already is fine.
 *
 * Not by `mkdir`'s option `recursive`, which never returns below /proc, where nothing can be made.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await madeFolder(path)) return;
  await makeFolder(dirname(path));
  if (await madeFolder(path)) return;
  throw damaged('a folder in which others can be made', dirname(path), undefined);
}

/** False where the folder above is missing. */
async function madeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
  } catch (cause) {
    if (isMissing(cause) && dirname(path) !== path) return false;
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    // Also a link to a folder, which a caller may well name.
    if (!exists || !(await stat(path)).isDirectory()) throw cause;
    return true;
  }
  // A folder above that may be used but not read keeps its names without our help, sooner or later.
  await syncFolder(dirname(path)).catch(() => {});
  return true;
}

/** Brings a folder's names to the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; its file systems keep names themselves.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes all of `bytes`, at `position` or at the end of what was written. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number | null): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === null ? null : position + done;
    done += (await handle.write(bytes, done, bytes.length - done, at)).bytesWritten;
  }
}
