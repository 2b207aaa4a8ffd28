/** Rows that are objects or arrays, turned into columns of cells. */
import { expected } from '../../errors.js';
import { expectedAt, type Place } from './cell-error.js';
import {
  CELL_BYTES,
  type CellBatch,
  type CellSource,
  MOST_COLUMNS,
  MOST_SAMPLE_BYTES,
  type OpenCells,
} from './cells.js';

/** Rows that follow each other. */
export interface RowBatch {
  readonly rows: readonly unknown[];
  /** Of text: the line of each row, from 1. */
  readonly lines?: readonly number[];
  /** Of text: how many characters each row has. */
  readonly lengths?: readonly number[];
}

/** Rows of a caller: arrays, typed arrays, or objects whose keys are the names of columns. */
export type RowLike = Readonly<Record<string, unknown>> | readonly unknown[] | ArrayLike<number>;

const AT_ONCE = 4096;

/**
 * Rows in memory, or such as come one by one.
 *
 * @param names Names of the columns of rows that are arrays. @default column_0, column_1, …
 */
export function rowCells(
  rows: readonly RowLike[] | AsyncIterable<RowLike> | (() => AsyncIterable<RowLike>),
  name: string,
  names?: readonly string[],
): CellSource {
  const isStream = !Array.isArray(rows) && typeof rows !== 'function';
  return {
    name,
    repeatable: !isStream,
    open: (_, sampleRows) => {
      const batches = Array.isArray(rows)
        ? slices(rows)
        : gather(typeof rows === 'function' ? rows() : (rows as AsyncIterable<RowLike>), name);
      return openRows(batches, name, sampleRows, names);
    },
  };
}

async function* slices(rows: readonly unknown[]): AsyncGenerator<RowBatch, void, undefined> {
  for (let start = 0; start < rows.length; start += AT_ONCE) yield { rows: rows.slice(start, start + AT_ONCE) };
}

async function* gather(rows: AsyncIterable<unknown>, name: string): AsyncGenerator<RowBatch, void, undefined> {
  if (rows === null || typeof rows !== 'object' || !(Symbol.asyncIterator in rows)) {
    throw expected('an async iterable of rows', name, rows);
  }
  let gathered: unknown[] = [];
  for await (const row of rows) {
    gathered.push(row);
    if (gathered.length < AT_ONCE) continue;
    yield { rows: gathered };
    gathered = [];
  }
  if (gathered.length > 0) yield { rows: gathered };
}

/**
 * Columns are those of the first `sampleRows` rows: keys in the order in which they come, or as many as the first array
 * has. A later row may lack a key, and then has no value there; it may not have another one.
 */
export async function openRows(
  batches: AsyncGenerator<RowBatch, void, undefined>,
  source: string,
  sampleRows: number,
  given?: readonly string[],
): Promise<OpenCells> {
  const sample: RowBatch[] = [];
  let most = sampleRows;
  let weight = 0;
  try {
    for (let rows = 0; rows < most; ) {
      const next = await batches.next();
      if (next.done === true) break;
      sample.push(next.value);
      for (const length of next.value.lengths ?? []) {
        rows += 1;
        // Every other character may be a cell.
        weight += (CELL_BYTES / 2) * length;
        if (weight > MOST_SAMPLE_BYTES) most = Math.min(most, rows);
      }
      if (next.value.lengths === undefined) rows += next.value.rows.length;
    }
    if (sample.length === 0) throw expected('at least one row', source, [], 'ERR_SAMEBITS_DATA');
    const names = namesOfRows(sample, source, given, most);
    return { names, texts: false, batches: toCells(sample, batches, names, source) };
  } catch (error) {
    await batches.return();
    throw error;
  }
}

/** The names of the columns of these rows, which are all of the same kind. */
export function namesOfRows(
  sample: readonly RowBatch[],
  source: string,
  given?: readonly string[],
  sampleRows: number = Number.POSITIVE_INFINITY,
): readonly string[] {
  const [first] = sample[0].rows;
  if (isList(first)) {
    if (given !== undefined && given.length !== first.length) {
      throw expected(`${given.length} values, one for each name,`, `row 0 of ${source}`, first, 'ERR_SAMEBITS_SHAPE');
    }
    return checkNames(given ?? Array.from({ length: first.length }, (_, index) => `column_${index}`), source);
  }
  const names = new Set<string>();
  let seen = 0;
  for (const { rows } of sample) {
    for (const row of rows) {
      if (seen === sampleRows || names.size > MOST_COLUMNS) break;
      seen += 1;
      if (isRecord(row)) for (const key of Object.keys(row)) names.add(key);
    }
  }
  return checkNames([...names], source);
}

function checkNames(names: readonly string[], source: string): readonly string[] {
  if (names.length >= 1 && names.length <= MOST_COLUMNS) return names;
  throw expected(`from 1 to ${MOST_COLUMNS} columns`, source, names.length, 'ERR_SAMEBITS_DATA');
}

async function* toCells(
  sample: readonly RowBatch[],
  others: AsyncGenerator<RowBatch, void, undefined>,
  names: readonly string[],
  source: string,
): AsyncGenerator<CellBatch, void, undefined> {
  const toColumns = columnsBy(names, source);
  let firstRow = 0;
  try {
    for (const batch of sample) {
      yield toColumns(batch, firstRow);
      firstRow += batch.rows.length;
    }
    for await (const batch of others) {
      yield toColumns(batch, firstRow);
      firstRow += batch.rows.length;
    }
  } finally {
    await others.return();
  }
}

/** Cells of rows: an array for each column. */
export type RowCells = CellBatch & { readonly cells: readonly (readonly unknown[])[] };

/** What makes cells of rows: the n-th of a row belongs to the n-th name, or a key to its name. */
export function columnsBy(names: readonly string[], source: string): (batch: RowBatch, firstRow: number) => RowCells {
  const positions = new Map(names.map((name, index) => [name, index]));
  let isLists: boolean | null = null;
  return ({ rows, lines }, firstRow) => {
    const cells = names.map(() => new Array<unknown>(rows.length).fill(null));
    rows.forEach((row, index) => {
      const place = { source, row: firstRow + index, line: lines?.[index] };
      isLists ??= isList(row);
      if (isLists) fromList(row, cells, index, place);
      else fromRecord(row, cells, index, place);
    });
    return { firstRow, rows: rows.length, cells, lines };
  };

  function fromList(row: unknown, cells: unknown[][], index: number, place: Place): void {
    if (!isList(row)) throw expectedAt('an array, as the first row is,', place, row);
    if (row.length !== names.length) {
      throw expectedAt(`${names.length} values, as in the first row,`, place, row, 'ERR_SAMEBITS_SHAPE');
    }
    for (let column = 0; column < row.length; column += 1) cells[column][index] = row[column];
  }

  function fromRecord(row: unknown, cells: unknown[][], index: number, place: Place): void {
    if (!isRecord(row)) throw expectedAt('an object, as the first row is,', place, row);
    for (const key of Object.keys(row)) {
      const column = positions.get(key);
      if (column === undefined) {
        throw expectedAt(`the columns of the first rows`, { ...place, column: key }, row[key], 'ERR_SAMEBITS_SHAPE');
      }
      cells[column][index] = row[key];
    }
  }
}

function isList(row: unknown): row is ArrayLike<unknown> {
  return Array.isArray(row) || (ArrayBuffer.isView(row) && 'length' in row);
}

function isRecord(row: unknown): row is Record<string, unknown> {
  return typeof row === 'object' && row !== null && !isList(row) && !(row instanceof Date);
}
