import { type FitOptions, modelFromRun, openRun, parseRecipe, resume, sgd, verify, why } from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import { freshPath } from '../runs/folder.js';
import { FIT, labels, model, Witness, x } from '../runs/problem.js';
import { CLASSES, classifier, compiledClassifier, failure, oneHot, ROWS } from './problem.js';

/** From 0 to 2, in quarters. */
const sampleWeights = Float32Array.from({ length: ROWS }, (_, row) => (row % 9) / 4);
const classWeights = { 0: 0.5, 2: 3 } as const;
const ofClasses = Float32Array.from(labels, (label) => [0.5, 1, 3][label]);
const fingerprintOf = async (options: FitOptions) => (await model().fit(x, labels, { ...FIT, ...options })).fingerprint;

describe('row weights', () => {
  it('double losses and steps where each is 2', async () => {
    const twos = new Array(ROWS).fill(2);
    const [weighed, faster] = [model(sgd({ learningRate: 0.1 })), model(sgd({ learningRate: 0.2 }))];
    const run = await weighed.fit(x, labels, { ...FIT, sampleWeights: twos });
    const plain = await faster.fit(x, labels, FIT);
    expect(run.fingerprint).toBe(plain.fingerprint);
    expect(run.history.loss).toEqual(plain.history.loss.map((loss) => 2 * loss));
    expect(run.history.accuracy).toEqual(plain.history.accuracy);
    const { loss } = await faster.evaluate(x, labels);
    expect(await faster.evaluate(x, labels, { sampleWeights: twos })).toMatchObject({ loss: 2 * loss });
  });

  it('of classes are those of their rows, and multiply those of samples', async () => {
    expect(await fingerprintOf({ classWeights })).toBe(await fingerprintOf({ sampleWeights: ofClasses }));
    const both = sampleWeights.map((weight, row) => weight * ofClasses[row]);
    const together = await fingerprintOf({ classWeights, sampleWeights });
    expect(together).toBe(await fingerprintOf({ sampleWeights: both }));
    expect(together).not.toBe(await fingerprintOf({ classWeights }));
  });

  it("are scikit-learn's where they are balanced, from labels and from shares", async () => {
    const rows = 140;
    const some = { data: x.subarray(0, (rows * x.length) / ROWS), rows, columns: x.length / ROWS };
    const few = labels.subarray(0, rows).map((label, row) => (row % 4 === 0 ? 0 : label));
    const counts = Array.from({ length: CLASSES }, (_, label) => few.filter((other) => other === label).length);
    const weights = Float32Array.from(few, (label) => rows / (CLASSES * counts[label]));
    const expected = (await model().fit(some, few, { ...FIT, sampleWeights: weights })).fingerprint;
    expect((await model().fit(some, few, { ...FIT, classWeights: 'balanced' })).fingerprint).toBe(expected);
    const shares = Float32Array.from({ length: rows * CLASSES }, (_, i) =>
      few[Math.floor(i / CLASSES)] === i % CLASSES ? 1 : 0,
    );
    const targets = { data: shares, rows, columns: CLASSES };
    const [balanced, given] = [1, 2].map(() => compiledClassifier({}, { loss: 'categoricalCrossentropy' }));
    const run = await balanced.fit(some, targets, { ...FIT, classWeights: 'balanced' });
    expect(run.fingerprint).toBe((await given.fit(some, targets, { ...FIT, sampleWeights: weights })).fingerprint);
  });

  it('weigh steps of trainOnBatch and validation', async () => {
    const [whole, stepped] = [model(), model()];
    const fit = { epochs: 1, batchSize: ROWS, batchLeaf: 16, shuffle: false, classWeights, sampleWeights } as const;
    const validationData = [x, labels, sampleWeights] as const;
    const run = await whole.fit(x, labels, { ...fit, validationData });
    const { loss } = await stepped.trainOnBatch(x, labels, { batchLeaf: 16, classWeights, sampleWeights });
    expect(stepped.fingerprint()).toBe(run.fingerprint);
    expect(run.history.loss).toEqual([loss]);
    const validated = await stepped.evaluate(x, labels, { sampleWeights, batchLeaf: 16 });
    expect(run.history.val_loss).toEqual([validated.loss]);
  });

  it('give the same bits on any threads and instruction sets, and in a replayed free order', async () => {
    const weights = { classWeights: 'balanced', sampleWeights } as const;
    const fixed = await fingerprintOf({ ...weights, threads: 1, isa: 'scalar' });
    const free = await model().fit(x, labels, { ...FIT, ...weights, reduction: 'free', record: true, threads: 3 });
    for (const isa of addon().instructionSets().available) {
      for (const threads of [1, 2, 3, 7]) {
        expect(await fingerprintOf({ ...weights, isa, threads })).toBe(fixed);
        const replay = free.recording ?? undefined;
        expect(await fingerprintOf({ ...weights, isa, threads, reduction: 'free', replay })).toBe(free.fingerprint);
      }
    }
  });

  it('belong to recipe and data of a run, which is resumed, verified and compared with them', async () => {
    const options = { ...FIT, classWeights, sampleWeights, checkpointEvery: 2 } as const;
    const whole = await model().fit(x, labels, { ...options, folder: freshPath() });
    const folder = freshPath();
    await expect(model().fit(x, labels, { ...options, folder, ...new Witness(6).stopping })).rejects.toThrow();
    expect((await failure(() => resume(folder, x, labels))).message).toContain("the run's data, of SHA-256");
    const { run } = await resume(folder, x, labels, { sampleWeights, threads: 2 });
    expect(run.fingerprint).toBe(whole.fingerprint);
    expect(run.history).toEqual(whole.history);
    expect((await openRun(folder)).manifest.recipe.fit.classWeights).toEqual(classWeights);
    expect((await modelFromRun(folder)).fingerprint()).toBe(whole.fingerprint);
    const data = { x, y: labels, sampleWeights };
    expect((await verify(folder, { data })).verdict).toBe('verified');
    expect((await verify(folder, { data: { x, y: labels } })).verdict).not.toBe('verified');
    const others = freshPath();
    const otherWeights = sampleWeights.with(70, 9);
    await model().fit(x, labels, { ...options, folder: others, sampleWeights: otherWeights });
    const report = await why(folder, others, { dataA: data, dataB: { ...data, sampleWeights: otherWeights } });
    expect(report.rows).toMatchObject({ rows: 1, row: 70, column: null, a: sampleWeights[70], b: 9 });
  });

  it('are not in recipes and hashes without them', async () => {
    const { recipe } = await model().fit(x, labels, FIT);
    expect(recipe.fit).not.toHaveProperty('classWeights');
    const weighed = (await model().fit(x, labels, { ...FIT, classWeights })).recipe;
    expect(parseRecipe(JSON.parse(JSON.stringify(weighed)))).toEqual(weighed);
  });

  it.each<[string, FitOptions, string, string]>([
    ['too few', { sampleWeights: [1, 2] }, 'ERR_SAMEBITS_SHAPE', '150 weights, one for each row, for sampleWeights'],
    ['a negative one', { sampleWeights: sampleWeights.with(3, -1) }, 'ERR_SAMEBITS_DATA', 'sampleWeights at row 3'],
    ['NaN', { sampleWeights: sampleWeights.with(0, Number.NaN) }, 'ERR_SAMEBITS_DATA', 'sampleWeights at row 0'],
    ['no array', { sampleWeights: 2 as never }, 'ERR_SAMEBITS_ARGUMENT', 'an array of numbers for sampleWeights'],
    ['of no class', { classWeights: { 3: 1 } }, 'ERR_SAMEBITS_ARGUMENT', 'classes from 0 to 2 for classWeights'],
    ['below 0', { classWeights: { 1: -1 } }, 'ERR_SAMEBITS_ARGUMENT', 'a number of at least 0 for fit.classWeights.1'],
    ['by name', { classWeights: { cat: 1 } }, 'ERR_SAMEBITS_ARGUMENT', "'balanced', or an object with a weight"],
    ['unknown', { classWeights: 'equal' as never }, 'ERR_SAMEBITS_ARGUMENT', "'balanced', or an object with a weight"],
  ])('%s are refused', async (_, options, code, text) => {
    const found = await failure(() => model().fit(x, labels, options));
    expect(found.code).toBe(code);
    expect(found.message).toContain(text);
  });

  it('of classes are refused where targets have none', async () => {
    for (const [loss, activation] of [
      ['meanSquaredError', 'softmax'],
      ['binaryCrossentropy', 'sigmoid'],
    ] as const) {
      const regressor = classifier({
        layers: [{ ...classifier().layers[0] }, { ...classifier().layers[1], activation } as never],
      });
      regressor.compile({ optimizer: 'sgd', loss });
      const { code, message } = await failure(() => regressor.fit(x, oneHot, { classWeights: 'balanced' }));
      expect(code).toBe('ERR_SAMEBITS_LOSS');
      expect(message).toContain('sampleWeights');
    }
  });
});
