/** Sources made of another: some of its rows, or each batch changed. */
import { isDeepStrictEqual } from 'node:util';
import { expected } from '../../errors.js';
import {
  type CellBatch,
  type CellSource,
  type Cells,
  CodedTexts,
  type OpenCells,
  sliceCells,
  takeCells,
} from './cells.js';
import { type Column, type ColumnDescription, MISSING_BOOLEAN } from './column.js';
import { type CellRules, TableBuilder } from './column-builder.js';
import { Table, unknownColumn } from './table.js';

/** Rows from `start` to before `end`, counted from 0. */
export function slicedCells(source: CellSource, start: number, end: number): CellSource {
  return {
    name: source.name,
    repeatable: source.repeatable,
    async open(fromRow, sampleRows) {
      const open = await source.open(start + fromRow, sampleRows);
      return { ...open, batches: within(open.batches, start, end) };
    },
  };
}

async function* within(batches: OpenCells['batches'], start: number, end: number): OpenCells['batches'] {
  try {
    for await (const batch of batches) {
      if (batch.firstRow >= end) return;
      const from = Math.max(0, start - batch.firstRow);
      const to = Math.min(batch.rows, end - batch.firstRow);
      if (from >= to) continue;
      const { cells, lines } = batch;
      yield {
        firstRow: batch.firstRow + from - start,
        rows: to - from,
        cells: from === 0 && to === batch.rows ? cells : cells.map((column) => sliceCells(column, from, to)),
        ...(lines && { lines: lines.slice(from, to) }),
      };
    }
  } finally {
    // A generator that never ran closes nothing when it is ended: the source's own is.
    await batches.return();
  }
}

/** Some rows of a source, by their numbers. */
export interface RowChoice {
  readonly has: (row: number) => boolean;
  /** Rows that are chosen among the first so many. */
  readonly before: (row: number) => number;
  /** The number of the chosen row in this place, from 0. */
  readonly row: (place: number) => number;
}

/** Chosen rows, in their order. */
export function chosenCells(source: CellSource, choice: RowChoice): CellSource {
  return {
    name: source.name,
    repeatable: source.repeatable,
    async open(fromRow, sampleRows) {
      const open = await source.open(choice.row(fromRow), sampleRows);
      const { rows, batches } = open;
      return {
        ...open,
        ...(rows === undefined ? {} : { rows: choice.before(rows) }),
        batches: chosen(batches, choice),
      };
    },
  };
}

async function* chosen(batches: OpenCells['batches'], { has, before }: RowChoice): OpenCells['batches'] {
  try {
    for await (const { firstRow, rows, cells, lines } of batches) {
      const taken: number[] = [];
      for (let i = 0; i < rows; i += 1) if (has(firstRow + i)) taken.push(i);
      if (taken.length === 0) continue;
      yield {
        firstRow: before(firstRow),
        rows: taken.length,
        cells: cells.map((column) => takeCells(column, taken)),
        ...(lines && { lines: taken.map((i) => lines[i]) }),
      };
    }
  } finally {
    await batches.return();
  }
}

/** All columns but these. */
export function withoutColumns(source: CellSource, drop: readonly string[]): CellSource {
  if (drop.length === 0) return source;
  return {
    name: source.name,
    repeatable: source.repeatable,
    async open(fromRow, sampleRows) {
      const open = await source.open(fromRow, sampleRows);
      const { names, types, batches } = open;
      const missing = drop.find((name) => !names.includes(name));
      const kept = names.flatMap((name, column) => (drop.includes(name) ? [] : [column]));
      if (missing !== undefined || kept.length === 0) {
        await batches.return();
        throw missing === undefined
          ? expected('a column that is not left out', 'drop', drop, 'ERR_SAMEBITS_SHAPE')
          : unknownColumn(missing, names);
      }
      const pick = <T>(values: readonly T[]): T[] => kept.map((column) => values[column]);
      return { ...open, names: pick(names), ...(types && { types: pick(types) }), batches: picked(batches, pick) };
    },
  };
}

async function* picked(
  batches: OpenCells['batches'],
  pick: (cells: readonly Cells[]) => readonly Cells[],
): OpenCells['batches'] {
  try {
    for await (const batch of batches) yield { ...batch, cells: pick(batch.cells) };
  } finally {
    await batches.return();
  }
}

/** What a source's cells are, and what becomes of each batch. */
export interface Change {
  readonly before: readonly ColumnDescription[];
  readonly rules: CellRules;
  readonly change: (batch: Table) => Table;
  /** What `change` made of the first batch. */
  readonly after: readonly ColumnDescription[];
}

/** How the cells of changed batches are understood. */
export function changedRules({ source }: CellRules): CellRules {
  return { texts: false, missing: new Set(), times: true, source };
}

/** Each batch as `change` gives it. */
export function changedCells(source: CellSource, changing: Change): CellSource {
  return {
    name: source.name,
    repeatable: source.repeatable,
    async open(fromRow, sampleRows) {
      const { batches } = await source.open(fromRow, sampleRows);
      const names = changing.after.map(({ name }) => name);
      return { names, texts: false, batches: allChanged(batches, changing) };
    },
  };
}

async function* allChanged(batches: OpenCells['batches'], changing: Change): OpenCells['batches'] {
  try {
    for await (const batch of batches) yield cellsOf(batch, changed(batch, changing));
  } finally {
    await batches.return();
  }
}

function changed(batch: CellBatch, { before, rules, change, after }: Change): Table {
  const builder = new TableBuilder(before, rules);
  builder.append(batch);
  const table = checkTable(change(builder.finish()), rules.source);
  const what = `what becomes of a batch of ${rules.source}`;
  if (table.rows !== batch.rows) throw expected(`${batch.rows} rows`, what, table.rows, 'ERR_SAMEBITS_SHAPE');
  if (isDeepStrictEqual(table.description, after)) return table;
  throw expected('the columns and types of the first batch', what, table.description, 'ERR_SAMEBITS_SHAPE');
}

export function checkTable(value: unknown, source: string): Table {
  if (value instanceof Table) return value;
  throw expected('a Table', `what becomes of a batch of ${source}`, value);
}

function cellsOf({ firstRow, rows }: CellBatch, table: Table): CellBatch {
  return { firstRow, rows, cells: table.columns.map(columnCells) };
}

/** As a source without texts of its own would have them; times are numbers. */
function columnCells(column: Column): Cells {
  switch (column.type) {
    case 'category':
      return new CodedTexts(column.values, column.categories);
    case 'boolean':
      return Array.from(column.values, (value) => (value === MISSING_BOOLEAN ? null : value === 1));
    default:
      return column.values;
  }
}
