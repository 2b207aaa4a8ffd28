/** Errors that say where in a table they are. */
import { expected, SamebitsError, type SamebitsErrorCode } from '../../errors.js';
import type { CellBatch } from './cells.js';

/** Where a cell is. */
export interface Place {
  /** Path, or what else the source is called. */
  readonly source: string;
  /** From 0; the header is none. */
  readonly row: number;
  /** Name of the column, where it is known. */
  readonly column?: string;
  /** Line of a text, from 1. */
  readonly line?: number;
}

/** As `expected`, with the place in the message and, for programs, in `row` and `column`. */
export function expectedAt(
  what: string,
  { source, row, column, line }: Place,
  received: unknown,
  code: SamebitsErrorCode = 'ERR_SAMEBITS_DATA',
): SamebitsError {
  const inColumn = column === undefined ? '' : `column ${JSON.stringify(shorten(column))} at `;
  const onLine = line === undefined ? '' : `, line ${line}`;
  const { message } = expected(what, `${inColumn}row ${row} (counted from 0) of ${source}${onLine}`, received, code);
  return new SamebitsError(code, message, { row, column });
}

const LONGEST_NAME = 60;

function shorten(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}

/** The place of a row of a batch. */
export function placeIn(batch: CellBatch, row: number, source: string, column?: string): Place {
  return { source, row: batch.firstRow + row, column, line: batch.lines?.[row] };
}
