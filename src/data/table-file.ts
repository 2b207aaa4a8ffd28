/** A table in a file as a data set: read, split, prepared. */
import { basename, resolve } from 'node:path';
import { type DataSet, type DataSetRows, shareArray } from './data-set.js';
import { hashParts } from './hash-parts.js';
import { prepareFor, targetOf } from './prepare/known-target.js';
import type { Preparation } from './prepare/preparation.js';
import type { TableFileSource } from './source.js';
import { type TableSplit, trainTestSplit } from './split/split.js';
import { splitRowsByBlocks } from './split/stream-split.js';
import { readTable } from './table/read.js';
import type { Table } from './table/table.js';
import { weightsOfRows, withoutWeights } from './table-weights.js';

/** A data set of a table, with what takes other rows to it. */
export interface LoadedTable {
  readonly data: DataSet;
  /** Learned from the training rows; its classes are those of all rows. */
  readonly preparation: Preparation;
  /** The whole table, as it was read. */
  readonly table: Table;
  /** Its training rows, and its test rows, before they were prepared. */
  readonly parts: TableSplit;
}

/**
 * Reads a table whole, keeps a share of its rows for testing (of every class its share, where there are classes), and prepares
 * both parts by what the training rows hold.
 *
 * @param read The table of the source, where it was read before.
 * @throws SamebitsError as `readTable`, `trainTestSplit` and `prepare` do
 */
export async function loadTable(source: TableFileSource, read?: Table): Promise<LoadedTable> {
  const { path, target, task, sampleWeights = null, test } = source;
  const columns = withoutWeights(source.prepare ?? {}, sampleWeights, target);
  const table = read ?? (await readTableFile(source));
  const fitted = targetOf(table, target, task ?? null);
  const parts = test === 0 ? { train: table, test: table } : splitOf(table, source, fitted.classes !== null);
  const preparation = prepareFor(fitted, parts.train, columns);
  const rowsOf = (part: Table): DataSetRows => {
    const rows = withTarget(preparation, part);
    if (sampleWeights === null) return rows;
    return { ...rows, weights: shareArray(weightsOfRows(part, sampleWeights, 0, basename(path))) };
  };
  const train = rowsOf(parts.train);
  const rows = { train, test: test === 0 ? train : rowsOf(parts.test) };
  const data = {
    name: basename(path),
    hash: hashParts([rows.train, rows.test]),
    ...rows,
    classes: fitted.classes?.length ?? 0,
    scale: 1,
  };
  return { data, preparation, table, parts };
}

function splitOf(table: Table, { target, test, seed, streamed }: TableFileSource, hasClasses: boolean): TableSplit {
  if (streamed === true) {
    const { train, test: tested } = splitRowsByBlocks(table, { test, seed });
    return { train: table.take(train), test: table.take(tested) };
  }
  return trainTestSplit(table, { test, seed, ...(hasClasses && { method: 'stratified', by: target }) });
}

/** The whole table of a source, with the types that it gives. */
export function readTableFile({ path, types }: TableFileSource): Promise<Table> {
  return readTable(resolve(path), types === undefined ? {} : { columns: types });
}

function withTarget(preparation: Preparation, table: Table): DataSetRows {
  const y = preparation.transformTarget(table);
  return { x: preparation.transform(table), y: y instanceof Uint32Array ? shareArray(y) : y };
}
