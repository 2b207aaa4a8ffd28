/** Tables in text, comma-separated (RFC 4180), by the package csv-parse. */
import { once } from 'node:events';
import { type CsvError, parse } from 'csv-parse';
import { expected, SamebitsError } from '../../errors.js';
import { type ByteSource, checkedUtf8, isRepeatable, nameOf, readBytes } from './bytes.js';
import { expectedAt } from './cell-error.js';
import { type CellBatch, type CellSource, MOST_COLUMNS, type OpenCells } from './cells.js';

/** How a text is cut into cells. */
export interface CsvFormat {
  /** One character, or more. @default ',' */
  readonly delimiter: string;
  /** Whether the first line has the names of the columns. @default true */
  readonly header: boolean;
}

/** Bytes of one row beyond which a quote was not closed, or a file is no table. */
const MOST_ROW_BYTES = 1 << 20;

/**
 * A quote is `"`, doubled inside a quoted cell; rows end at line feeds, with or without a carriage return; empty lines are
 * no rows; a byte order mark is skipped. Every row has as many cells as the first line.
 */
export function csvCells(source: ByteSource, format: CsvFormat): CellSource {
  const name = nameOf(source);
  return {
    name,
    repeatable: isRepeatable(source),
    open: async () => {
      const records = readRecords(source, name, format);
      try {
        return await openRecords(records, name, format.header);
      } catch (error) {
        await records.return();
        throw error;
      }
    },
  };
}

/** Rows as they come, with the line on which each ends. */
interface Records {
  readonly records: string[][];
  readonly lines: number[];
}

async function openRecords(
  pieces: AsyncGenerator<Records, void, undefined>,
  name: string,
  header: boolean,
): Promise<OpenCells> {
  const first = await pieces.next();
  if (first.done === true) throw expected('at least one line', name, '', 'ERR_SAMEBITS_FILE');
  const [line] = first.value.records;
  if (line.length > MOST_COLUMNS) {
    throw expected(`at most ${MOST_COLUMNS} columns`, name, line.length, 'ERR_SAMEBITS_FILE');
  }
  const names = header ? namesOf(line, name) : line.map((_, index) => `column_${index}`);
  return { names, texts: true, batches: toBatches(first.value, pieces, names.length, name, header) };
}

/** Names of columns as a header has them; an empty one gets a name. */
function namesOf(line: readonly string[], source: string): string[] {
  const taken = new Map<string, number>();
  return line.map((text, index) => {
    const name = text === '' ? `column_${index}` : text;
    const other = taken.get(name);
    if (other !== undefined) {
      throw expected(`different names of columns ${other} and ${index}`, source, name, 'ERR_SAMEBITS_FILE');
    }
    taken.set(name, index);
    return name;
  });
}

async function* toBatches(
  first: Records,
  others: AsyncGenerator<Records, void, undefined>,
  columns: number,
  source: string,
  header: boolean,
): AsyncGenerator<CellBatch, void, undefined> {
  let firstRow = 0;
  let piece = first;
  if (header) piece = { records: first.records.slice(1), lines: first.lines.slice(1) };
  try {
    for (;;) {
      const { records, lines } = piece;
      records.forEach((record, row) => {
        if (record.length === columns) return;
        const place = { source, row: firstRow + row, line: lines[row] };
        throw expectedAt(`${columns} cells, as in the first line,`, place, record.length, 'ERR_SAMEBITS_FILE');
      });
      const cells = Array.from({ length: columns }, (_, column) => records.map((record) => record[column]));
      if (records.length > 0) yield { firstRow, rows: records.length, cells, lines };
      firstRow += records.length;
      const next = await others.next();
      if (next.done === true) return;
      piece = next.value;
    }
  } finally {
    await others.return();
  }
}

/** Never an empty list. */
async function* readRecords(
  source: ByteSource,
  name: string,
  { delimiter, header }: CsvFormat,
): AsyncGenerator<Records, void, undefined> {
  let records: string[][] = [];
  let lines: number[] = [];
  let count = 0;
  let line = 0;
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\n', '\r\n'],
    max_record_size: MOST_ROW_BYTES,
    // Collected here, the rows never enter the parser's own queue, which is slow.
    on_record: (record: string[], context) => {
      records.push(record);
      lines.push(context.lines);
      count += 1;
      line = context.lines;
      return null;
    },
  });
  let failure: CsvError | null = null;
  parser.on('error', (error: CsvError) => {
    failure = error;
  });
  parser.resume();
  // The row behind the last whole one.
  const next = (): OpenRow => ({ source: name, row: header ? count - 1 : count, line });
  const check = (): void => {
    if (failure !== null) throw parseError(failure, { ...next(), cell: cellOf(failure) });
  };
  // A row of nothing but delimiters has no length to the parser.
  let openBytes = 0;
  try {
    for await (const piece of checkedUtf8(readBytes(source), name)) {
      const before = count;
      await new Promise<void>((resolve) => {
        parser.write(piece, (error) => {
          failure ??= (error as CsvError | null | undefined) ?? null;
          resolve();
        });
      });
      check();
      openBytes = count === before ? openBytes + piece.length : 0;
      if (openBytes > MOST_ROW_BYTES) throw tooLong(next());
      if (records.length === 0) continue;
      yield { records, lines };
      records = [];
      lines = [];
    }
    parser.end();
    if (failure === null && !parser.readableEnded) await once(parser, 'end').catch(() => {});
    check();
    if (records.length > 0) yield { records, lines };
  } finally {
    parser.destroy();
  }
}

/** The row that was being read when an error was met. */
interface OpenRow {
  readonly source: string;
  /** -1 for the header. */
  readonly row: number;
  /** Line on which the row before it ends. */
  readonly line: number;
  /** Which of its cells, from 0. */
  readonly cell?: number;
}

function cellOf(error: CsvError): number | undefined {
  const column: unknown = error.column;
  return typeof column === 'number' ? column : undefined;
}

function parseError(error: CsvError, at: OpenRow): SamebitsError {
  switch (error.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return tooLong(at);
    case 'CSV_QUOTE_NOT_CLOSED':
      return rowError('a quote that closes', at, 'the end of the data');
    case 'CSV_INVALID_CLOSING_QUOTE':
      return rowError('a delimiter or the end of the line behind a closing quote', at, 'a character');
    case 'INVALID_OPENING_QUOTE':
      return rowError('quotes around whole cells only', at, 'a quote inside a cell');
    default:
      return rowError('a row of a table', at, error.message);
  }
}

function tooLong(at: OpenRow): SamebitsError {
  return rowError(`at most ${MOST_ROW_BYTES} bytes (does a quote never close?)`, at, 'more');
}

function rowError(what: string, { source, row, line, cell }: OpenRow, received: string): SamebitsError {
  const inCell = cell === undefined ? '' : `cell ${cell} of `;
  const place = inCell + (row < 0 ? 'the header' : `row ${row} (counted from 0)`);
  const message = `Expected ${what} for ${place} of ${source}, behind line ${line}, but received ${received}`;
  return new SamebitsError('ERR_SAMEBITS_FILE', message, row < 0 ? {} : { row });
}
