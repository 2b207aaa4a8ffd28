/** What a preparation learns of its columns, batch after batch. */
import { expected } from '../../errors.js';
import { expectedAt } from '../table/cell-error.js';
import { type Column, isMissing, MISSING_CODE } from '../table/column.js';
import { datePart } from './date-parts.js';
import type { FittedColumn, Scaling } from './fitted.js';
import { Moments } from './moments.js';
import type { ColumnPlan, Scale } from './options.js';

/** Learns from the values of one column, in the order of the rows. */
export interface ColumnFitter {
  /** @param firstRow Position of the batch's first row among all rows. */
  see(column: Column, firstRow: number): void;
  finish(): FittedColumn;
}

/** Features that one column may become: beyond, it is no set of categories but a name of rows. */
const MOST_ONE_HOT = 4096;
const MOST_CATEGORIES = 1 << 22;

export function fitterOf(plan: ColumnPlan): ColumnFitter {
  switch (plan.type) {
    case 'category':
      return new CategoryFitter(plan);
    case 'date':
      return new DateFitter(plan);
    default:
      return new NumberFitter(plan);
  }
}

class NumberFitter implements ColumnFitter {
  readonly #plan: Extract<ColumnPlan, { type: 'number' | 'boolean' }>;
  readonly #moments = new Moments();
  /** All values, where their median is wanted. */
  readonly #values: number[] | null;

  constructor(plan: Extract<ColumnPlan, { type: 'number' | 'boolean' }>) {
    this.#plan = plan;
    this.#values = plan.impute === 'median' ? [] : null;
  }

  see(column: Column, firstRow: number): void {
    const { name, type, impute } = this.#plan;
    column.values.forEach((value: number, row: number) => {
      if (!isMissing(type, value)) {
        this.#moments.add(value);
        this.#values?.push(value);
      } else if (impute === 'error') {
        throw missing(name, firstRow + row);
      }
    });
  }

  finish(): FittedColumn {
    const { name, type, scale, impute, indicator } = this.#plan;
    const values = this.#values;
    const fill = (mean: number): number | null => {
      if (impute === 'error') return null;
      if (impute === 'median') return medianOf(values as number[]);
      return impute === 'mean' ? mean : impute + 0;
    };
    return { name, type, ...scalingOf(this.#moments, scale, fill, name), indicator };
  }
}

class DateFitter implements ColumnFitter {
  readonly #plan: Extract<ColumnPlan, { type: 'date' }>;
  readonly #parts: readonly Moments[];

  constructor(plan: Extract<ColumnPlan, { type: 'date' }>) {
    this.#plan = plan;
    this.#parts = plan.parts.map(() => new Moments());
  }

  see({ values }: Column, firstRow: number): void {
    const { name, parts, impute } = this.#plan;
    for (let row = 0; row < values.length; row += 1) {
      const time = values[row];
      if (Number.isNaN(time)) {
        if (impute === 'error') throw missing(name, firstRow + row);
        continue;
      }
      for (let i = 0; i < parts.length; i += 1) this.#parts[i].add(datePart(time, parts[i]));
    }
  }

  finish(): FittedColumn {
    const { name, parts, scale, impute, indicator } = this.#plan;
    return {
      name,
      type: 'date',
      parts: parts.map((part, index) => ({
        part,
        ...scalingOf(this.#parts[index], scale, (mean) => (impute === 'error' ? null : mean), name),
      })),
      indicator,
    };
  }
}

class CategoryFitter implements ColumnFitter {
  readonly #plan: Extract<ColumnPlan, { type: 'category' }>;
  readonly #counts = new Map<string, number>();

  constructor(plan: Extract<ColumnPlan, { type: 'category' }>) {
    this.#plan = plan;
  }

  see(column: Column, firstRow: number): void {
    if (column.type !== 'category') return;
    const { name, impute, encode } = this.#plan;
    const counts = new Float64Array(column.categories.length);
    for (let row = 0; row < column.values.length; row += 1) {
      const code = column.values[row];
      if (code !== MISSING_CODE) counts[code] += 1;
      else if (impute === 'error') throw missing(name, firstRow + row);
    }
    column.categories.forEach((text, code) => {
      if (counts[code] > 0) this.#counts.set(text, (this.#counts.get(text) ?? 0) + counts[code]);
    });
    const most = encode === 'oneHot' ? MOST_ONE_HOT : MOST_CATEGORIES;
    if (this.#counts.size > most) {
      const what = `at most ${most} categories (encode: 'ordinal' takes more, and drop leaves the column out)`;
      throw expected(what, `column ${JSON.stringify(name)}`, this.#counts.size, 'ERR_SAMEBITS_DATA');
    }
  }

  finish(): FittedColumn {
    const { name, encode, impute, unknown, indicator } = this.#plan;
    // The order of sort() without a function is that of code units, in any locale.
    const categories = [...this.#counts.keys()].sort();
    if (categories.length === 0) throw noValues(name);
    let fill: string | null = null;
    if (impute === 'mostFrequent') {
      // Of equally frequent ones the first.
      fill = categories.reduce((best, text) => (this.#count(text) > this.#count(best) ? text : best));
    }
    return { name, type: 'category', encode, categories, fill, refuseMissing: impute === 'error', unknown, indicator };
  }

  #count(text: string): number {
    return this.#counts.get(text) as number;
  }
}

export function scalingOf(
  moments: Moments,
  scale: Scale,
  fill: (mean: number) => number | null,
  name: string,
): Scaling {
  const result = moments.result();
  if (result === null) throw noValues(name);
  const { mean, deviation } = result;
  const range = moments.most - moments.least;
  if (!Number.isFinite(mean) || !Number.isFinite(deviation) || !Number.isFinite(range)) {
    const what = 'numbers whose squares are within binary64';
    throw expected(what, `column ${JSON.stringify(name)}`, moments.most, 'ERR_SAMEBITS_DATA');
  }
  // Of what is always the same the difference from it is 0, and stays so.
  const orOne = (divisor: number): number => (divisor === 0 ? 1 : divisor);
  const filled = fill(mean + 0);
  switch (scale) {
    case 'standard':
      return { center: mean + 0, divisor: orOne(deviation), fill: filled };
    case 'minMax':
      return { center: moments.least, divisor: orOne(range), fill: filled };
    case 'none':
      return { center: 0, divisor: 1, fill: filled };
  }
}

function medianOf(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return (sorted.length % 2 === 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2) + 0;
}

export function missing(column: string, row: number): Error {
  return expectedAt("a value (impute is 'error')", { source: 'the table', row, column }, null);
}

function noValues(name: string): Error {
  return expected(
    'at least one value (drop leaves it out)',
    `column ${JSON.stringify(name)}`,
    null,
    'ERR_SAMEBITS_DATA',
  );
}
