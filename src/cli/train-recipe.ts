/** The recipe of `samebits train`: from a file, from options and data, or all of them. */
import type { Preparation } from '../data/prepare/preparation.js';
import { SHUFFLE_BUFFER } from '../data/stream/batch-stream.js';
import { parseRecipe, type Recipe } from '../model/recipe.js';
import { overrideRecipe, type RecipeData, type RecipeFlags, recipeFromOptions } from './recipe-options.js';
import { TRAIN_DEFAULTS, type TrainFlags } from './train-options.js';

/** From this many training rows on, fewer epochs of larger batches. */
const LARGE = 10_000;

/** What a recipe is made for. */
export interface RecipeGround {
  readonly shape: RecipeData;
  /** Of a table. */
  readonly preparation: Preparation | null;
  readonly streamed: boolean;
}

/** @throws SamebitsError as `parseRecipe` does */
export function trainRecipe(flags: TrainFlags, file: Recipe | null, ground: RecipeGround): Recipe {
  const { shape, preparation, streamed } = ground;
  const large = shape.train.x.rows >= LARGE;
  const { layers, activation, optimizer, learningRate } = flags;
  const given: RecipeFlags = { hidden: layers, activation, optimizer, learningRate, ...chosen(flags) };
  if (file !== null) return completed(overrideRecipe(file, given), flags, streamed);
  const defaults = { epochs: large ? 5 : 20, batchSize: large ? 128 : 32 };
  const hidden = layers ?? TRAIN_DEFAULTS.hidden;
  const recipe = recipeFromOptions({ ...defaults, ...given, hidden }, shape, { yesOrNo: preparation !== null });
  const { model } = recipe;
  const first = preparation !== null && looksUp(preparation) ? [preparation.tableInput()] : [];
  return completed({ ...recipe, model: { ...model, layers: [...first, ...model.layers] } }, flags, streamed);
}

/** What options say of the order of rows and sums. */
function completed(recipe: Recipe, { reduction, shuffleBuffer }: TrainFlags, streamed: boolean): Recipe {
  const needed = streamed && recipe.fit.shuffle === true ? SHUFFLE_BUFFER : undefined;
  const buffer = shuffleBuffer ?? recipe.fit.shuffleBuffer ?? needed;
  return parseRecipe({
    ...recipe,
    ...(reduction === undefined ? {} : { reduction }),
    fit: { ...recipe.fit, ...(buffer === undefined ? {} : { shuffleBuffer: buffer }) },
  });
}

/** Those that were typed: an undefined one would hide a default. */
function chosen({ batchSize, epochs, seed }: TrainFlags): RecipeFlags {
  return Object.fromEntries(Object.entries({ batchSize, epochs, seed }).filter(([, value]) => value !== undefined));
}

/** Whether columns of categories are indices. */
export function looksUp(preparation: Preparation): boolean {
  return preparation.toJSON().columns.some((column) => column.type === 'category' && column.encode === 'ordinal');
}
