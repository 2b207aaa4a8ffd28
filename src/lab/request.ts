/** What one `samebits lab run` was asked for: enough to do it again, elsewhere too. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { check, integer, type Schema } from '../arguments.js';
import { SamebitsError } from '../errors.js';
import { shellWord } from '../format.js';
import { makeFolder, writeDurably, writeFully } from '../runs/durable.js';
import { damaged } from '../runs/file-errors.js';
import { readText } from './store/regular-file.js';

/** A file that was named, with what it said. */
export interface NamedFile {
  /** As typed. */
  readonly path: string;
  /** Parsed, not checked. */
  readonly content: unknown;
}

export interface LabRequest {
  /** A built-in experiment, `all` of them, or a file that describes one. */
  readonly experiment: string | NamedFile;
  /** `digits`, `mnist`, a table or a folder, as typed; null for the experiment's own. */
  readonly data: string | null;
  /** Of a table: the column that is predicted. */
  readonly target: string | null;
  readonly recipe: NamedFile | null;
  readonly repeats: number | null;
  readonly epochs: number | null;
  readonly rows: number | null;
  readonly threads: number | null;
}

const text = v.pipe(v.string('a text'), v.minLength(1, 'a text of at least 1 character'));
const file: Schema<NamedFile> = v.strictObject({ path: text, content: v.unknown() });

export const requestSchema: Schema<LabRequest> = v.strictObject({
  experiment: v.union([text, file]),
  data: v.nullable(text),
  // Stores of earlier versions have none.
  target: v.optional(v.nullable(v.string('a text')), null),
  recipe: v.nullable(file),
  repeats: v.nullable(integer(2)),
  epochs: v.nullable(integer(1)),
  rows: v.nullable(integer(1)),
  threads: v.nullable(integer(1)),
});

/** The line that does it again. */
export function commandLineOf(request: LabRequest): string {
  const words = ['samebits', 'lab', 'run', shellWord(nameOf(request))];
  const add = (option: string, value: string | number | null): void => {
    if (value !== null) words.push(option, shellWord(String(value)));
  };
  if (request.data !== null) words.push(shellWord(request.data));
  add('--target', request.target);
  add('--repeats', request.repeats);
  add('--recipe', request.recipe?.path ?? null);
  add('--epochs', request.epochs);
  add('--rows', request.rows);
  add('--threads', request.threads);
  return words.join(' ');
}

/** What was typed for the experiment. */
export function nameOf({ experiment }: LabRequest): string {
  return typeof experiment === 'string' ? experiment : experiment.path;
}

const FOLDER = 'requests';
const NAME = /^[0-9a-f]{64}\.json$/;
const MOST_BYTES = 1 << 24;

/**
 * Leaves a request in a store, for {@link readRequests}; once, however often it is made.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export async function keepRequest(store: string, request: LabRequest): Promise<void> {
  // As it is: causes count in the order in which a file has them.
  const content = Buffer.from(`${JSON.stringify(request)}\n`);
  const folder = join(store, FOLDER);
  await makeFolder(folder);
  const name = createHash('sha256').update(content).digest('hex');
  await writeDurably(join(folder, `${name}.json`), (handle) => writeFully(handle, content, null));
}

/**
 * The requests of which a store has shards, in a fixed order.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for one that is none.
 */
export function readRequests(store: string): readonly LabRequest[] {
  const folder = join(store, FOLDER);
  const status = lstatSync(folder, { throwIfNoEntry: false });
  if (status === undefined) return [];
  if (!status.isDirectory()) throw damaged('a folder of requests', folder, 'something else');
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
    .map((name) => readRequest(join(folder, name)));
}

function readRequest(path: string): LabRequest {
  try {
    return check(requestSchema, JSON.parse(readText(path, MOST_BYTES)), 'request');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SamebitsError('ERR_SAMEBITS_FILE', `Expected a request of samebits lab but received ${path}: ${reason}`, {
      cause,
    });
  }
}
