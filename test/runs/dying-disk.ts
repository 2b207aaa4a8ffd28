/**
 * A disk that dies: all that the package does to files is counted, and from one operation on nothing happens any more. Then
 * what was not brought to the disk is gone, as after a loss of power: bytes after the last sync of their file, and names after the
 * last sync of their folder.
 */

import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

// The module's own object, whose functions the package calls by name.
const fs = createRequire(import.meta.url)('node:fs/promises') as typeof import('node:fs/promises');
const { open, rename, rm, mkdir } = fs;

/** What happens to what the disk had not been told to keep. */
export type Loss =
  /** The process died, the machine lives: nothing. */
  | 'nothing'
  /** Unsynced bytes and names are gone. */
  | 'unsynced'
  /** Unsynced bytes are zeros, names are there. */
  | 'zeros';

class Died extends Error {}

/** Size of a file when it was synced last, by its present path. */
const synced = new Map<string, number>();
/** What undoes the renames and removals of a folder since it was synced, the newest last. */
const undo = new Map<string, (() => void)[]>();

let operations = 0;
let last = Number.POSITIVE_INFINITY;

/** Counts an operation; the one that dies, and all that follow, are not done. */
function count(): void {
  operations += 1;
  if (operations > last) throw new Died();
}

function undoably(path: string, action: () => void): void {
  const folder = dirname(path);
  undo.set(folder, [...(undo.get(folder) ?? []), action]);
}

/** Brings a path back to what it is now. */
function restoring(path: string): () => void {
  const before = existsSync(path) ? readFileSync(path) : null;
  return () => {
    if (before === null) rmSync(path, { force: true });
    else writeFileSync(path, before);
  };
}

function watch(handle: FileHandle, path: string): FileHandle {
  const { write, sync, datasync, truncate, stat } = handle;
  const keep = async (original: () => Promise<void>) => {
    count();
    await original.call(handle);
    const status = await stat.call(handle);
    if (status.isFile()) synced.set(path, status.size as number);
    else undo.delete(path);
  };
  handle.write = async (...parameters: unknown[]) => {
    const bytes = parameters[0] as Uint8Array;
    operations += 1;
    if (operations > last) {
      // The operation that dies is half done.
      if (operations === last + 1) {
        await write.apply(handle, [bytes, 0, Math.floor(bytes.length / 2), parameters[3]] as never);
      }
      throw new Died();
    }
    return (await write.apply(handle, parameters as never)) as never;
  };
  handle.sync = () => keep(sync);
  handle.datasync = () => keep(datasync);
  handle.truncate = async (length) => {
    count();
    await truncate.call(handle, length);
    synced.set(path, Math.min(synced.get(path) ?? 0, length ?? 0));
  };
  return handle;
}

/** Runs `body` on a disk that dies after `operations`, then on one that lost what it had not kept. */
export async function onDyingDisk(after: number, loss: Loss, body: () => Promise<unknown>): Promise<number> {
  operations = 0;
  last = after;
  synced.clear();
  undo.clear();
  fs.open = (async (path: string, flags: string | number, mode?: number) => {
    const writes = typeof flags === 'number' ? (flags & 3) !== 0 : flags !== 'r';
    if (writes) {
      count();
      if (!existsSync(path)) {
        undoably(path, () => rmSync(path, { force: true }));
        synced.set(path, 0);
      } else if (!synced.has(path)) synced.set(path, readFileSync(path).length);
    }
    return watch(await open(path, flags, mode), path);
  }) as typeof open;
  fs.rename = async (from, to) => {
    count();
    const before = restoring(to as string);
    await rename(from, to);
    synced.set(to as string, synced.get(from as string) ?? 0);
    undoably(to as string, () => {
      renameSync(to as string, from as string);
      before();
    });
  };
  fs.rm = async (path, options) => {
    count();
    undoably(path as string, restoring(path as string));
    await rm(path, options);
  };
  fs.mkdir = (async (path: string, options: object) => {
    count();
    return mkdir(path, options);
  }) as typeof mkdir;
  try {
    await body();
  } finally {
    Object.assign(fs, { open, rename, rm, mkdir });
  }
  if (loss !== 'nothing') lose(loss);
  return operations;
}

function lose(loss: Exclude<Loss, 'nothing'>): void {
  for (const [path, size] of synced) {
    if (!existsSync(path)) continue;
    const { length } = readFileSync(path);
    if (length <= size) continue;
    truncateSync(path, size);
    if (loss === 'zeros') truncateSync(path, length);
  }
  if (loss === 'unsynced') for (const actions of undo.values()) for (const action of actions.toReversed()) action();
}
