/** What `samebits train` trains, and on what. */
import { basename } from 'node:path';
import type { ComparedData } from '../compare/data.js';
import { settingData } from '../compare/setting-data.js';
import type { DataSet } from '../data/data-set.js';
import { loadSource } from '../data/load-source.js';
import { namedSourceLike } from '../data/named-source.js';
import type { Preparation } from '../data/prepare/preparation.js';
import type { DataChoice, DataSource, TableFileSource } from '../data/source.js';
import { type Table, tableSummary } from '../data/table/table.js';
import type { TableSource } from '../data/table/table-source.js';
import { loadTable, readTableFile } from '../data/table-file.js';
import { MOST_ONE_HOT, type StreamedTable, streamTable } from '../data/table-stream.js';
import { expected } from '../errors.js';
import type { Recipe } from '../model/recipe.js';
import type { TrainDocument } from '../report/train-document.js';
import { openRun, type RunFolder } from '../runs/open-run.js';
import { readRecipe } from './recipe-options.js';
import { isStreamed } from './streaming.js';
import { sourceNamed } from './table-options.js';
import { TRAIN_DEFAULTS, type TrainFlags } from './train-options.js';
import { looksUp, trainRecipe } from './train-recipe.js';

/** Data, and the recipe that is trained on them. */
export interface TrainGround {
  readonly recipe: Recipe;
  readonly choice: DataChoice;
  readonly data: TrainDocument['data'];
  /** Whether the test rows are validated on after each epoch. */
  readonly validates: boolean;
  /** Of a table: the column that says what rows weigh, or null. */
  readonly sampleWeights: string | null;
  readonly table: GroundTable | null;
  /** As the recipe's loss asks for them; null of a table that is streamed. */
  readonly rows: ComparedData | null;
}

/** A table as it is, in memory or as it will be read. */
export interface GroundTable {
  readonly preparation: Preparation;
  /** How large it is, then a line for each column. */
  readonly summary: string;
  readonly train: Table | TableSource;
  readonly test: Table | TableSource;
}

/**
 * Opens what was named, and makes the recipe of the options.
 *
 * @param signal Ends the first pass over a table that is streamed.
 * @throws SamebitsError as reading and `parseRecipe` do
 */
export async function newGround(name: string, flags: TrainFlags, signal: AbortSignal): Promise<TrainGround> {
  const file = flags.recipe === undefined ? null : readRecipe(flags.recipe);
  const named = sourceOf(name, flags, file);
  const validates = (flags.validationSplit ?? TRAIN_DEFAULTS.validationSplit) > 0;
  if (named.kind === 'table' && isStreamed(name, flags.stream)) {
    const streamed = await streamTable(named, { byCount: file === null, signal });
    const { preparation } = streamed;
    const source: TableFileSource = { ...(looksUp(preparation) ? withIndices(named) : named), streamed: true };
    const classes = preparation.classes?.length ?? 0;
    const rows = await streamed.train.count();
    const shape = { classes, scale: 1, train: { x: { rows }, y: { columns: 1 } } };
    const recipe = trainRecipe(flags, file, { shape, preparation, streamed: true });
    return streamedGround(recipe, choiceOf(source), streamed, validates, null);
  }
  const table = named.kind === 'table' ? await readTableFile(named) : undefined;
  // A recipe says itself what its columns are.
  const many = named.kind === 'table' && table !== undefined && file === null && hasMany(named, table);
  const source = many ? withIndices(named) : named;
  const loaded = await load(source, table);
  const preparation = loaded.table?.preparation ?? null;
  const recipe = trainRecipe(flags, file, { shape: loaded.data, preparation, streamed: false });
  return groundOf(recipe, choiceOf(source), loaded, validates);
}

/**
 * The ground of a run that goes on.
 *
 * @param name Where its data are now; undefined for where they were.
 * @param signal As {@link newGround} takes it.
 */
export async function resumedGround(
  folder: string,
  name: string | undefined,
  signal: AbortSignal,
): Promise<TrainGround & { readonly run: RunFolder }> {
  const run = await openRun(folder);
  const { recipe, data } = run.manifest;
  const source = name === undefined ? data.choice.source : namedSourceLike(name, data.choice.source);
  const choice = { ...data.choice, source };
  const validates = data.validation !== null;
  const preparation = await run.preparation();
  if (source.kind === 'table' && source.streamed && preparation !== null) {
    const streamed = await streamTable(source, { preparation, signal });
    return { run, ...(await streamedGround(recipe, choice, streamed, validates, data.hash)) };
  }
  return { run, ...groundOf(recipe, choice, await load(source), validates) };
}

const choiceOf = (source: DataSource): DataChoice => ({ source, rows: null, bootstrap: null });

interface Loaded {
  readonly data: DataSet;
  readonly table: GroundTable | null;
}

async function load(source: DataSource, read?: Table): Promise<Loaded> {
  if (source.kind !== 'table') return { data: await loadSource(source), table: null };
  const { data, preparation, table, parts } = await loadTable(source, read);
  return { data, table: { preparation, summary: table.summary(), ...parts } };
}

function groundOf(recipe: Recipe, choice: DataChoice, { data, table }: Loaded, validates: boolean): TrainGround {
  const rows = settingData({ recipe, data: choice }, data);
  const { x } = rows.train;
  const testRows = validates ? rows.test.x.rows : 0;
  return {
    ...{ recipe, choice, validates, table, rows },
    data: { name: data.name, rows: x.rows, testRows, columns: x.columns, hash: data.hash },
    sampleWeights: weightsOf(choice),
  };
}

async function streamedGround(
  recipe: Recipe,
  choice: DataChoice,
  { whole, train, test, rows, preparation }: StreamedTable,
  validates: boolean,
  hash: string | null,
): Promise<TrainGround> {
  const { path } = choice.source as TableFileSource;
  const testRows = validates ? await test.count() : 0;
  const columns = preparation.features.length;
  return {
    ...{ recipe, choice, validates, rows: null },
    data: { name: basename(path), rows: await train.count(), testRows, columns, hash },
    sampleWeights: weightsOf(choice),
    table: { preparation, summary: tableSummary(rows, whole.description), train, test },
  };
}

function weightsOf({ source }: DataChoice): string | null {
  return (source.kind === 'table' && source.sampleWeights) || null;
}

function sourceOf(name: string, flags: TrainFlags, file: Recipe | null): DataSource {
  const { drop, sampleWeights, validationSplit = TRAIN_DEFAULTS.validationSplit } = flags;
  const seed = flags.seed ?? file?.seed ?? TRAIN_DEFAULTS.seed;
  const source = sourceNamed(name, flags, {
    test: validationSplit,
    seed,
    ...prepareOf(flags, file),
    ...(sampleWeights && { sampleWeights }),
  });
  if (source.kind === 'table') return source;
  const { stream } = flags;
  for (const [option, value] of Object.entries({
    '--drop': drop,
    '--target-scale': flags.targetScale,
    '--sample-weights': sampleWeights,
    '--stream': stream,
  })) {
    if (value !== undefined) throw expected('a table beside it', option, name);
  }
  if (flags.validationSplit !== undefined && flags.validationSplit !== 0) {
    throw expected(`0, for none, or nothing: ${name} has test rows of its own,`, '--validation-split', validationSplit);
  }
  return source;
}

/** A regression's target is scaled by itself, as networks begin near 0; a recipe says itself what its outputs are. */
function prepareOf({ drop, targetScale }: TrainFlags, file: Recipe | null): Pick<TableFileSource, 'prepare'> {
  const scale = targetScale ?? (file === null ? TRAIN_DEFAULTS.targetScale : 'none');
  const prepare = { ...(scale !== 'none' && { targetScale: scale }), ...(drop && { drop }) };
  return Object.keys(prepare).length === 0 ? {} : { prepare };
}

/** Whether a column has so many categories that all columns of categories become indices, which a table input looks up. */
function hasMany({ target, prepare }: TableFileSource, table: Table): boolean {
  const drop = prepare?.drop ?? [];
  return table.columns.some((column) => {
    if (column.type !== 'category' || column.name === target || drop.includes(column.name)) return false;
    return column.categories.length > MOST_ONE_HOT;
  });
}

function withIndices(source: TableFileSource): TableFileSource {
  return { ...source, prepare: { ...source.prepare, categories: { encode: 'ordinal' } } };
}
