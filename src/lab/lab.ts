/** A lab session: experiments, a store, worker threads. */
import type { DataDescription } from '../compare/document.js';
import type { DataSet } from '../data/data-set.js';
import type { DataSource } from '../data/source.js';
import { SamebitsError } from '../errors.js';
import { addon } from '../native/addon.js';
import { type CarriedOut, carryOut, type LabProgress } from './carry-out.js';
import { DataLibrary } from './data-library.js';
import type { LabDocument } from './document.js';
import type { BaseChoice, Experiment, Ground, GroundData, Plan, Results } from './experiment/experiment.js';
import { baseOf, type GroundChoice, groundOf } from './experiment/ground.js';
import { KeptResults } from './kept-results.js';
import { describeData, makeDocument } from './make-document.js';
import type { Shard } from './planned.js';
import { LabPool } from './pool/pool.js';
import type { ResultStore } from './store/result-store.js';

export interface LabOptions {
  /** Data that callers gave, by hash. */
  readonly given?: ReadonlyMap<string, DataSet>;
  /** Ends the work at step boundaries. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LabProgress) => void;
}

/** What the user chose, with the data as a source. */
export interface LabChoice extends Omit<GroundChoice, 'data'> {
  readonly source?: DataSource;
}

/** An experiment, or a plan without a conclusion, on its ground. */
export interface Prepared<P extends Plan = Experiment> {
  readonly experiment: P;
  readonly ground: Ground;
}

export class Lab {
  readonly #library: DataLibrary;
  readonly #options: LabOptions;
  #pool: LabPool | null = null;

  constructor(options: LabOptions = {}) {
    this.#options = options;
    this.#library = new DataLibrary(options.given);
  }

  /** Loads the data of an experiment's base setting and looks at them. */
  async prepare<P extends Plan>(experiment: P, chosen: LabChoice): Promise<Prepared<P>> {
    const { defaults } = experiment;
    const { source = defaults?.source ?? undefined, ...rest } = chosen;
    const choice = { ...rest, rows: rest.rows ?? defaults?.rows ?? undefined };
    const data = source === undefined ? undefined : await this.#chosen(source);
    const base = baseOf(experiment, { ...choice, data });
    const known = base === null ? null : await this.#known(base.data);
    const isas = addon().instructionSets().available;
    const ground = groundOf(experiment, base, known, isas, choice.repeats);
    // What it cannot do on this ground it says now, and not after hours of other work.
    for (const _ of experiment.plan(ground)) break;
    return { experiment, ground };
  }

  /**
   * Whether an experiment has a use for what was chosen.
   *
   * @throws SamebitsError where the data cannot be loaded.
   */
  async accepts(experiment: Plan, chosen: LabChoice): Promise<boolean> {
    if (chosen.source !== undefined) await this.#chosen(chosen.source);
    try {
      await this.prepare(experiment, chosen);
      return true;
    } catch (error) {
      if (error instanceof SamebitsError) return false;
      throw error;
    }
  }

  /**
   * Makes the results that the store does not have.
   *
   * @throws SamebitsError of the first task that fails; the signal's reason after an abort.
   */
  carryOut({ experiment, ground }: Prepared<Plan>, store: ResultStore, shard?: Shard): Promise<CarriedOut> {
    this.#pool ??= new LabPool();
    const { signal, onProgress } = this.#options;
    const library = this.#library;
    return carryOut({ experiment, ground, library, store, pool: this.#pool, shard, signal, onProgress });
  }

  /** @throws SamebitsError `ERR_SAMEBITS_STATE` where results are missing. */
  async conclude(
    { experiment, ground }: Prepared,
    stores: readonly ResultStore[],
    commandLine: string,
  ): Promise<LabDocument> {
    const results = await this.results({ experiment, ground }, stores);
    return makeDocument({ experiment, ground, library: this.#library, results, commandLine });
  }

  /** @throws SamebitsError `ERR_SAMEBITS_STATE` where results are missing. */
  results({ experiment, ground }: Prepared<Plan>, stores: readonly ResultStore[]): Promise<Results> {
    return KeptResults.of(experiment, ground, this.#library, stores, this.#options.signal);
  }

  /** The data of a ground's base setting, as documents describe them. */
  async describeData({ base, data }: Ground): Promise<DataDescription> {
    return describeData(base, data, this.#library);
  }

  /** Ends the worker threads. */
  async close(): Promise<void> {
    await this.#pool?.close();
    this.#pool = null;
  }

  async #chosen(source: DataSource): Promise<NonNullable<BaseChoice['data']>> {
    const { train, classes, scale } = await this.#library.load(source);
    const outputs = train.y instanceof Uint32Array ? 1 : train.y.columns;
    const { rows, columns } = train.x;
    return { choice: { source, rows: null, bootstrap: null }, rows, columns, classes, outputs, scale };
  }

  async #known({ source, rows }: Ground['base']['data']): Promise<GroundData> {
    const { name, train, test, classes } = await this.#library.load(source);
    const { y } = test;
    return {
      name,
      rows: rows ?? train.x.rows,
      testRows: test.x.rows,
      columns: train.x.columns,
      classes,
      targets: y instanceof Uint32Array ? y : Float32Array.from(y.data),
    };
  }
}
