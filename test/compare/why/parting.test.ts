import { modelFromRecipe, parseRecipe, type Recipe } from 'samebits';
import { describe, expect, it } from 'vitest';
import { shareData } from '../../../dist/compare/data.js';
import type { Rerun } from '../../../dist/compare/task.js';
import { comparePair } from '../../../dist/compare/why/parting.js';

const ROWS = 40;
const COLUMNS = 6;
const x = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.fround((((i * 37) % 29) - 14) / 17));
const labels = Uint32Array.from({ length: ROWS }, (_, row) => (row * 7) % 3);
const signal = new AbortController().signal;
const RANGE = { from: 0, to: 6 };

function recipeOf(changes: Readonly<Record<string, unknown>> = {}): Recipe {
  return parseRecipe({
    model: {
      layers: [
        { kind: 'dense', units: 8, activation: 'tanh' },
        { kind: 'dropout', rate: 0.25 },
        { kind: 'dense', units: 3, activation: 'softmax' },
      ],
    },
    seed: 3,
    optimizer: 'adam',
    loss: 'sparseCategoricalCrossentropy',
    fit: { epochs: 2, batchSize: 16, batchLeaf: 4, freeGrain: 2 },
    ...changes,
  });
}

function rerun(
  recipe: Recipe,
  { data = x, recording = null }: { data?: Float32Array; recording?: Rerun['recording'] } = {},
) {
  const rows = shareData(recipe, { x: { data, rows: ROWS, columns: COLUMNS }, y: labels });
  return {
    recipe,
    data: rows,
    execution: { threads: 1, reduction: recipe.reduction, isa: 'scalar' },
    recording,
  } as const;
}

const findPlace = async (a: Rerun, b: Rerun) => (await comparePair(a, b, RANGE, signal)).place;

describe('comparePair', () => {
  it('gives nothing where two runs are equal', async () => {
    expect(await findPlace(rerun(recipeOf()), rerun(recipeOf()))).toBeNull();
  });

  it.each([
    ['another seed of the weights', { seeds: { weights: 4 } }, 0, 'weights', 'dense_1/kernel'],
    ['another order', { seeds: { order: 4 } }, 1, 'order', 'batch'],
    ['other masks', { seeds: { dropout: 4 } }, 1, 'mask', 'dropout_1'],
    ['another rate', { optimizer: { name: 'adam', learningRate: 0.01 } }, 1, 'weights', 'dense_1/kernel'],
    ['another beta2', { optimizer: { name: 'adam', beta2: 0.99 } }, 1, 'optimizerState', 'dense_1/kernel/v'],
    ['another optimizer', { optimizer: 'sgd' }, 1, 'weights', 'dense_1/kernel'],
    [
      'other leaves',
      { fit: { epochs: 2, batchSize: 16, batchLeaf: 8, freeGrain: 2 } },
      1,
      'gradient',
      'dense_1/kernel',
    ],
    ['a flipped bit', { flippedBit: { tensor: 'dense_2/kernel', index: 7, bit: 0 } }, 0, 'weights', 'dense_2/kernel'],
    ['larger batches', { fit: { epochs: 2, batchSize: 20, batchLeaf: 4, freeGrain: 2 } }, 1, 'order', 'batch'],
  ])('finds where %s shows', async (_, changes, step, kind, place) => {
    const found = await findPlace(rerun(recipeOf()), rerun(recipeOf(changes)));
    expect(found?.step).toBe(step);
    expect(found?.operation).toMatchObject({ kind, place });
  });

  it('finds the changed column of a changed row, and what it reaches in its step', async () => {
    const data = x.slice();
    data[13 * COLUMNS + 4] += 1;
    const found = await findPlace(rerun(recipeOf()), rerun(recipeOf(), { data }));
    expect(found?.operation).toMatchObject({ kind: 'data', differing: 1, first: { at: [expect.any(Number), 4] } });
    const kinds = new Set(found?.operations.map(({ kind }) => kind));
    for (const kind of ['data', 'forward', 'loss', 'outputGradient', 'gradient', 'optimizerState', 'weights']) {
      expect(kinds).toContain(kind);
    }
    expect(kinds).not.toContain('order');
    expect(kinds).not.toContain('mask');
  });

  it('finds the sum over rows in free order, from a recording and in a later step', async () => {
    const recipe = recipeOf({ reduction: 'free' });
    const model = modelFromRecipe(recipe);
    const matrix = { data: x, rows: ROWS, columns: COLUMNS };
    const { recording } = await model.fit(matrix, labels, {
      ...recipe.fit,
      reduction: 'free',
      threads: 3,
      record: true,
    });
    const found = await findPlace(rerun(recipeOf()), rerun(recipe, { recording }));
    expect(found?.operation).toMatchObject({ kind: 'gradient', maxUlp: expect.any(Number) });
    expect(found?.operation.first?.ulp).toBeGreaterThan(0);
  });

  it('names a layer of another shape', async () => {
    const wide = recipeOf({
      model: {
        layers: [
          { kind: 'dense', units: 9, activation: 'tanh' },
          { kind: 'dropout', rate: 0.25 },
          { kind: 'dense', units: 3, activation: 'softmax' },
        ],
      },
    });
    const found = await findPlace(rerun(recipeOf()), rerun(wide));
    expect(found).toMatchObject({ step: 0, operation: { place: 'dense_1/kernel', shape: [6, 8], otherShape: [6, 9] } });
  });
});
