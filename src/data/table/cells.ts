/** What readers hand on: cells as a file or a caller has them, column by column, before they have a type. */
import { type ColumnType, MISSING_CODE } from './column.js';

/** Cells of texts (null where there is none), each of which may come many times. */
export class CodedTexts {
  /** For each cell an index into `texts`, or {@link MISSING_CODE}. */
  readonly codes: Uint32Array;
  /** Distinct; not every one has to occur. */
  readonly texts: readonly string[];

  constructor(codes: Uint32Array, texts: readonly string[]) {
    this.codes = codes;
    this.texts = texts;
  }

  get length(): number {
    return this.codes.length;
  }

  cell(row: number): string | null {
    const code = this.codes[row];
    return code === MISSING_CODE ? null : this.texts[code];
  }
}

/** Cells of a column. */
export type Cells = ArrayLike<unknown> | CodedTexts;

export function cellOf(cells: Cells, row: number): unknown {
  return cells instanceof CodedTexts ? cells.cell(row) : cells[row];
}

/** Those from `start` to before `end`; typed ones on the same memory. */
export function sliceCells(cells: Cells, start: number, end: number): Cells {
  if (cells instanceof CodedTexts) return new CodedTexts(cells.codes.subarray(start, end), cells.texts);
  if (cells instanceof Float64Array) return cells.subarray(start, end);
  return Array.prototype.slice.call(cells, start, end);
}

/** Those with these numbers. */
export function takeCells(cells: Cells, rows: readonly number[]): Cells {
  if (cells instanceof CodedTexts)
    return new CodedTexts(
      Uint32Array.from(rows, (row) => cells.codes[row]),
      cells.texts,
    );
  if (cells instanceof Float64Array) return Float64Array.from(rows, (row) => cells[row]);
  return rows.map((row) => cells[row]);
}

/** Some rows that follow each other. */
export interface CellBatch {
  /** Position of the first one among all rows, from 0. */
  readonly firstRow: number;
  readonly rows: number;
  /** By column, in the order of {@link OpenCells.names}; each has `rows` cells. */
  readonly cells: readonly Cells[];
  /** Of text: the line (from 1) at which each row begins. */
  readonly lines?: readonly number[];
}

/** One pass over the rows of a source. */
export interface OpenCells {
  readonly names: readonly string[];
  /** Whether texts are all that the source has, so that they stand for numbers and booleans too. */
  readonly texts: boolean;
  /**
   * Types that the source has of itself, null for those that have to be inferred. Cells of such dates are numbers:
   * milliseconds since 1970.
   */
  readonly types?: readonly (ColumnType | null)[];
  /** Rows of the source, where it says so before they are read. */
  readonly rows?: number;
  /** Ending it early closes what it reads. */
  readonly batches: AsyncGenerator<CellBatch, void, undefined>;
}

/** Something that can be read, once or again. */
export interface CellSource {
  /** For people: a path, or what was given. */
  readonly name: string;
  /** Whether it can be opened a second time. */
  readonly repeatable: boolean;
  /**
   * @param fromRow First row that is wanted. Readers that cannot do better give all rows: `firstRow` tells.
   * @param sampleRows Rows that may be looked at to find the names of the columns.
   */
  open(fromRow: number, sampleRows: number): Promise<OpenCells>;
}

/**
 * What the cells of a row take, about, in bytes: the same however the rows came in batches.
 *
 * @param row Of a batch.
 */
export function weightOfRow(cells: readonly Cells[], row: number): number {
  let weight = CELL_BYTES * cells.length;
  for (const column of cells) {
    const cell = cellOf(column, row);
    if (typeof cell === 'string') weight += cell.length;
  }
  return weight;
}

/** Of a cell in any list, its text apart. */
export const CELL_BYTES = 16;

/** Bytes of rows, about, that are looked at to find names and types: a small file may be inflated to rows of any length. */
export const MOST_SAMPLE_BYTES = 1 << 27;

/** Columns beyond which a file is no table but a mistake, or an attack. */
export const MOST_COLUMNS = 65_536;
