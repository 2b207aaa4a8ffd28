/** Tables as they are read: once into memory, or batch after batch. */
import { expected, SamebitsError } from '../../errors.js';
import { type CellBatch, type CellSource, MOST_SAMPLE_BYTES, type OpenCells, weightOfRow } from './cells.js';
import { COLUMN_TYPES, type ColumnDescription, type ColumnType } from './column.js';
import { type CellRules, TableBuilder } from './column-builder.js';
import { changedCells, changedRules, checkTable, chosenCells, type RowChoice, slicedCells } from './derived-cells.js';
import { TypeGuess } from './infer.js';
import { type Table, unknownColumn } from './table.js';

/** How cells become columns. */
export interface ReadingRules {
  /** Types that are given; the others are inferred. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Texts that stand for no value. */
  readonly missing: readonly string[];
  /** Rows from which types are inferred. */
  readonly inferRows: number;
  /** Rows of a batch, at least: it ends with the piece of the source that brings so many, or so many bytes. */
  readonly batchRows: number;
}

/** Memory of a batch, about, beyond which it has fewer rows. */
const MOST_BATCH_BYTES = 1 << 26;

/** Where a pass over a source begins. */
export interface BatchesOptions {
  /** Rows before it are left out. @default 0 */
  readonly fromRow?: number;
}

/** A table that may be larger than memory: its columns are known, its rows are read when they are asked for. */
export class TableSource {
  /** For people: a path, or what was given. */
  readonly name: string;
  /** Columns in order, with the types that were given or inferred. */
  readonly description: readonly ColumnDescription[];
  /** Whether its rows can be read more than once. */
  readonly repeatable: boolean;
  /** Rows, as soon as they are known. */
  #rows: number | null;
  readonly #cells: CellSource;
  readonly #rules: ReadingRules;
  readonly #cellRules: CellRules;
  /** Of a source that cannot be opened again: what was read of it to infer types, and the rest. */
  #begun: Begun | null;

  private constructor(cells: CellSource, rules: ReadingRules, opened: Opened) {
    this.name = cells.name;
    this.repeatable = cells.repeatable;
    this.description = opened.description;
    this.#rows = opened.rows;
    this.#cells = cells;
    this.#rules = rules;
    this.#cellRules = opened.cellRules;
    this.#begun = opened.begun;
  }

  /** Reads as many rows as types are inferred from. */
  static async open(cells: CellSource, rules: ReadingRules): Promise<TableSource> {
    const open = await cells.open(0, rules.inferRows);
    try {
      const { sample, rows } = await takeSample(open, rules.inferRows);
      if (sample.length === 0) throw expected('at least one row', cells.name, [], 'ERR_SAMEBITS_DATA');
      const { names, texts, types } = open;
      const cellRules = { texts, missing: new Set(rules.missing), times: types !== undefined, source: cells.name };
      const given = { ...known(names, types), ...rules.columns };
      const description = describe(names, sample, cellRules, given, rows);
      checkDates(description, types, rules.columns);
      if (cells.repeatable) await open.batches.return();
      const begun = cells.repeatable ? null : { sample, rest: open.batches };
      return new TableSource(cells, rules, { description, cellRules, begun, rows: open.rows ?? null });
    } catch (error) {
      await open.batches.return();
      throw error;
    }
  }

  /**
   * All rows in order, in tables of `batchRows` rows or somewhat more; of fewer where these take much memory. Each has only the categories that it holds. Memory is
   * that of one batch. Ending the loop early closes the file.
   *
   * @throws SamebitsError `ERR_SAMEBITS_STATE` where a stream was read before; `ERR_SAMEBITS_FILE` for what is cut off or
   * no such file; `ERR_SAMEBITS_DATA` and `ERR_SAMEBITS_SHAPE` for cells and rows that do not fit, with `row` and `column`.
   */
  async *batches({ fromRow = 0 }: BatchesOptions = {}): AsyncGenerator<Table, void, undefined> {
    let builder = new TableBuilder(this.description, this.#cellRules);
    for await (const [batch, from] of this.#from(fromRow)) {
      builder.append(batch, from);
      if (builder.rows < this.#rules.batchRows && builder.bytes < MOST_BATCH_BYTES) continue;
      yield builder.finish();
      builder = new TableBuilder(this.description, this.#cellRules);
    }
    if (builder.rows > 0) yield builder.finish();
  }

  /** All rows in memory. Errors are those of {@link batches}. */
  async read(): Promise<Table> {
    const builder = new TableBuilder(this.description, this.#cellRules);
    for await (const [batch, from] of this.#from(0)) builder.append(batch, from);
    return builder.finish();
  }

  /**
   * Number of rows: what the file says of itself (Parquet), or what the first pass over all rows has found, which this makes if
   * none was made. Errors are those of {@link batches}, and the signal's reason.
   */
  async count({ signal }: { readonly signal?: AbortSignal } = {}): Promise<number> {
    if (this.#rows === null) for await (const _ of this.#from(0)) signal?.throwIfAborted();
    return this.#rows as unknown as number;
  }

  /**
   * Rows from `start` to before `end`, counted from 0, as a source of their own; a share to train on, say, and one to test on.
   *
   * @throws SamebitsError `ERR_SAMEBITS_STATE` for a source that can be read once only
   */
  slice(start: number, end: number = Number.POSITIVE_INFINITY): TableSource {
    this.#checkRepeatable('slice');
    if (!Number.isSafeInteger(start) || start < 0) throw expected('an integer of at least 0', 'start', start);
    if (!(end > start)) throw expected('a number above start', 'end', end);
    const rows = this.#rows === null ? null : Math.max(0, Math.min(end, this.#rows) - start);
    const opened = { description: this.description, cellRules: this.#cellRules, begun: null, rows };
    return new TableSource(slicedCells(this.#cells, start, end), this.#rules, opened);
  }

  /** @internal Some rows, as a source of their own. */
  choose(choice: RowChoice): TableSource {
    this.#checkRepeatable('a part of its rows');
    const rows = this.#rows === null ? null : choice.before(this.#rows);
    const opened = { description: this.description, cellRules: this.#cellRules, begun: null, rows };
    return new TableSource(chosenCells(this.#cells, choice), this.#rules, opened);
  }

  /**
   * The same rows with other columns: each batch as `change` gives it, with as many rows. Every batch must come to the same names and
   * types. Rows of the source must not be looked at one with another: where one batch ends and the next begins is a matter of
   * the file.
   *
   * @example
   * const late = await flights.map((batch) => {
   *   const values = Uint8Array.from(batch.column('delay').values, (delay) => Number(delay > 15));
   *   return new Table([...batch.drop(['delay']).columns, { name: 'late', type: 'boolean', values }]);
   * });
   *
   * @throws SamebitsError (as rejection) `ERR_SAMEBITS_STATE` for a source that can be read once only; `ERR_SAMEBITS_SHAPE` for another
   * number of rows; whatever `change` throws
   */
  async map(change: (batch: Table) => Table): Promise<TableSource> {
    this.#checkRepeatable('map');
    if (typeof change !== 'function') throw expected('a function', 'change', change);
    const rules = this.#cellRules;
    for await (const batch of this.batches()) {
      const description = checkTable(change(batch), this.name).description;
      const cells = changedCells(this.#cells, { before: this.description, rules, change, after: description });
      const opened = { description, cellRules: changedRules(rules), begun: null, rows: this.#rows };
      return new TableSource(cells, this.#rules, opened);
    }
    throw expected('at least one row', this.name, [], 'ERR_SAMEBITS_DATA');
  }

  #checkRepeatable(what: string): void {
    if (this.repeatable) return;
    throw new SamebitsError(
      'ERR_SAMEBITS_STATE',
      `Expected a source that can be read again for ${what}, but ${this.name} can be read once only: give a path, an array or a function`,
    );
  }

  /** Batches that have rows from `fromRow` on, each with the first such row's place in it. */
  async *#from(fromRow: number): AsyncGenerator<readonly [CellBatch, number], void, undefined> {
    if (!Number.isSafeInteger(fromRow) || fromRow < 0) throw expected('an integer of at least 0', 'fromRow', fromRow);
    let end = 0;
    for await (const batch of this.#pass(fromRow)) {
      const from = Math.max(0, fromRow - batch.firstRow);
      if (from < batch.rows) yield [batch, from];
      end = batch.firstRow + batch.rows;
    }
    if (fromRow === 0) this.#rows ??= end;
  }

  async *#pass(fromRow: number): AsyncGenerator<CellBatch, void, undefined> {
    if (this.repeatable) {
      const { names, batches } = await this.#cells.open(fromRow, this.#rules.inferRows);
      try {
        // Begun first: a generator that never ran closes nothing when it is ended.
        const first = await batches.next();
        checkNames(names, this.description, this.name);
        if (first.done === true) return;
        yield first.value;
        yield* batches;
      } finally {
        await batches.return();
      }
      return;
    }
    const begun = this.#begun;
    if (begun === null) {
      const what = `${this.name} can be read once only, and was: give a path, an array or a function`;
      throw new SamebitsError('ERR_SAMEBITS_STATE', `Expected rows that can be read again, but ${what}`);
    }
    this.#begun = null;
    yield* begun.sample;
    yield* begun.rest;
  }
}

interface Begun {
  readonly sample: readonly CellBatch[];
  readonly rest: AsyncGenerator<CellBatch, void, undefined>;
}

interface Opened {
  readonly description: readonly ColumnDescription[];
  readonly cellRules: CellRules;
  readonly begun: Begun | null;
  readonly rows: number | null;
}

/** Batches with the first rows: `rows` of them, or fewer where they are long ones. */
async function takeSample(
  { batches }: OpenCells,
  rows: number,
): Promise<{ readonly sample: readonly CellBatch[]; readonly rows: number }> {
  const sample: CellBatch[] = [];
  let weight = 0;
  for (let taken = 0; taken < rows; ) {
    const next = await batches.next();
    if (next.done === true) break;
    const batch = next.value;
    sample.push(batch);
    for (let row = 0; row < batch.rows; row += 1) {
      taken += 1;
      weight += weightOfRow(batch.cells, row);
      if (weight > MOST_SAMPLE_BYTES) return { sample, rows: Math.min(rows, taken) };
    }
  }
  return { sample, rows };
}

/** Types by the first rows, but for those that are given. */
export function describe(
  names: readonly string[],
  sample: readonly CellBatch[],
  { texts, missing }: CellRules,
  given: Readonly<Record<string, ColumnType>>,
  inferRows: number = Number.POSITIVE_INFINITY,
): ColumnDescription[] {
  const types = new Map(Object.entries(given));
  const known = new Set(names);
  for (const [name, type] of types) {
    if (!known.has(name)) throw unknownColumn(name, names);
    if (!COLUMN_TYPES.includes(type)) throw expected(`one of ${COLUMN_TYPES.join(', ')}`, `columns.${name}`, type);
  }
  return names.map((name, column) => {
    const type = types.get(name);
    if (type !== undefined) return { name, type };
    const guess = new TypeGuess(texts, missing);
    // Not the whole batch: where it ends is a matter of how the bytes came.
    for (const { cells, firstRow } of sample) guess.see(cells[column], inferRows - firstRow);
    return { name, type: guess.type };
  });
}

/** Types that the source says, by name. */
function known(names: readonly string[], types: OpenCells['types'] = []): Record<string, ColumnType> {
  return Object.fromEntries(names.flatMap((name, column) => (types[column] ? [[name, types[column]]] : [])));
}

/** Dates of such a source are numbers, and would be taken for such. */
function checkDates(
  description: readonly ColumnDescription[],
  types: OpenCells['types'] = [],
  given: Readonly<Record<string, ColumnType>>,
): void {
  types.forEach((type, column) => {
    const { name, type: wanted } = description[column];
    if (type === 'date' && wanted !== 'date')
      throw expected("'date', as the file says,", `columns.${name}`, given[name]);
  });
}

function checkNames(names: readonly string[], columns: readonly ColumnDescription[], source: string): void {
  if (names.length === columns.length && columns.every(({ name }, index) => name === names[index])) return;
  throw expected('the columns that it had before', source, names.length, 'ERR_SAMEBITS_FILE');
}
