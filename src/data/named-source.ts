/** Sources of data as people name them. */
import { resolve } from 'node:path';
import { expected } from '../errors.js';
import type { DataSource, TableFileSource } from './source.js';
import { isTablePath } from './table/read.js';

/** What a table needs beside its path. */
export interface TableChoice {
  readonly target: string;
  readonly task?: TableFileSource['task'];
  readonly types?: TableFileSource['types'];
  readonly prepare?: TableFileSource['prepare'];
  readonly sampleWeights?: TableFileSource['sampleWeights'];
  /** @default 0.2 */
  readonly test?: number;
  /** @default 42 */
  readonly seed?: TableFileSource['seed'];
}

/** Where nothing else is said: how many rows of a table are kept for testing, and which. */
export const TABLE_TEST = 0.2;
export const TABLE_SEED = 42;

/**
 * `digits`, `mnist`, a table by the ending of its name, or else a folder of IDX files.
 *
 * @param table Of a table.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a table without a target, and for a target of what is none
 */
export function namedSource(name: string, table?: TableChoice): DataSource {
  const isTable = isTablePath(name);
  if (isTable !== (table !== undefined)) {
    throw isTable
      ? expected('a column that is predicted, since the data are a table,', 'the target', undefined)
      : expected('no column that is predicted: only tables have one,', 'the target', table?.target);
  }
  if (table !== undefined) {
    const { target, task, types, prepare, sampleWeights, test = TABLE_TEST, seed = TABLE_SEED } = table;
    return {
      kind: 'table',
      path: resolve(name),
      target,
      ...(task === undefined ? {} : { task }),
      ...(types === undefined ? {} : { types }),
      ...(prepare === undefined ? {} : { prepare }),
      ...(sampleWeights === undefined ? {} : { sampleWeights }),
      test,
      seed,
    };
  }
  return name === 'mnist' || name === 'digits' ? { kind: name } : { kind: 'folder', path: resolve(name) };
}

/**
 * As {@link namedSource}, where something recorded what a table was used for.
 *
 * @param recorded What a table is to be read as; its own path is not looked at.
 */
export function namedSourceLike(name: string, recorded: DataSource): DataSource {
  if (!isTablePath(name) || recorded.kind !== 'table') return namedSource(name);
  return { ...recorded, path: resolve(name) };
}
