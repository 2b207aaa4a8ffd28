/** Columns that grow by cells, each of which has to be of the column's type. */
import type { SamebitsError } from '../../errors.js';
import { expectedAt, placeIn } from './cell-error.js';
import { type CellBatch, CodedTexts, cellOf } from './cells.js';
import { type Column, type ColumnDescription, type ColumnType, MISSING_BOOLEAN, MISSING_CODE } from './column.js';
import { isNoValue } from './infer.js';
import { Table } from './table.js';
import { booleanOf, dateOf, numberOf } from './values.js';

/** How cells are understood. */
export interface CellRules {
  /** Whether texts stand for numbers and booleans too. */
  readonly texts: boolean;
  /** Texts that stand for no value where `texts` is true. */
  readonly missing: ReadonlySet<string>;
  /** Whether numbers stand for dates, in milliseconds since 1970. @default false */
  readonly times?: boolean;
  /** For people: where the cells come from. */
  readonly source: string;
}

const NO_TEXTS: ReadonlySet<string> = new Set();
const FIRST_CAPACITY = 1024;
/** Texts of a category column are no documents. */
const LONGEST_CATEGORY = 65_536;

/** What a type stores for a cell; `undefined` for a cell that it cannot be. */
type Encode = (cell: unknown) => number | undefined;

abstract class ColumnBuilder {
  readonly description: ColumnDescription;
  readonly #missing: ReadonlySet<string>;
  readonly #source: string;
  readonly #noValue: number;
  #values: Float64Array | Uint32Array | Uint8Array;
  #length = 0;

  constructor(
    description: ColumnDescription,
    rules: CellRules,
    noValue: number,
    values: Float64Array | Uint32Array | Uint8Array,
  ) {
    this.description = description;
    this.#missing = rules.texts ? rules.missing : NO_TEXTS;
    this.#source = rules.source;
    this.#noValue = noValue;
    this.#values = values;
  }

  protected abstract readonly encode: Encode;
  protected abstract readonly phrase: string;
  abstract finish(): Column;

  /** Memory that its cells take, about. */
  get bytes(): number {
    return this.#values.BYTES_PER_ELEMENT * this.#length;
  }

  append(batch: CellBatch, column: number, from: number): void {
    const cells = batch.cells[column];
    const begin = this.#length;
    this.#reserve(batch.rows - from);
    this.#length += batch.rows - from;
    const values = this.#values;
    let unfit = -1;
    if (cells instanceof CodedTexts) unfit = this.#appendCoded(cells, from, begin);
    else if (cells instanceof Float64Array && values instanceof Float64Array) {
      unfit = this.appendNumbers(cells, from, values, begin);
    } else unfit = this.#appendEach(cells, from, batch.rows, begin);
    if (unfit >= 0) throw this.#unfit(batch, unfit, cellOf(cells, unfit));
  }

  /** Numbers and times that come as numbers. Gives the row that does not fit, or −1. */
  protected appendNumbers(cells: Float64Array, from: number, into: Float64Array, begin: number): number {
    for (let row = from; row < cells.length; row += 1) {
      const value = cells[row];
      const encoded = Number.isNaN(value) ? value : this.encode(value);
      if (encoded === undefined) return row;
      into[begin + row - from] = encoded;
    }
    return -1;
  }

  #appendEach(cells: ArrayLike<unknown>, from: number, end: number, begin: number): number {
    for (let row = from; row < end; row += 1) {
      const cell = cells[row];
      const value = isNoValue(cell, this.#missing) ? this.#noValue : this.encode(cell);
      if (value === undefined) return row;
      this.#values[begin + row - from] = value;
    }
    return -1;
  }

  /** Each text is looked at once. */
  #appendCoded({ codes, texts }: CodedTexts, from: number, begin: number): number {
    const known: (number | undefined)[] = new Array(texts.length);
    for (let row = from; row < codes.length; row += 1) {
      const code = codes[row];
      let value: number | undefined = this.#noValue;
      if (code !== MISSING_CODE) {
        value = known[code];
        if (value === undefined) {
          const text = texts[code];
          value = this.#missing.has(text) ? this.#noValue : this.encode(text);
          if (value === undefined) return row;
          known[code] = value;
        }
      }
      this.#values[begin + row - from] = value;
    }
    return -1;
  }

  protected take(): Float64Array | Uint32Array | Uint8Array {
    return this.#values.length === this.#length ? this.#values : this.#values.slice(0, this.#length);
  }

  #reserve(more: number): void {
    const wanted = this.#length + more;
    if (wanted <= this.#values.length) return;
    const capacity = Math.max(wanted, FIRST_CAPACITY, 2 * this.#values.length);
    const grown = new (this.#values.constructor as new (length: number) => Float64Array)(capacity);
    grown.set(this.#values);
    this.#values = grown;
  }

  #unfit(batch: CellBatch, row: number, cell: unknown): SamebitsError {
    const { name, type } = this.description;
    const hint =
      type === 'category' ? '' : ` (if it isn't one of type ${type}, give columns: { ${JSON.stringify(name)}: … })`;
    return expectedAt(this.phrase + hint, placeIn(batch, row, this.#source, name), cell);
  }
}

class NumberBuilder extends ColumnBuilder {
  protected readonly phrase = 'a finite number';
  protected readonly encode: Encode;

  constructor(description: ColumnDescription, rules: CellRules) {
    super(description, rules, Number.NaN, new Float64Array(0));
    this.encode = (cell) => {
      const value =
        typeof cell === 'bigint' ? Number(cell) : rules.texts && typeof cell === 'string' ? numberOf(cell) : cell;
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    };
  }

  protected override appendNumbers(cells: Float64Array, from: number, into: Float64Array, begin: number): number {
    for (let row = from; row < cells.length; row += 1) {
      const value = cells[row];
      // Infinite ones: they are neither NaN nor 0 less themselves.
      if (value - value !== 0 && !Number.isNaN(value)) return row;
      into[begin + row - from] = value;
    }
    return -1;
  }

  finish(): Column {
    return { name: this.description.name, type: 'number', values: this.take() as Float64Array };
  }
}

class BooleanBuilder extends ColumnBuilder {
  protected readonly phrase = 'true or false';
  protected readonly encode: Encode;

  constructor(description: ColumnDescription, rules: CellRules) {
    super(description, rules, MISSING_BOOLEAN, new Uint8Array(0));
    this.encode = (cell) => {
      const value = rules.texts && typeof cell === 'string' ? booleanOf(cell) : cell;
      return typeof value === 'boolean' ? Number(value) : undefined;
    };
  }

  finish(): Column {
    return { name: this.description.name, type: 'boolean', values: this.take() as Uint8Array };
  }
}

class DateBuilder extends ColumnBuilder {
  protected readonly phrase = 'a date in ISO 8601, of the years 1000 to 9999,';
  protected readonly encode: Encode;

  constructor(description: ColumnDescription, rules: CellRules) {
    super(description, rules, Number.NaN, new Float64Array(0));
    this.encode = (cell) => {
      const value = typeof cell === 'string' ? dateOf(cell) : timeOf(rules.times === true ? cell : asDate(cell));
      return Number.isNaN(value) ? undefined : value;
    };
  }

  finish(): Column {
    return { name: this.description.name, type: 'date', values: this.take() as Float64Array };
  }
}

const FIRST_TIME = Date.UTC(1000, 0, 1);
const END_OF_TIME = Date.UTC(10_000, 0, 1);

function asDate(cell: unknown): unknown {
  return cell instanceof Date ? cell.getTime() : undefined;
}

function timeOf(cell: unknown): number {
  if (typeof cell !== 'number' || !(cell >= FIRST_TIME && cell < END_OF_TIME)) return Number.NaN;
  return Math.floor(cell);
}

class CategoryBuilder extends ColumnBuilder {
  protected readonly phrase = `a text of at most ${LONGEST_CATEGORY} characters, a number, or true or false`;
  readonly #codes = new Map<string, number>();
  #characters = 0;
  protected readonly encode: Encode = (cell) => {
    const text = typeof cell === 'string' ? cell : plainText(cell);
    if (text === undefined || text.length > LONGEST_CATEGORY) return undefined;
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.#codes.size;
    this.#codes.set(text, code);
    this.#characters += text.length;
    return code;
  };

  constructor(description: ColumnDescription, rules: CellRules) {
    super(description, rules, MISSING_CODE, new Uint32Array(0));
  }

  override get bytes(): number {
    return super.bytes + this.#characters;
  }

  finish(): Column {
    return {
      name: this.description.name,
      type: 'category',
      values: this.take() as Uint32Array,
      categories: [...this.#codes.keys()],
    };
  }
}

/** How a value that is no text is written as one. */
function plainText(cell: unknown): string | undefined {
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell + 0) : undefined;
  return typeof cell === 'boolean' || typeof cell === 'bigint' ? String(cell) : undefined;
}

const BUILDERS: Record<ColumnType, new (description: ColumnDescription, rules: CellRules) => ColumnBuilder> = {
  number: NumberBuilder,
  category: CategoryBuilder,
  boolean: BooleanBuilder,
  date: DateBuilder,
};

/** A table that grows by batches of cells. */
export class TableBuilder {
  readonly #builders: readonly ColumnBuilder[];
  rows = 0;

  /** Memory that the rows take, about. */
  get bytes(): number {
    return this.#builders.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  constructor(columns: readonly ColumnDescription[], rules: CellRules) {
    this.#builders = columns.map((column) => new BUILDERS[column.type](column, rules));
  }

  /**
   * @param from First row of the batch that is taken.
   * @throws SamebitsError `ERR_SAMEBITS_DATA` for a cell that is not of its column's type, with `row` and `column`
   */
  append(batch: CellBatch, from = 0): void {
    for (let column = 0; column < this.#builders.length; column += 1)
      this.#builders[column].append(batch, column, from);
    this.rows += batch.rows - from;
  }

  finish(): Table {
    return new Table(this.#builders.map((builder) => builder.finish()));
  }
}
