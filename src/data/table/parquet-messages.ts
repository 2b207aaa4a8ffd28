/** What the reader of Parquet and its worker thread say to each other. */
import type { ColumnType } from './column.js';

/** How the worker is started. */
export interface ParquetStart {
  readonly path: string;
  /** Columns that are left out. */
  readonly drop: readonly string[];
}

/** A request: the row group with this index. */
export type ParquetRequest = number;

/**
 * Cells of a column: numbers and times (milliseconds since 1970) as binary64, NaN where they are missing; texts as codes
 * ({@link CodedTexts}, whose class no message keeps).
 */
export type ParquetCells =
  | Float64Array
  | { readonly codes: Uint32Array; readonly texts: readonly string[] }
  | readonly unknown[];

/** What a file says of itself. */
export interface ParquetHead {
  readonly names: readonly string[];
  /** Those that are left out too. */
  readonly all: readonly string[];
  /** Null for bytes whose meaning only their values show. */
  readonly types: readonly (ColumnType | null)[];
  /** Rows of each row group. */
  readonly groups: readonly number[];
}

export type ParquetAnswer =
  | ({ readonly kind: 'head' } & ParquetHead)
  | { readonly kind: 'group'; readonly cells: readonly ParquetCells[] }
  | { readonly kind: 'error'; readonly message: string };
