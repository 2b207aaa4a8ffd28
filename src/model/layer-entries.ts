/** What the descriptions of several kinds of layers have in common. */
import * as v from 'valibot';
import { written } from '../arguments.js';

/** Largest number of columns and units. */
export const MOST_UNITS = 0x7fff_ffff;

export const inputShape = v.optional(
  written(
    v.custom<readonly [number]>(
      (value) => Array.isArray(value) && value.length === 1 && isColumns(value[0]),
      'an array of one integer of at least 1, the columns of the data,',
    ),
    { json: { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1, maxItems: 1 } },
  ),
);

export const name = v.optional(
  written(
    v.custom<string>(
      (value) => typeof value === 'string' && /^[^/]{1,100}$/.test(value),
      'a string of 1 to 100 characters without /',
    ),
    { json: { type: 'string', pattern: '^[^/]{1,100}$' } },
  ),
);

/** Keys that were given as undefined would not survive JSON: two equal descriptions would look different. */
export function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

function isColumns(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MOST_UNITS;
}
