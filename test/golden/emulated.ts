/** What emulated.json holds, computed by the oracle: some recipes on each emulated hardware (docs, section 13). */
import { type Hardware, hexOf, withHardware } from '../oracle/arithmetic.js';
import { fingerprint } from '../oracle/fingerprint.js';
import { Network } from '../oracle/network.js';
import { mixedRecipes } from './mixed.js';
import { normalizedRecipes } from './normalized.js';
import { layerNormalizedRecipes } from './layer-normalized.js';
import { noisyRecipes } from './noisy.js';
import { adam, common, dense, type GoldenRecipe, recipes, samplesOf } from './recipes.js';
import { regularizedRecipes } from './regularized.js';
import { updateRecipes } from './updates.js';

export const EMULATIONS = ['noFma', 'flushSubnormals', 'ordinaryExp'] as const;

/** The seven combinations. */
export const emulatedHardware = Array.from({ length: 7 }, (_, i) =>
  EMULATIONS.filter((_name, bit) => (((i + 1) >> bit) & 1) === 1),
);

/** Gradients whose squares are subnormal, and an epsilon that lets Adam see them. */
const tiny: GoldenRecipe = {
  ...common,
  title: '5-6-3, tiny inputs, Adam on subnormal squares',
  inputs: 5,
  rescaling: { scale: 1e-19, offset: 0 },
  layers: [dense(6, 'tanh'), dense(3, 'softmax')],
  optimizer: { ...adam, learningRate: 0.01, epsilon: 1e-20 },
  loss: 'sparseCategoricalCrossentropy',
  rows: 30,
  x: { kind: 'floats', salt: 61 },
  targets: { kind: 'labels', salt: 62, columns: 3 },
  batchSize: 8,
  epochs: 5,
};

/** Crossentropies through relu, tanh and softmax with dropout and l2, through sigmoids, and subnormal numbers throughout. */
const chosen: readonly GoldenRecipe[] = [
  ...regularizedRecipes.filter(({ title }) => title.startsWith('20-33-17-5')),
  ...recipes.filter(({ title }) => /^(12-8-3|6-4-2)/.test(title)),
  tiny,
  // Clipping by the norm of all gradients with penalties of magnitudes; constraints, and averages.
  {
    ...updateRecipes[1],
    title: '28-20-4, AdamW',
    inputs: 28,
  },
  updateRecipes[3],
  // Batch normalization with Adam and dropout; and of what embeddings give.
  normalizedRecipes[0],
  normalizedRecipes[3],
  layerNormalizedRecipes[0],
  noisyRecipes[0],
  // Residual blocks of all of these, on subnormal numbers, and with clipping and seeds of their own.
  ...mixedRecipes,
];

function trained(recipe: GoldenRecipe, emulate: readonly string[]) {
  const [noFma, flushSubnormals, ordinaryExp] = EMULATIONS.map((name) => emulate.includes(name));
  const hardware: Hardware = { noFma, flushSubnormals, ordinaryExp };
  const network = new Network(recipe);
  const samples = samplesOf(recipe);
  return withHardware(hardware, () => {
    const epochs = network.fit(samples, recipe);
    const { loss } = network.evaluate(samples, recipe.batchLeaf);
    const shape = [recipe.rows, network.columns];
    const predictions = { name: 'predictions', shape, values: network.predict(samples.x, recipe.rows) };
    return {
      emulate,
      state: network.fingerprint('state'),
      epochLosses: epochs.map((epoch) => hexOf(epoch.loss)),
      evaluateLoss: hexOf(loss),
      predictions: fingerprint('predictions', [predictions]),
    };
  });
}

export const emulatedDocument = () =>
  chosen.map((recipe) => ({ recipe, expected: emulatedHardware.map((emulate) => trained(recipe, emulate)) }));
