/** Callbacks as `fit` takes them: plain objects, or instances of classes with a state of their own. */
import * as v from 'valibot';
import { callback, fields, oneOf, type Schema } from '../../arguments.js';
import { expected } from '../../errors.js';
import { METRIC_NAMES } from '../../metrics/names.js';
import type { Callbacks } from '../fit-options.js';

const entries = {
  onEpochBegin: v.optional(callback<NonNullable<Callbacks['onEpochBegin']>>()),
  onEpochEnd: v.optional(callback<NonNullable<Callbacks['onEpochEnd']>>()),
  onBatchEnd: v.optional(callback<NonNullable<Callbacks['onBatchEnd']>>()),
  onTrainEnd: v.optional(callback<NonNullable<Callbacks['onTrainEnd']>>()),
  getState: v.optional(callback<NonNullable<Callbacks['getState']>>()),
  setState: v.optional(callback<NonNullable<Callbacks['setState']>>()),
  watches: v.optional(oneOf(METRIC_NAMES)),
  restoreBest: v.optional(oneOf(METRIC_NAMES)),
};
const literal = fields(entries);
const instance = v.object(entries);
const KNOWN = Object.keys(entries);

/** The object itself comes out, not a copy: `this` in its methods is what the caller made. */
const callbackSchema: Schema<Callbacks> = v.lazy((value) => {
  const ofClass = isInstance(value);
  if (ofClass) checkMethods(value);
  return v.pipe(
    ofClass ? instance : literal,
    v.transform(() => value as Callbacks),
  );
});

export const callbacksSchema: Schema<readonly Callbacks[]> = v.lazy((value) =>
  Array.isArray(value)
    ? v.array(callbackSchema)
    : v.pipe(
        callbackSchema,
        v.transform((one) => [one]),
      ),
);

function isInstance(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null;
}

/** A class may have anything beside, but a method `onEpochend` would never be called. */
function checkMethods(value: object): void {
  for (let owner = value; owner !== Object.prototype && owner !== null; owner = Object.getPrototypeOf(owner)) {
    const unknown = Object.getOwnPropertyNames(owner).find((name) => /^on[A-Z]/.test(name) && !KNOWN.includes(name));
    if (unknown === undefined) continue;
    const events = KNOWN.filter((name) => name.startsWith('on')).join(', ');
    throw expected(`methods for the events that there are (${events})`, 'fit.callbacks', unknown);
  }
}
