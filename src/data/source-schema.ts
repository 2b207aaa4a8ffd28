/** Descriptions of data that come from elsewhere: options, manifests, files with experiments. */
import * as v from 'valibot';
import { fields, integer, oneOf, real, type Schema } from '../arguments.js';
import { seedSchema } from '../random/seed.js';
import type { DataChoice, DataSource } from './source.js';

const name = v.pipe(v.string('a string'), v.maxLength(4096, 'a string of at most 4096 characters'));

export const dataSourceSchema: Schema<DataSource> = v.variant(
  'kind',
  [
    fields({ kind: v.literal('digits') }),
    fields({ kind: v.literal('mnist') }),
    fields({ kind: v.literal('folder'), path: name }),
    fields({
      kind: v.literal('madeUp'),
      problem: oneOf(['regression', 'classes'] as const),
      rows: integer(1),
      testRows: integer(1),
      columns: integer(1),
      classes: integer(1),
      noise: real('a number of at least 0', (value) => value >= 0),
      majority: v.optional(real('a number from 0 to 1', (value) => value >= 0 && value <= 1)),
      seed: seedSchema,
    }),
    fields({
      kind: v.literal('given'),
      name,
      hash: v.pipe(v.string('a string'), v.regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')),
    }),
  ],
  "a source of kind 'digits', 'mnist', 'folder', 'madeUp' or 'given'",
);

export const dataChoiceSchema: Schema<DataChoice> = fields({
  source: dataSourceSchema,
  rows: v.nullable(integer(1)),
  bootstrap: v.nullable(seedSchema),
});
