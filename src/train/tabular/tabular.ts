/** What is a table, and what are rows of one. */

import type { RawRows } from '../../data/prepare/raw-rows.js';
import type { RowLike } from '../../data/table/rows.js';
import { Table } from '../../data/table/table.js';
import { TableSource } from '../../data/table/table-source.js';

/** A row as it stands in a table: its values by the names of their columns. */
export type RowObject = Readonly<Record<string, unknown>>;

/** Rows before they are prepared: a table, an object, or an array of objects. */
export type TableRows = Table | RowObject | readonly RowObject[];

export function isTabular(value: unknown): value is Table | TableSource {
  return value instanceof Table || value instanceof TableSource;
}

/** Rows that have to be prepared, or null for a matrix. */
export function rawRowsOf(value: unknown): RawRows | null {
  if (value instanceof Table) return value;
  if (Array.isArray(value)) return isRow(value[0]) ? (value as readonly RowLike[]) : null;
  return isRow(value) ? [value] : null;
}

/** Neither an array of any kind nor a Matrix. */
function isRow(value: unknown): value is RowObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return !('data' in value && ArrayBuffer.isView(value.data));
}
