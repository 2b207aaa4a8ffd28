import { ensemble, type LossOption, parseRecipe, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';
import { CLASSES, classifier, compiledClassifier, failure, labels, oneHot, ROWS, x } from './problem.js';

const ALPHA = 0.2;
const smoothedOneHot = { ...oneHot, data: oneHot.data.map((t) => t * (1 - ALPHA) + ALPHA / CLASSES) };
const compiled = (loss: LossOption) => compiledClassifier({}, { loss, optimizer: sgd({ learningRate: 0.1 }) });

describe('label smoothing', () => {
  it("is Keras's and PyTorch's: a crossentropy with smoothed targets, from labels too", async () => {
    const models = {
      labels: compiled({ name: 'sparseCategoricalCrossentropy', labelSmoothing: ALPHA }),
      shares: compiled({ name: 'categoricalCrossentropy', labelSmoothing: ALPHA }),
      byHand: compiled('categoricalCrossentropy'),
    };
    const { data } = await models.byHand.predict(x);
    const mean = smoothedOneHot.data.reduce((sum, t, i) => sum - t * Math.log(data[i]), 0) / ROWS;
    const scores = [
      await models.labels.evaluate(x, labels),
      await models.shares.evaluate(x, oneHot),
      await models.byHand.evaluate(x, smoothedOneHot),
    ];
    for (const { loss } of scores) expect(loss).toBeCloseTo(mean, 5);
    expect(scores[1]).toEqual(scores[0]);
    expect(scores[0].accuracy).toBe((await compiled('sparseCategoricalCrossentropy').evaluate(x, labels)).accuracy);
    const runs = [await models.labels.fit(x, labels, { epochs: 2 }), await models.shares.fit(x, oneHot, { epochs: 2 })];
    expect(runs[1].fingerprint).toBe(runs[0].fingerprint);
    expect(runs[0].fingerprint).not.toBe((await models.byHand.fit(x, oneHot, { epochs: 2 })).fingerprint);
  });

  it('of binary targets goes towards a half, and leaves accuracy alone', async () => {
    const binary = (loss: LossOption) => {
      const [hidden, last] = classifier().layers;
      const model = classifier({ layers: [hidden, { ...last, activation: 'sigmoid' } as never] });
      model.compile({ optimizer: 'sgd', loss, metrics: ['accuracy'] });
      return model;
    };
    const smoothed = binary({ name: 'binaryCrossentropy', labelSmoothing: ALPHA });
    const plain = binary('binaryCrossentropy');
    const towardsHalf = { ...oneHot, data: oneHot.data.map((t) => t * (1 - ALPHA) + ALPHA / 2) };
    const score = await smoothed.evaluate(x, oneHot);
    expect(score.loss).toBeCloseTo((await plain.evaluate(x, towardsHalf)).loss, 6);
    expect(score.accuracy).toBe((await plain.evaluate(x, oneHot)).accuracy);
    expect(score.accuracy).toBeGreaterThan(0);
  });

  it('is in the loss of an ensemble', async () => {
    for (const [loss, y] of [
      [{ name: 'sparseCategoricalCrossentropy', labelSmoothing: ALPHA }, labels],
      [{ name: 'categoricalCrossentropy', labelSmoothing: ALPHA }, oneHot],
    ] as const) {
      const model = compiled(loss);
      const alone = await model.evaluate(x, y);
      const together = await ensemble([model, model]).evaluate(x, y);
      expect(together.loss).toBeCloseTo(alone.loss, 5);
      expect(together.accuracy).toBe(alone.accuracy);
    }
  });

  it('of 0 is none, in recipes too', async () => {
    const none = compiled({ name: 'sparseCategoricalCrossentropy', labelSmoothing: 0 });
    expect(none.compiled?.loss).toBe('sparseCategoricalCrossentropy');
    expect(compiled({ name: 'categoricalCrossentropy' }).compiled?.loss).toBe('categoricalCrossentropy');
    const { recipe } = await compiled({ name: 'sparseCategoricalCrossentropy', labelSmoothing: 0.1 }).fit(x, labels);
    expect(recipe.loss).toEqual({ name: 'sparseCategoricalCrossentropy', labelSmoothing: 0.1 });
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
    const { code, message } = await failure(() => compiled({ name: 'categoricalCrossentropy', labelSmoothing: 1 }));
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(message).toContain('a number from 0 to below 1 for compile.loss.labelSmoothing');
  });

  it('lets stratified batches and balanced classes see the classes', async () => {
    const model = compiled({ name: 'categoricalCrossentropy', labelSmoothing: 0.1 });
    const run = await model.fit(x, oneHot, { shuffle: 'stratified', classWeights: 'balanced' });
    expect(run.history.loss[0]).toBeGreaterThan(0);
  });
});
