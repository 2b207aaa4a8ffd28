/** Models from options and from recipes. */
import { check } from '../arguments.js';
import { describeModel } from '../model/description.js';
import { checkFlippedBit } from '../model/flipped-bit.js';
import { parseRecipe, type Recipe } from '../model/recipe.js';
import { givenSeeds } from '../model/seeds.js';
import { drawSeed } from '../random/seed.js';
import { Sequential } from './sequential.js';
import { type SequentialOptions, sequentialSchema } from './sequential-options.js';

/**
 * A model: a stack of layers from the data to the outputs. Its weights are drawn when they are first needed.
 *
 * @example
 * const model = sequential({
 *   layers: [dense({ units: 512, activation: 'relu', inputShape: [784] }), dense({ units: 10, activation: 'softmax' })],
 *   seed: 42,
 * });
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function sequential(options: SequentialOptions): Sequential {
  const { layers, name, seed, seeds, generator, flippedBit } = check(sequentialSchema, options, 'sequential');
  const model = describeModel(name === undefined ? { layers } : { layers, name }, '');
  checkFlippedBit(flippedBit, model, 'sequential.flippedBit');
  // Where all uses have seeds of their own, none is left to the drawn one.
  const seedDrawn = seed === undefined && givenSeeds(seeds).length < Object.keys(seeds).length;
  return new Sequential({ model, seed: seed ?? drawSeed(), seedDrawn, seeds, generator, flippedBit });
}

/**
 * The compiled model of a recipe, with its initial weights. With `const { fit, reduction, emulate } = recipe`,
 * `fit(x, y, { ...fit, reduction, emulate })` then makes the recipe's run.
 *
 * @throws SamebitsError as {@link parseRecipe} does.
 */
export function modelFromRecipe(recipe: Recipe): Sequential {
  const { model, seed, seeds, generator, flippedBit, optimizer, loss, metrics } = parseRecipe(recipe);
  const built = new Sequential({ model, seed, seedDrawn: false, seeds, generator, flippedBit });
  built.compile({ optimizer, loss, metrics });
  return built;
}
