/** What a caller may ask of a preparation. */
import * as v from 'valibot';
import { check, fields, flag, oneOf, type Schema, written } from '../../arguments.js';
import type { ColumnDescription } from '../table/column.js';
import { unknownColumn } from '../table/table.js';
import { DATE_PARTS, type DatePart } from './date-parts.js';

/** `standard`: mean 0, deviation 1. `minMax`: from 0 to 1. */
export type Scale = 'standard' | 'minMax' | 'none';

export const SCALES = ['standard', 'minMax', 'none'] as const satisfies readonly Scale[];

/** What becomes of a column of numbers. */
export interface NumberPreparation {
  /** @default 'standard'; of booleans 'none' */
  readonly scale?: Scale;
  /** What stands for a missing value, before scaling; `error` refuses it. `median` needs the table in memory. @default 'mean' */
  readonly impute?: 'mean' | 'median' | 'error' | number;
  /** One feature more: 1 where the value is missing, else 0. @default false */
  readonly indicator?: boolean;
}

/** What becomes of a column of categories. */
export interface CategoryPreparation {
  /** `oneHot`: a feature for each category. `ordinal`: one feature, from 1 on in code-unit order, 0 for none of them. @default 'oneHot' */
  readonly encode?: 'oneHot' | 'ordinal';
  /** `none`: a missing category is none of the known ones. @default 'none' */
  readonly impute?: 'none' | 'mostFrequent' | 'error';
  /** What a category means that was not there when the preparation was made. @default 'ignore', which makes it none of the known */
  readonly unknown?: 'ignore' | 'error';
  /** One feature more: 1 where the category is missing, else 0. @default false */
  readonly indicator?: boolean;
}

/** What becomes of a column of dates. */
export interface DatePreparation {
  /** A feature for each, in UTC. @default ['year', 'month', 'day', 'weekday', 'hour'] */
  readonly parts?: readonly DatePart[];
  /** @default 'standard' */
  readonly scale?: Scale;
  /** What stands for the parts of a missing date. @default 'mean' */
  readonly impute?: 'mean' | 'error';
  /** One feature more: 1 where the date is missing, else 0. @default false */
  readonly indicator?: boolean;
}

/** What becomes of a column, by its type. */
export type ColumnPreparation = NumberPreparation | CategoryPreparation | DatePreparation;

/** What is to be predicted: a number, one of two classes, or one of many. */
export type Task = 'regression' | 'binary' | 'multiclass';

export const TASKS = ['regression', 'binary', 'multiclass'] as const;

/** Options of `prepare` and `fitPreparation`. */
export interface PrepareOptions {
  /** Name of the column that is to be predicted. @default none */
  readonly target?: string;
  /** @default inferred from the target (docs/data.md, "The task") */
  readonly task?: Task;
  /**
   * What the network learns to give where the target is a regression's: the number, or one that is scaled, from which predictions of
   * rows of a table are taken back. Losses are those of what the network gives. Classes are never scaled. @default 'none'
   */
  readonly targetScale?: Scale;
  /** Columns that are left out. @default [] */
  readonly drop?: readonly string[];
  /** Of single columns, by name. @default {} */
  readonly columns?: Readonly<Record<string, ColumnPreparation>>;
  /** Of all columns of numbers that `columns` says nothing of. @default {} */
  readonly numbers?: NumberPreparation;
  /** Of all columns of categories that `columns` says nothing of. @default {} */
  readonly categories?: CategoryPreparation;
  /** Of all columns of dates that `columns` says nothing of. @default {} */
  readonly dates?: DatePreparation;
}

const scale = oneOf(SCALES);
const finite = v.pipe(v.number('a finite number'), v.finite('a finite number'));
const names = v.array(v.string('a text'), 'an array of texts');

const scalingSchema = (defaultScale: Scale) =>
  fields({
    scale: v.optional(scale, defaultScale),
    impute: v.optional(
      v.union([oneOf(['mean', 'median', 'error'] as const), finite], "'mean', 'median', 'error' or a finite number"),
      'mean',
    ),
    indicator: v.optional(flag, false),
  });
const numberSchema = scalingSchema('standard');
const booleanSchema = scalingSchema('none');
const categorySchema = fields({
  encode: v.optional(oneOf(['oneHot', 'ordinal'] as const), 'oneHot'),
  impute: v.optional(oneOf(['none', 'mostFrequent', 'error'] as const), 'none'),
  unknown: v.optional(oneOf(['ignore', 'error'] as const), 'ignore'),
  indicator: v.optional(flag, false),
});
const dateSchema = fields({
  parts: v.optional(v.pipe(v.array(oneOf(DATE_PARTS), 'an array'), v.minLength(1, 'at least one part')), [
    'year',
    'month',
    'day',
    'weekday',
    'hour',
  ]),
  scale: v.optional(scale, 'standard'),
  impute: v.optional(oneOf(['mean', 'error'] as const), 'mean'),
  indicator: v.optional(flag, false),
});
const anObject: Schema<object> = written(
  v.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'an object'),
  { json: { type: 'object' } },
);
const optionsSchema = fields({
  target: v.optional(v.string('a text')),
  task: v.optional(oneOf(TASKS)),
  targetScale: v.optional(scale, 'none'),
  drop: v.optional(names, []),
  columns: v.optional(anObject, {}),
  numbers: v.optional(anObject, {}),
  categories: v.optional(anObject, {}),
  dates: v.optional(anObject, {}),
});

/** What is done with columns, where the target is said elsewhere. Names and what they say are checked with the table. */
export const prepareSchema: Schema<Omit<PrepareOptions, 'target' | 'task'>> = fields({
  targetScale: v.optional(scale),
  drop: v.optional(names),
  columns: v.optional(anObject as Schema<NonNullable<PrepareOptions['columns']>>),
  numbers: v.optional(anObject),
  categories: v.optional(anObject),
  dates: v.optional(anObject),
});

/** What is to be done with a column, with all defaults. */
export type ColumnPlan =
  | (Required<NumberPreparation> & { readonly name: string; readonly type: 'number' | 'boolean' })
  | (Required<CategoryPreparation> & { readonly name: string; readonly type: 'category' })
  | (Required<DatePreparation> & { readonly name: string; readonly type: 'date' });

export interface Plan {
  readonly columns: readonly ColumnPlan[];
  readonly target: ColumnDescription | null;
  readonly task: Task | null;
  readonly targetScale: Scale;
}

/** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_SHAPE` for names that the table has not */
export function planOf(description: readonly ColumnDescription[], options: PrepareOptions): Plan {
  const { target, task, targetScale, drop, columns, numbers, categories, dates } = check(
    optionsSchema,
    options,
    'prepare',
  );
  const known = description.map(({ name }) => name);
  const given = new Map(Object.entries(columns));
  for (const name of [...(target === undefined ? [] : [target]), ...drop, ...given.keys()]) {
    if (!known.includes(name)) throw unknownColumn(name, known);
  }
  const plans = description
    .filter(({ name }) => name !== target && !drop.includes(name))
    .map((column): ColumnPlan => {
      const { name, type } = column;
      const own = given.get(name);
      const where = own === undefined ? `${type} columns` : `columns[${JSON.stringify(name)}]`;
      if (type === 'category') return { name, type, ...check(categorySchema, own ?? categories, where) };
      if (type === 'date') return { name, type, ...check(dateSchema, own ?? dates, where) };
      const isNumber = type === 'number';
      return { name, type, ...check(isNumber ? numberSchema : booleanSchema, own ?? (isNumber ? numbers : {}), where) };
    });
  return {
    columns: plans,
    target: description.find(({ name }) => name === target) ?? null,
    task: task ?? null,
    targetScale,
  };
}
