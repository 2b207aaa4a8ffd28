/** Tables: named columns of one length, each an array of its own. */
import { nearest } from '../../arguments.js';
import { expected } from '../../errors.js';
import { type Cell, type Column, type ColumnDescription, cellAt, countMissing, withValues } from './column.js';

/** Named columns of equally many rows. It is not changed once it is made, and its columns must not be. */
export class Table {
  readonly columns: readonly Column[];
  /** At least 0. */
  readonly rows: number;
  readonly #byName: ReadonlyMap<string, Column>;

  /**
   * @throws SamebitsError `ERR_SAMEBITS_SHAPE` where columns differ in length, share a name, or are none
   */
  constructor(columns: readonly Column[]) {
    if (columns.length === 0) throw expected('at least one column', 'columns', columns, 'ERR_SAMEBITS_SHAPE');
    this.columns = columns;
    this.rows = columns[0].values.length;
    const byName = new Map<string, Column>();
    for (const column of columns) {
      const { name, values } = column;
      if (byName.has(name)) throw expected('different names', 'columns', name, 'ERR_SAMEBITS_SHAPE');
      if (values.length !== this.rows) {
        throw expected(`${this.rows} values`, `column ${JSON.stringify(name)}`, values.length, 'ERR_SAMEBITS_SHAPE');
      }
      byName.set(name, column);
    }
    this.#byName = byName;
  }

  /** In order, without values: what was inferred, or given. */
  get description(): readonly ColumnDescription[] {
    return this.columns.map(({ name, type }) => ({ name, type }));
  }

  /** Whether there is a column of this name. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** @throws SamebitsError `ERR_SAMEBITS_SHAPE` for a name that it has not, with the nearest one that it has */
  column(name: string): Column {
    const column = this.#byName.get(name);
    if (column !== undefined) return column;
    throw unknownColumn(name, [...this.#byName.keys()]);
  }

  /** The value at row `row` (from 0), null where it is missing. */
  cell(row: number, name: string): Cell {
    const column = this.column(name);
    this.#checkRow(row);
    return cellAt(column, row);
  }

  /** One row as an object, without a prototype: a column may have any name. */
  row(row: number): Record<string, Cell> {
    this.#checkRow(row);
    const cells: Record<string, Cell> = Object.create(null);
    for (const column of this.columns) cells[column.name] = cellAt(column, row);
    return cells;
  }

  /** These rows, in this order; the same one may come several times. */
  take(rows: ArrayLike<number>): Table {
    for (let i = 0; i < rows.length; i += 1) this.#checkRow(rows[i]);
    return new Table(
      this.columns.map((column) => {
        const values = new (column.values.constructor as new (length: number) => typeof column.values)(rows.length);
        for (let i = 0; i < rows.length; i += 1) values[i] = column.values[rows[i]];
        return withValues(column, values);
      }),
    );
  }

  /** Rows from `start` to before `end`, on the same memory. */
  slice(start: number, end: number = this.rows): Table {
    return new Table(this.columns.map((column) => withValues(column, column.values.subarray(start, end))));
  }

  /** These columns, in this order, on the same memory. */
  select(names: readonly string[]): Table {
    return new Table(names.map((name) => this.column(name)));
  }

  /** All columns but these, on the same memory. */
  drop(names: readonly string[]): Table {
    for (const name of names) this.column(name);
    return new Table(this.columns.filter(({ name }) => !names.includes(name)));
  }

  /** A line for each column: name, type, and what it holds. */
  summary(): string {
    const width = this.columns.reduce((most, { name }) => Math.max(most, printable(name).length), 0);
    const lines = this.columns.map((column) => {
      const missing = countMissing(column);
      const facts = [column.type.padEnd(8), contents(column), missing === 0 ? '' : `${missing} missing`];
      return `${printable(column.name).padEnd(width)}  ${facts.filter((fact) => fact !== '').join('  ')}`.trimEnd();
    });
    return [`${this.rows} rows, ${this.columns.length} columns`, ...lines].join('\n');
  }

  #checkRow(row: number): void {
    if (!Number.isInteger(row) || row < 0 || row >= this.rows) {
      throw expected(`an integer from 0 to ${this.rows - 1}`, 'row', row, 'ERR_SAMEBITS_SHAPE');
    }
  }
}

/** As {@link Table.summary}, of a table whose rows are not in memory: what its columns hold is not known. */
export function tableSummary(rows: number, description: readonly ColumnDescription[]): string {
  const width = description.reduce((most, { name }) => Math.max(most, printable(name).length), 0);
  const lines = description.map(({ name, type }) => `${printable(name).padEnd(width)}  ${type}`);
  return [`${rows} rows, ${description.length} columns`, ...lines].join('\n');
}

export function unknownColumn(name: string, known: readonly string[]): Error {
  const near = nearest(name, known.slice(0, MOST_COMPARED));
  const hint = near === undefined ? list(known) : ` (did you mean ${JSON.stringify(near)}?)`;
  return expected(`one of the table's ${known.length} columns${hint}`, 'column', name, 'ERR_SAMEBITS_SHAPE');
}

function list(names: readonly string[]): string {
  const more = names.length > MOST_LISTED ? ', …' : '';
  return names.length === 0 ? '' : ` (${names.slice(0, MOST_LISTED).map(printable).join(', ')}${more})`;
}

/** Names that a message lists. */
const MOST_LISTED = 8;
/** Names that a misspelled one is compared with. */
const MOST_COMPARED = 1000;
const LONGEST_NAME = 40;
const MOST_CATEGORIES = 4;

/** A name of a file, for a terminal: without control characters, and short. */
export function printable(text: string): string {
  const quoted = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll('\\\\', '\\');
  const plain = quoted.replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
  return plain.length > LONGEST_NAME ? `${plain.slice(0, LONGEST_NAME)}…` : plain;
}

function contents(column: Column): string {
  switch (column.type) {
    case 'category': {
      const { categories } = column;
      const shown = categories.slice(0, MOST_CATEGORIES).map(printable).join(', ');
      return `${categories.length} categories: ${shown}${categories.length > MOST_CATEGORIES ? ', …' : ''}`;
    }
    case 'boolean':
      return `${column.values.reduce((count, value) => count + (value === 1 ? 1 : 0), 0)} true`;
    default: {
      let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const value of column.values) {
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (least > most) return 'no values';
      const show = column.type === 'date' ? (value: number) => new Date(value).toISOString() : String;
      return `${show(least)} to ${show(most)}`;
    }
  }
}
