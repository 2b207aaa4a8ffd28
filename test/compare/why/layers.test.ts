/** What `why` finds in layers that are not dense, and in what optimizers and layers do beside their rules. */
import {
  adam,
  CAUSES,
  dense,
  embedding,
  type Layer,
  modelFromRecipe,
  type Recipe,
  type Setting,
  sequential,
  why,
} from 'samebits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { averaging, base, Folders, normalized, rowsOf } from './folders.js';

const folders = new Folders();
let a: string;
beforeAll(async () => {
  a = await folders.make('normalized', normalized);
});
afterAll(() => folders.remove());

/** `normalized` with another part of a layer. */
function withLayer(index: number, part: object): Setting {
  const { model } = normalized.recipe;
  const layers = model.layers.with(index, { ...model.layers[index], ...part } as Layer);
  return { ...normalized, recipe: { ...normalized.recipe, model: { ...model, layers } } };
}

function withOptimizer(optimizer: Recipe['optimizer']): Setting {
  return { ...normalized, recipe: { ...normalized.recipe, optimizer } };
}

const layer = (index: number, path: string) => `recipe.model.layers[${index}].${path}`;
const { optimizer } = normalized.recipe;

describe('why, seeing only two folders,', () => {
  it.each<[string, Setting, string, number, string, string]>([
    [
      'momentum',
      withLayer(1, { momentum: 0.5 }),
      layer(1, 'momentum'),
      1,
      'weights',
      'batchNormalization_1/movingMean',
    ],
    ['epsilon', withLayer(1, { epsilon: 0.1 }), layer(1, 'epsilon'), 1, 'forward', 'batchNormalization_1'],
    ['activation', withLayer(2, { activation: 'elu' }), layer(2, 'activation'), 1, 'forward', 'activation_1'],
    [
      'constraint',
      withLayer(0, { kernelConstraint: { name: 'maxNorm', maxValue: 0.5 } }),
      layer(0, 'kernelConstraint.maxValue'),
      1,
      'weights',
      'dense_1/kernel',
    ],
    ['clipping', withOptimizer({ ...optimizer, clipNorm: 0.01 }), 'optimizer', 1, 'optimizerState', 'dense_1/kernel/m'],
    ['average', withOptimizer(averaging(0.5)), 'optimizer', 1, 'optimizerState', 'dense_1/kernel/average'],
    ['order', CAUSES.dataOrder.write(normalized, 5), 'dataOrder', 1, 'order', 'batch'],
    // Statistics are sums over rows, by the leaves.
    ['leaf', CAUSES.batchLeaf.write(normalized, 7), 'batchLeaf', 1, 'statistics', 'batchNormalization_1'],
    // But free order has the tree's statistics: only sums of gradients are others.
    ['reduction', CAUSES.reduction.write(normalized, 'free'), 'reduction', 1, 'gradient', 'dense_1/kernel'],
  ])('finds another %s', async (what, setting, name, step, kind, place) => {
    const { verdict, factors, parting, sentence } = await why(a, await folders.make(what, setting));
    expect(verdict, sentence).toBe('explained');
    expect(factors).toMatchObject([{ name, effect: 'explains' }]);
    expect(parting).toMatchObject({ step, seenIn: 'execution', operation: { kind, place } });
  });

  it('finds where free order acts, from a recording of several threads, in no statistics', async () => {
    const free = { ...normalized, recipe: { ...normalized.recipe, reduction: 'free' as const } };
    const recorded = await folders.make('recorded', free, { threads: 3, record: true });
    const { verdict, parting, sentence } = await why(a, recorded);
    expect(verdict, sentence).toBe('explained');
    expect(parting).toMatchObject({ step: 1, operation: { kind: 'gradient', place: 'dense_1/kernel' } });
    const kinds = new Set(parting?.operations.map(({ kind }) => kind));
    expect([...kinds]).toEqual(['gradient', 'optimizerState', 'weights']);
  });

  it('finds that micro-batches change no bit', async () => {
    const whole = await folders.make('whole', base);
    const { verdict, factors } = await why(whole, await folders.make('parts', base, { microBatchSize: 8 }));
    expect(verdict).toBe('equal');
    expect(factors).toEqual([]);
  });

  it('finds the initializer of embeddings', async () => {
    const built = sequential({
      layers: [embedding({ categories: 5, units: 3 }), dense({ units: 1, activation: 'sigmoid' })],
      seed: 1,
    });
    built.compile({ optimizer: adam(), loss: 'binaryCrossentropy' });
    const { y } = await rowsOf(base);
    const x = { data: Float32Array.from({ length: 80 }, (_, i) => (i * 7) % 5), rows: 40, columns: 2 };
    const made = async (name: string, recipe: Recipe) => {
      await modelFromRecipe(recipe).fit(x, y, { ...recipe.fit, folder: folders.at(name), trace: 'step' });
      return folders.at(name);
    };
    const { recipe } = await built.fit(x, y, { epochs: 2, batchSize: 10 });
    const other = CAUSES.embeddingsInitializer.write({ ...base, recipe }, 'randomNormal');
    const report = await why(await made('tables-a', recipe), await made('tables-b', other.recipe), { data: { x, y } });
    expect(report.verdict, report.sentence).toBe('explained');
    expect(report.factors).toMatchObject([{ name: 'embeddingsInitializer', effect: 'explains' }]);
    expect(report.parting).toMatchObject({ step: 0, operation: { kind: 'weights', place: 'embedding_1/embeddings' } });
  });
});
