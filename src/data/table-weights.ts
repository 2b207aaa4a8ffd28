/** What rows of a table weigh: one of its columns, which then is no input of a model. */
import { expected } from '../errors.js';
import { expectedAt } from './table/cell-error.js';
import type { Table } from './table/table.js';

/**
 * A binary32 for each row.
 *
 * @param firstRow What row 0 is called in errors, and `source` of what it is a row.
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` without the column; `ERR_SAMEBITS_DATA` for a column of another type, and with `row`
 * for a weight that is missing, below 0 or beyond binary32
 */
export function weightsOfRows(table: Table, name: string, firstRow: number, source: string): Float32Array {
  const column = table.column(name);
  if (column.type !== 'number') {
    throw expected(
      'a column of numbers',
      `the sample weights, column ${JSON.stringify(name)},`,
      column.type,
      'ERR_SAMEBITS_DATA',
    );
  }
  return Float32Array.from(column.values, (value: number, row) => {
    if (value >= 0 && Number.isFinite(Math.fround(value)) && !Object.is(value, -0)) return value;
    throw expectedAt('a weight, a finite number of at least 0', { source, row: firstRow + row, column: name }, value);
  });
}

/** Whether a table, or what reads one, has the column. */
export function hasColumn({ description }: Pick<Table, 'description'>, name: string): boolean {
  return description.some((column) => column.name === name);
}

/**
 * Columns that are left out, and that of the weights.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` where it is the target
 */
export function withoutWeights<T extends { readonly drop?: readonly string[] }>(
  prepare: T,
  weights: string | null,
  target: string,
): T {
  if (weights === null) return prepare;
  if (weights === target) throw expected('another column than the target', 'sampleWeights', weights);
  const { drop = [] } = prepare;
  return { ...prepare, drop: drop.includes(weights) ? drop : [...drop, weights] };
}
