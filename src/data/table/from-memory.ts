/** Tables from what a caller has in memory, at once. */
import * as v from 'valibot';
import { check, fields } from '../../arguments.js';
import { expected } from '../../errors.js';
import { expectedAt } from './cell-error.js';
import type { Column, ColumnDescription, ColumnType } from './column.js';
import { type CellRules, TableBuilder } from './column-builder.js';
import { columnTypesSchema } from './read.js';
import { columnsBy, namesOfRows, type RowLike } from './rows.js';
import { Table } from './table.js';
import { describe } from './table-source.js';

/** Columns by name: arrays of cells (texts, numbers, booleans, dates, null), or typed arrays of numbers. */
export type ColumnsLike = Readonly<Record<string, readonly unknown[] | ArrayLike<number>>>;

/** Options of {@link tableOf}. */
export interface TableOfOptions {
  /** Types of columns, by name; the others are inferred from all rows. @default {} */
  readonly columns?: Readonly<Record<string, ColumnType>>;
  /** Names of columns, where rows are arrays. @default column_0, column_1, … */
  readonly names?: readonly string[];
}

const schema = fields({
  columns: v.optional(columnTypesSchema, {}),
  names: v.optional(v.array(v.string('a text'), 'an array of texts')),
});

/**
 * A table of rows (objects or arrays), or of columns by name. A Float64Array or Float32Array of a column is not copied.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_DATA` for no rows, and for cells that no column can have or
 * that do not fit their column's type, with `row` and `column`; `ERR_SAMEBITS_SHAPE` where lengths or names do not fit
 */
export function tableOf(data: readonly RowLike[] | ColumnsLike, options: TableOfOptions = {}): Table {
  const checked = check(schema, options, 'tableOf');
  const rules: CellRules = { texts: false, missing: new Set(), source: 'the rows' };
  if (Array.isArray(data)) {
    if (data.length === 0) throw expected('at least one row', 'the rows', data, 'ERR_SAMEBITS_DATA');
    const batch = { rows: data as readonly unknown[] };
    const names = namesOfRows([batch], rules.source, checked.names);
    return build(names, columnsBy(names, rules.source)(batch, 0).cells, rules, checked.columns);
  }
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) {
    throw expected('an array of rows, or an object of columns', 'data', data);
  }
  const names = Object.keys(data);
  const cells = names.map((name) => {
    const column: unknown = (data as ColumnsLike)[name];
    if (Array.isArray(column) || (ArrayBuffer.isView(column) && 'length' in column))
      return column as ArrayLike<unknown>;
    throw expected('an array', `column ${JSON.stringify(name)}`, column);
  });
  return build(names, cells, { ...rules, source: 'the columns' }, checked.columns);
}

function build(
  names: readonly string[],
  cells: readonly ArrayLike<unknown>[],
  rules: CellRules,
  given: Readonly<Record<string, ColumnType>>,
): Table {
  if (names.length === 0) throw expected('at least one column', rules.source, names, 'ERR_SAMEBITS_DATA');
  const rows = cells[0].length;
  const description = describe(names, [{ firstRow: 0, rows, cells }], rules, given);
  return new Table(description.map((column, index) => columnOf(column, cells[index], rules)));
}

function columnOf(description: ColumnDescription, cells: ArrayLike<unknown>, rules: CellRules): Column {
  const { name, type } = description;
  if (type === 'number' && (cells instanceof Float64Array || cells instanceof Float32Array)) {
    const infinite = cells.findIndex(
      (value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY,
    );
    if (infinite < 0) return { name, type, values: cells };
    throw expectedAt('a finite number', { source: rules.source, row: infinite, column: name }, cells[infinite]);
  }
  const builder = new TableBuilder([description], rules);
  builder.append({ firstRow: 0, rows: cells.length, cells: [cells] });
  return builder.finish().columns[0];
}
