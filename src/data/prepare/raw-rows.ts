/** Rows of a caller as a table with the columns that are wanted. */
import { expected } from '../../errors.js';
import { expectedAt } from '../table/cell-error.js';
import type { ColumnDescription } from '../table/column.js';
import { TableBuilder } from '../table/column-builder.js';
import type { RowLike } from '../table/rows.js';
import { Table } from '../table/table.js';

/** A table, or rows that are objects or arrays. */
export type RawRows = Table | readonly RowLike[];

const SOURCE = 'the rows';

/**
 * Other keys of objects are not looked at. A key that some rows lack is a missing value there; one that all lack is an
 * error.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, `ERR_SAMEBITS_SHAPE`, `ERR_SAMEBITS_DATA`
 */
export function toTable(rows: readonly RowLike[], columns: readonly ColumnDescription[]): Table {
  if (!Array.isArray(rows)) throw expected('a table, or an array of rows', 'rows', rows);
  if (rows.length === 0) throw expected('at least one row', 'rows', rows, 'ERR_SAMEBITS_DATA');
  const lists = isList(rows[0]);
  for (const [row, values] of rows.entries()) {
    const place = { source: SOURCE, row };
    if (isList(values) !== lists || typeof values !== 'object' || values === null) {
      throw expectedAt(lists ? 'an array' : 'an object', place, values);
    }
    if (lists && values.length !== columns.length) {
      throw expectedAt(`${columns.length} values`, place, values, 'ERR_SAMEBITS_SHAPE');
    }
  }
  const cells = columns.map(({ name }, index) => {
    if (lists) return rows.map((row) => row[index]);
    if (rows.some((row) => Object.hasOwn(row, name))) {
      return rows.map((row) => (Object.hasOwn(row, name) ? row[name] : null));
    }
    throw expected('a value in one row at least', `column ${JSON.stringify(name)}`, undefined, 'ERR_SAMEBITS_SHAPE');
  });
  const builder = new TableBuilder(columns, { texts: false, missing: new Set(), source: SOURCE });
  builder.append({ firstRow: 0, rows: rows.length, cells });
  return builder.finish();
}

function isList(row: unknown): boolean {
  return Array.isArray(row) || (ArrayBuffer.isView(row) && 'length' in row);
}
