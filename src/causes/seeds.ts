/** Causes that are seeds of random draws, and the generator that makes them. */
import * as v from 'valibot';
import type { Schema } from '../arguments.js';
import { allLayers } from '../model/blocks.js';
import { denseLayers, lookUpLayer } from '../model/description.js';
import type { Initializer } from '../model/initializers.js';
import { generatorSchema } from '../model/recipe.js';
import { SEED_USES, type SeedUse, seedOf } from '../model/seeds.js';
import { type Seed, seedSchema } from '../random/seed.js';
import type { Generator } from '../random/words.js';
import type { CauseName, Setting } from './cause.js';
import { type CauseDescription, type Lens, lens, withRecipe } from './lens.js';

/** A seed as a number where it is one: `42` and `'42'` are the same. */
export function plainSeed(seed: Seed): Seed {
  const number = Number(seed);
  return Number.isSafeInteger(number) && number >= 0 && String(number) === String(seed) ? number : seed;
}

/** The level of a cause that is a seed: any seed, in its plain form. */
export const seedLevel: Schema<Seed> = v.pipe(seedSchema, v.transform(plainSeed));

export const seed: Lens<Seed> = lens({
  name: 'seed',
  title: 'seed of everything',
  description:
    "The model's one seed. It decides initial weights, the order of the rows, dropout masks and noise, but for those that have a " +
    'seed of their own: they stay, and it moves all others at once, from the initial weights on.',
  kind: 'random',
  remedy: 'fix seed',
  level: seedLevel,
  applies: (setting) => SEED_USES.some((use) => setting.recipe.seeds[use] == null && draws(setting, use)),
  read: ({ recipe }) => plainSeed(recipe.seed),
  replace: (setting, value) => withRecipe(setting, { seed: value }),
});

export const initialWeights: Lens<Seed> = useOf('weights', {
  name: 'initialWeights',
  title: 'initial weights',
  description:
    'The numbers that initializers draw. Other ones are there before the first step, and the two runs are apart from it on.',
  remedy: 'fix seeds.weights, or average the predictions of several runs',
});

export const dataOrder: Lens<Seed> = useOf('order', {
  name: 'dataOrder',
  title: 'order of the data',
  description:
    'Which rows come together in a batch, and when. The same initial weights see other batches from the first step on.',
  remedy: 'fix seeds.order, or average the predictions of several runs',
});

export const dropoutMasks: Lens<Seed> = useOf('dropout', {
  name: 'dropoutMasks',
  title: 'dropout masks',
  description:
    'Which inputs of a layer are dropped in which step. Layers with a seed of their own do not ask. It shows from the first ' +
    'step on, and never in predictions themselves.',
  remedy: 'fix seeds.dropout, or train without dropout',
});

export const gaussianNoise: Lens<Seed> = useOf('noise', {
  name: 'gaussianNoise',
  title: 'Gaussian noise',
  description:
    'The normal numbers that layers of Gaussian noise add in each step. Layers with a seed of their own do not ask. It shows from ' +
    'the first step on, and never in predictions themselves.',
  remedy: 'fix seeds.noise, or train without noise',
});

export const generator: Lens<Generator> = lens({
  name: 'generator',
  title: 'pseudorandom generator',
  description:
    'The algorithm that turns seeds into numbers: initial weights and orders are others of the same distribution. Dropout ' +
    'masks and noise come from Philox with any of them. It shows before the first step.',
  kind: 'choice',
  remedy: 'fix generator',
  level: generatorSchema,
  applies: (setting) => draws(setting, 'weights') || draws(setting, 'order'),
  read: ({ recipe }) => recipe.generator,
  replace: (setting, value) => withRecipe(setting, { generator: value }),
});

function useOf(
  use: SeedUse,
  words: Pick<CauseDescription<Seed>, 'title' | 'description' | 'remedy'> & { readonly name: CauseName },
): Lens<Seed> {
  return lens({
    ...words,
    kind: 'random',
    level: seedLevel,
    applies: (setting) => draws(setting, use),
    read: ({ recipe }) => plainSeed(seedOf(recipe, use)),
    replace: (setting, value) => withRecipe(setting, { seeds: { ...setting.recipe.seeds, [use]: value } }),
  });
}

/** Whether anything is drawn by a seed of this use. */
function draws({ recipe: { model, fit } }: Setting, use: SeedUse): boolean {
  if (use === 'order') return fit.shuffle !== false;
  if (use === 'dropout') {
    return allLayers(model).some((layer) => layer.kind === 'dropout' && layer.rate > 0 && layer.seed === undefined);
  }
  if (use === 'noise') {
    return allLayers(model).some(
      (layer) => layer.kind === 'gaussianNoise' && layer.stddev > 0 && layer.seed === undefined,
    );
  }
  const lookUp = lookUpLayer(model);
  if (lookUp !== null && isRandom(lookUp.embeddingsInitializer ?? 'randomUniform')) return true;
  return denseLayers(model).some(
    ({ kernelInitializer, biasInitializer, useBias }) =>
      isRandom(kernelInitializer) || (useBias && isRandom(biasInitializer)),
  );
}

function isRandom(initializer: Initializer): boolean {
  return typeof initializer === 'object' ? initializer.name !== 'constant' : initializer !== 'zeros';
}
