/** A preparation: from rows as they are to the numbers that a network takes. */
import { expected } from '../../errors.js';
import { shareArray } from '../data-set.js';
import type { Matrix } from '../matrix.js';
import { expectedAt } from '../table/cell-error.js';
import { type Column, type ColumnDescription, type ColumnType, isMissing } from '../table/column.js';
import { Table } from '../table/table.js';
import { type Encoder, encoderOf } from './encode-column.js';
import { classAt } from './fit-target.js';
import {
  type ClassValue,
  checkDocument,
  type FittedTarget,
  PREPARATION_FORMAT,
  type PreparationDocument,
} from './fitted.js';
import type { Task } from './options.js';
import { type RawRows, toTable } from './raw-rows.js';
import { type PreparedTableInput, type PreparedTableInputOptions, tableInputOf } from './table-input.js';

const UNSCALED = { center: 0, divisor: 1 };

/** What was learned of a table; it is not changed, and goes through JSON without losing a bit. */
export class Preparation {
  /** Columns that rows must have, in order. */
  readonly inputs: readonly ColumnDescription[];
  /** What the columns of the matrix are, such as `age`, `city=Oslo`, `when.month` and `age?`. */
  readonly features: readonly string[];
  readonly #document: PreparationDocument;
  readonly #encoders: readonly Encoder[];
  readonly #labels: ReadonlyMap<ClassValue, number> | null;

  /** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for what {@link Preparation.toJSON} did not give */
  constructor(document: PreparationDocument) {
    const checked = checkDocument(document);
    this.#document = checked;
    this.inputs = checked.columns.map(({ name, type }) => ({ name, type }));
    this.#encoders = checked.columns.map(encoderOf);
    this.features = this.#encoders.flatMap(({ features }) => features);
    const classes = checked.target?.classes ?? null;
    this.#labels = classes === null ? null : new Map(classes.map((value, label) => [value, label]));
  }

  /** The types of all columns, the target's too, as `columns` of what reads tables. */
  get types(): Readonly<Record<string, ColumnType>> {
    const { target } = this.#document;
    return Object.fromEntries(
      [...this.inputs, ...(target === null ? [] : [target])].map(({ name, type }) => [name, type]),
    );
  }

  /** Null where nothing is to be predicted. */
  get task(): Task | null {
    return this.#document.target?.task ?? null;
  }

  /** Name of the column that is to be predicted, or null. */
  get target(): string | null {
    return this.#document.target?.name ?? null;
  }

  /** What each label stands for; null without classes. */
  get classes(): readonly ClassValue[] | null {
    return this.#document.target?.classes ?? null;
  }

  /**
   * Rows as a matrix [rows, features] of binary32, on a SharedArrayBuffer.
   *
   * @param rows A table; objects, whose other keys are not looked at; or arrays with the values of {@link inputs} in order.
   * @throws SamebitsError `ERR_SAMEBITS_SHAPE` where a column is not there; `ERR_SAMEBITS_DATA` for no rows, for values of
   * another type, and for missing values and unknown categories where they are refused, with `row` and `column`
   */
  transform(rows: RawRows): Matrix {
    const table = rows instanceof Table ? rows : toTable(rows, this.inputs);
    if (table.rows === 0) throw expected('at least one row', 'rows', rows, 'ERR_SAMEBITS_DATA');
    const columns = this.features.length;
    const data = shareArray(new Float32Array(table.rows * columns));
    this.transformInto(table, data, 0);
    return { data, rows: table.rows, columns };
  }

  /**
   * As {@link transform}, into memory that is there.
   *
   * @param firstRow What row 0 of the table is called in errors.
   */
  transformInto(table: Table, data: Float32Array, firstRow: number): void {
    const width = this.features.length;
    let offset = 0;
    for (const [index, encoder] of this.#encoders.entries()) {
      encoder.encode(columnOf(table, this.inputs[index]), data, offset, width, firstRow);
      offset += encoder.features.length;
    }
  }

  /**
   * What is to be predicted, of each row: labels (indices into {@link classes}), or for a regression a matrix of one column, scaled
   * where the preparation was made with `targetScale`.
   *
   * @throws SamebitsError `ERR_SAMEBITS_STATE` without a target; `ERR_SAMEBITS_DATA` for a missing value, an unknown class
   * and a number beyond binary32, with `row`; `ERR_SAMEBITS_SHAPE` where the column is not there
   */
  transformTarget(rows: RawRows): Uint32Array | Matrix {
    const target = this.#target();
    const table = rows instanceof Table ? rows : toTable(rows, [{ name: target.name, type: target.type }]);
    return this.targetOf(table, 0);
  }

  /**
   * Outputs of a regression's network as numbers of the target's column: `output · divisor + center`, in binary64, rounded once. Others, and
   * those of a target that is not scaled, as they are. `predict` does it of rows of a table.
   *
   * @param outputs [rows, columns], what `predict` gives of prepared rows.
   */
  restoreTarget<T extends { readonly data: Float32Array }>(outputs: T): T {
    const scaling = this.#document.target?.scaling;
    if (scaling === undefined) return outputs;
    const { center, divisor } = scaling;
    return { ...outputs, data: outputs.data.map((output) => output * divisor + center) };
  }

  /**
   * As {@link transformTarget}, of a table whose row 0 is called `firstRow` in errors.
   *
   * @param asIs Numbers are not scaled.
   */
  targetOf(table: Table, firstRow: number, asIs = false): Uint32Array | Matrix {
    const { name, type, scaling } = this.#target();
    const column = columnOf(table, { name, type });
    const labels = this.#labels;
    const place = (row: number) => ({ source: 'the table', row: firstRow + row, column: name });
    const present = (row: number): void => {
      if (isMissing(type, column.values[row])) throw expectedAt('a value of the target', place(row), null);
    };
    if (labels === null) {
      const { center, divisor } = asIs || scaling === undefined ? UNSCALED : scaling;
      const data = new Float32Array(table.rows);
      for (let row = 0; row < table.rows; row += 1) {
        present(row);
        data[row] = (column.values[row] - center) / divisor;
        if (!Number.isFinite(data[row])) throw expectedAt('a number within binary32', place(row), column.values[row]);
      }
      return { data: shareArray(data), rows: table.rows, columns: 1 };
    }
    const numbers = new Uint32Array(table.rows);
    for (let row = 0; row < table.rows; row += 1) {
      present(row);
      const value = classAt(column, row);
      const label = labels.get(value);
      if (label === undefined) throw expectedAt(`one of the ${labels.size} classes`, place(row), value);
      numbers[row] = label;
    }
    return shareArray(numbers);
  }

  /**
   * The layer that takes {@link transform}'s matrix: columns of categories, all encoded as `'ordinal'`, are indices that look up
   * vectors, which are trained; the others are numbers.
   *
   * @example
   * const { x, y, preparation } = prepare(table, { target: 'late', categories: { encode: 'ordinal' } });
   * const model = sequential({ layers: [preparation.tableInput({ units: 8 }), dense({ units: 1, activation: 'sigmoid' })] });
   *
   * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for columns encoded as `'oneHot'`, and for units that are not what they
   * should be
   */
  tableInput(options: PreparedTableInputOptions = {}): PreparedTableInput {
    const { columns } = this.#document;
    return tableInputOf(
      columns.map((fitted, index) => ({ fitted, features: this.#encoders[index].features })),
      options,
    );
  }

  /** A line for each column, and for the target: what becomes of it. */
  summary(): string {
    const { columns, target } = this.#document;
    const lines = columns.map((_, index) => this.#encoders[index].summary);
    if (target !== null) {
      const { name, task, classes, scaling } = target;
      const counted = classes === null ? '' : `: ${classes.length} classes`;
      const scaled = scaling === undefined ? '' : `: (x − ${scaling.center}) / ${scaling.divisor}`;
      lines.push(`${JSON.stringify(name)} is predicted (${task}${counted}${scaled})`);
    }
    return [`${columns.length} columns, ${this.features.length} features`, ...lines].join('\n');
  }

  /** All that was learned; numbers keep all their bits as text. `new Preparation(…)` takes it. */
  toJSON(): PreparationDocument {
    return { ...this.#document, format: PREPARATION_FORMAT };
  }

  #target(): FittedTarget {
    const { target } = this.#document;
    if (target !== null) return target;
    throw expected('a preparation with a target', 'transformTarget', null, 'ERR_SAMEBITS_STATE');
  }
}

/** A column of the type that the preparation knows. */
function columnOf(table: Table, { name, type }: ColumnDescription): Column {
  const column = table.column(name);
  if (column.type === type) return column;
  throw expected(`a column of type ${type}`, `column ${JSON.stringify(name)}`, column.type, 'ERR_SAMEBITS_DATA');
}
