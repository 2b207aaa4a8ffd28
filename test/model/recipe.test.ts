import { adam, dense, modelFromRecipe, parseRecipe, type Recipe, rescaling } from 'samebits';
import { describe, expect, it } from 'vitest';
import { compiledClassifier, labels, x } from '../train/problem.js';

const recipe = {
  model: {
    layers: [
      rescaling({ scale: 1 / 255, inputShape: [4] }),
      dense({ units: 5, kernelInitializer: 'randomNormal' }),
      dense({ units: 2, activation: 'softmax', name: 'classes' }),
    ],
  },
  seed: 'a seed',
  optimizer: adam({ learningRate: 0.01 }),
  loss: 'categoricalCrossentropy',
};

describe('parseRecipe', () => {
  it('fills in every default, so that the recipe says everything', () => {
    expect(parseRecipe(recipe)).toMatchObject({
      model: { name: 'sequential', layers: [{}, { name: 'dense_1', useBias: true }, { name: 'classes' }] },
      generator: 'philox',
      metrics: [],
      fit: { epochs: 1, batchSize: 32, shuffle: true, batchLeaf: 64, freeGrain: 8 },
      reduction: 'fixed',
      emulate: [],
      flippedBit: null,
    });
  });

  it('gives the same recipe again, through JSON too', () => {
    const parsed = parseRecipe(recipe);
    expect(parseRecipe(parsed)).toEqual(parsed);
    expect(parseRecipe(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
  });

  it.each<[string, object, string, string]>([
    ['an unknown key', { ...recipe, sead: 1 }, 'ERR_SAMEBITS_ARGUMENT', 'did you mean seed?) for recipe but'],
    ['no seed', { ...recipe, seed: undefined }, 'ERR_SAMEBITS_ARGUMENT', 'for recipe.seed but received undefined'],
    [
      'an unknown key inside',
      { ...recipe, fit: { epoch: 3 } },
      'ERR_SAMEBITS_ARGUMENT',
      'did you mean epochs?) for recipe.fit but received "epoch"',
    ],
    ['epochs 0', { ...recipe, fit: { epochs: 0 } }, 'ERR_SAMEBITS_ARGUMENT', 'recipe.fit.epochs but received 0'],
    ['batch size 1.5', { ...recipe, fit: { batchSize: 1.5 } }, 'ERR_SAMEBITS_ARGUMENT', 'recipe.fit.batchSize but'],
    [
      'a wrong optimizer option',
      { ...recipe, optimizer: { name: 'adam', learningRate: -1 } },
      'ERR_SAMEBITS_ARGUMENT',
      'recipe.optimizer.learningRate but received -1',
    ],
    [
      'hidden units -3',
      { ...recipe, model: { layers: [{ kind: 'dense', units: -3 }] } },
      'ERR_SAMEBITS_ARGUMENT',
      'recipe.model.layers[0].units but received -3',
    ],
    [
      'an emulation that is none',
      { ...recipe, emulate: ['noFma', 'fast'] },
      'ERR_SAMEBITS_ARGUMENT',
      'for recipe.emulate[1] but received "fast"',
    ],
    [
      'a bit of a tensor that is not there',
      { ...recipe, flippedBit: { tensor: 'dense_2/kernel', index: 0, bit: 0 } },
      'ERR_SAMEBITS_ARGUMENT',
      'for recipe.flippedBit.tensor but received "dense_2/kernel"',
    ],
    [
      'an unknown order',
      { ...recipe, reduction: 'fast' },
      'ERR_SAMEBITS_ARGUMENT',
      "one of 'fixed', 'free' for recipe.reduction but received \"fast\"",
    ],
    [
      'a loss that does not fit',
      { ...recipe, loss: 'binaryCrossentropy' },
      'ERR_SAMEBITS_LOSS',
      "activation 'sigmoid' in the last layer (classes)",
    ],
  ])('refuses %s', (_, value, code, message) => {
    expect(() => parseRecipe(value)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it.each([null, undefined, 3, 'text', []])('refuses %s', (value) => {
    expect(() => parseRecipe(value)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }));
  });
});

describe('run.recipe', () => {
  it('makes the run again', async () => {
    const run = await compiledClassifier({ generator: 'xorwow' }, { optimizer: 'sgd' }).fit(x, labels, {
      epochs: 2,
      batchSize: 40,
      batchLeaf: 16,
    });
    const read = JSON.parse(JSON.stringify(run.recipe)) as Recipe;
    expect(read).toEqual(run.recipe);
    const again = await modelFromRecipe(read).fit(x, labels, { ...read.fit, reduction: read.reduction });
    expect(again.fingerprint).toBe(run.fingerprint);
    expect(again.recipe).toEqual(run.recipe);
  });

  it('has the inputs that the data decided and the seed that was drawn', async () => {
    const layers = [dense({ units: 3, activation: 'softmax' })];
    const rows = [
      [1, 2],
      [3, 4],
    ];
    const model = compiledClassifier({ layers, seed: undefined });
    const run = await model.fit(rows, [0, 2]);
    expect(run.recipe.model.layers[0].inputShape).toEqual([2]);
    expect(run.recipe.seed).toBe(model.seed);
    const again = await modelFromRecipe(run.recipe).fit(rows, [0, 2]);
    expect(again.fingerprint).toBe(run.fingerprint);
  });
});
