/** Folders whose files are the package's own: those of runs, and stores of the lab. */
import { closeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openRegular, readAt } from '../lab/store/regular-file.js';
import { MARK, MARK_BEGIN } from '../lab/store/result-store.js';
import { MANIFEST_FILE, SEAL_PREFIX } from '../runs/manifest.js';

const KINDS = [
  { file: MANIFEST_FILE, begin: SEAL_PREFIX, what: 'the folder of a run' },
  { file: MARK, begin: MARK_BEGIN, what: 'a store of samebits lab' },
] as const;

/** A folder that is kept, and what it is: `the folder of a run`. */
export interface KeptFolder {
  readonly path: string;
  readonly what: string;
}

/** The innermost such folder that `folder` is or lies in, or null. @param folder Absolute, without links. */
export function keptFolder(folder: string): KeptFolder | null {
  for (let path = folder; ; path = dirname(path)) {
    const kind = KINDS.find(({ file, begin }) => beginsWith(join(path, file), begin));
    if (kind !== undefined) return { path, what: kind.what };
    if (dirname(path) === path) return null;
  }
}

function beginsWith(path: string, text: string): boolean {
  let file: number;
  try {
    file = openRegular(path);
  } catch {
    // Nothing is there, or nothing that the package would have written.
    return false;
  }
  try {
    return readAt(file, 0, text.length).toString('latin1') === text;
  } catch {
    return false;
  } finally {
    closeSync(file);
  }
}
