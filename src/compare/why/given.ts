/** Data that a caller has at hand. */
import * as v from 'valibot';
import type { Schema } from '../../arguments.js';
import { type DataSet, fromLabeled } from '../../data/data-set.js';
import type { LabeledData } from '../../data/labeled.js';
import type { MatrixLike } from '../../data/matrix.js';
import type { DataChoice } from '../../data/source.js';
import type { Recipe } from '../../model/recipe.js';
import type { NativeData } from '../../native/network.js';
import type { SampleWeights } from '../../train/row-weights.js';
import type { Targets } from '../../train/samples.js';
import { hashSamples, hashStream } from '../../train/samples-hash.js';
import { type ComparedRows, shareData } from '../data.js';
import { settingData } from '../setting-data.js';
import { orReason } from './found.js';

/** Data as a caller has them: a data set, or rows and targets as `fit` took them. */
export type GivenRows = LabeledData | DataSet | GivenSamples;

/** Rows and targets by themselves, as `fit` took them. */
export interface GivenSamples {
  readonly x: MatrixLike;
  readonly y: Targets;
  readonly sampleWeights?: SampleWeights;
}

export const givenSchema: Schema<GivenRows> = v.custom<GivenRows>(
  (value) => typeof value === 'object' && value !== null && ('train' in value || ('x' in value && 'y' in value)),
  'a data set, or rows and targets { x, y },',
);

const ALL = { rows: null, bootstrap: null };

/**
 * The given training rows as a recipe trains on them.
 *
 * @param choice Which of a data set's; rows by themselves are all taken.
 * @throws SamebitsError as `fit` does for data that do not fit the recipe.
 */
export function prepareRows(
  recipe: Recipe,
  given: GivenRows,
  choice: Pick<DataChoice, 'rows' | 'bootstrap'> = ALL,
): ComparedRows {
  if (!('train' in given)) return shareData(recipe, given).train;
  const data = asDataSet(given);
  return settingData({ recipe, data: { source: { kind: 'given', name: data.name, hash: data.hash }, ...choice } }, data)
    .train;
}

/** The given test rows, or rows by themselves, if they have this hash; else null. */
export async function validationRows(
  recipe: Recipe,
  given: GivenRows,
  recorded: RecordedHash,
): Promise<ComparedRows | null> {
  const rows = orReason(() => {
    if (!('train' in given)) return shareData(recipe, given).train;
    const data = asDataSet(given);
    return settingData({ recipe, data: { source: { kind: 'given', name: data.name, hash: data.hash }, ...ALL } }, data)
      .test;
  });
  return 'value' in rows && (await areRows(rows.value, recorded)) ? rows.value : null;
}

export function asDataSet(given: LabeledData | DataSet): DataSet {
  return isLabeled(given) ? fromLabeled(given) : given;
}

function isLabeled(given: LabeledData | DataSet): given is LabeledData {
  return 'labels' in given.train;
}

/** What a manifest says of rows. */
export interface RecordedHash {
  readonly hash: string;
  readonly streamed?: true;
}

/** SHA-256 of rows and targets, as run folders keep it. */
export function hashRows(rows: ComparedRows): string {
  return hashSamples(nativeRows(rows));
}

/** Whether these are the rows that a manifest names. */
export async function areRows(rows: ComparedRows, { hash, streamed }: RecordedHash): Promise<boolean> {
  return hash === (streamed ? await hashStream(nativeRows(rows)) : hashRows(rows));
}

function nativeRows({ x, y, weights = null }: ComparedRows): NativeData {
  const targets = y instanceof Uint32Array ? y : (y.data as Float32Array);
  return { x: x.data, targets, rows: x.rows, rowWeights: weights };
}
