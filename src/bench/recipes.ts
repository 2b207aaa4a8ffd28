/** The recipes of the training cases. */
import { dense } from '../model/layers.js';
import { adam, sgd } from '../model/optimizers.js';
import { parseRecipe, type Recipe } from '../model/recipe.js';
import type { FitCase, PredictCase, StepCase } from './cases.js';

/** Orders in which sums over rows are formed: `chain` is fixed order with a leaf as long as the batch. */
export type Order = 'fixed' | 'free' | 'chain';

const SEED = 42;
const BATCH_LEAF = 64;
/** Small for adam: at 0.001 and batch 32 relus die, for which see made-up-data.ts. */
const LEARNING_RATE = { sgd: 0.01, adam: 0.0001 } as const;
const MOMENTUM = 0.9;

/** Dense layers with relu; the last has softmax, or sigmoid where it is one unit. */
export function recipeOf(one: StepCase | FitCase | PredictCase, order: Order): Recipe {
  const { sizes } = one;
  const binary = sizes[sizes.length - 1] === 1;
  const training = one.kind === 'predict' ? { optimizer: 'sgd' as const, batchSize: 1 } : one;
  const layers = sizes.slice(1).map((units, index) => {
    const last = index === sizes.length - 2;
    return dense({
      units,
      activation: last ? (binary ? 'sigmoid' : 'softmax') : 'relu',
      ...(index === 0 ? { inputShape: [sizes[0]] } : {}),
    });
  });
  return parseRecipe({
    model: { layers },
    seed: SEED,
    optimizer:
      training.optimizer === 'sgd'
        ? sgd({ learningRate: LEARNING_RATE.sgd, momentum: MOMENTUM })
        : adam({ learningRate: LEARNING_RATE.adam }),
    loss: binary ? 'binaryCrossentropy' : 'sparseCategoricalCrossentropy',
    fit: {
      epochs: 1,
      batchSize: training.batchSize,
      shuffle: true,
      batchLeaf: order === 'chain' ? Math.max(BATCH_LEAF, training.batchSize) : BATCH_LEAF,
    },
    reduction: order === 'free' ? 'free' : 'fixed',
  });
}
