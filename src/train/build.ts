/** Models from options and from recipes. */
import { check } from '../arguments.js';
import type { Preparation } from '../data/prepare/preparation.js';
import { expected } from '../errors.js';
import { declaredInputs, describeModel, seedUses } from '../model/description.js';
import { checkFlippedBit } from '../model/flipped-bit.js';
import { parseRecipe, type Recipe } from '../model/recipe.js';
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
  const { layers, name, seed, ...given } = check(sequentialSchema, options, 'sequential');
  const { seeds, generator, flippedBit, preparation } = given;
  const model = describeModel(name === undefined ? { layers } : { layers, name }, '');
  checkFlippedBit(flippedBit, model, 'sequential.flippedBit');
  // Where all uses have seeds of their own, none is left to the drawn one.
  const seedDrawn = seed === undefined && seedUses(model).some((use) => seeds[use] == null);
  const inputs = declaredInputs(model);
  if (preparation !== null && inputs !== undefined && inputs !== preparation.features.length) {
    const what = `${inputs} features, as the first layer has inputs,`;
    throw expected(what, 'sequential.preparation', preparation.features.length, 'ERR_SAMEBITS_SHAPE');
  }
  return new Sequential({ model, seed: seed ?? drawSeed(), seedDrawn, seeds, generator, flippedBit, preparation });
}

/**
 * The compiled model of a recipe, with its initial weights. With `const { fit, reduction, emulate } = recipe`,
 * `fit(x, y, { ...fit, reduction, emulate })` then makes the recipe's run.
 *
 * @param preparation How tables become its rows: a recipe says nothing of it.
 * @throws SamebitsError as {@link parseRecipe} does.
 */
export function modelFromRecipe(recipe: Recipe, preparation: Preparation | null = null): Sequential {
  const { model, seed, seeds, generator, flippedBit, optimizer, loss, metrics } = parseRecipe(recipe);
  const built = new Sequential({ model, seed, seedDrawn: false, seeds, generator, flippedBit, preparation });
  built.compile({ optimizer, loss, metrics });
  return built;
}
