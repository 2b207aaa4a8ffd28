/** Descriptions of data that come from elsewhere: options, manifests, files with experiments. */
import * as v from 'valibot';
import { choice, fields, integer, oneOf, real, type Schema } from '../arguments.js';
import { seedSchema } from '../random/seed.js';
import { prepareSchema, TASKS } from './prepare/options.js';
import type { DataChoice, DataSource } from './source.js';
import { columnTypesSchema } from './table/read.js';

const MOST_ROWS = 0x7fff_ffff;

/** What an array of one allocation may have on all machines. */
const MOST_NUMBERS = 0x7fff_ffff;

const madeUpEntries = {
  kind: v.literal('madeUp', "'madeUp'"),
  problem: oneOf(['regression', 'classes'] as const),
  rows: integer(1, MOST_ROWS),
  testRows: integer(1, MOST_ROWS),
  columns: integer(1, 1_000_000),
  classes: integer(1, 65_536),
  noise: real('a number of at least 0', (value) => value >= 0),
  majority: v.optional(real('a number above 0 and below 1', (value) => value > 0 && value < 1)),
  seed: seedSchema,
};

const MOST_CHARACTERS = 4096;

const CLASSES = 'classes 1 for a regression, and at least 2 for classes';
const NUMBERS = `at most ${MOST_NUMBERS} numbers of made-up data, rows times columns,`;
const MAJORITY = "majority only with problem 'classes'";

const text = v.pipe(
  v.string('a text'),
  v.minLength(1, 'a text of at least 1 character'),
  v.maxLength(MOST_CHARACTERS, `a text of at most ${MOST_CHARACTERS} characters`),
);

const tableEntries = {
  kind: v.literal('table', "'table'"),
  path: text,
  target: v.string('a text'),
  task: v.optional(oneOf(TASKS)),
  types: v.optional(columnTypesSchema),
  prepare: v.optional(prepareSchema),
  sampleWeights: v.optional(v.string('a text')),
  test: real('a number from 0 to below 1', (value) => value >= 0 && value < 1),
  seed: seedSchema,
  streamed: v.optional(v.literal(true, 'true')),
};

const sourceSchemas = {
  digits: fields({ kind: v.literal('digits') }),
  mnist: fields({ kind: v.literal('mnist') }),
  folder: fields({ kind: v.literal('folder'), path: text }),
  given: fields({ kind: v.literal('given'), name: text, hash: v.pipe(text, v.regex(/^[0-9a-f]{64}$/, 'a SHA-256')) }),
  table: fields(tableEntries),
  madeUp: v.pipe(
    fields(madeUpEntries),
    v.check(({ rows, testRows, columns }) => Math.max(rows, testRows) * columns <= MOST_NUMBERS, NUMBERS),
    v.check(({ problem, classes }) => (problem === 'regression') === (classes === 1), CLASSES),
    v.check(({ problem, majority }) => problem === 'classes' || majority === undefined, MAJORITY),
  ),
} satisfies Record<DataSource['kind'], Schema<DataSource>>;

const noSource = v.custom<DataSource>(
  () => false,
  "a source of data: kind 'digits', 'mnist', 'folder' with a path, 'table' with a path and a target, or 'madeUp'",
);

/** Any source, checked: from a file, or from another program. */
export const dataSourceSchema: Schema<DataSource> = choice<DataSource>(Object.values(sourceSchemas), (value) => {
  const { kind } = Object(value) as { kind?: unknown };
  return Object.entries(sourceSchemas).find(([name]) => name === kind)?.[1] ?? noSource;
});

export const dataChoiceSchema: Schema<DataChoice> = fields({
  source: dataSourceSchema,
  rows: v.nullable(integer(1)),
  bootstrap: v.nullable(seedSchema),
});
