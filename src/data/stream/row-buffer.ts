/** Prepared rows in memory that is taken once. */
import type { Matrix } from '../matrix.js';
import type { Preparation } from '../prepare/preparation.js';
import type { Table } from '../table/table.js';
import { weightsOfRows } from '../table-weights.js';

/** What is made of rows. */
export interface RowKind {
  readonly preparation: Preparation;
  /** Name of the column that says what each row weighs, or null. */
  readonly sampleWeights: string | null;
}

/** Rows as training takes them. */
export interface TakenRows {
  readonly x: Matrix;
  readonly y: Uint32Array | Matrix | null;
  readonly sampleWeights: Float32Array | null;
}

/** Rows with their targets; as many as there is room for. */
export class PreparedRows {
  readonly width: number;
  readonly x: Float32Array;
  /** Labels or numbers, which binary64 holds exactly; empty without a target. */
  readonly targets: Float64Array;
  /** What each row weighs; empty where nothing says. */
  readonly weights: Float32Array;
  readonly #kind: RowKind;
  rows = 0;

  constructor(kind: RowKind, capacity: number) {
    const { preparation, sampleWeights } = kind;
    this.#kind = kind;
    this.width = preparation.features.length;
    this.x = new Float32Array(capacity * this.width);
    this.targets = new Float64Array(preparation.target === null ? 0 : capacity);
    this.weights = new Float32Array(sampleWeights === null ? 0 : capacity);
  }

  /** @param firstRow What row 0 of the table is called in errors. */
  static of(kind: RowKind, table: Table, firstRow: number): PreparedRows {
    const { preparation, sampleWeights } = kind;
    const prepared = new PreparedRows(kind, table.rows);
    preparation.transformInto(table, prepared.x, firstRow);
    if (preparation.target !== null) {
      const y = preparation.targetOf(table, firstRow);
      prepared.targets.set(y instanceof Uint32Array ? y : y.data);
    }
    if (sampleWeights !== null) prepared.weights.set(weightsOfRows(table, sampleWeights, firstRow, 'the table'));
    prepared.rows = table.rows;
    return prepared;
  }

  /** The features of the rows. */
  get matrix(): Matrix {
    const { rows, width } = this;
    return { data: this.x.subarray(0, rows * width), rows, columns: width };
  }

  /** The rows as training takes them. */
  take(): TakenRows {
    const { rows, matrix: x } = this;
    return {
      x,
      y: this.#taken(rows),
      sampleWeights: this.weights.length === 0 ? null : this.weights.subarray(0, rows),
    };
  }

  #taken(rows: number): TakenRows['y'] {
    const targets = this.targets.subarray(0, rows);
    switch (this.#kind.preparation.task) {
      case null:
        return null;
      case 'regression':
        return { data: Float32Array.from(targets), rows, columns: 1 };
      default:
        return Uint32Array.from(targets);
    }
  }
}

/** Rows in numbered places. */
export class RowBuffer {
  readonly #kind: RowKind;
  readonly #capacity: number;
  #held: PreparedRows;

  constructor(kind: RowKind, capacity: number) {
    this.#kind = kind;
    this.#capacity = capacity;
    this.#held = new PreparedRows(kind, Math.min(capacity, FIRST_CAPACITY));
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
    const { rows, width, x, targets, weights } = this.#held;
    const room = x.length / width;
    if (places <= room) return;
    const grown = new PreparedRows(this.#kind, Math.min(this.#capacity, Math.max(places, 2 * room)));
    grown.x.set(x);
    grown.targets.set(targets);
    grown.weights.set(weights);
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
  if (from.weights.length > 0) to.weights[place] = from.weights[index];
}
