/** The data of a lab session: each loaded once, in memory that worker threads share. */
import type { Setting } from '../causes/cause.js';
import type { DataSet } from '../data/data-set.js';
import { loadSource } from '../data/load-source.js';
import { madeUpBytes } from '../data/made-up.js';
import type { DataSource } from '../data/source.js';
import type { Task } from './experiment/task.js';

/** Made-up data that are kept, in bytes: they can be made again. */
const MOST_BYTES = 256 * 1024 * 1024;

export class DataLibrary {
  readonly #given: ReadonlyMap<string, DataSet>;
  readonly #loaded = new Map<string, DataSet>();
  readonly #madeUp = new Map<string, { readonly data: DataSet; readonly bytes: number }>();
  #bytes = 0;

  /** @param given Data that callers gave, by hash. */
  constructor(given: ReadonlyMap<string, DataSet> = new Map()) {
    this.#given = given;
  }

  /** @throws SamebitsError as {@link loadSource} does. */
  async load(source: DataSource): Promise<DataSet> {
    const key = JSON.stringify(source);
    const known = this.#loaded.get(key) ?? this.#madeUp.get(key)?.data;
    if (known !== undefined) return known;
    const data = await loadSource(source, this.#given);
    if (source.kind === 'madeUp') this.#keep(key, data, madeUpBytes(source));
    else this.#loaded.set(key, data);
    return data;
  }

  /** SHA-256 of data that {@link load} has loaded, and that are kept. */
  readonly hashOf = (source: DataSource): string => {
    const data = this.#loaded.get(JSON.stringify(source));
    if (data === undefined) throw new Error(`not loaded: ${JSON.stringify(source)}`);
    return data.hash;
  };

  #keep(key: string, data: DataSet, bytes: number): void {
    this.#madeUp.set(key, { data, bytes });
    this.#bytes += bytes;
    for (const [oldest, kept] of this.#madeUp) {
      if (this.#bytes <= MOST_BYTES || this.#madeUp.size === 1) return;
      this.#madeUp.delete(oldest);
      this.#bytes -= kept.bytes;
    }
  }
}

/** The settings that a task trains. */
export function settingsOf(task: Task): readonly Setting[] {
  if (task.kind === 'sum') return [];
  return task.kind === 'pair' ? [task.a, task.b] : [task.setting];
}
