/** What a table holds, column by column, in one pass: of tables that are larger than memory too. */
import { TargetFitter } from './prepare/fit-target.js';
import type { Task } from './prepare/options.js';
import { type Cell, type Column, type ColumnType, cellAt, countMissing } from './table/column.js';
import type { TableSource } from './table/table-source.js';

/** A column of a {@link TableSurvey}. */
export interface ColumnSurvey {
  readonly name: string;
  readonly type: ColumnType;
  /** Rows without a value. */
  readonly missing: number;
  /** Of numbers and dates: least and greatest; null where there is no value. */
  readonly range: readonly [number, number] | null;
  /** Of categories and booleans: how many different ones, up to a limit. */
  readonly different: number | null;
  /** Whether there are more than `different` says. */
  readonly more: boolean;
  /** Of categories: the first ones that come. */
  readonly examples: readonly string[];
  /** What predicting this column would be; null where it cannot be predicted: dates, missing values, one value only. */
  readonly task: Task | null;
  /** Classes of that task; null without. */
  readonly classes: number | null;
}

export interface TableSurvey {
  readonly rows: number;
  readonly columns: readonly ColumnSurvey[];
  /** The first rows. */
  readonly first: readonly (readonly Cell[])[];
}

const MOST_DIFFERENT = 100_000;
const FIRST_ROWS = 5;
const EXAMPLES = 4;

/** @throws SamebitsError as reading the rows does */
export async function surveyTable(source: TableSource): Promise<TableSurvey> {
  const columns = source.description.map(({ name, type }) => new ColumnSurveyor(name, type));
  const first: (readonly Cell[])[] = [];
  let rows = 0;
  for await (const table of source.batches()) {
    for (let row = 0; row < table.rows && first.length < FIRST_ROWS; row += 1) {
      first.push(table.columns.map((column) => cellAt(column, row)));
    }
    columns.forEach((surveyor, index) => {
      surveyor.see(table.columns[index], rows);
    });
    rows += table.rows;
  }
  return { rows, columns: columns.map((surveyor) => surveyor.finish()), first };
}

class ColumnSurveyor {
  readonly #name: string;
  readonly #type: ColumnType;
  readonly #different = new Set<string | number>();
  #target: TargetFitter | null;
  #missing = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = Number.NEGATIVE_INFINITY;

  constructor(name: string, type: ColumnType) {
    this.#name = name;
    this.#type = type;
    this.#target = type === 'date' ? null : new TargetFitter({ name, type }, null);
  }

  see(column: Column, firstRow: number): void {
    const missing = countMissing(column);
    this.#missing += missing;
    if (missing > 0) this.#target = null;
    this.#target?.see(column, firstRow);
    if (column.type === 'category') {
      for (const category of column.categories) this.#add(category);
    } else if (column.type === 'boolean') {
      for (const value of column.values) if (value < 2) this.#add(value);
    } else {
      for (const value of column.values) {
        if (value < this.#least) this.#least = value;
        if (value > this.#most) this.#most = value;
      }
    }
  }

  finish(): ColumnSurvey {
    const counts = this.#type === 'category' || this.#type === 'boolean';
    const target = this.#fittedTarget();
    return {
      name: this.#name,
      type: this.#type,
      missing: this.#missing,
      range: counts || this.#least > this.#most ? null : [this.#least, this.#most],
      different: counts ? Math.min(this.#different.size, MOST_DIFFERENT) : null,
      more: this.#different.size > MOST_DIFFERENT,
      examples: this.#type === 'category' ? [...this.#different].slice(0, EXAMPLES).map(String) : [],
      task: target?.task ?? null,
      classes: target?.classes?.length ?? null,
    };
  }

  #add(value: string | number): void {
    if (this.#different.size <= MOST_DIFFERENT) this.#different.add(value);
  }

  #fittedTarget() {
    try {
      return this.#target?.finish() ?? null;
    } catch {
      // Too many classes, or one: no target.
      return null;
    }
  }
}
