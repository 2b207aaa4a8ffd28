/** Preparations learned from tables. */
import { expected } from '../../errors.js';
import type { Matrix } from '../matrix.js';
import type { Table } from '../table/table.js';
import type { TableSource } from '../table/table-source.js';
import { type ColumnFitter, fitterOf } from './fit-columns.js';
import { TargetFitter } from './fit-target.js';
import { type FittedColumn, PREPARATION_FORMAT } from './fitted.js';
import { type Plan, type PrepareOptions, planOf } from './options.js';
import { Preparation } from './preparation.js';

/** What {@link prepare} gives. */
export interface Prepared {
  readonly preparation: Preparation;
  /** [rows, features], binary32. */
  readonly x: Matrix;
  /** Labels, or for a regression a matrix of one column; null without a target. */
  readonly y: Uint32Array | Matrix | null;
}

/**
 * Learns a preparation from a table, and applies it to the same rows. Learn from training rows only: what the other rows
 * hold is not known when a model is trained.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for options; `ERR_SAMEBITS_SHAPE` for names that the table has not;
 * `ERR_SAMEBITS_DATA` for no rows, columns without values, too many categories, missing values that are refused, and a
 * target that does not fit the task
 */
export function prepare(table: Table, options: PrepareOptions = {}): Prepared {
  const fitter = new Fitter(planOf(table.description, options));
  fitter.see(table);
  const preparation = fitter.finish();
  const y = preparation.target === null ? null : preparation.targetOf(table, 0);
  return { preparation, x: preparation.transform(table), y };
}

/**
 * Learns a preparation from a table that may be larger than memory, in one pass; the bits are those of {@link prepare}.
 *
 * @throws SamebitsError (as rejection) as {@link prepare}, and what reading throws; `impute: 'median'` is refused
 */
export async function fitPreparation(source: TableSource, options: PrepareOptions = {}): Promise<Preparation> {
  return (await learnFrom(source, options)).preparation;
}

/** As {@link fitPreparation}, with the rows of each class, in the order of the classes; rejects with the signal's reason. */
export async function learnFrom(
  source: TableSource,
  options: PrepareOptions,
  signal?: AbortSignal,
): Promise<{ readonly preparation: Preparation; readonly classCounts: readonly number[] | null }> {
  const plan = planOf(source.description, options);
  checkStreamed(plan);
  const fitter = new Fitter(plan);
  for await (const table of source.batches()) {
    signal?.throwIfAborted();
    fitter.see(table);
  }
  const preparation = fitter.finish();
  return { preparation, classCounts: preparation.classes && fitter.classCounts };
}

/** Refuses what needs all values in memory. */
export function checkStreamed({ columns }: Plan): void {
  for (const column of columns) {
    if (column.type === 'number' && column.impute === 'median') {
      const what = "'mean', 'error' or a number (a median needs all values in memory: use prepare)";
      throw expected(what, `columns[${JSON.stringify(column.name)}].impute`, column.impute);
    }
  }
}

/** Learns of the columns that become features, batch after batch. */
export class ColumnsFitter {
  readonly #columns: readonly (readonly [string, ColumnFitter])[];
  rows = 0;

  constructor(columns: Plan['columns']) {
    if (columns.length === 0)
      throw expected('at least one column beside the target', 'columns', [], 'ERR_SAMEBITS_SHAPE');
    this.#columns = columns.map((plan) => [plan.name, fitterOf(plan)]);
  }

  see(table: Table): void {
    for (const [name, fitter] of this.#columns) fitter.see(table.column(name), this.rows);
    this.rows += table.rows;
  }

  finish(): FittedColumn[] {
    if (this.rows === 0) throw expected('at least one row', 'the table', 0, 'ERR_SAMEBITS_DATA');
    return this.#columns.map(([, fitter]) => fitter.finish());
  }
}

class Fitter {
  readonly #columns: ColumnsFitter;
  readonly #target: { readonly name: string; readonly fitter: TargetFitter } | null;

  constructor({ columns, target, task, targetScale }: Plan) {
    this.#columns = new ColumnsFitter(columns);
    this.#target = target && { name: target.name, fitter: new TargetFitter(target, task, targetScale) };
  }

  get rows(): number {
    return this.#columns.rows;
  }

  get classCounts(): readonly number[] {
    return this.#target?.fitter.counts ?? [];
  }

  see(table: Table): void {
    this.#target?.fitter.see(table.column(this.#target.name), this.rows);
    this.#columns.see(table);
  }

  finish(): Preparation {
    return new Preparation({
      format: PREPARATION_FORMAT,
      columns: this.#columns.finish(),
      target: this.#target?.fitter.finish() ?? null,
    });
  }
}
