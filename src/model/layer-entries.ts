/** What the descriptions of several kinds of layers have in common. */
import * as v from 'valibot';

/** Largest number of columns and units. */
export const MOST_UNITS = 0x7fff_ffff;

export const inputShape = v.optional(
  v.custom<readonly [number]>(
    (value) => Array.isArray(value) && value.length === 1 && isColumns(value[0]),
    'an array of one integer of at least 1, the columns of the data,',
  ),
);

export const name = v.optional(
  v.custom<string>(
    (value) => typeof value === 'string' && /^[^/]{1,100}$/.test(value),
    'a string of 1 to 100 characters without /',
  ),
);

/** Keys that were given as undefined would not survive JSON: two equal descriptions would look different. */
export function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

function isColumns(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MOST_UNITS;
}
