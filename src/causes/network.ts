/** Causes in the network itself: its size, its layers, and how they begin. */
import { integer, real } from '../arguments.js';
import { expected } from '../errors.js';
import { type Activation, activationSchema } from '../model/activations.js';
import { allLayers, mapLayers } from '../model/blocks.js';
import { denseLayers, isPlainStack, lookUpLayer, type ModelDescription } from '../model/description.js';
import { type LookUpLayer, tablesOf } from '../model/embeddings.js';
import { type Initializer, initializerSchema } from '../model/initializers.js';
import type { DenseLayer, DropoutLayer } from '../model/layers.js';
import { factorsOf, regularizerOf } from '../model/regularizers.js';
import type { Setting } from './cause.js';
import { type Each, eachSchema, levelOf, valuesOf } from './each.js';
import { type Lens, lens, withRecipe } from './lens.js';
import { withDepth, withDropoutRates, withoutDropout } from './stack.js';

export const depth: Lens<number> = lens({
  name: 'depth',
  title: 'hidden layers',
  description:
    'How many hidden layers there are. More are copies of the first, with the dropout that stands behind it before each; ' +
    'fewer are the first ones. Layers without names of their own are counted anew. Where hidden layers differ from each ' +
    'other, what other causes read of each changes with their number.',
  kind: 'choice',
  remedy: 'train a network of the same depth',
  level: integer(0, 1000),
  applies: (setting) => isPlainStack(setting.recipe.model) && hiddenLayers(setting).length > 0,
  read: (setting) => hiddenLayers(setting).length,
  replace: (setting, level) => {
    checkHidden(setting, 'depth');
    if (level === 0) throw expected('an integer from 1 to 1000', 'depth', level);
    return withModel(setting, (model) => withDepth(model, level));
  },
});

export const width: Lens<Each<number>> = lens({
  name: 'width',
  title: 'units of hidden layers',
  description: 'How many units each hidden layer has: other shapes, and other initial weights for them.',
  kind: 'choice',
  remedy: 'train a network of the same width',
  level: eachSchema(integer(1, 0x7fff_ffff)),
  applies: (setting) => hiddenLayers(setting).length > 0,
  read: (setting) =>
    levelOf(
      hiddenLayers(setting).map(({ units }) => units),
      0,
    ),
  replace: (setting, level) => {
    const { length } = checkHidden(setting, 'width');
    return withDense(setting, valuesOf(level, length, 'width'), (layer, units) => ({ ...layer, units }));
  },
});

export const activation: Lens<Each<Activation>> = lens({
  name: 'activation',
  title: 'activation of hidden layers',
  description:
    'The function behind each hidden layer; the last one is bound to the loss. Initial weights stay, and it shows in the first step.',
  kind: 'choice',
  remedy: 'fix the activations',
  level: eachSchema(activationSchema),
  applies: (setting) => hiddenLayers(setting).length > 0,
  read: (setting) =>
    levelOf<Activation>(
      hiddenLayers(setting).map((layer) => layer.activation),
      'linear',
    ),
  replace: (setting, level) => {
    const { length } = checkHidden(setting, 'activation');
    return withDense(setting, valuesOf(level, length, 'activation'), (layer, name) => ({ ...layer, activation: name }));
  },
});

export const initializer: Lens<Each<Initializer>> = lens({
  name: 'initializer',
  title: 'initializer',
  description:
    'The distribution of the initial weights of all kernels. The random words behind them stay; the weights are others before the first step.',
  kind: 'choice',
  remedy: 'fix the kernel initializers',
  level: eachSchema(initializerSchema),
  read: ({ recipe }) =>
    levelOf<Initializer>(
      denseLayers(recipe.model).map(({ kernelInitializer }) => kernelInitializer),
      'zeros',
    ),
  replace: (setting, level) => {
    const values = valuesOf(level, denseLayers(setting.recipe.model).length, 'initializer');
    return withDense(setting, values, (layer, kernelInitializer) => ({ ...layer, kernelInitializer }));
  },
});

export const embeddingsInitializer: Lens<Initializer> = lens({
  name: 'embeddingsInitializer',
  title: 'initializer of embeddings',
  description:
    'The distribution of the initial weights of all tables of embeddings. The random words behind them stay; the weights are others before the first step.',
  kind: 'choice',
  remedy: 'fix the initializer of embeddings',
  level: initializerSchema,
  applies: ({ recipe }) => hasTables(recipe.model),
  read: ({ recipe }) => lookUpLayer(recipe.model)?.embeddingsInitializer ?? 'randomUniform',
  replace: (setting, level) => {
    const { model } = setting.recipe;
    if (!hasTables(model))
      throw expected('a network with embeddings', 'recipe.model, whose tables are to change,', model);
    return withModel(setting, ({ layers: [first, ...rest], ...others }) => ({
      ...others,
      layers: [{ ...(first as LookUpLayer), embeddingsInitializer: level }, ...rest],
    }));
  },
});

export const dropoutRate: Lens<Each<number>> = lens({
  name: 'dropoutRate',
  title: 'dropout rate',
  description:
    'The share of inputs that dropout layers drop in training; 0 has no dropout layers. Where there are none, one is put ' +
    'between each two dense layers. Initial weights stay, and it shows in the first step.',
  kind: 'choice',
  remedy: 'fix the rates of dropout',
  level: eachSchema(real('a number from 0 to below 1', (value) => value >= 0 && value < 1)),
  applies: (setting) =>
    isPlainStack(setting.recipe.model) && (hiddenLayers(setting).length > 0 || dropoutLayers(setting).length > 0),
  read: (setting) =>
    levelOf(
      dropoutLayers(setting).map(({ rate }) => rate),
      0,
    ),
  replace: (setting, level) => {
    if (level === 0) return withModel(setting, withoutDropout);
    const there = dropoutLayers(setting).length;
    const count = there > 0 ? there : checkHidden(setting, 'dropoutRate').length;
    return withModel(setting, (model) => withDropoutRates(model, valuesOf(level, count, 'dropoutRate')));
  },
});

export const l1 = factorLens({
  name: 'l1',
  title: 'L1 regularization',
  description:
    'The factor of the magnitudes of the weights of all kernels in the loss; 0 has none. Initial weights stay, and it shows in the first step.',
});

export const l2 = factorLens({
  name: 'l2',
  title: 'L2 regularization',
  description:
    'The factor of the squared weights of all kernels in the loss; 0 has none. Initial weights stay, and it shows in the first step.',
});

function factorLens(of: { name: 'l1' | 'l2'; title: string; description: string }): Lens<Each<number>> {
  const { name } = of;
  return lens({
    ...of,
    kind: 'choice',
    remedy: 'fix the kernel regularizers',
    level: eachSchema(real('a number of at least 0', (value) => value >= 0)),
    read: ({ recipe }) =>
      levelOf(
        denseLayers(recipe.model).map(({ kernelRegularizer }) => factorsOf(kernelRegularizer)[name]),
        0,
      ),
    replace: (setting, level) => {
      const values = valuesOf(level, denseLayers(setting.recipe.model).length, name);
      return withDense(setting, values, ({ kernelRegularizer, ...layer }, factor) => {
        const regularizer = regularizerOf({ ...factorsOf(kernelRegularizer), [name]: factor });
        return regularizer === null ? layer : { ...layer, kernelRegularizer: regularizer };
      });
    },
  });
}

/** All dense layers but the last. */
function hiddenLayers({ recipe }: Setting): readonly DenseLayer[] {
  return denseLayers(recipe.model).slice(0, -1);
}

function hasTables(model: ModelDescription): boolean {
  const layer = lookUpLayer(model);
  return layer !== null && tablesOf(layer).length > 0;
}

function dropoutLayers({ recipe }: Setting): readonly DropoutLayer[] {
  return allLayers(recipe.model).filter((layer) => layer.kind === 'dropout');
}

function checkHidden(setting: Setting, name: string): readonly DenseLayer[] {
  const hidden = hiddenLayers(setting);
  if (hidden.length > 0) return hidden;
  throw expected('a network with a hidden layer', `recipe.model, whose ${name} is to change,`, setting.recipe.model);
}

function withModel(setting: Setting, change: (model: ModelDescription) => ModelDescription): Setting {
  return withRecipe(setting, { model: change(setting.recipe.model) });
}

/** The first dense layers changed, one for each value. */
function withDense<T>(
  setting: Setting,
  values: readonly T[],
  change: (layer: DenseLayer, value: T) => DenseLayer,
): Setting {
  let index = -1;
  return withModel(setting, (model) => ({
    ...model,
    layers: mapLayers(model.layers, (layer) => {
      if (layer.kind !== 'dense') return layer;
      index += 1;
      return index < values.length ? change(layer, values[index]) : layer;
    }),
  }));
}
