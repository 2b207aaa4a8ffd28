/** What a preparation says of a table input: which of its features are indices, and how long their vectors are. */
import * as v from 'valibot';
import { check, fields, integer, type Schema } from '../../arguments.js';
import { expected } from '../../errors.js';
import type { FittedColumn } from './fitted.js';

/** A column of x. */
export interface TableInputColumn {
  /** Columns that are indices have different names. */
  readonly name: string;
  /** Where the column is an index: it is a whole number from 0 to below this, up to 2^24. @default none: it is a number */
  readonly categories?: number;
  /** Where the column is an index: numbers in the vector that stands for a category. */
  readonly units?: number;
}

/** Units for all columns, for each by name, or as a function of name and number of categories. */
export type EmbeddingUnits = number | Readonly<Record<string, number>> | ((name: string, categories: number) => number);

/** Options of `preparation.tableInput`. */
export interface PreparedTableInputOptions {
  /**
   * Numbers in the vector that stands for a category. A record may leave columns out, which then get the default.
   * @default half of the categories, rounded up, and at most 50
   */
  readonly units?: EmbeddingUnits;
}

/** A table input as a preparation describes it; a layer of a model. */
export interface PreparedTableInput {
  readonly kind: 'tableInput';
  readonly columns: readonly TableInputColumn[];
}

const MOST_UNITS = 50;

const units = integer(1, 0xffff);
const optionsSchema = fields({
  units: v.optional(
    v.custom<EmbeddingUnits>(
      (value) =>
        typeof value === 'number' || typeof value === 'function' || (typeof value === 'object' && value !== null),
      'an integer of at least 1, an object with one for each column, or a function that gives one,',
    ),
  ),
});

/**
 * Half of the categories, at most 50: the rule of thumb of fast.ai's lessons (Howard, "Practical Deep Learning for Coders",
 * 2018). Their later one, `1.6 · categories^0.56`, is a power, which no two machines need to round alike.
 */
export function defaultUnits(categories: number): number {
  return Math.min(MOST_UNITS, Math.ceil(categories / 2));
}

/**
 * @param features Names of the features, of all columns in order; those of a column that an index comes from begin with it.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for units that are no integer of at least 1, for names that are no column
 * of categories, and for columns of categories that are not encoded as 'ordinal'
 */
export function tableInputOf(
  columns: readonly { readonly fitted: FittedColumn; readonly features: readonly string[] }[],
  options: PreparedTableInputOptions,
): PreparedTableInput {
  const { units: given } = check(optionsSchema as Schema<PreparedTableInputOptions>, options, 'tableInput');
  checkNames(
    columns.map(({ fitted }) => fitted),
    given,
  );
  return {
    kind: 'tableInput',
    columns: columns.flatMap(({ fitted, features }): TableInputColumn[] => {
      if (fitted.type !== 'category') return features.map((name) => ({ name }));
      const { name, encode } = fitted;
      if (encode !== 'ordinal')
        throw expected("encode: 'ordinal'", `column ${JSON.stringify(name)} of a table input`, encode);
      // 0 is what none of the known categories is.
      const categories = fitted.categories.length + 1;
      const [index, ...indicator] = features;
      return [
        { name: index, categories, units: unitsOf(name, categories, given) },
        ...indicator.map((one) => ({ name: one })),
      ];
    }),
  };
}

function unitsOf(name: string, categories: number, given: EmbeddingUnits | undefined): number {
  const wanted =
    typeof given === 'function' ? given(name, categories) : typeof given === 'object' ? given[name] : given;
  return check(units, wanted ?? defaultUnits(categories), `units of column ${JSON.stringify(name)}`);
}

function checkNames(columns: readonly FittedColumn[], given: EmbeddingUnits | undefined): void {
  if (typeof given !== 'object') return;
  const known = columns.filter(({ type }) => type === 'category').map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw expected(`one of the columns of categories, ${known.join(', ')},`, 'units', name);
  }
}
