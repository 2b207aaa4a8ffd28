/** Finished results, kept in a folder under the keys of their tasks: nothing is computed twice. */
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { expected, SamebitsError } from '../../errors.js';
import type { Task } from '../experiment/task.js';
import type { ArrayName } from '../tasks/outcome.js';
import { readText } from './regular-file.js';
import { type KeptRecord, recordSchema, resultSchemas } from './result-schemas.js';
import { type Finished, type Place, SEGMENT_NAME, SegmentReader, SegmentWriter } from './segment.js';

/** The file that says that a folder is a store; of all versions it begins with {@link MARK_BEGIN}. */
export const MARK = 'samebits-lab.json';
export const MARK_BEGIN = '{"format":"samebits lab store"';
const MARK_CONTENT = `${MARK_BEGIN},"version":1}\n`;
const MOST_MARK_BYTES = 4096;
/** The mark while it is written. */
const BEGINNING = /^\.samebits-lab\.json\.\d+\.partial$/;

/** A result that was kept. */
export interface StoredResult {
  readonly kind: Task['kind'];
  /** In the form of its kind. */
  readonly result: object;
  readonly arrays: readonly ArrayName[];
  /** @throws SamebitsError `ERR_SAMEBITS_FILE` where it was damaged since. */
  array(name: ArrayName): Float32Array;
}

interface Entry extends Place {
  readonly segment: SegmentReader;
  /** Another result of the same task: this one may be damaged. */
  readonly next: Entry | null;
}

export class ResultStore {
  /** Lines that are no results: torn tails, and what was damaged since. Their tasks are computed again. */
  readonly damaged: number;
  readonly folder: string;
  readonly #entries = new Map<string, Entry>();
  #writer: { readonly segment: SegmentReader; readonly lines: SegmentWriter } | null = null;

  private constructor(folder: string) {
    this.folder = folder;
    let damaged = 0;
    for (const name of segmentNames(folder)) {
      const segment = new SegmentReader(folder, name);
      segment.scan(
        (record, place) => {
          const key = (record as Partial<KeptRecord> | null)?.task;
          if (typeof key !== 'string') damaged += 1;
          else this.#entries.set(key, { ...place, segment, next: this.#entries.get(key) ?? null });
        },
        () => {
          damaged += 1;
        },
      );
    }
    this.damaged = damaged;
  }

  /**
   * Opens a store, or begins one where there is no folder yet (in one that is there) or an empty one.
   *
   * @throws SamebitsError `ERR_SAMEBITS_FILE` for a folder that is no store, or of another version.
   */
  static open(path: string): ResultStore {
    const folder = resolve(path);
    try {
      if (!existsSync(folder)) makeFolder(folder);
      // Another process may be beginning it right now, or have died while it did.
      if (readdirSync(folder).every((name) => BEGINNING.test(name))) begin(folder);
    } catch (cause) {
      throw storeError(`Expected a folder for the store that can be written`, path, cause);
    }
    return ResultStore.openExisting(path);
  }

  /** As {@link open}, of a store that has to be there. */
  static openExisting(path: string): ResultStore {
    const folder = resolve(path);
    let mark: string;
    try {
      mark = readText(join(folder, MARK), MOST_MARK_BYTES);
    } catch (cause) {
      throw storeError(`Expected a store of samebits lab (a folder with ${MARK})`, path, cause);
    }
    if (mark !== MARK_CONTENT) {
      throw storeError(`Expected ${MARK_CONTENT.trim()} in ${MARK}`, path, new Error('another version, or no store'));
    }
    return new ResultStore(folder);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The result of a task; null where there is none, or where what is there is not whole. */
  get(key: string): StoredResult | null {
    for (let entry = this.#entries.get(key) ?? null; entry !== null; entry = entry.next) {
      const found = this.#read(key, entry);
      if (found !== null) return found;
    }
    return null;
  }

  /** Whether a task has a result that is whole, with its arrays. */
  holds(key: string): boolean {
    for (let entry = this.#entries.get(key) ?? null; entry !== null; entry = entry.next) {
      if (isWhole(this.#read(key, entry))) {
        // From now on the first that is asked.
        this.#entries.set(key, entry);
        return true;
      }
    }
    return false;
  }

  #read(key: string, { segment, offset, bytes }: Entry): StoredResult | null {
    const parsed = v.safeParse(recordSchema, segment.read({ offset, bytes }));
    if (!parsed.success || parsed.output.task !== key) return null;
    const { kind, arrays } = parsed.output;
    const result = v.safeParse(resultSchemas[kind], parsed.output.result);
    if (!result.success) return null;
    return {
      kind,
      result: result.output,
      arrays: arrays.map(({ name }) => name),
      array: (name) => {
        const kept = arrays.find((one) => one.name === name);
        if (kept === undefined) throw expected(`a task that keeps ${name}`, `${name}()`, arrays, 'ERR_SAMEBITS_STATE');
        const values = segment.readArray(kept);
        if (values !== null) return values;
        throw new SamebitsError(
          'ERR_SAMEBITS_FILE',
          `Expected the ${name} of result ${key} in ${this.folder} but they are damaged: run the command again`,
        );
      },
    };
  }

  /** Keeps results; when it returns, a killed process loses none of them. */
  add(finished: readonly Finished[]): void {
    if (finished.length === 0) return;
    try {
      if (this.#writer === null) {
        const lines = new SegmentWriter(this.folder);
        this.#writer = { lines, segment: new SegmentReader(this.folder, lines.name) };
      }
      const { lines, segment } = this.#writer;
      lines.append(finished).forEach((place, i) => {
        this.#entries.set(finished[i].key, { ...place, segment, next: null });
      });
    } catch (cause) {
      throw storeError('Expected a store that can be written', this.folder, cause);
    }
  }

  close(): void {
    this.#writer?.lines.close();
    this.#writer = null;
  }
}

function isWhole(found: StoredResult | null): boolean {
  if (found === null) return false;
  try {
    for (const name of found.arrays) found.array(name);
    return true;
  } catch {
    return false;
  }
}

function segmentNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.slice(0, -'.jsonl'.length))
    .filter((name) => SEGMENT_NAME.test(name))
    .sort();
}

/** As `mkdirSync`; one that another process has made meanwhile is fine. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (cause) {
    if (!existsSync(folder)) throw cause;
  }
}

function begin(folder: string): void {
  const partial = join(folder, `.${MARK}.${process.pid}.partial`);
  writeFileSync(partial, MARK_CONTENT);
  renameSync(partial, join(folder, MARK));
}

function storeError(what: string, path: string, cause: unknown): SamebitsError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SamebitsError('ERR_SAMEBITS_FILE', `${what} but received ${path}: ${reason}`, { cause });
}
