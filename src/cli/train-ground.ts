/** What `samebits train` trains, and on what. */

import type { ComparedData } from '../compare/data.js';
import { settingData } from '../compare/setting-data.js';
import type { DataSet } from '../data/data-set.js';
import { loadSource } from '../data/load-source.js';
import { namedSourceLike } from '../data/named-source.js';
import type { Preparation } from '../data/prepare/preparation.js';
import type { DataChoice, DataSource, TableFileSource } from '../data/source.js';
import type { TableSplit } from '../data/split/split.js';
import type { Table } from '../data/table/table.js';
import { loadTable, readTableFile } from '../data/table-file.js';
import { expected } from '../errors.js';
import { parseRecipe, type Recipe } from '../model/recipe.js';
import { openRun, type RunFolder } from '../runs/open-run.js';
import { overrideRecipe, type RecipeFlags, readRecipe, recipeFromOptions } from './recipe-options.js';
import { sourceNamed } from './table-options.js';
import { TRAIN_DEFAULTS, type TrainFlags } from './train-options.js';

/** Data, and the recipe that is trained on them. */
export interface TrainGround {
  readonly recipe: Recipe;
  readonly choice: DataChoice;
  readonly data: DataSet;
  /** As the recipe's loss asks for them. */
  readonly rows: ComparedData;
  /** Whether the test rows are validated on after each epoch. */
  readonly validates: boolean;
  /** Of a table: the column that says what rows weigh, or null. */
  readonly sampleWeights: string | null;
  /** Of a table. */
  readonly table: { readonly whole: Table; readonly parts: TableSplit; readonly preparation: Preparation } | null;
}

/** From this many training rows on, fewer epochs of larger batches. */
const LARGE = 10_000;

/** Loads what was named, and makes the recipe of the options. @throws SamebitsError as reading and `parseRecipe` do */
export async function newGround(name: string, flags: TrainFlags): Promise<TrainGround> {
  const file = flags.recipe === undefined ? null : readRecipe(flags.recipe);
  const named = sourceOf(name, flags, file);
  const table = named.kind === 'table' ? await readTableFile(named) : undefined;
  // A recipe says itself what its columns are.
  const source = named.kind === 'table' && table !== undefined && file === null ? withIndices(named, table) : named;
  const loaded = await load(source, table);
  const recipe = recipeOf(flags, file, loaded, source);
  const validates = (flags.validationSplit ?? TRAIN_DEFAULTS.validationSplit) > 0;
  return groundOf(recipe, { source, rows: null, bootstrap: null }, loaded, validates);
}

/** The ground of a run that goes on. @param name Where its data are now; undefined for where they were. */
export async function resumedGround(
  folder: string,
  name: string | undefined,
): Promise<TrainGround & { readonly run: RunFolder }> {
  const run = await openRun(folder);
  const { recipe, data } = run.manifest;
  const { choice } = data;
  const source = name === undefined ? choice.source : namedSourceLike(name, choice.source);
  return { run, ...groundOf(recipe, { ...choice, source }, await load(source), data.validation !== null) };
}

interface Loaded {
  readonly data: DataSet;
  readonly table: TrainGround['table'];
}

async function load(source: DataSource, read?: Table): Promise<Loaded> {
  if (source.kind !== 'table') return { data: await loadSource(source), table: null };
  const { data, preparation, table, parts } = await loadTable(source, read);
  return { data, table: { whole: table, parts, preparation } };
}

function groundOf(recipe: Recipe, choice: DataChoice, loaded: Loaded, validates: boolean): TrainGround {
  const { source } = choice;
  const sampleWeights = (source.kind === 'table' && source.sampleWeights) || null;
  const rows = settingData({ recipe, data: choice }, loaded.data);
  return { recipe, choice, ...loaded, rows, validates, sampleWeights };
}

function sourceOf(name: string, flags: TrainFlags, file: Recipe | null): DataSource {
  const { drop, sampleWeights, validationSplit = TRAIN_DEFAULTS.validationSplit } = flags;
  const seed = flags.seed ?? file?.seed ?? TRAIN_DEFAULTS.seed;
  const source = sourceNamed(name, flags, {
    test: validationSplit,
    seed,
    ...(drop && { prepare: { drop } }),
    ...(sampleWeights && { sampleWeights }),
  });
  if (source.kind === 'table') return source;
  for (const [option, value] of Object.entries({ '--drop': drop, '--sample-weights': sampleWeights })) {
    if (value !== undefined) throw expected('a table beside it', option, name);
  }
  if (flags.validationSplit !== undefined && flags.validationSplit !== 0) {
    throw expected(`0, for none, or nothing: ${name} has test rows of its own,`, '--validation-split', validationSplit);
  }
  return source;
}

function recipeOf(flags: TrainFlags, file: Recipe | null, { data, table }: Loaded, source: DataSource): Recipe {
  const large = data.train.x.rows >= LARGE;
  const { layers, activation, optimizer, learningRate, reduction } = flags;
  const given: RecipeFlags = { hidden: layers, activation, optimizer, learningRate, ...chosen(flags) };
  const defaults = { hidden: TRAIN_DEFAULTS.hidden, epochs: large ? 5 : 20, batchSize: large ? 128 : 32 };
  const recipe =
    file === null
      ? recipeFromOptions({ ...defaults, ...given, hidden: layers ?? defaults.hidden }, data, {
          yesOrNo: source.kind === 'table',
        })
      : overrideRecipe(file, given);
  const complete = file === null && looksUp(source) ? withTableInput(recipe, table?.preparation) : recipe;
  return reduction === undefined ? complete : parseRecipe({ ...complete, reduction });
}

/** Columns of categories become one-hot up to so many, where no column has more; else all are looked up. */
const MOST_ONE_HOT = 32;

/** Where a column has many categories, all columns of categories become indices, which a table input looks up. */
function withIndices(source: TableFileSource, table: Table): TableFileSource {
  const { drop = [] } = source.prepare ?? {};
  const many = table.columns.some((column) => {
    if (column.type !== 'category' || column.name === source.target || drop.includes(column.name)) return false;
    return column.categories.length > MOST_ONE_HOT;
  });
  return many ? { ...source, prepare: { ...source.prepare, categories: { encode: 'ordinal' } } } : source;
}

function looksUp(source: DataSource): boolean {
  return source.kind === 'table' && source.prepare?.categories?.encode === 'ordinal';
}

function withTableInput(recipe: Recipe, preparation: Preparation | undefined): Recipe {
  if (preparation === undefined) return recipe;
  const { model } = recipe;
  return parseRecipe({ ...recipe, model: { ...model, layers: [preparation.tableInput(), ...model.layers] } });
}

/** Those that were typed: an undefined one would hide a default. */
function chosen({ batchSize, epochs, seed }: TrainFlags): RecipeFlags {
  return Object.fromEntries(Object.entries({ batchSize, epochs, seed }).filter(([, value]) => value !== undefined));
}
