/** Files that the command writes: whole or not at all. */
import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { SamebitsError } from '../errors.js';

/** Whether a folder is there. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Nothing is there, or no way leads to it: then writing says so.
    return false;
  }
}

/**
 * Refuses, before hours of work, a path that could not be written afterwards.
 *
 * @param option The option that named it, e.g. `--report`.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export function checkWritable(path: string, option: string): void {
  const folder = dirname(resolve(path));
  try {
    if (path === '') throw new Error('an empty name');
    if (statSync(resolve(path), { throwIfNoEntry: false })?.isDirectory()) throw new Error('a folder');
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (!statSync(folder).isDirectory()) throw new Error('a file in place of its folder');
  } catch (cause) {
    throw notWritable(path, option, cause);
  }
}

/**
 * Writes beside the target first and renames then: whoever reads the target sees the old file or the whole new one.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`; nothing is left behind.
 */
export function writeWhole(path: string, text: string, option: string): void {
  const target = resolve(path);
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
  try {
    writeFileSync(partial, text, { flag: 'wx' });
    renameSync(partial, target);
  } catch (cause) {
    rmSync(partial, { force: true });
    throw notWritable(path, option, cause);
  }
}

function notWritable(path: string, option: string, cause: unknown): SamebitsError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SamebitsError(
    'ERR_SAMEBITS_FILE',
    `Expected a file that can be written for ${option} but received ${path}: ${reason}`,
    {
      cause,
    },
  );
}
