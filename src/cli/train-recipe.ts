/** The recipe of `samebits train`: from a file, from options and data, or all of them. */
import type { Preparation } from '../data/prepare/preparation.js';
import { SHUFFLE_BUFFER } from '../data/stream/batch-stream.js';
import { expected } from '../errors.js';
import type { ClassWeights } from '../model/class-weights.js';
import { denseLayers, type ModelDescription } from '../model/description.js';
import { dropout } from '../model/layers.js';
import type { Optimizer } from '../model/optimizers.js';
import { parseRecipe, type Recipe } from '../model/recipe.js';
import { cosineDecay, oneCycle, polynomialDecay } from '../model/schedules.js';
import { overrideRecipe, type RecipeData, type RecipeFlags, recipeFromOptions } from './recipe-options.js';
import { TRAIN_DEFAULTS, type TrainFlags } from './train-options.js';
import { type ScheduleName } from './train-values.js';

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
  const { shape, preparation } = ground;
  const large = shape.train.x.rows >= LARGE;
  const { layers, activation, optimizer, learningRate } = flags;
  const given: RecipeFlags = { hidden: layers, activation, optimizer, learningRate, ...chosen(flags) };
  if (file !== null) return completed(overrideRecipe(file, given), flags, ground);
  const defaults = { epochs: large ? 5 : 20, batchSize: large ? 128 : 32 };
  const hidden = layers ?? TRAIN_DEFAULTS.hidden;
  const recipe = recipeFromOptions({ ...defaults, ...given, hidden }, shape, { yesOrNo: preparation !== null });
  const { model } = recipe;
  const first = preparation !== null && looksUp(preparation) ? [preparation.tableInput()] : [];
  return completed({ ...recipe, model: { ...model, layers: [...first, ...model.layers] } }, flags, ground);
}

/** Whether columns of categories are indices. */
export function looksUp(preparation: Preparation): boolean {
  return preparation.toJSON().columns.some((column) => column.type === 'category' && column.encode === 'ordinal');
}

/** What the other options say. */
function completed(recipe: Recipe, flags: TrainFlags, { shape, preparation, streamed }: RecipeGround): Recipe {
  const { reduction, loss, classWeights } = flags;
  const needed = streamed && recipe.fit.shuffle === true ? SHUFFLE_BUFFER : undefined;
  const shuffleBuffer = flags.shuffleBuffer ?? recipe.fit.shuffleBuffer ?? needed;
  const weights = classWeights && classWeightsOf(classWeights, preparation);
  return parseRecipe({
    ...recipe,
    model: withDropout(recipe.model, flags),
    optimizer: optimizerOf(recipe, flags, shape.train.x.rows),
    ...(loss === undefined ? {} : { loss }),
    ...(reduction === undefined ? {} : { reduction }),
    fit: { ...recipe.fit, ...(shuffleBuffer && { shuffleBuffer }), ...(weights && { classWeights: weights }) },
  });
}

/** Behind each hidden layer. */
function withDropout(model: ModelDescription, { dropout: rate, recipe, layers }: TrainFlags): ModelDescription {
  if (rate === undefined || rate === 0) return model;
  if (recipe !== undefined && layers === undefined) {
    throw expected('--layers beside it, or dropout layers in the recipe,', '--dropout', rate);
  }
  const hidden = denseLayers(model).slice(0, -1);
  const found = model.layers.flatMap((layer) =>
    hidden.some((one) => one === layer) ? [layer, dropout({ rate })] : [layer],
  );
  return { ...model, layers: found };
}

function optimizerOf({ optimizer, fit }: Recipe, { schedule, weightDecay }: TrainFlags, rows: number): Optimizer {
  const decayed = weightDecay === undefined ? optimizer : { ...optimizer, weightDecay };
  if (schedule === undefined) return decayed;
  const { learningRate } = optimizer;
  if (typeof learningRate !== 'number') {
    throw expected('--learning-rate beside it, where a recipe has another schedule,', '--schedule', schedule);
  }
  const steps = fit.epochs * Math.ceil(rows / fit.batchSize);
  return { ...decayed, learningRate: SCHEDULES[schedule](learningRate, steps) };
}

/** From the learning rate down to 0 over all steps; `one-cycle` up to it first. */
const SCHEDULES = {
  constant: (rate: number) => rate,
  cosine: (initialLearningRate: number, decaySteps: number) => cosineDecay({ initialLearningRate, decaySteps }),
  linear: (initialLearningRate: number, decaySteps: number) =>
    polynomialDecay({ initialLearningRate, decaySteps, endLearningRate: 0 }),
  'one-cycle': (maxLearningRate: number, totalSteps: number) => oneCycle({ maxLearningRate, totalSteps }),
} satisfies Record<ScheduleName, unknown>;

/** By the names that classes have in a table, or by their numbers. */
function classWeightsOf(given: NonNullable<TrainFlags['classWeights']>, preparation: Preparation | null): ClassWeights {
  const classes = preparation?.classes ?? null;
  if (given === 'balanced' || classes === null) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, weight]) => {
      const label = classes.findIndex((value) => String(value) === name);
      if (label < 0) throw expected(`one of the classes (${classes.slice(0, 20).join(', ')})`, '--class-weights', name);
      return [String(label), weight];
    }),
  );
}

/** Those that were typed: an undefined one would hide a default. */
function chosen({ batchSize, epochs, seed }: TrainFlags): RecipeFlags {
  return Object.fromEntries(Object.entries({ batchSize, epochs, seed }).filter(([, value]) => value !== undefined));
}
