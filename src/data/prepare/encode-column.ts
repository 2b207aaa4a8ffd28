/** Columns as features: binary64 inside, one rounding to binary32 (docs/numerics.md, "Tables"). */
import { expectedAt } from '../table/cell-error.js';
import { type Column, isMissing, MISSING_CODE } from '../table/column.js';
import { datePart } from './date-parts.js';
import type { FittedCategory, FittedColumn, FittedDate, FittedNumber, Scaling } from './fitted.js';

/** Writes the features of one column. */
export abstract class Encoder {
  /** At least one name. */
  abstract readonly features: readonly string[];
  /** For people. */
  abstract readonly summary: string;

  /** @param offset Feature in a row of `width`, at which the column's own begin. */
  abstract encode(column: Column, into: Float32Array, offset: number, width: number, firstRow: number): void;
}

export function encoderOf(fitted: FittedColumn): Encoder {
  switch (fitted.type) {
    case 'category':
      return fitted.encode === 'oneHot' ? new OneHotEncoder(fitted) : new OrdinalEncoder(fitted);
    case 'date':
      return new DateEncoder(fitted);
    default:
      return new NumberEncoder(fitted);
  }
}

function scaled(value: number, { center, divisor }: Scaling, name: string, row: number): number {
  const feature = Math.fround((value - center) / divisor);
  if (Number.isFinite(feature)) return feature;
  throw expectedAt('a number that is within binary32 once scaled', { source: 'the table', row, column: name }, value);
}

function missingAt(name: string, row: number): Error {
  return expectedAt('a value', { source: 'the table', row, column: name }, null);
}

function writeIndicator(column: Column, into: Float32Array, at: number, width: number): void {
  for (let row = 0; row < column.values.length; row += 1) {
    into[row * width + at] = isMissing(column.type, column.values[row]) ? 1 : 0;
  }
}

const indicatorOf = (name: string, wanted: boolean): string[] => (wanted ? [`${name}?`] : []);

class NumberEncoder extends Encoder {
  readonly features: readonly string[];
  readonly summary: string;
  readonly #fitted: FittedNumber;

  constructor(fitted: FittedNumber) {
    super();
    const { name, type, indicator, center, divisor, fill } = fitted;
    this.#fitted = fitted;
    this.features = [name, ...indicatorOf(name, indicator)];
    const gaps = fill === null ? 'refused' : String(fill);
    this.summary = `${JSON.stringify(name)} (${type}): (x − ${center}) / ${divisor}; missing: ${gaps}`;
  }

  encode(column: Column, into: Float32Array, offset: number, width: number, firstRow: number): void {
    const { name, type, fill, indicator } = this.#fitted;
    for (let row = 0; row < column.values.length; row += 1) {
      const value = isMissing(type, column.values[row]) ? fill : column.values[row];
      if (value === null) throw missingAt(name, firstRow + row);
      into[row * width + offset] = scaled(value, this.#fitted, name, firstRow + row);
    }
    if (indicator) writeIndicator(column, into, offset + 1, width);
  }
}

class DateEncoder extends Encoder {
  readonly features: readonly string[];
  readonly summary: string;
  readonly #fitted: FittedDate;

  constructor(fitted: FittedDate) {
    super();
    const { name, parts, indicator } = fitted;
    this.#fitted = fitted;
    this.features = [...parts.map(({ part }) => `${name}.${part}`), ...indicatorOf(name, indicator)];
    this.summary = `${JSON.stringify(name)} (date): ${parts.map(({ part }) => part).join(', ')}, in UTC`;
  }

  encode(column: Column, into: Float32Array, offset: number, width: number, firstRow: number): void {
    const { name, parts, indicator } = this.#fitted;
    for (let row = 0; row < column.values.length; row += 1) {
      const time = column.values[row];
      for (let i = 0; i < parts.length; i += 1) {
        const value = Number.isNaN(time) ? parts[i].fill : datePart(time, parts[i].part);
        if (value === null) throw missingAt(name, firstRow + row);
        into[row * width + offset + i] = scaled(value, parts[i], name, firstRow + row);
      }
    }
    if (indicator) writeIndicator(column, into, offset + parts.length, width);
  }
}

/** Indices of the known categories; −1 for none of them. */
abstract class CategoryEncoder extends Encoder {
  readonly summary: string;
  protected readonly fitted: FittedCategory;
  readonly #known: ReadonlyMap<string, number>;

  constructor(fitted: FittedCategory) {
    super();
    this.fitted = fitted;
    this.#known = new Map(fitted.categories.map((text, index) => [text, index]));
    const gaps = fitted.refuseMissing ? 'refused' : (fitted.fill ?? 'none of them');
    const { name, encode, categories } = fitted;
    this.summary = `${JSON.stringify(name)} (category): ${encode} of ${categories.length}; missing: ${gaps}`;
  }

  /** For each row. */
  protected indices(column: Column, firstRow: number): Int32Array {
    if (column.type !== 'category') throw new TypeError('not a column of categories');
    const { name, fill, refuseMissing, unknown } = this.fitted;
    const { values, categories } = column;
    const ofCode = new Int32Array(categories.length);
    for (let code = 0; code < ofCode.length; code += 1) ofCode[code] = this.#known.get(categories[code]) ?? -1;
    const ofMissing = fill === null ? -1 : (this.#known.get(fill) as number);
    const indices = new Int32Array(values.length);
    for (let row = 0; row < indices.length; row += 1) {
      const code = values[row];
      if (code === MISSING_CODE) {
        if (refuseMissing) throw missingAt(name, firstRow + row);
        indices[row] = ofMissing;
        continue;
      }
      indices[row] = ofCode[code];
      if (ofCode[code] < 0 && unknown === 'error') {
        const place = { source: 'the table', row: firstRow + row, column: name };
        throw expectedAt(`one of the ${this.#known.size} known categories`, place, categories[code]);
      }
    }
    return indices;
  }
}

class OneHotEncoder extends CategoryEncoder {
  readonly features: readonly string[];

  constructor(fitted: FittedCategory) {
    super(fitted);
    const { name, categories, indicator } = fitted;
    this.features = [...categories.map((text) => `${name}=${text}`), ...indicatorOf(name, indicator)];
  }

  encode(column: Column, into: Float32Array, offset: number, width: number, firstRow: number): void {
    const count = this.fitted.categories.length;
    const indices = this.indices(column, firstRow);
    for (let row = 0; row < indices.length; row += 1) {
      const start = row * width + offset;
      into.fill(0, start, start + count);
      if (indices[row] >= 0) into[start + indices[row]] = 1;
    }
    if (this.fitted.indicator) writeIndicator(column, into, offset + count, width);
  }
}

class OrdinalEncoder extends CategoryEncoder {
  readonly features: readonly string[];

  constructor(fitted: FittedCategory) {
    super(fitted);
    this.features = [fitted.name, ...indicatorOf(fitted.name, fitted.indicator)];
  }

  encode(column: Column, into: Float32Array, offset: number, width: number, firstRow: number): void {
    const indices = this.indices(column, firstRow);
    for (let row = 0; row < indices.length; row += 1) into[row * width + offset] = indices[row] + 1;
    if (this.fitted.indicator) writeIndicator(column, into, offset + 1, width);
  }
}
