/** Stratified batches: each class evenly over the epoch, and the same bits however they are computed. */
import { dense, type FitOptions, modelFromRecipe, parseRecipe, sequential } from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import { stratifiedPattern, stratify } from '../../dist/random/stratified.js';
import { targetClasses } from '../../dist/train/target-classes.js';
import { hash } from '../golden/made-up.js';
import { order } from '../oracle.js';
import { COLUMNS, compiledClassifier, failure, labels, oneHot, ROWS, x } from './problem.js';

/** Classes of so many rows, scattered over the data. */
function scattered(counts: readonly number[]): Uint32Array {
  const classes = counts.flatMap((count, index) => Array<number>(count).fill(index));
  const places = [...classes.keys()].sort((a, b) => hash(a, 3) - hash(b, 3));
  return Uint32Array.from(places, (place) => classes[place]);
}

const PROBLEMS: readonly (readonly number[])[] = [
  [1],
  [0, 3],
  [1, 1],
  [50, 50],
  [90, 10],
  [95, 0, 4, 1],
  [7, 7, 7, 7, 7, 7, 7],
  [97, 1, 1, 1, 1, 1],
  [33, 21, 13, 8, 5, 3, 2, 1, 1],
  [64, 32, 16, 8, 4, 2, 1, 1],
  Array.from({ length: 40 }, (_, i) => 1 + (hash(i, 9) % 12)),
];

describe('stratified orders', () => {
  it.each(PROBLEMS.map((counts) => [counts]))(
    'of classes of %j rows give each its share after any number',
    (counts) => {
      const classes = scattered(counts);
      const pattern = stratifiedPattern(classes);
      const taken = counts.map(() => 0);
      pattern.forEach((index, position) => {
        taken[index] += 1;
        // In integers: |taken - (position + 1) · count / rows| < 1.
        counts.forEach((count, other) => {
          expect(Math.abs(taken[other] * classes.length - (position + 1) * count)).toBeLessThan(classes.length);
        });
      });
      expect(taken).toEqual([...counts]);
    },
  );

  it.each(PROBLEMS.map((counts) => [counts]))('of classes of %j rows are the oracle’s', (counts) => {
    const classes = scattered(counts);
    const shuffled = Uint32Array.from(classes.keys()).sort((a, b) => hash(a, 5) - hash(b, 5));
    const expected = order.stratified(shuffled, Array.from(classes, BigInt));
    expect(stratify(shuffled, classes, stratifiedPattern(classes))).toEqual(expected);
  });

  it('give every batch its share of a rare class', () => {
    const classes = scattered([900, 100]);
    const pattern = stratifiedPattern(classes);
    for (let start = 0; start < 1000; start += 20) {
      expect(pattern.subarray(start, start + 20).filter((index) => index === 1)).toHaveLength(2);
    }
  });
});

describe('classes of rows', () => {
  it('are labels, largest shares, and binary targets above a half', () => {
    const shares = Float32Array.of(0.2, 0.5, 0.3, 0.4, 0.4, 0.2, 0, 0, 0, 0.1, 0.2, 0.7);
    expect([...targetClasses(Uint32Array.of(2, 0, 2), 3, 'sparseCategoricalCrossentropy')]).toEqual([2, 0, 2]);
    expect([...targetClasses(shares, 4, 'categoricalCrossentropy')]).toEqual([1, 0, 0, 2]);
    expect([...targetClasses(Float32Array.of(0, 1, 0.5, 0.51), 4, 'binaryCrossentropy')]).toEqual([0, 1, 0, 1]);
    // 110, 000, 011, 110: numbered in ascending order.
    const several = Float32Array.of(1, 1, 0, 0, 0, 0.5, 0.2, 0.6, 0.7, 0.8, 1, 0);
    expect([...targetClasses(several, 4, 'binaryCrossentropy')]).toEqual([2, 0, 1, 2]);
  });
});

describe("shuffle: 'stratified'", () => {
  const options: FitOptions = { epochs: 3, batchSize: 20, shuffle: 'stratified' };

  it('gives the same bits on any number of threads and instruction set', async () => {
    const seen = new Set<string>();
    for (const threads of [1, 2, 5]) {
      for (const isa of addon().instructionSets().available) {
        const model = compiledClassifier();
        seen.add((await model.fit(x, labels, { ...options, threads, isa })).fingerprint);
        model.dispose();
      }
    }
    expect(seen.size).toBe(1);
    for (const shuffle of [true, false]) {
      const other = await compiledClassifier().fit(x, labels, { ...options, shuffle });
      expect(seen).not.toContain(other.fingerprint);
    }
  });

  it('is replayed in free order, too', async () => {
    const run = await compiledClassifier().fit(x, labels, { ...options, threads: 2, reduction: 'free', record: true });
    const replay = run.recording ?? undefined;
    const again = await compiledClassifier().fit(x, labels, { ...options, threads: 1, reduction: 'free', replay });
    expect(again.fingerprint).toBe(run.fingerprint);
  });

  it('goes on: 2 and 1 epochs give the bits of 3, step by step or not', async () => {
    const whole = await compiledClassifier().fit(x, labels, options);
    const model = compiledClassifier();
    await model.fit(x, labels, { ...options, epochs: 2, callbacks: { onBatchEnd: () => undefined } });
    expect((await model.fit(x, labels, { ...options, epochs: 1 })).fingerprint).toBe(whole.fingerprint);
  });

  it('sees one-hot targets as their labels', async () => {
    const run = await compiledClassifier().fit(x, labels, options);
    const compiled = compiledClassifier({}, { loss: 'categoricalCrossentropy' });
    expect((await compiled.fit(x, oneHot, options)).history.loss[0]).toBeCloseTo(run.history.loss[0], 5);
  });

  it('is in the recipe, which makes the run again', async () => {
    const run = await compiledClassifier().fit(x, labels, options);
    expect(run.recipe.fit.shuffle).toBe('stratified');
    const recipe = parseRecipe(JSON.parse(JSON.stringify(run.recipe)));
    expect((await modelFromRecipe(recipe).fit(x, labels, recipe.fit)).fingerprint).toBe(run.fingerprint);
  });

  it('is refused where targets have no classes, with the reason', async () => {
    const model = sequential({ layers: [dense({ units: 1, inputShape: [COLUMNS] })], seed: 1 });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const targets = new Float32Array(ROWS);
    const { code, message } = await failure(() => model.fit(x, targets, options));
    expect(code).toBe('ERR_SAMEBITS_LOSS');
    expect(message).toContain('its targets are numbers without classes to share out');
    const { recipe } = await model.fit(x, targets);
    const stratified = { ...recipe, fit: { ...recipe.fit, shuffle: 'stratified' } };
    expect((await failure(() => parseRecipe(stratified))).code).toBe('ERR_SAMEBITS_LOSS');
  });

  it.each(['Stratified', 'yes', 1, null])('refuses %j', async (shuffle) => {
    const { code, message } = await failure(() => compiledClassifier().fit(x, labels, { shuffle } as never));
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    const hint = shuffle === 'Stratified' ? " (did you mean 'stratified'?)" : '';
    expect(message).toContain(`true, false or 'stratified'${hint} for fit.shuffle but received`);
  });
});
