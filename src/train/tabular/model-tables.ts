/** What a model does with tables: it learns a preparation, keeps it, and takes rows through it. */
import { asMatrix, type Matrix, type MatrixLike } from '../../data/matrix.js';
import type { Preparation } from '../../data/prepare/preparation.js';
import type { Table } from '../../data/table/table.js';
import type { TableSource } from '../../data/table/table-source.js';
import { SamebitsError } from '../../errors.js';
import { checkTableFitOptions, type TableFitOptions } from '../fit-options.js';
import type { LiveNetwork } from '../live-network.js';
import type { Predictions, Run } from '../run.js';
import type { Blueprint, Compiled } from '../sequential-options.js';
import { type FitData, type ModelParts, trainModel } from '../train-model.js';
import type { Rows } from './evaluate-rows.js';
import { withLabels } from './labels.js';
import { type Learned, type RowsFit, rowsOf, streamBuffer, trainingTable } from './table-data.js';
import { rawRowsOf, type TableRows } from './tabular.js';
import { checkTask, endsOf } from './task.js';

/** Rows as a network takes them in, and what becomes of its outputs. */
interface Inputs {
  readonly matrix: Matrix;
  readonly labeled: (outputs: Predictions, compiled: Compiled | null) => Predictions;
}

export class ModelTables {
  readonly #live: LiveNetwork;
  /** What the model was made with. */
  readonly #given: Learned | null;
  #learned: Learned | null = null;

  constructor({ preparation = null }: Blueprint, live: LiveNetwork) {
    this.#live = live;
    this.#given = preparation && { preparation, by: null };
  }

  get preparation(): Preparation | null {
    return this.#known?.preparation ?? null;
  }

  get #known(): Learned | null {
    return this.#learned ?? this.#given;
  }

  /** Forgets what was learned. */
  forget(): void {
    this.#learned = null;
  }

  async fit(parts: ModelParts, table: Table | TableSource, options: TableFitOptions): Promise<Run> {
    const { target, prepare, sampleWeights, validationData, validationSplit, ...training } =
      checkTableFitOptions(options);
    const buffered = { ...training, ...streamBuffer(table, training) };
    const before = this.#learned;
    const makeData = async (): Promise<FitData> => {
      const end = endsOf(parts.blueprint.model, parts.compiled.loss);
      const how = { target, prepare, sampleWeights, validationData, validationSplit, signal: training.signal };
      const { rows, validation, ...learned } = await trainingTable(table, how, this.#known, end);
      const { preparation } = learned;
      const columns = preparation.features.length;
      this.#live.checkInputs(columns, 'features of the table');
      this.#learned = learned;
      return { columns, train: rows, validation, preparation, ...(sampleWeights && { sampleWeights }) };
    };
    try {
      return await trainModel(parts, buffered, (validationData ?? validationSplit) !== undefined, makeData);
    } catch (cause) {
      // What no step was made with is not kept.
      if (this.#live.isInitial) this.#learned = before;
      throw cause;
    }
  }

  /** Rows with their targets, to evaluate on. */
  async rows(
    table: Table | TableSource,
    end: RowsFit,
    what: string,
  ): Promise<{ readonly rows: Rows; readonly columns: number }> {
    const preparation = this.#needed(what);
    checkTask(preparation, end);
    const columns = preparation.features.length;
    return { rows: await rowsOf(table, preparation, end, 'the table'), columns };
  }

  /** A matrix, or rows of a table prepared. */
  inputs(x: MatrixLike | TableRows, what: string): Inputs {
    const raw = rawRowsOf(x);
    if (raw === null) {
      return { matrix: asMatrix(x as MatrixLike, 'x', this.#live.inputs), labeled: (outputs) => outputs };
    }
    const preparation = this.#needed(what);
    return {
      matrix: preparation.transform(raw),
      labeled: (outputs, compiled) => withLabels(outputs, preparation, compiled?.loss ?? null),
    };
  }

  #needed(what: string): Preparation {
    if (this.preparation !== null) return this.preparation;
    throw new SamebitsError(
      'ERR_SAMEBITS_STATE',
      `Expected a model with a preparation for ${what} of rows of a table: fit it on a table, or make it with one`,
    );
  }
}
