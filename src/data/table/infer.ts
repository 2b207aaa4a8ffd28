/** The type of a column from its first cells, by a written rule (docs/data.md, "Types of columns"). */
import { type Cells, cellOf } from './cells.js';
import type { ColumnType } from './column.js';
import { booleanOf, dateOf, numberOf } from './values.js';

/** Texts that stand for no value, in sources that have texts only. */
export const MISSING_TEXTS: readonly string[] = ['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', '?'];

/** `007` is a code, and 7 would be another one. */
const LEADING_ZERO = /^[+-]?0\d/;

/** What the cells seen so far allow. */
export class TypeGuess {
  readonly #texts: boolean;
  readonly #missing: ReadonlySet<string>;
  #any = false;
  #number = true;
  #boolean = true;
  #date = true;

  /**
   * @param texts Whether texts stand for numbers and booleans too.
   * @param missing Texts that stand for no value where `texts` is true.
   */
  constructor(texts: boolean, missing: ReadonlySet<string>) {
    this.#texts = texts;
    this.#missing = missing;
  }

  /** @param most Cells that are looked at, of those that are given. */
  see(cells: Cells, most: number = cells.length): void {
    for (let i = 0; i < cells.length && i < most; i += 1) this.#seeCell(cellOf(cells, i));
  }

  #seeCell(cell: unknown): void {
    if (isNoValue(cell, this.#texts ? this.#missing : NONE)) return;
    this.#any = true;
    this.#number &&= this.#isNumber(cell);
    this.#boolean &&= typeof cell === 'boolean' || (this.#texts && booleanOf(String(cell)) !== null);
    this.#date &&= cell instanceof Date || (typeof cell === 'string' && !Number.isNaN(dateOf(cell)));
  }

  #isNumber(cell: unknown): boolean {
    if (typeof cell === 'number' || typeof cell === 'bigint') return true;
    return this.#texts && typeof cell === 'string' && !LEADING_ZERO.test(cell) && !Number.isNaN(numberOf(cell));
  }

  /** A column without any value is one of numbers. */
  get type(): ColumnType {
    if (!this.#any || this.#number) return 'number';
    if (this.#boolean) return 'boolean';
    return this.#date ? 'date' : 'category';
  }
}

const NONE: ReadonlySet<string> = new Set();

export function isNoValue(cell: unknown, missing: ReadonlySet<string>): boolean {
  if (cell === null || cell === undefined) return true;
  return typeof cell === 'string' ? missing.has(cell) : typeof cell === 'number' && Number.isNaN(cell);
}
