/** What a preparation has learned, as plain JSON. Numbers are binary64, whose decimal form in JSON is exact. */
import * as v from 'valibot';
import { check, fields, flag, oneOf, type Schema } from '../../arguments.js';
import { expected } from '../../errors.js';
import { DATE_PARTS, type DatePart } from './date-parts.js';
import type { Task } from './options.js';

/** Takes a number `x` to `(x − center) / divisor`; `fill` stands for a missing one, null refuses it. */
export interface Scaling {
  readonly center: number;
  /** Not 0. */
  readonly divisor: number;
  readonly fill: number | null;
}

export interface FittedNumber extends Scaling {
  readonly name: string;
  readonly type: 'number' | 'boolean';
  readonly indicator: boolean;
}

/** What was learned of a column of categories. */
export interface FittedCategory {
  readonly name: string;
  readonly type: 'category';
  readonly encode: 'oneHot' | 'ordinal';
  /** In code-unit order. */
  readonly categories: readonly string[];
  /** What a missing one is: one of the categories, or null for none of them. */
  readonly fill: string | null;
  /** Whether a missing one is refused. */
  readonly refuseMissing: boolean;
  readonly unknown: 'ignore' | 'error';
  readonly indicator: boolean;
}

/** What was learned of a column of dates. */
export interface FittedDate {
  readonly name: string;
  readonly type: 'date';
  readonly parts: readonly (Scaling & { readonly part: DatePart })[];
  readonly indicator: boolean;
}

/** What was learned of a column. */
export type FittedColumn = FittedNumber | FittedCategory | FittedDate;

/** A class as the table has it. */
export type ClassValue = string | number | boolean;

/** What was learned of the column that is predicted. */
export interface FittedTarget {
  readonly name: string;
  readonly type: 'number' | 'category' | 'boolean';
  readonly task: Task;
  /** By label: texts in code-unit order, numbers ascending, false before true. Null for a regression. */
  readonly classes: readonly ClassValue[] | null;
  /** Where a regression's numbers are scaled: takes `x` to `(x − center) / divisor`, which the network learns to give. */
  readonly scaling?: Pick<Scaling, 'center' | 'divisor'>;
}

export const PREPARATION_FORMAT = 'samebits preparation 1';

/** A preparation as JSON. */
export interface PreparationDocument {
  readonly format: typeof PREPARATION_FORMAT;
  readonly columns: readonly FittedColumn[];
  readonly target: FittedTarget | null;
}

const text = v.string('a text');
const finite = v.pipe(v.number('a finite number'), v.finite('a finite number'));
const targetScaling = {
  center: finite,
  divisor: v.pipe(
    finite,
    v.check((value) => value > 0, 'a number above 0'),
  ),
};
const scaling = { ...targetScaling, fill: v.nullable(finite) };
const ascending = (values: readonly (string | number)[]): boolean =>
  values.every((value, index) => index === 0 || values[index - 1] < value);
const categories = v.pipe(
  v.array(text, 'an array of texts'),
  v.check((texts) => ascending(texts), 'texts in code-unit order, each once'),
);

const columnSchema: Schema<FittedColumn> = v.lazy((value) => {
  switch ((Object(value) as { type?: unknown }).type) {
    case 'category':
      return v.pipe(
        fields({
          name: text,
          type: v.literal('category'),
          encode: oneOf(['oneHot', 'ordinal'] as const),
          categories,
          fill: v.nullable(text),
          refuseMissing: flag,
          unknown: oneOf(['ignore', 'error'] as const),
          indicator: flag,
        }),
        v.check(({ fill, categories: known }) => fill === null || known.includes(fill), 'a fill among the categories'),
      );
    case 'date':
      return fields({
        name: text,
        type: v.literal('date'),
        parts: v.pipe(
          v.array(fields({ part: oneOf(DATE_PARTS), ...scaling }), 'an array of parts'),
          v.minLength(1, 'at least one part'),
        ),
        indicator: flag,
      });
    default:
      return fields({ name: text, type: oneOf(['number', 'boolean'] as const), ...scaling, indicator: flag });
  }
});

const targetSchema: Schema<FittedTarget> = v.pipe(
  fields({
    name: text,
    type: oneOf(['number', 'category', 'boolean'] as const),
    task: oneOf(['regression', 'binary', 'multiclass'] as const),
    classes: v.nullable(v.array(v.union([text, finite, flag], 'a text, a number, true or false'), 'an array')),
    scaling: v.optional(fields(targetScaling)),
  }),
  v.check(({ task, scaling: scaled }) => task === 'regression' || scaled === undefined, 'no scaling of classes'),
  v.check(({ task, classes }) => (task === 'regression') === (classes === null), 'classes, but for a regression'),
  v.check(({ type, classes }) => {
    const kind = type === 'category' ? 'string' : type;
    return classes === null || (classes.every((value) => typeof value === kind) && ascending(classes.map(comparable)));
  }, 'classes of the type of the column, in order'),
  v.check(({ task, classes }) => task !== 'binary' || classes?.length === 2, 'two classes'),
);

const comparable = (value: ClassValue): string | number => (typeof value === 'boolean' ? Number(value) : value);

const documentSchema: Schema<PreparationDocument> = fields({
  format: v.literal(PREPARATION_FORMAT, `'${PREPARATION_FORMAT}'`),
  columns: v.pipe(v.array(columnSchema, 'an array of columns'), v.minLength(1, 'at least one column')),
  target: v.nullable(targetSchema),
});

/** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for what is no such document */
export function checkDocument(value: unknown): PreparationDocument {
  const document = check(documentSchema, value, 'preparation');
  const names = new Set<string>(document.target === null ? [] : [document.target.name]);
  for (const { name } of document.columns) {
    if (names.has(name)) throw expected('different names', 'preparation.columns', name);
    names.add(name);
  }
  return document;
}
