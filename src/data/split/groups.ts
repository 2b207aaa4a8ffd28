/** What each row belongs to: the values of a column, numbered. */
import { expected } from '../../errors.js';
import { expectedAt } from '../table/cell-error.js';
import { isMissing } from '../table/column.js';
import type { Table } from '../table/table.js';

/** Rows by the value that they share. */
export interface Groups {
  /** For each row the number of its group; groups are numbered in the order of their first rows. */
  readonly ofRow: Uint32Array;
  /** Rows of each group. */
  readonly sizes: readonly number[];
}

/** @throws SamebitsError `ERR_SAMEBITS_DATA` for a missing value, with `row` and `column` */
export function groupsOf(table: Table, name: string): Groups {
  const { type, values } = table.column(name);
  const numbers = new Map<number, number>();
  const sizes: number[] = [];
  const ofRow = Uint32Array.from(values, (value, row) => {
    if (isMissing(type, value)) throw expectedAt('a value', { source: 'the table', row, column: name }, null);
    let number = numbers.get(value);
    if (number === undefined) {
      number = sizes.length;
      numbers.set(value, number);
      sizes.push(0);
    }
    sizes[number] += 1;
    return number;
  });
  return { ofRow, sizes };
}

/**
 * Rows in the order of their times, those of one time in their own order.
 *
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for a column that is neither of dates nor of numbers, and for a missing value
 */
export function byTime(table: Table, name: string): { readonly order: Uint32Array; readonly times: ArrayLike<number> } {
  const { type, values } = table.column(name);
  if (type !== 'date' && type !== 'number') {
    throw expected('a column of dates or numbers', `column ${JSON.stringify(name)}`, type, 'ERR_SAMEBITS_DATA');
  }
  const bad = values.findIndex((value: number) => Number.isNaN(value));
  if (bad >= 0) throw expectedAt('a value', { source: 'the table', row: bad, column: name }, null);
  const order = Uint32Array.from(values, (_, row) => row).sort((a, b) => values[a] - values[b] || a - b);
  return { order, times: values };
}
