/** Columns of a table, and how each marks what is missing. */

/** What a column holds. `category`: texts of which each may come many times. */
export type ColumnType = 'number' | 'category' | 'boolean' | 'date';

export const COLUMN_TYPES = ['number', 'category', 'boolean', 'date'] as const;

/** The code of a missing category. */
export const MISSING_CODE = 0xffff_ffff;

/** What stands for a missing boolean. */
export const MISSING_BOOLEAN = 2;

interface Named {
  readonly name: string;
}

/** A column of numbers. */
export interface NumberColumn extends Named {
  readonly type: 'number';
  /** One per row, finite; NaN where it is missing. */
  readonly values: Float64Array | Float32Array;
}

/** A column of texts, of which few are different. */
export interface CategoryColumn extends Named {
  readonly type: 'category';
  /** One per row, an index into `categories`; `MISSING_CODE` (2^32 − 1) where it is missing. */
  readonly values: Uint32Array;
  /** Distinct texts, in the order of their first row. Not every one has to occur. */
  readonly categories: readonly string[];
}

/** A column of yes and no. */
export interface BooleanColumn extends Named {
  readonly type: 'boolean';
  /** One per row: 0 false, 1 true, 2 missing. */
  readonly values: Uint8Array;
}

/** A column of moments. */
export interface DateColumn extends Named {
  readonly type: 'date';
  /** One per row: milliseconds since 1970-01-01T00:00Z, integers; NaN where it is missing. */
  readonly values: Float64Array;
}

/** A column of a {@link Table}. */
export type Column = NumberColumn | CategoryColumn | BooleanColumn | DateColumn;

/** Name and type of a column, without its values. */
export interface ColumnDescription {
  readonly name: string;
  readonly type: ColumnType;
}

/** A value of a table as JavaScript knows it; null where it is missing. */
export type Cell = number | string | boolean | Date | null;

export function cellAt(column: Column, row: number): Cell {
  const value = column.values[row];
  switch (column.type) {
    case 'number':
      return Number.isNaN(value) ? null : value;
    case 'category':
      return value === MISSING_CODE ? null : column.categories[value];
    case 'boolean':
      return value === MISSING_BOOLEAN ? null : value === 1;
    case 'date':
      return Number.isNaN(value) ? null : new Date(value);
  }
}

/** Rows of a column that have no value. */
export function countMissing({ type, values }: Column): number {
  let count = 0;
  for (const value of values) if (isMissing(type, value)) count += 1;
  return count;
}

/** Whether a stored value stands for a missing one. */
export function isMissing(type: ColumnType, value: number): boolean {
  if (type === 'category') return value === MISSING_CODE;
  return type === 'boolean' ? value === MISSING_BOOLEAN : Number.isNaN(value);
}

/** The same column with other values of the same kind. */
export function withValues<C extends Column>(column: C, values: C['values']): C {
  return { ...column, values };
}
