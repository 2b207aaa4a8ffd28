/** Files that the command writes: whole or not at all. */
import { accessSync, constants, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SamebitsError } from '../errors.js';
import { keptFolder } from './kept-folders.js';

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
 * Refuses, before hours of work, a path that could not be written afterwards, and one among the files of a run or of a store.
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
  checkApart(folder, path, option);
}

/**
 * Refuses a path among the files of a run or of a store: what is written there may take the place of one.
 *
 * @param folder Where it would be written; it may still have to be made.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export function checkApart(folder: string, path: string, option: string): void {
  let there = resolve(folder);
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const kept = keptFolder(realpathSync(there));
  if (kept !== null) throw notWritable(path, option, new Error(`it lies in ${kept.path}, which is ${kept.what}`));
}

/**
 * Writes beside the target first and renames then: whoever reads the target sees the old file or the whole new one.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`; nothing is left behind.
 */
export function writeWhole(path: string, text: string | Uint8Array, option: string): void {
  const target = resolve(path);
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
  // A store may have been begun in an empty folder since it was checked.
  checkApart(dirname(target), path, option);
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

/** What is written piece by piece. */
export interface Output {
  write(text: string): Promise<void>;
  /** What was written takes its place. */
  finish(): Promise<void>;
  /** Nothing is left behind. */
  abandon(): void;
}

/**
 * A file that is seen whole or not at all, as by {@link writeWhole}, or standard output without a path.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`, also by what it does.
 */
export async function openOutput(path: string | undefined, option: string): Promise<Output> {
  if (path === undefined) {
    return { write: writeToStandardOutput, finish: () => Promise.resolve(), abandon: () => {} };
  }
  const target = resolve(path);
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
  checkApart(dirname(target), path, option);
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw notWritable(path, option, cause);
    }
  };
  const file = await attempt(() => open(partial, 'wx'));
  return {
    write: (text) => attempt(() => file.writeFile(text)),
    finish: () =>
      attempt(async () => {
        await file.close();
        renameSync(partial, target);
      }),
    abandon: () => {
      void file.close().catch(() => {});
      rmSync(partial, { force: true });
    },
  };
}

/** Waits for whoever reads. */
function writeToStandardOutput(text: string): Promise<void> {
  if (process.stdout.write(text)) return Promise.resolve();
  return new Promise((resolve) => {
    process.stdout.once('drain', resolve);
  });
}
