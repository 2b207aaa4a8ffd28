/** Seeds of single uses of randomness: each moves what it decides, and nothing else. */
import { dense, dropout, gaussianNoise, parseRecipe, type SequentialOptions } from 'samebits';
import { describe, expect, it } from 'vitest';
import { CLASSES, COLUMNS, compiledClassifier, failure, labels, x } from './problem.js';

const layers = [
  dense({ units: 9, activation: 'tanh', inputShape: [COLUMNS] as const }),
  dropout({ rate: 0.3 }),
  dense({ units: CLASSES, activation: 'softmax' }),
];

async function traced(options: Partial<SequentialOptions>) {
  const model = compiledClassifier({ layers, seed: 7, ...options });
  const initial = model.fingerprint();
  const run = await model.fit(x, labels, { epochs: 2, batchSize: 30 });
  model.dispose();
  return { initial, trained: run.fingerprint, recipe: run.recipe };
}

describe('seeds', () => {
  it('that are all the seed itself change nothing', async () => {
    const plain = await traced({});
    const same = await traced({ seeds: { weights: 7, order: '7', dropout: 7 } });
    expect(same.trained).toBe(plain.trained);
    expect(plain.recipe.seeds).toEqual({ weights: null, order: null, dropout: null });
  });

  it('move what they decide: weights before the first step, order and masks only after it', async () => {
    const plain = await traced({});
    const weights = await traced({ seeds: { weights: 8 } });
    const order = await traced({ seeds: { order: 8 } });
    const masks = await traced({ seeds: { dropout: 8 } });
    expect(weights.initial).not.toBe(plain.initial);
    expect(order.initial).toBe(plain.initial);
    expect(masks.initial).toBe(plain.initial);
    expect(new Set([plain, weights, order, masks].map(({ trained }) => trained)).size).toBe(4);
  });

  it('given one by one, together give what the model’s seed gives', async () => {
    const moved = await traced({ seed: 8 });
    const one = await traced({ seeds: { weights: 8, order: 8, dropout: 8 } });
    expect(one).toMatchObject({ initial: moved.initial, trained: moved.trained });
  });

  it('of noise move noise alone, where there is any', async () => {
    const noisy = [gaussianNoise({ stddev: 0.1, inputShape: [COLUMNS] as const }), dense({ units: 9 }), layers[2]];
    const plain = await traced({ layers: noisy });
    expect(plain.recipe.seeds).toEqual({ weights: null, order: null, dropout: null });
    const moved = await traced({ layers: noisy, seeds: { noise: 8 } });
    expect(moved.recipe.seeds).toEqual({ weights: null, order: null, dropout: null, noise: 8 });
    expect(moved.initial).toBe(plain.initial);
    expect(moved.trained).not.toBe(plain.trained);
    expect((await traced({ layers: noisy, seeds: { noise: 7 } })).trained).toBe(plain.trained);
    expect((await traced({ seeds: { noise: 8 } })).trained).toBe((await traced({})).trained);
    const own = [gaussianNoise({ stddev: 0.1, seed: 1, inputShape: [COLUMNS] as const }), layers[2]];
    const one = await traced({ layers: own });
    expect((await traced({ layers: own, seeds: { noise: 8 } })).trained).toBe(one.trained);
  });

  it('are less than a dropout layer’s own', async () => {
    const own = [layers[0], dropout({ rate: 0.3, seed: 1 }), layers[2]];
    const one = await traced({ layers: own });
    expect((await traced({ layers: own, seeds: { dropout: 8 } })).trained).toBe(one.trained);
  });

  it('stay in a clone that has another seed', async () => {
    const model = compiledClassifier({ layers, seeds: { weights: 3 } });
    const clone = model.clone({ seed: 99 });
    expect(clone.seed).toBe(99);
    expect(clone.seeds).toEqual({ weights: 3, order: null, dropout: null });
    expect(clone.fingerprint()).toBe(model.fingerprint());
  });

  it('are in the summary, where given', () => {
    const lines = (options: Partial<SequentialOptions>) =>
      compiledClassifier(options)
        .summary({ print: () => undefined })
        .split('\n')
        .at(-1);
    expect(lines({})).toBe('Seed: 7, generator philox');
    expect(lines({ seeds: { weights: 1, dropout: 'a' } })).toBe('Seed: 7, weights 1, dropout "a", generator philox');
  });

  it('leave nothing to a drawn seed where all are given', async () => {
    const options = { deterministic: true, epochs: 1 };
    const some = compiledClassifier({ layers, seed: undefined, seeds: { weights: 1, order: 2 } });
    expect((await failure(() => some.fit(x, labels, options))).code).toBe('ERR_SAMEBITS_NOT_DETERMINISTIC');
    const all = compiledClassifier({ layers, seed: undefined, seeds: { weights: 1, order: 2, dropout: 3 } });
    await all.fit(x, labels, options);
    const noisy = [gaussianNoise({ stddev: 0.1, inputShape: [COLUMNS] as const }), layers[2]];
    const three = compiledClassifier({ layers: noisy, seed: undefined, seeds: all.seeds });
    expect((await failure(() => three.fit(x, labels, options))).code).toBe('ERR_SAMEBITS_NOT_DETERMINISTIC');
    const four = compiledClassifier({ layers: noisy, seed: undefined, seeds: { ...all.seeds, noise: 4 } });
    await four.fit(x, labels, options);
  });

  it('are checked, in models and recipes', async () => {
    const misspelled = await failure(() => compiledClassifier({ seeds: { wieghts: 1 } as never }));
    expect(misspelled.message).toContain('did you mean weights?) for sequential.seeds but received "wieghts"');
    const { recipe } = await traced({ seeds: { order: 4 } });
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
    const { seeds: _, ...old } = recipe;
    expect(parseRecipe(old).seeds).toEqual({ weights: null, order: null, dropout: null });
    const wrong = await failure(() => parseRecipe({ ...recipe, seeds: { order: -1 } }));
    expect(wrong.message).toContain('an integer from 0 to 2^53 - 1 or a string for recipe.seeds.order but received -1');
  });
});
