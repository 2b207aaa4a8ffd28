/** Tables as rows to train and to validate on. */
import { isDeepStrictEqual } from 'node:util';
import type { PrepareOptions } from '../../data/prepare/options.js';
import { Preparation } from '../../data/prepare/preparation.js';
import { learnFrom, prepare } from '../../data/prepare/prepare.js';
import { SHUFFLE_BUFFER } from '../../data/stream/batch-stream.js';
import { Table } from '../../data/table/table.js';
import type { TableSource } from '../../data/table/table-source.js';
import { hasColumn, weightsOfRows, withoutWeights } from '../../data/table-weights.js';
import { expected, SamebitsError } from '../../errors.js';
import { checkTableIndices } from '../indices.js';
import { keepSamples } from '../samples.js';
import type { Rows } from './evaluate-rows.js';
import { StreamedRows } from './streamed-rows.js';
import { checkTask, type ModelEnds, targetsFor } from './task.js';

/** What a model knows of tables: its preparation, and the options by which it was learned, if it was. */
export interface Learned {
  readonly preparation: Preparation;
  readonly by: PrepareOptions | null;
}

/** Training rows with their preparation. */
export interface TrainingTable extends Learned {
  readonly rows: Rows;
  readonly validation: Rows | null;
}

/** What rows of a table have to fit, and what they weigh. */
export interface RowsFit extends ModelEnds {
  /** Name of the column that says what each row weighs, or null. */
  readonly sampleWeights: string | null;
}

export interface TableFit {
  readonly target?: string;
  readonly prepare?: Omit<PrepareOptions, 'target'>;
  /** Name of the column that says what each row weighs. */
  readonly sampleWeights?: string;
  readonly validationData?: Table | TableSource;
  readonly validationSplit?: number;
  /** Ends what is read before the first step. */
  readonly signal?: AbortSignal;
}

/**
 * The rows of a table, prepared as the model prepares them; where it does not know yet, that is learned of the training rows.
 *
 * @throws SamebitsError as `fit` does, of tables
 */
export async function trainingTable(
  table: Table | TableSource,
  { validationData, validationSplit, signal, ...options }: TableFit,
  known: Learned | null,
  end: ModelEnds,
): Promise<TrainingTable> {
  const { training, validation } = partsOf(table, validationData, validationSplit, 'fit');
  const { learned, classCounts } =
    known === null
      ? await learn(training, options, signal)
      : { learned: checkKnown(known, options), classCounts: null };
  const { preparation } = learned;
  checkTask(preparation, end);
  const weighed = { ...end, sampleWeights: options.sampleWeights ?? null };
  const rows = await rowsOf(training, preparation, weighed, 'the table', { signal, classCounts });
  const validated = validation && (await validationRowsOf(validation, preparation, weighed, signal));
  return { ...learned, rows, validation: validated ?? null };
}

/** What is known of rows that are not in memory, and what ends reading them. */
interface ReadBefore {
  readonly signal?: AbortSignal | undefined;
  /** Rows of each class of the preparation. */
  readonly classCounts?: readonly number[] | null;
}

/** Rows to validate on, which weigh something where they have the column that says it. */
export function validationRowsOf(
  table: Table | TableSource,
  preparation: Preparation,
  fit: RowsFit,
  signal?: AbortSignal,
): Promise<Rows> {
  const { sampleWeights } = fit;
  const weighed = sampleWeights !== null && hasColumn(table, sampleWeights);
  return rowsOf(table, preparation, { ...fit, sampleWeights: weighed ? sampleWeights : null }, 'validationData', {
    signal,
  });
}

/**
 * A table's rows with their targets: in memory, or as they will be read.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` where the column of the weights is an input or the target
 */
export async function rowsOf(
  table: Table | TableSource,
  preparation: Preparation,
  end: RowsFit,
  name: string,
  { signal, classCounts = null }: ReadBefore = {},
): Promise<Rows> {
  const { sampleWeights } = end;
  if (sampleWeights !== null && Object.hasOwn(preparation.types, sampleWeights)) {
    throw expected('a column that the model neither takes nor predicts', 'sampleWeights', sampleWeights);
  }
  if (table instanceof Table) {
    const targets = targetsFor(preparation.transformTarget(table), end);
    const x = preparation.transform(table);
    checkTableIndices(end.model, { x, features: preparation.features, firstRow: 0, source: name });
    const weights = sampleWeights === null ? undefined : weightsOfRows(table, sampleWeights, 0, name);
    return keepSamples(x, targets, end, { x: name, y: `the target of ${name}` }, weights);
  }
  checkRepeatable(table);
  checkColumns(table, preparation.types);
  if (sampleWeights !== null) checkColumns(table, { [sampleWeights]: 'number' });
  const rows = await table.count(signal && { signal });
  const counts = classCounts && new Map(classCounts.entries());
  return new StreamedRows({ source: table, preparation, end, sampleWeights, rows, classCounts: counts });
}

/** The buffer of a `fit` on a source, where it says none. */
export function streamBuffer(
  table: Table | TableSource,
  { shuffle, shuffleBuffer }: { readonly shuffle: boolean | 'stratified'; readonly shuffleBuffer?: number },
): { readonly shuffleBuffer?: number } {
  if (table instanceof Table || shuffle === false) return {};
  if (shuffle === true) return { shuffleBuffer: shuffleBuffer ?? SHUFFLE_BUFFER };
  const what = 'true or false for rows that are streamed (to stratify them, read them into memory: readTable)';
  throw expected(what, 'fit.shuffle', shuffle);
}

async function learn(
  table: Table | TableSource,
  options: TableFit,
  signal?: AbortSignal,
): Promise<{ readonly learned: Learned; readonly classCounts: readonly number[] | null }> {
  const { target, prepare: how = {} } = options;
  if (target === undefined) throw expected('the name of the column to predict', 'fit.target', target);
  const by = { ...how, target };
  const weightless = withoutWeights(by, options.sampleWeights ?? null, target);
  if (table instanceof Table) {
    return { learned: { preparation: prepare(table, weightless).preparation, by }, classCounts: null };
  }
  checkRepeatable(table);
  const { preparation, classCounts } = await learnFrom(table, weightless, signal);
  return { learned: { preparation, by }, classCounts };
}

/** What is asked must be what the model has. */
function checkKnown(known: Learned, { target, prepare: how }: TableFit): Learned {
  const own = known.preparation.target;
  if (target !== undefined && target !== own) {
    throw expected(`${JSON.stringify(own)}, which the model's preparation predicts,`, 'fit.target', target);
  }
  if (how !== undefined && !isDeepStrictEqual({ ...how, target: own }, known.by)) {
    const what = 'what the model was first fitted with (its preparation stays; reset() forgets it)';
    throw expected(known.by === null ? 'nothing: the model was made with a preparation' : what, 'fit.prepare', how);
  }
  return known;
}

/**
 * What is trained and what is evaluated on, where `caller` was given rows to validate on, or a share of the last ones, or neither.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for both, and for a share of a source; `ERR_SAMEBITS_DATA` for a share that
 * leaves one of them without rows
 */
export function partsOf(
  table: Table | TableSource,
  validationData: Table | TableSource | undefined,
  share: number | undefined,
  caller: 'fit' | 'resume',
): { readonly training: Table | TableSource; readonly validation: Table | TableSource | undefined } {
  const name = `${caller}.validationSplit`;
  if (share === undefined) return { training: table, validation: validationData };
  if (validationData !== undefined) throw expected('validationData or a validationSplit, not both', name, share);
  if (!(table instanceof Table)) throw expected('validationData: a source is not split', name, share);
  const count = Math.floor(table.rows * (1 - share));
  if (count === 0 || count === table.rows) throw expected('rows on both sides', name, share, 'ERR_SAMEBITS_DATA');
  return { training: table.slice(0, count), validation: table.slice(count) };
}

function checkRepeatable(source: TableSource): void {
  if (source.repeatable) return;
  throw new SamebitsError(
    'ERR_SAMEBITS_STATE',
    `Expected rows that can be read again, once to count them and once for each epoch, but ${source.name} can be read once ` +
      'only: give a path, an array or a function; or train on the batches of batchStream, one by one',
  );
}

/** Before anything is read. */
function checkColumns(source: TableSource, types: Preparation['types']): void {
  for (const [name, type] of Object.entries(types)) {
    const own = source.description.find((column) => column.name === name)?.type;
    if (own === type) continue;
    const code = own === undefined ? 'ERR_SAMEBITS_SHAPE' : 'ERR_SAMEBITS_DATA';
    throw expected(`type ${type}`, `column ${JSON.stringify(name)} of ${source.name}`, own, code);
  }
}
