/** The recipe of `samebits compare`: from a file, from options, or both. */
import { closeSync, openSync, readSync } from 'node:fs';
import { expected, SamebitsError } from '../errors.js';
import { activationOf } from '../model/activations.js';
import { mapLayers } from '../model/blocks.js';
import { denseLayers, type ModelDescription } from '../model/description.js';
import { dense, type Layer, rescaling } from '../model/layers.js';
import { type Optimizer, type OptimizerName, optimizerNamed } from '../model/optimizers.js';
import { parseRecipe, type Recipe } from '../model/recipe.js';
import { jsonOf } from '../runs/json.js';
import { type CompareFlags, DEFAULTS } from './compare-options.js';

const MOST_BYTES = 1 << 20;

/**
 * Reads a recipe from a JSON file.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for what cannot be read or is no JSON; as `parseRecipe` does.
 */
export function readRecipe(path: string): Recipe {
  return parseRecipe(readJson(path, 'a recipe', '--recipe'));
}

/**
 * Reads a small JSON file that an option named.
 *
 * @param what E.g. `a recipe`.
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for what cannot be read or is no JSON, and for keys that come twice.
 */
export function readJson(path: string, what: string, option: string): unknown {
  try {
    return jsonOf(readStart(path), path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Expected ${what} as JSON for ${option} but received ${path}: ${reason.replaceAll(/\s+/g, ' ')}`;
    throw new SamebitsError('ERR_SAMEBITS_FILE', message, { cause });
  }
}

/** All that comes, from a pipe as well, which says no size. */
function readStart(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(MOST_BYTES + 1);
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(file, bytes, done, bytes.length - done, null);
      if (read === 0) return bytes.subarray(0, done);
      done += read;
    }
    throw new Error(`more than ${MOST_BYTES} bytes`);
  } finally {
    closeSync(file);
  }
}

/** Options that decide a recipe. */
export type RecipeFlags = Pick<
  CompareFlags,
  'hidden' | 'activation' | 'optimizer' | 'learningRate' | 'batchSize' | 'epochs' | 'seed'
>;

/** What a recipe is made for: classes (0 for none), the scale of the features, and rows with targets. */
export interface RecipeData {
  readonly classes: number;
  readonly scale: number;
  readonly train: {
    readonly x: { readonly rows: number };
    readonly y: Uint32Array | { readonly columns: number };
  };
}

/** The recipe of the options alone, for this data. @param yesOrNo Two classes are one output, not two. */
export function recipeFromOptions(flags: RecipeFlags, data: RecipeData, { yesOrNo = false } = {}): Recipe {
  const units = flags.hidden ?? DEFAULTS.hidden;
  const { output, ...objective } = objectiveOf(data, yesOrNo);
  const scale: Layer[] = data.scale === 1 ? [] : [rescaling({ scale: data.scale })];
  return parseRecipe({
    model: {
      layers: [...scale, ...hiddenLayers(units, flags.activation), dense(output)],
    },
    seed: flags.seed ?? DEFAULTS.seed,
    optimizer: optimizerOf(flags.optimizer ?? DEFAULTS.optimizer, flags.learningRate),
    ...objective,
    fit: { epochs: flags.epochs ?? DEFAULTS.epochs, batchSize: flags.batchSize ?? DEFAULTS.batchSize },
  });
}

/** The last layer and what is minimized: numbers for a regression, one output for yes or no, else one for each class. */
function objectiveOf({ classes, train }: RecipeData, yesOrNo: boolean) {
  if (classes === 0) {
    const units = train.y instanceof Uint32Array ? 1 : train.y.columns;
    return { output: { units, activation: 'linear' }, loss: 'meanSquaredError' } as const;
  }
  const metrics = ['accuracy'];
  if (yesOrNo && classes === 2) {
    return { output: { units: 1, activation: 'sigmoid' }, loss: 'binaryCrossentropy', metrics } as const;
  }
  return { output: { units: classes, activation: 'softmax' }, loss: 'sparseCategoricalCrossentropy', metrics } as const;
}

/** A recipe with the options that were given in place of its own. */
export function overrideRecipe(recipe: Recipe, flags: RecipeFlags): Recipe {
  const { optimizer, learningRate, epochs = recipe.fit.epochs, batchSize = recipe.fit.batchSize } = flags;
  const changed = optimizer === undefined ? recipe.optimizer : optimizerOf(optimizer, learningRate);
  return parseRecipe({
    ...recipe,
    model: overrideLayers(recipe.model, flags),
    seed: flags.seed ?? recipe.seed,
    optimizer: learningRate === undefined ? changed : { ...changed, learningRate },
    fit: { ...recipe.fit, epochs, batchSize },
  });
}

/** `--hidden` replaces what stands between the data and the last layer; `--activation` alone changes hidden layers. */
function overrideLayers(model: ModelDescription, { hidden, activation }: RecipeFlags): ModelDescription {
  if (hidden === undefined && activation === undefined) return model;
  const all = denseLayers(model);
  const last = all[all.length - 1];
  if (hidden === undefined) {
    const layers = mapLayers(model.layers, (layer) =>
      layer.kind === 'dense' && layer !== last && activation
        ? { ...layer, activation: activationOf(activation) }
        : layer,
    );
    return { ...model, layers };
  }
  const first = model.layers.findIndex(({ kind }) => kind === 'dense' || kind === 'residual');
  const end = model.layers.indexOf(last);
  if (end < 0) throw expected('no --hidden, as the last dense layer stands in a block,', '--hidden', hidden);
  const before = model.layers.slice(0, first);
  const after = model.layers.slice(end + 1);
  // Without its name, so that a name that was counted is counted anew.
  const { name: _, ...output } = last;
  return { ...model, layers: [...before, ...hiddenLayers(hidden, activation), output, ...after] };
}

function hiddenLayers(
  units: readonly number[],
  activation = DEFAULTS.activation as CompareFlags['activation'],
): Layer[] {
  return units.map((count) => dense({ units: count, activation }));
}

function optimizerOf(name: OptimizerName, learningRate = DEFAULTS.learningRate[name] as number): Optimizer {
  return optimizerNamed(name, { learningRate });
}
