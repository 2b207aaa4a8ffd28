/** The ways into a table: files by their names, text, rows and columns in memory. */
import * as v from 'valibot';
import { check, fields, flag, integer, oneOf, type Schema } from '../../arguments.js';
import { expected } from '../../errors.js';
import { type ByteSource, checkByteSource, isAsyncIterable } from './bytes.js';
import type { CellSource } from './cells.js';
import type { ColumnType } from './column.js';
import { type CsvFormat, csvCells } from './csv.js';
import { withoutColumns } from './derived-cells.js';
import { idxCells } from './idx-table.js';
import { MISSING_TEXTS } from './infer.js';
import { jsonLinesCells } from './json-lines.js';
import { npyCells } from './npy.js';
import { parquetCells } from './parquet.js';
import { type RowLike, rowCells } from './rows.js';
import type { Table } from './table.js';
import { type ReadingRules, TableSource } from './table-source.js';

/** Options of everything that reads a table. */
export interface ReadOptions {
  /** Types of columns, by name; the others are inferred from the first rows. @default {} */
  readonly columns?: Readonly<Record<string, ColumnType>>;
  /**
   * Texts of CSV that stand for no value. (JSON has null.)
   *
   * @default ['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', '?']
   */
  readonly missing?: readonly string[];
  /** Columns that are left out, by name: they are not looked at. @default [] */
  readonly drop?: readonly string[];
  /** Rows from which names of keys and types of columns are inferred; at least 1. @default 10,000 */
  readonly inferRows?: number;
  /** Rows of a batch of {@link TableSource.batches}, at least 1. @default 8192 */
  readonly batchRows?: number;
}

/** Options of CSV. */
export interface CsvOptions extends ReadOptions {
  /** What stands between two cells. @default ',' */
  readonly delimiter?: string;
  /** Whether the first line has the names; without one they are column_0, column_1, … @default true */
  readonly header?: boolean;
}

/** Options of rows that are arrays. */
export interface RowsOptions extends ReadOptions {
  /** Names of columns, where rows are arrays. @default column_0, column_1, … */
  readonly names?: readonly string[];
}

/** What a file is. */
export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet' | 'npy' | 'idx';

/** Options of {@link openTable} and {@link readTable}. */
export interface TableOptions extends CsvOptions {
  /** @default by the end of the path's name */
  readonly format?: TableFormat;
}

/** Rows from memory, or from elsewhere, one by one. A function gives them from the start at each call. */
export type RowSource = readonly RowLike[] | AsyncIterable<RowLike> | (() => AsyncIterable<RowLike>);

export const columnTypesSchema: Schema<Readonly<Record<string, ColumnType>>> = v.custom<
  Readonly<Record<string, ColumnType>>
>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'an object with a type for each name',
);
const names: Schema<readonly string[]> = v.array(v.string('a text'), 'an array of texts');

const readingEntries = {
  drop: v.optional(names, []),
  columns: v.optional(columnTypesSchema, {}),
  missing: v.optional(names, [...MISSING_TEXTS]),
  inferRows: v.optional(integer(1), 10_000),
  batchRows: v.optional(integer(1, 0x100_0000), 8192),
};
const csvEntries = {
  ...readingEntries,
  delimiter: v.optional(v.pipe(v.string('a text'), v.minLength(1, 'a text of at least 1 character'))),
  header: v.optional(flag, true),
};
const FORMATS = ['csv', 'tsv', 'jsonl', 'parquet', 'npy', 'idx'] as const;
const ENDINGS = '.csv, .tsv, .jsonl, .ndjson, .npy, .idx, -idx3-ubyte or .parquet';
const csvSchema = fields(csvEntries);
const rowsSchema = fields({ ...readingEntries, names: v.optional(names) });
const tableSchema = fields({ ...csvEntries, format: v.optional(oneOf(FORMATS)) });

/**
 * Opens a table: a file by the end of its name (`.csv`, `.tsv`, `.jsonl`, `.ndjson`, `.npy`, `.idx`, `-idx3-ubyte`, each also with `.gz`, and
 * `.parquet`), or bytes with a
 * `format`. Only the first rows are read.
 *
 * @throws SamebitsError (as rejection) `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_FILE` for what is missing, cut off, or no
 * such file; `ERR_SAMEBITS_DATA` for no rows; `ERR_SAMEBITS_SHAPE` for a type of a column that is not there
 */
export async function openTable(source: ByteSource, options: TableOptions = {}): Promise<TableSource> {
  const checked = checkByteSource(source, 'source');
  const { format = formatOf(checked), delimiter, header, ...rules } = check(tableSchema, options, 'openTable');
  switch (format) {
    case 'csv':
      return openText(checked, { delimiter: delimiter ?? ',', header }, rules);
    case 'tsv':
      return openText(checked, { delimiter: delimiter ?? '\t', header }, rules);
    case 'jsonl':
      return open(jsonLinesCells(checked), rules);
    case 'npy':
      return open(npyCells(checked), rules);
    case 'idx':
      if (typeof checked !== 'string') throw expected('the path of an IDX file', 'source', checked);
      return open(idxCells(checked), rules);
    case 'parquet':
      return openParquet(checked as string, rules);
  }
}

/** Reads a whole table into memory. As {@link openTable}, with the errors of {@link TableSource.read}. */
export async function readTable(source: ByteSource, options: TableOptions = {}): Promise<Table> {
  return (await openTable(source, options)).read();
}

/** Opens CSV of a file, a stream or any async iterable. Errors are those of {@link openTable}. */
export async function openCsv(source: ByteSource, options: CsvOptions = {}): Promise<TableSource> {
  const { delimiter = ',', header, ...rules } = check(csvSchema, options, 'openCsv');
  return openText(checkByteSource(source, 'source'), { delimiter, header }, rules);
}

/** Opens JSON lines (an object or an array on each) of a file, a stream or any async iterable. */
export async function openJsonLines(source: ByteSource, options: ReadOptions = {}): Promise<TableSource> {
  const rules = check(fields(readingEntries), options, 'openJsonLines');
  return open(jsonLinesCells(checkByteSource(source, 'source')), rules);
}

/**
 * Opens a Parquet file: flat columns, with the types that the file says, compressed in any usual way. One row group is in
 * memory at a time, and the next one is decoded ahead in another thread.
 *
 * @param path Parquet has to be read from its end: streams are refused.
 * @throws SamebitsError (as rejection) as {@link openTable}
 */
export async function openParquet(path: string, options: ReadOptions = {}): Promise<TableSource> {
  const { drop, ...rules } = check(fields(readingEntries), options, 'openParquet');
  if (typeof path !== 'string') throw expected('the path of a Parquet file', 'path', path);
  return TableSource.open(parquetCells(path, undefined, drop), rules);
}

/**
 * Opens rows that are objects or arrays, in an array or an async iterable.
 *
 * @throws SamebitsError (as rejection) `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_SHAPE`
 */
export async function openRows(rows: RowSource, options: RowsOptions = {}): Promise<TableSource> {
  const { names: given, ...rules } = check(rowsSchema, options, 'openRows');
  if (!Array.isArray(rows) && typeof rows !== 'function' && !isAsyncIterable(rows)) {
    throw expected('an array of rows, an async iterable of rows, or a function that gives one', 'rows', rows);
  }
  return open(rowCells(rows, 'the rows', given), rules);
}

type Rules = ReadingRules & { readonly drop: readonly string[] };

function open(cells: CellSource, { drop, ...rules }: Rules): Promise<TableSource> {
  return TableSource.open(withoutColumns(cells, drop), rules);
}

function openText(source: ByteSource, format: CsvFormat, rules: Rules): Promise<TableSource> {
  return open(csvCells(source, format), rules);
}

/** Files of IDX are called train-images-idx3-ubyte, or train-images.idx3-ubyte. */
const ENDING = /(?:\.(csv|tsv|jsonl|ndjson|npy|idx)(?:\.gz)?|\.(parquet)|[.-](idx)\d-ubyte(?:\.gz)?)$/i;

/** Whether a path ends as those of tables do. */
export function isTablePath(path: string): boolean {
  return ENDING.test(path);
}

function formatOf(source: ByteSource): TableFormat {
  const match = typeof source === 'string' ? ENDING.exec(source) : null;
  if (match === null) throw expected(`a path that ends in ${ENDINGS}, or a format,`, 'source', source);
  const ending = (match[1] ?? match[2] ?? match[3]).toLowerCase();
  return ending === 'ndjson' ? 'jsonl' : (ending as TableFormat);
}
