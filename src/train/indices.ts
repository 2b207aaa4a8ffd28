/** Columns of the data that look up embeddings: each value must be a category. */
import type { Matrix } from '../data/matrix.js';
import { expectedAt } from '../data/table/cell-error.js';
import { expected } from '../errors.js';
import { lookUpLayer, type ModelDescription } from '../model/description.js';
import { lookedUpColumns, tablesOf } from '../model/embeddings.js';

/**
 * Nothing is checked where the model has no embeddings.
 *
 * @param name What the caller calls `x`.
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for the first value, row by row, that is not a whole number below the
 * categories of its table.
 */
export function checkIndices(model: ModelDescription, x: Matrix, name: string): void {
  const stray = strayIndex(model, x);
  if (stray === null) return;
  const { row, index, column, value } = stray;
  const what = column === null ? `column ${index}` : `column ${index} ${JSON.stringify(column)}`;
  throw expected(wanted(stray), `${name} at row ${row}, ${what} (counted from 0)`, value, 'ERR_SAMEBITS_DATA');
}

/** Rows of a table, prepared. */
export interface PreparedBatch {
  readonly x: Matrix;
  /** What its columns are called. */
  readonly features: readonly string[];
  /** What row 0 is called in errors, and of what it is. */
  readonly firstRow: number;
  readonly source: string;
}

/** As {@link checkIndices}, of rows of a table; the error has `row` and `column`. */
export function checkTableIndices(model: ModelDescription, { x, features, firstRow, source }: PreparedBatch): void {
  const stray = strayIndex(model, x);
  if (stray === null) return;
  throw expectedAt(wanted(stray), { source, row: firstRow + stray.row, column: features[stray.index] }, stray.value);
}

interface StrayIndex {
  readonly row: number;
  readonly index: number;
  /** As the layer calls it, if it does. */
  readonly column: string | null;
  readonly categories: number;
  readonly value: number;
}

function wanted({ categories }: StrayIndex): string {
  return `a whole number from 0 to ${categories - 1}`;
}

/** The first value, row by row, that chooses no vector. */
function strayIndex(model: ModelDescription, { data, rows, columns }: Matrix): StrayIndex | null {
  const layer = lookUpLayer(model);
  if (layer === null) return null;
  const tables = tablesOf(layer);
  const indices = lookedUpColumns(layer, columns).flatMap(({ name: column, table }, index) =>
    table === null ? [] : [{ column, index, categories: tables[table].categories }],
  );
  for (let row = 0; row < rows; row += 1) {
    for (const { column, index, categories } of indices) {
      const value = data[row * columns + index];
      if (value >= 0 && value < categories && Number.isInteger(value)) continue;
      return { row, index, column, categories, value };
    }
  }
  return null;
}
