/** What networks.json, diverging.json and free.json hold, computed by the oracle. */
import { hexOf } from '../oracle/arithmetic.js';
import { fingerprint } from '../oracle/fingerprint.js';
import { type FitOptions, Network } from '../oracle/network.js';
import { formatOrders, type StepOrder } from '../oracle/rows.js';
import { activationRecipes } from './activations.js';
import { embeddingRecipes } from './embeddings.js';
import { lossRecipes } from './losses.js';
import { hash } from './made-up.js';
import { divergingRecipes, type GoldenRecipe, recipes, samplesOf } from './recipes.js';
import { orderedRecipes } from './ordered.js';
import { optimizerRecipes } from './optimizers.js';
import { regularizedRecipes } from './regularized.js';
import { residualRecipes } from './residual.js';
import { scheduleRecipes } from './schedules.js';
import { weightedRecipes } from './weighted.js';
import { normalizedRecipes } from './normalized.js';
import { updateRecipes } from './updates.js';
import { layerNormalizedRecipes } from './layer-normalized.js';
import { noisyRecipes } from './noisy.js';
import { mixedRecipes } from './mixed.js';

const CHECKED_STEPS = [1, 2, 5, 20];

function trained(recipe: GoldenRecipe, free?: FitOptions['free']) {
  const network = new Network(recipe);
  const samples = samplesOf(recipe);
  const weights: Record<string, string> = { 0: network.fingerprint('weights') };
  const stepLosses: string[] = [];
  const epochs = network.fit(samples, {
    ...recipe,
    free,
    onStep: (step, loss) => {
      stepLosses.push(hexOf(loss));
      if (CHECKED_STEPS.includes(step)) weights[step] = network.fingerprint('weights');
    },
  });
  return { network, samples, weights, stepLosses, epochs };
}

export const expectedOf = (of: readonly GoldenRecipe[]) =>
  of.map((recipe) => {
    const { network, samples, weights, stepLosses, epochs } = trained(recipe);
    const score = network.evaluate(samples, recipe.batchLeaf);
    const predictions = {
      name: 'predictions',
      shape: [recipe.rows, network.columns],
      values: network.predict(samples.x, recipe.rows),
    };
    return {
      recipe,
      expected: {
        weights,
        state: network.fingerprint('state'),
        marks: Object.fromEntries(Object.entries(network.marks()).map(([name, value]) => [name, value.toString(16)])),
        stepLosses,
        epochLosses: epochs.map(({ loss }) => hexOf(loss)),
        epochAccuracies: epochs.map(({ accuracy }) => accuracy),
        evaluateLoss: hexOf(score.loss),
        evaluateAccuracy: score.accuracy,
        predictions: fingerprint('predictions', [predictions]),
      },
    };
  });

export const networksDocument = () => expectedOf([...recipes, ...regularizedRecipes, ...orderedRecipes, ...activationRecipes, ...optimizerRecipes, ...lossRecipes, ...scheduleRecipes, ...weightedRecipes, ...embeddingRecipes, ...normalizedRecipes, ...updateRecipes, ...layerNormalizedRecipes, ...residualRecipes, ...noisyRecipes, ...mixedRecipes]);
export const divergingDocument = () => expectedOf(divergingRecipes);

const FREE_GRAIN = 8;

const freeRecipe: GoldenRecipe = {
  ...recipes[2],
  title: '64-32-10 in free order: batches of 33 rows, 5 units of at most 8',
  batchSize: 33,
  rows: 126,
};

const unitsOfStep = (recipe: GoldenRecipe, step: number): number => {
  const steps = Math.ceil(recipe.rows / recipe.batchSize);
  const rows = Math.min(recipe.batchSize, recipe.rows - (step % steps) * recipe.batchSize);
  return Math.ceil(rows / FREE_GRAIN);
};

/** Two chains, units in turn. */
function alternating(units: number): StepOrder {
  const all = Array.from({ length: units }, (_, unit) => unit);
  return { chains: [all.filter((u) => u % 2 === 0), all.filter((u) => u % 2 === 1)], merges: [{ into: 0, from: 1 }] };
}

/** Up to four chains; units go from the last to the first to chains by hash, and chains are merged by hash. */
function scattered(units: number, step: number): StepOrder {
  const chains: number[][] = [[], [], [], []];
  for (let unit = units - 1; unit >= 0; unit--) chains[hash(8 * step + unit, 40) % 4].push(unit);
  const taken = chains.filter((chain) => chain.length > 0);
  const waiting = taken.map((_, chain) => chain);
  const merges: { into: number; from: number }[] = [];
  while (waiting.length > 1) {
    const [into] = waiting.splice(hash(4 * step + waiting.length, 41) % waiting.length, 1);
    const [from] = waiting.splice(hash(4 * step + waiting.length, 42) % waiting.length, 1);
    merges.push({ into, from });
    waiting.push(into);
  }
  return { chains: taken, merges };
}

export function freeDocument() {
  const recordings: Record<string, (units: number, step: number) => StepOrder> = { alternating, scattered };
  const steps = Math.ceil(freeRecipe.rows / freeRecipe.batchSize) * freeRecipe.epochs;
  return {
    recipe: freeRecipe,
    freeGrain: FREE_GRAIN,
    recordings: Object.entries(recordings).map(([name, orderOf]) => {
      const orders = Array.from({ length: steps }, (_, step) => orderOf(unitsOfStep(freeRecipe, step), step));
      const { network, weights, stepLosses, epochs } = trained(freeRecipe, { grain: FREE_GRAIN, orders });
      return {
        name,
        orders: formatOrders(orders),
        expected: {
          weights,
          state: network.fingerprint('state'),
          stepLosses,
          epochLosses: epochs.map(({ loss }) => hexOf(loss)),
        },
      };
    }),
    fixedOrder: { weights: trained(freeRecipe).weights },
  };
}
