/** Runs that were made before: in a document of `samebits lab noise`, or in run folders. Both may come from anywhere. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { check, integer, type Schema } from '../../arguments.js';
import type { CauseName } from '../../causes/cause.js';
import { CAUSE_NAMES } from '../../causes/causes.js';
import type { DataDescription, JsonNumber } from '../../compare/document.js';
import { expected } from '../../errors.js';
import { seedSchema } from '../../random/seed.js';
import { MANIFEST_FILE } from '../../runs/manifest.js';
import { openRun } from '../../runs/open-run.js';
import type { SeededRun } from './documents.js';

/** Runs of one recipe, with what was trained on. */
export interface RecordedRuns {
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly data: DataDescription;
  /** What moves between them; null where nobody wrote it down. */
  readonly causes: readonly CauseName[] | null;
  readonly runs: readonly SeededRun[];
}

const MOST_RUNS = 1_000_000;

const text = v.pipe(v.string('a text'), v.maxLength(1000, 'a text of at most 1000 characters'));
const hash = v.pipe(v.string('a SHA-256'), v.regex(/^[0-9a-f]{64}$/, 'a SHA-256'));
const jsonNumber: Schema<JsonNumber> = v.union(
  [v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])],
  "a number, 'NaN', 'Infinity' or '-Infinity'",
);

/** The parts that are read; what else a document has is left alone. */
const documentSchema: Schema<RecordedRuns> = v.object(
  {
    command: v.picklist(['lab noise', 'lab tolerance'], "'lab noise' or 'lab tolerance'"),
    recipe: v.record(v.string(), v.unknown(), 'a recipe'),
    data: v.object(
      { name: text, rows: integer(1), testRows: integer(1), columns: integer(1), hash },
      'a description of data',
    ),
    causes: v.array(v.picklist(CAUSE_NAMES, 'the name of a cause'), 'an array of causes'),
    runs: v.pipe(
      v.array(
        v.object(
          {
            seed: seedSchema,
            fingerprint: hash,
            test: v.object({ loss: jsonNumber, accuracy: v.nullable(jsonNumber) }, 'metrics'),
          },
          'a run',
        ),
        'an array of runs',
      ),
      v.minLength(2, 'at least 2 runs'),
      v.maxLength(MOST_RUNS, `at most ${MOST_RUNS} runs`),
    ),
  },
  'a document of samebits lab noise',
);

/**
 * The runs of a document of `samebits lab noise` or `lab tolerance`.
 *
 * @param value Parsed JSON.
 * @param name How errors call it.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for anything else.
 */
export function parseRuns(value: unknown, name: string): RecordedRuns {
  const { recipe, data, causes, runs } = check(documentSchema, value, name);
  return { recipe, data, causes, runs };
}

/**
 * The runs in a folder: it is one, or it holds some. Their metrics are those of the validation data after the last
 * epoch.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for what cannot be read; `ERR_SAMEBITS_DATA` for runs that are not complete,
 * had no validation data, or others than the first.
 */
export async function readRunFolders(path: string): Promise<RecordedRuns> {
  const folders = isRun(path)
    ? [path]
    : readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(path, name))
        .filter(isRun)
        .sort();
  const runs: SeededRun[] = [];
  let first: Pick<RecordedRuns, 'recipe' | 'data'> | null = null;
  for (const folder of folders) {
    const run = await openRun(folder);
    const { recipe, data, result, status } = run.manifest;
    if (result === null) throw expected('a complete run', folder, status, 'ERR_SAMEBITS_DATA');
    const { validation } = data;
    if (validation === null) {
      throw expected('a run with validation data, whose metrics are compared,', folder, null, 'ERR_SAMEBITS_DATA');
    }
    const epochs = await run.metrics();
    const { val_loss: loss, val_accuracy: accuracy } = epochs[epochs.length - 1];
    const { rows, columns } = data;
    first ??= {
      recipe: { ...recipe },
      data: { name: data.choice.source.kind, rows, testRows: validation.rows, columns, hash: validation.hash },
    };
    if (validation.hash !== first.data.hash) {
      throw expected('the validation data of the other runs', folder, validation.hash, 'ERR_SAMEBITS_DATA');
    }
    runs.push({
      seed: recipe.seed,
      fingerprint: result.fingerprint,
      test: { loss: loss ?? Number.NaN, accuracy: accuracy ?? null },
    });
  }
  if (first === null) throw expected('a run folder, or one with run folders in it', path, folders.length);
  return { ...first, causes: null, runs };
}

function isRun(path: string): boolean {
  return statSync(join(path, MANIFEST_FILE), { throwIfNoEntry: false })?.isFile() === true;
}
