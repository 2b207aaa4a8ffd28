/** The golden networks through the public API: `fit`, `trainOnBatch`, `evaluate` and `predict` give the oracle's bits. */
import { describe, expect, test } from 'vitest';
import networksGolden from '../golden/networks.json';
import { type GoldenRecipe, samplesOf } from '../golden/recipes.js';
import { arithmetic, fingerprint, order, rowWeights } from '../oracle.js';
import { build, dataOf } from './golden_model.js';

interface Golden {
  readonly recipe: GoldenRecipe;
  readonly expected: {
    readonly weights: Record<string, string>;
    readonly state: string;
    readonly epochLosses: string[];
    readonly epochAccuracies: (number | null)[];
    readonly evaluateLoss: string;
    readonly evaluateAccuracy: number | null;
    readonly predictions: string;
  };
}

const golden = networksGolden as unknown as Golden[];

const fallsOnPlateaus = (recipe: GoldenRecipe): boolean =>
  JSON.stringify(recipe.optimizer.learningRate).includes('"reduceOnPlateau"');

describe.each([
  { threads: 1, plan: 'stored' },
  { threads: 4, plan: 'fused' },
] as const)('threads $threads, $plan', (execution) => {
  test.each(golden)('fit: $recipe.title', async ({ recipe, expected }) => {
    const { batchSize, batchLeaf, shuffle, epochs, classWeights } = recipe;
    const model = build(recipe);
    expect(model.fingerprint('weights')).toBe(expected.weights[0]);
    const { x, y, sampleWeights } = dataOf(recipe);
    const weights = { ...(classWeights && { classWeights }), ...(sampleWeights && { sampleWeights }) };
    const fit = { batchSize, batchLeaf, shuffle, epochs, ...weights, ...execution };
    const run = await model.fit(x, y, { ...fit, reduction: 'fixed' });
    expect(run.fingerprint).toBe(expected.weights[20]);
    expect(model.fingerprint('state')).toBe(expected.state);
    expect(run.history.loss.map(arithmetic.hexOf)).toEqual(expected.epochLosses);
    if (expected.evaluateAccuracy !== null) expect(run.history.accuracy).toEqual(expected.epochAccuracies);
    const score = await model.evaluate(x, y, { batchLeaf, ...(sampleWeights && { sampleWeights }) });
    expect(arithmetic.hexOf(score.loss)).toBe(expected.evaluateLoss);
    if (expected.evaluateAccuracy !== null) expect(score.accuracy).toBe(expected.evaluateAccuracy);
    const { data, rows, columns } = await model.predict(x);
    const predictions = { name: 'predictions', shape: [rows, columns], values: data };
    expect(fingerprint('predictions', [predictions])).toBe(expected.predictions);
    model.dispose();
  });

  test.each(golden)('trainOnBatch: $recipe.title', async ({ recipe, expected }) => {
    const { batchSize, batchLeaf } = recipe;
    // Single steps are no epochs: a rate that falls at their ends stays what it was in the first.
    const epochs = fallsOnPlateaus(recipe) ? 1 : recipe.epochs;
    // Those of all rows: a batch by itself has other classes to balance.
    const weights = rowWeights.trainingWeights(samplesOf(recipe), recipe.loss, recipe.classWeights);
    const model = build(recipe);
    let step = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const rows = order.epochOrder(recipe, samplesOf(recipe), recipe.shuffle, epoch);
      for (let start = 0; start < recipe.rows; start += batchSize) {
        const batch = rows.subarray(start, start + batchSize);
        const { x, y } = dataOf(recipe, batch);
        const sampleWeights = weights && Float32Array.from(batch, (row) => weights[row]);
        const options = {
          batchLeaf,
          reduction: 'fixed',
          ...(sampleWeights && { sampleWeights }),
          ...execution,
        } as const;
        await model.trainOnBatch(x, y, options);
        step++;
        const wanted = expected.weights[step];
        if (wanted !== undefined)
          expect({ step, weights: model.fingerprint('weights') }).toEqual({ step, weights: wanted });
      }
    }
    model.dispose();
  });
});
