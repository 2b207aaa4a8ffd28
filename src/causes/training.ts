/** Causes in how a network is trained. */
import * as v from 'valibot';
import { integer, real, type Schema } from '../arguments.js';
import { expected } from '../errors.js';
import { type ClassWeights, classWeightsSchema } from '../model/class-weights.js';
import { outputUnits } from '../model/description.js';
import { decisionsOf } from '../model/losses.js';
import {
  type Adagrad,
  type Adam,
  adam,
  type Nadam,
  type Optimizer,
  optimizerSchema,
  type RmsProp,
  type Sgd,
} from '../model/optimizers.js';
import { type Shuffle, shuffleSchema } from '../model/recipe.js';
import { learningRateSchema } from '../model/schedules.js';
import { decaySchema, updatesOf, withoutIdle } from '../model/update-options.js';
import type { LearningRate } from '../native/schedule.js';
import { type Lens, lens, withFit, withRecipe } from './lens.js';

/** What is a cause of its own, or belongs to one. */
type Apart = 'learningRate' | 'epsilon' | 'weightDecay' | 'decayBiases';

/** An optimizer without what is a cause of its own. */
export type OptimizerLevel =
  | Omit<Sgd, Apart>
  | Omit<RmsProp, Apart>
  | Omit<Adam, Apart>
  | Omit<Nadam, Apart>
  | Omit<Adagrad, Apart>;

const optimizerLevel: Schema<OptimizerLevel> = v.pipe(
  v.custom<Optimizer>(
    (value) =>
      typeof value !== 'object' ||
      value === null ||
      !('learningRate' in value || 'epsilon' in value || 'weightDecay' in value || 'decayBiases' in value),
    'an optimizer without learningRate, epsilon and weightDecay, which are causes of their own,',
  ),
  optimizerSchema,
  v.transform(levelOfOptimizer),
);

const positive = real('a number above 0', (value) => Math.fround(value) > 0);

export const shuffle: Lens<Shuffle> = lens({
  name: 'shuffle',
  title: 'shuffling',
  description:
    'Whether each epoch has the rows as they are, in a random order, or in one that spreads each class evenly. Initial ' +
    'weights stay, and it shows in the first step.',
  kind: 'choice',
  remedy: 'fix fit.shuffle',
  level: shuffleSchema,
  read: ({ recipe }) => recipe.fit.shuffle,
  replace: (setting, value) => withFit(setting, { shuffle: value }),
});

export const batchSize: Lens<number> = lens({
  name: 'batchSize',
  title: 'batch size',
  description:
    'How many rows are averaged in a step, and so how many steps an epoch has. Initial weights and orders stay, and it shows in the first step.',
  kind: 'choice',
  remedy: 'fix fit.batchSize',
  level: integer(1, 0xffff_ffff),
  read: ({ recipe }) => recipe.fit.batchSize,
  replace: (setting, value) => withFit(setting, { batchSize: value }),
});

export const epochs: Lens<number> = lens({
  name: 'epochs',
  title: 'epochs',
  description: 'How often the data is passed over. The shorter run is the beginning of the longer one, to the bit.',
  kind: 'choice',
  remedy: 'train for as many epochs',
  level: integer(1, 0xffff_ffff),
  read: ({ recipe }) => recipe.fit.epochs,
  replace: (setting, value) => withFit(setting, { epochs: value }),
});

export const classWeights: Lens<ClassWeights | null> = lens({
  name: 'classWeights',
  title: 'class weights',
  description:
    'What the rows of each class weigh in losses and gradients. Initial weights, orders and batches stay, and it shows in the first step.',
  kind: 'choice',
  remedy: 'fix fit.classWeights',
  level: v.nullable(classWeightsSchema),
  applies: ({ recipe: { loss, model } }) =>
    decisionsOf(loss) === 'row' || (decisionsOf(loss) === 'unit' && outputUnits(model) === 1),
  read: ({ recipe }) => recipe.fit.classWeights ?? null,
  replace: (setting, value) => {
    const { classWeights: _, ...fit } = setting.recipe.fit;
    return withRecipe(setting, { fit: value === null ? fit : { ...fit, classWeights: value } });
  },
});

export const optimizer: Lens<OptimizerLevel> = lens({
  name: 'optimizer',
  title: 'optimizer',
  description:
    'The rule by which gradients move weights, with its options but learning rate, epsilon and weight decay, which stay as they are. ' +
    'None of the rules draws random numbers. It shows in the first step.',
  kind: 'choice',
  remedy: 'fix the optimizer',
  level: optimizerLevel,
  read: ({ recipe }) => levelOfOptimizer(recipe.optimizer),
  replace: (setting, level) => {
    const { optimizer: old } = setting.recipe;
    const { learningRate } = old;
    const { weightDecay = 0, decayBiases } = old;
    const decay = withoutIdle({ weightDecay, decayBiases });
    if (level.name === 'sgd') return withRecipe(setting, { optimizer: { ...level, learningRate, ...decay } });
    // SGD has no epsilon to keep.
    const { epsilon } = old.name === 'sgd' ? adam() : old;
    return withRecipe(setting, { optimizer: { ...level, learningRate, epsilon, ...decay } });
  },
});

export const learningRate: Lens<LearningRate> = lens({
  name: 'learningRate',
  title: 'learning rate',
  description:
    'How far each step goes: one number, or a schedule. Initial weights stay, and it shows in the first step whose rate is another.',
  kind: 'choice',
  remedy: 'fix the learning rate',
  level: learningRateSchema,
  read: ({ recipe }) => recipe.optimizer.learningRate,
  replace: (setting, value) => withRecipe(setting, { optimizer: { ...setting.recipe.optimizer, learningRate: value } }),
});

export const weightDecay: Lens<number> = lens({
  name: 'weightDecay',
  title: 'weight decay',
  description:
    'How much of themselves weights lose in each step, beside their gradients; 0 has none. Initial weights stay, and it shows in the first step.',
  kind: 'choice',
  remedy: 'fix the weight decay',
  level: decaySchema,
  read: ({ recipe }) => recipe.optimizer.weightDecay ?? 0,
  replace: (setting, level) => {
    return withRecipe(setting, { optimizer: withoutIdle({ ...setting.recipe.optimizer, weightDecay: level }) });
  },
});

export const epsilon: Lens<number | null> = lens({
  name: 'epsilon',
  title: "optimizer's epsilon",
  description:
    'What keeps an optimizer from dividing by zero; SGD has none. It shows in the first step, most where gradients are small.',
  kind: 'choice',
  remedy: 'fix epsilon',
  level: v.nullable(positive),
  applies: ({ recipe }) => recipe.optimizer.name !== 'sgd',
  read: ({ recipe }) => (recipe.optimizer.name === 'sgd' ? null : recipe.optimizer.epsilon),
  replace: (setting, value) => {
    const { optimizer: old } = setting.recipe;
    if (old.name === 'sgd')
      throw expected(
        "'rmsprop', 'adam', 'nadam' or 'adagrad', which have an epsilon,",
        'recipe.optimizer.name',
        old.name,
      );
    if (value === null) throw expected('a number above 0', 'epsilon', value);
    return withRecipe(setting, { optimizer: { ...old, epsilon: value } });
  },
});

/** The name first: levels are compared by their text. */
function levelOfOptimizer(optimizer: Optimizer): OptimizerLevel {
  const { weightDecay: _decay, decayBiases: _biases, ...updates } = updatesOf(optimizer);
  return { ...ruleOf(optimizer), ...updates };
}

function ruleOf(optimizer: Optimizer): OptimizerLevel {
  if (optimizer.name === 'sgd') {
    const { name, momentum, nesterov } = optimizer;
    return { name, momentum, nesterov };
  }
  if (optimizer.name === 'rmsprop') {
    const { name, rho, momentum } = optimizer;
    return { name, rho, momentum };
  }
  if (optimizer.name === 'adagrad') {
    const { name, initialAccumulatorValue } = optimizer;
    return { name, initialAccumulatorValue };
  }
  const { name, beta1, beta2 } = optimizer;
  if (optimizer.name === 'adam' && optimizer.amsgrad) return { name: 'adam', beta1, beta2, amsgrad: true };
  return { name, beta1, beta2 };
}
