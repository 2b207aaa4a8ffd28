/** Where data come from, as a description that survives JSON: what a run's setting says instead of the rows themselves. */
import type { Seed } from '../random/seed.js';
import type { PrepareOptions, Task } from './prepare/options.js';
import type { ColumnType } from './table/column.js';

/** Data by the contract's arithmetic from a seed alone (docs/numerics.md, "Made-up data"). */
export interface MadeUpSource {
  readonly kind: 'madeUp';
  /** `regression`: one target per row; `classes`: labels. */
  readonly problem: 'regression' | 'classes';
  /** Training rows. */
  readonly rows: number;
  readonly testRows: number;
  readonly columns: number;
  /** Of `classes`: how many, at least 2; 1 for `regression`. */
  readonly classes: number;
  /** Standard deviation of what no model can learn; at least 0. */
  readonly noise: number;
  /** Of `classes`: share of the rows that are of class 0; the others share the rest evenly. @default 1/classes */
  readonly majority?: number;
  readonly seed: Seed;
}

/** Rows that a caller gave, known by what is in them. */
export interface GivenSource {
  readonly kind: 'given';
  readonly name: string;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/**
 * A table in a file: one column is predicted from the others. Some rows are kept for testing, by a seed: of every class its
 * share. What is learned to prepare the columns is learned from the training rows alone.
 */
export interface TableFileSource {
  readonly kind: 'table';
  /** By its ending `.csv`, `.tsv`, `.jsonl`, `.ndjson`, `.npy` (each also with `.gz`) or `.parquet`. */
  readonly path: string;
  /** Name of the column that is predicted. */
  readonly target: string;
  /** @default inferred from the target */
  readonly task?: Task;
  /** Types of columns, by name. @default inferred */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** How columns become features. @default as of {@link prepare} */
  readonly prepare?: Omit<PrepareOptions, 'target' | 'task'>;
  /** Name of the column that says what rows weigh in the loss; it is no input. @default rows have no weights */
  readonly sampleWeights?: string;
  /** Share of the rows that are kept for testing, below 1; 0: all are trained on, and tested too. */
  readonly test: number;
  /** Decides which. */
  readonly seed: Seed;
  /** The test rows are drawn as `splitSource` draws them: without regard to classes, so that rows may be streamed. */
  readonly streamed?: true;
}

/** Where data comes from, as a recipe of data that survives JSON. */
export type DataSource =
  | { readonly kind: 'digits' }
  | { readonly kind: 'mnist' }
  | { readonly kind: 'folder'; readonly path: string }
  | TableFileSource
  | MadeUpSource
  | GivenSource;

/** Which rows of a source are trained on. The test rows are always all of the source's. */
export interface DataChoice {
  readonly source: DataSource;
  /** The first so many training rows; null for all. */
  readonly rows: number | null;
  /** Draw as many rows as there are, with replacement, by this seed; null for the rows as they are. */
  readonly bootstrap: Seed | null;
}
