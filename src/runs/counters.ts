/** A model's counters in files. */
import * as v from 'valibot';
import { fields, integer, type Schema } from '../arguments.js';
import type { Counters } from '../native/network.js';
import { type JsonNumber, jsonNumber, toJsonNumber } from './json.js';

export const countersSchema: Schema<Counters> = fields({
  steps: integer(0),
  epochs: integer(0),
  beta1Power: v.number('a number'),
  beta2Power: v.number('a number'),
  firstStep: v.optional(integer(1)),
  plateau: v.optional(
    fields({ learningRate: v.number('a number'), best: jsonNumber, wait: integer(0), cooldown: integer(0) }),
  ),
});

/** Counters as `JSON.stringify` keeps them. */
export function countersForJson(counters: Counters): CountersJson {
  const { plateau, ...others } = counters;
  return plateau === undefined ? others : { ...others, plateau: { ...plateau, best: toJsonNumber(plateau.best) } };
}

type CountersJson = Omit<Counters, 'plateau'> & {
  plateau?: Omit<NonNullable<Counters['plateau']>, 'best'> & { best: JsonNumber };
};

/** Counters as text: equal texts are equal counters. */
export function countersText(counters: Counters): string {
  return JSON.stringify(countersForJson(counters));
}
