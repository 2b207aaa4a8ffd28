/** Columns of the data that look up embeddings: each value must be a category. */
import type { Matrix } from '../data/matrix.js';
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
export function checkIndices(model: ModelDescription, { data, rows, columns }: Matrix, name: string): void {
  const layer = lookUpLayer(model);
  if (layer === null) return;
  const tables = tablesOf(layer);
  const indices = lookedUpColumns(layer, columns).flatMap(({ name: column, table }, index) =>
    table === null ? [] : [{ column, index, categories: tables[table].categories }],
  );
  for (let row = 0; row < rows; row += 1) {
    for (const { column, index, categories } of indices) {
      const value = data[row * columns + index];
      if (value >= 0 && value < categories && Number.isInteger(value)) continue;
      const what = column === null ? `column ${index}` : `column ${index} ${JSON.stringify(column)}`;
      const place = `${name} at row ${row}, ${what} (counted from 0)`;
      throw expected(`a whole number from 0 to ${categories - 1}`, place, value, 'ERR_SAMEBITS_DATA');
    }
  }
}
