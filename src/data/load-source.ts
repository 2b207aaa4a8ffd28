/** Data sets from their descriptions. */
import { resolve } from 'node:path';
import * as v from 'valibot';
import { check, fields, integer, oneOf, real, type Schema } from '../arguments.js';
import { SamebitsError } from '../errors.js';
import { seedSchema } from '../random/seed.js';
import { type DataSet, fromLabeled } from './data-set.js';
import { digits } from './digits.js';
import { hashParts } from './hash-parts.js';
import { readIdxFolder } from './idx-folder.js';
import { madeUpRows } from './made-up.js';
import { mnist } from './mnist.js';
import type { DataSource, MadeUpSource } from './source.js';

const MOST_ROWS = 0x7fff_ffff;

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

const text = v.pipe(v.string('a text'), v.minLength(1, 'a text of at least 1 character'));

/** Any source, checked: from a file, or from another program. */
export const dataSourceSchema: Schema<DataSource> = v.lazy((value) => {
  const { kind } = Object(value) as { kind?: unknown };
  switch (kind) {
    case 'digits':
    case 'mnist':
      return fields({ kind: v.literal(kind) });
    case 'folder':
      return fields({ kind: v.literal(kind), path: text });
    case 'given':
      return fields({ kind: v.literal(kind), name: text, hash: v.pipe(text, v.regex(/^[0-9a-f]{64}$/, 'a SHA-256')) });
    case 'madeUp':
      return v.pipe(
        fields(madeUpEntries),
        v.check(({ problem, classes }) => (problem === 'regression') === (classes === 1), CLASSES),
        v.check(({ problem, majority }) => problem === 'classes' || majority === undefined, MAJORITY),
      );
    default:
      return v.custom<DataSource>(
        () => false,
        "a source of data: kind 'digits', 'mnist', 'folder' with a path, or 'madeUp'",
      );
  }
});

const CLASSES = 'classes 1 for a regression, and at least 2 for classes';
const MAJORITY = "majority only with problem 'classes'";

/**
 * Reads or makes the data of a source, on SharedArrayBuffers.
 *
 * @param given Data that callers gave, by hash.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for what is no source; `ERR_SAMEBITS_FILE` for what cannot be read;
 * `ERR_SAMEBITS_DATA` for given data that are not there.
 */
export async function loadSource(
  source: DataSource,
  given: ReadonlyMap<string, DataSet> = new Map(),
): Promise<DataSet> {
  const checked = check(dataSourceSchema, source, 'source');
  switch (checked.kind) {
    case 'digits':
      return fromLabeled(await digits());
    case 'mnist':
      return fromLabeled(await mnist());
    case 'folder':
      return fromLabeled(await readIdxFolder(resolve(checked.path)));
    case 'madeUp':
      return madeUp(checked);
    case 'given': {
      const data = given.get(checked.hash);
      if (data !== undefined) return data;
      throw new SamebitsError(
        'ERR_SAMEBITS_DATA',
        `Expected the data "${checked.name}" with hash ${checked.hash} to be given along, but they were not`,
      );
    }
  }
}

function madeUp(source: MadeUpSource): DataSet {
  const { train, test } = madeUpRows(source);
  const { problem, classes } = source;
  return {
    name: `made-up ${problem}`,
    hash: hashParts([train, test]),
    train,
    test,
    classes: problem === 'regression' ? 0 : classes,
    scale: 1,
  };
}
