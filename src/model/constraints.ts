/** Constraints on weights, as descriptions (docs/numerics.md, "Constraints"). */
import * as v from 'valibot';
import { check, choice, fields, real, type Schema } from '../arguments.js';

/** Scales the incoming weights of each unit whose norm is larger down to `maxValue`, after each step. */
export interface MaxNorm {
  readonly name: 'maxNorm';
  /** Above 0. */
  readonly maxValue: number;
}

/** Weights below 0 become 0, after each step. */
export interface NonNegative {
  readonly name: 'nonNegative';
}

/** What {@link maxNorm} or {@link nonNegative} gives. */
export type Constraint = MaxNorm | NonNegative;

const PHRASE = "a constraint: 'maxNorm', 'nonNegative', or what maxNorm() or nonNegative() gives,";
const NAMES = ['maxNorm', 'nonNegative'] as const;

const maxValue = v.optional(
  real('a number above 0', (value) => Math.fround(value) > 0),
  2,
);
const maxNormObject: Schema<MaxNorm> = fields({ name: v.literal('maxNorm', PHRASE), maxValue });
const nonNegativeObject: Schema<NonNegative> = fields({ name: v.literal('nonNegative', PHRASE) });

const constraintObject: Schema<Constraint> = choice<Constraint>([maxNormObject, nonNegativeObject], (value) => {
  const isMaxNorm = typeof value === 'object' && value !== null && 'name' in value && value.name === 'maxNorm';
  return isMaxNorm ? maxNormObject : nonNegativeObject;
});

const constraintName: Schema<Constraint> = v.pipe(
  v.picklist(NAMES, PHRASE),
  v.transform((name) => ({ maxNorm, nonNegative })[name]()),
);

const NON_NEGATIVE = "'nonNegative', or what nonNegative() gives,";

const nonNegativeName: Schema<NonNegative> = v.pipe(
  v.literal('nonNegative', NON_NEGATIVE),
  v.transform(() => nonNegative()),
);

export const constraintSchema: Schema<Constraint> = choice([constraintName, constraintObject], (value) =>
  typeof value === 'object' ? constraintObject : constraintName,
);

/** Of a bias. */
export const nonNegativeSchema: Schema<NonNegative> = choice([nonNegativeName, nonNegativeObject], (value) =>
  typeof value === 'object' ? nonNegativeObject : nonNegativeName,
);

const maxNormOptions = fields({ maxValue });

/**
 * The incoming weights of each unit have a norm of at most `maxValue` (Srebro, Rennie and Jaakkola, "Maximum-Margin Matrix
 * Factorization", 2005): those of larger norm are scaled to it after each step.
 *
 * @param options `maxValue`: above 0. @default 2
 *
 * @example
 * dense({ units: 64, activation: 'relu', kernelConstraint: maxNorm({ maxValue: 3 }) })
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function maxNorm(options: { readonly maxValue?: number } = {}): MaxNorm {
  return { name: 'maxNorm', ...check(maxNormOptions, options, 'maxNorm') };
}

/**
 * Weights stay at or above 0: those below become 0 after each step. Initial weights are not changed, as in Keras.
 *
 * @example
 * dense({ units: 1, kernelConstraint: nonNegative() })
 */
export function nonNegative(): NonNegative {
  return { name: 'nonNegative' };
}
