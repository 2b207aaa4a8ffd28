/** A table in a file that is never all in memory: split, and learned of, in one pass. */
import { resolve } from 'node:path';
import { TargetFitter, TargetScale } from './prepare/fit-target.js';
import { type FittedColumn, PREPARATION_FORMAT } from './prepare/fitted.js';
import { type PrepareOptions, planOf } from './prepare/options.js';
import { Preparation } from './prepare/preparation.js';
import { ColumnsFitter, checkStreamed } from './prepare/prepare.js';
import type { TableFileSource } from './source.js';
import { blockDraw } from './split/stream-split.js';
import { openTable } from './table/read.js';
import type { Table } from './table/table.js';
import type { TableSource } from './table/table-source.js';
import { withoutWeights } from './table-weights.js';

/** A table's parts, read each time anew. */
export interface StreamedTable {
  readonly whole: TableSource;
  readonly train: TableSource;
  /** The whole where no rows are kept for testing. */
  readonly test: TableSource;
  readonly rows: number;
  readonly preparation: Preparation;
}

/** Columns of categories become one-hot up to so many, where no column has more; else all of them become indices. */
export const MOST_ONE_HOT = 32;

/** What {@link streamTable} is told. */
export interface StreamTableOptions {
  /** What was learned before: then the table is only counted. */
  readonly preparation?: Preparation | null;
  /** Decide by the number of categories whether they are one-hot or indices. */
  readonly byCount?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * The preparation is that of a table in memory, with the same split: columns and how a target is scaled are learned of the training rows, classes of all rows.
 *
 * @throws SamebitsError as `openTable`, `splitSource` and `fitPreparation` do; the signal's reason
 */
export async function streamTable(
  source: TableFileSource,
  { preparation = null, byCount = false, signal }: StreamTableOptions = {},
): Promise<StreamedTable> {
  const { path, types, test, seed } = source;
  const whole = await openTable(resolve(path), types === undefined ? {} : { columns: types });
  const draw = test === 0 ? null : blockDraw({ test, seed });
  const learned = preparation ?? (await learn(whole, source, byCount, draw?.train.has ?? null, signal));
  const rows = await whole.count(signal && { signal });
  const sides =
    draw === null ? { train: whole, test: whole } : { train: whole.choose(draw.train), test: whole.choose(draw.test) };
  return { whole, ...sides, rows, preparation: learned };
}

async function learn(
  whole: TableSource,
  { target: name, task, sampleWeights, prepare = {} }: TableFileSource,
  byCount: boolean,
  isTrained: ((row: number) => boolean) | null,
  signal: AbortSignal | undefined,
): Promise<Preparation> {
  const categories = byCount ? { encode: 'ordinal' as const } : prepare.categories;
  const options: PrepareOptions = {
    ...withoutWeights(prepare, sampleWeights ?? null, name),
    ...(categories && { categories }),
    target: name,
  };
  const plan = planOf(whole.description, options);
  checkStreamed(plan);
  const columns = new ColumnsFitter(plan.columns);
  const description = plan.target as NonNullable<typeof plan.target>;
  const target = new TargetFitter(description, task ?? null);
  const scale = new TargetScale(description, plan.targetScale);
  let row = 0;
  for await (const batch of whole.batches()) {
    signal?.throwIfAborted();
    target.see(batch.column(name), row);
    const trained = isTrained === null ? batch : chosen(batch, row, isTrained);
    columns.see(trained);
    scale.see(trained.column(name));
    row += batch.rows;
  }
  const fitted = columns.finish();
  const encoded = byCount && !fitted.some(hasMany) ? fitted.map(oneHot) : fitted;
  const known = target.finish();
  const scaled = known.task === 'regression' ? { ...known, ...scale.finish() } : known;
  return new Preparation({ format: PREPARATION_FORMAT, columns: encoded, target: scaled });
}

function chosen(batch: Table, firstRow: number, has: (row: number) => boolean): Table {
  return batch.take(Uint32Array.from(Array(batch.rows).keys()).filter((i) => has(firstRow + i)));
}

function hasMany(column: FittedColumn): boolean {
  return column.type === 'category' && column.categories.length > MOST_ONE_HOT;
}

function oneHot(column: FittedColumn): FittedColumn {
  return column.type === 'category' ? { ...column, encode: 'oneHot' } : column;
}
