/** Tables in the IDX format: a row for each element of the first dimension, as of images or of their labels. */
import { expected } from '../../errors.js';
import { readIdxFile } from '../idx.js';
import { type CellSource, MOST_COLUMNS } from './cells.js';

/** Rows that are handed on at once. */
const AT_ONCE = 8192;

/** All is in memory while it is read: as bytes, where it is bytes. */
export function idxCells(path: string): CellSource {
  return {
    name: path,
    repeatable: true,
    open: async () => {
      const { dimensions, data } = await readIdxFile(path);
      const [rows] = dimensions;
      const columns = rows === 0 ? 0 : data.length / rows;
      if (columns < 1 || columns > MOST_COLUMNS) {
        throw expected(`from 1 to ${MOST_COLUMNS} elements in each row`, path, columns, 'ERR_SAMEBITS_FILE');
      }
      const names = Array.from({ length: columns }, (_, column) => `column_${column}`);
      const batches = (async function* () {
        for (let firstRow = 0; firstRow < rows; firstRow += AT_ONCE) {
          const count = Math.min(AT_ONCE, rows - firstRow);
          const cells = names.map((_, column) =>
            Float64Array.from({ length: count }, (_value, row) => data[(firstRow + row) * columns + column]),
          );
          yield { firstRow, rows: count, cells };
        }
      })();
      return { names, texts: false, rows, batches };
    },
  };
}
