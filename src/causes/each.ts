/** Levels of what every layer has: one for all, or, where layers differ, one for each from the data to the outputs. */
import * as v from 'valibot';
import type { Schema } from '../arguments.js';
import { expected } from '../errors.js';

/** One value for all layers, or one for each of them. */
export type Each<T> = T | readonly T[];

export function eachSchema<T>(one: Schema<T>): Schema<Each<T>> {
  return v.lazy((value) => (Array.isArray(value) ? v.array(one) : one));
}

/** The level that layers with these values have; `none` where there are no layers. */
export function levelOf<T>(values: readonly T[], none: T): Each<T> {
  if (values.length === 0) return none;
  const [first] = values;
  return values.every((value) => JSON.stringify(value) === JSON.stringify(first)) ? first : values;
}

/**
 * A value for each of `count` layers.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a list of another length.
 */
export function valuesOf<T>(level: Each<T>, count: number, name: string): readonly T[] {
  if (!Array.isArray(level)) return Array<T>(count).fill(level as T);
  if (level.length !== count) throw expected(`one level, or one for each of ${count} layers,`, name, level);
  return level;
}
