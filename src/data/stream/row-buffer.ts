/** Prepared rows in memory that is taken once. */
import type { Matrix } from '../matrix.js';
import type { Preparation } from '../prepare/preparation.js';
import type { Table } from '../table/table.js';

/** Rows with their targets; as many as there is room for. */
export class PreparedRows {
  readonly width: number;
  readonly x: Float32Array;
  /** Labels or numbers, which binary64 holds exactly; empty without a target. */
  readonly targets: Float64Array;
  readonly #preparation: Preparation;
  rows = 0;

  constructor(preparation: Preparation, capacity: number) {
    this.#preparation = preparation;
    this.width = preparation.features.length;
    this.x = new Float32Array(capacity * this.width);
    this.targets = new Float64Array(preparation.target === null ? 0 : capacity);
  }

  /** @param firstRow What row 0 of the table is called in errors. */
  static of(preparation: Preparation, table: Table, firstRow: number): PreparedRows {
    const prepared = new PreparedRows(preparation, table.rows);
    preparation.transformInto(table, prepared.x, firstRow);
    if (preparation.target !== null) {
      const y = preparation.targetOf(table, firstRow);
      prepared.targets.set(y instanceof Uint32Array ? y : y.data);
    }
    prepared.rows = table.rows;
    return prepared;
  }

  /** The features of the rows. */
  get matrix(): Matrix {
    const { rows, width } = this;
    return { data: this.x.subarray(0, rows * width), rows, columns: width };
  }

  /** The rows as training takes them. */
  take(): { readonly x: Matrix; readonly y: Uint32Array | Matrix | null } {
    const { rows, matrix: x } = this;
    const targets = this.targets.subarray(0, rows);
    switch (this.#preparation.task) {
      case null:
        return { x, y: null };
      case 'regression':
        return { x, y: { data: Float32Array.from(targets), rows, columns: 1 } };
      default:
        return { x, y: Uint32Array.from(targets) };
    }
  }
}

/** Rows in numbered places. */
export class RowBuffer {
  readonly #preparation: Preparation;
  readonly #capacity: number;
  #held: PreparedRows;

  constructor(preparation: Preparation, capacity: number) {
    this.#preparation = preparation;
    this.#capacity = capacity;
    this.#held = new PreparedRows(preparation, Math.min(capacity, FIRST_CAPACITY));
  }

  /** Places that are taken: the first ones. */
  get size(): number {
    return this.#held.rows;
  }

  /** Puts row `index` of `rows` into `place`; a place beyond the last makes the buffer larger. */
  put(place: number, rows: PreparedRows, index: number): void {
    this.#reserve(place + 1);
    copyRow(rows, index, this.#held, place);
    this.#held.rows = Math.max(this.#held.rows, place + 1);
  }

  /** Adds a copy of the row in `place` to `rows`. */
  moveTo(rows: PreparedRows, place: number): void {
    copyRow(this.#held, place, rows, rows.rows);
    rows.rows += 1;
  }

  /** Frees `place`: the last row moves there. */
  dropPlace(place: number): void {
    copyRow(this.#held, this.#held.rows - 1, this.#held, place);
    this.#held.rows -= 1;
  }

  #reserve(places: number): void {
    const { rows, width, x, targets } = this.#held;
    const room = x.length / width;
    if (places <= room) return;
    const grown = new PreparedRows(this.#preparation, Math.min(this.#capacity, Math.max(places, 2 * room)));
    grown.x.set(x);
    grown.targets.set(targets);
    grown.rows = rows;
    this.#held = grown;
  }
}

const FIRST_CAPACITY = 1024;

function copyRow(from: PreparedRows, index: number, to: PreparedRows, place: number): void {
  const { width } = from;
  for (let column = 0; column < width; column += 1) {
    to.x[place * width + column] = from.x[index * width + column];
  }
  if (from.targets.length > 0) to.targets[place] = from.targets[index];
}
