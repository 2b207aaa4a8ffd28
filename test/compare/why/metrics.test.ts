/** Runs that are compiled with other metrics: these reach bits where a learning rate watches one of them, and only there. */
import {
  adam,
  dense,
  digits,
  type Metric,
  type ReduceOnPlateauOptions,
  reduceOnPlateau,
  sequential,
  why,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../../runs/folder.js';

const { train, test } = await digits();

/** A run of 6 epochs on the digits, in a folder. */
async function run(metrics: readonly Metric[], plateau: Omit<ReduceOnPlateauOptions, 'initialLearningRate'> | null) {
  const model = sequential({
    layers: [dense({ units: 8, activation: 'relu' }), dense({ units: 10, activation: 'softmax' })],
    seed: 3,
  });
  const falling = { initialLearningRate: 0.05, patience: 1, factor: 0.3 };
  const learningRate = plateau === null ? 0.05 : reduceOnPlateau({ ...falling, ...plateau });
  model.compile({ optimizer: adam({ learningRate }), loss: 'sparseCategoricalCrossentropy', metrics });
  const folder = freshPath();
  const validationData = [test.x, test.labels] as const;
  const kept = { folder, trace: 'step', dataSource: { kind: 'digits' } } as const;
  const { history } = await model.fit(train.x, train.labels, { ...kept, epochs: 6, validationData });
  return { folder, rates: history.learning_rate };
}

const causesOf = ({ factors }: Awaited<ReturnType<typeof why>>) => factors.map(({ name, effect }) => [name, effect]);

describe('metrics of two runs', () => {
  it('go with the rate that watches one of them', async () => {
    const a = await run(['f1'], { monitor: 'val_f1' });
    const b = await run(['logLoss'], { monitor: 'val_logLoss', minDelta: 0.3 });
    expect(a.rates).not.toEqual(b.rates);
    for (const [one, other] of [
      [a, b],
      [b, a],
    ]) {
      const report = await why(one.folder, other.folder);
      expect(report.verdict).toBe('explained');
      expect(causesOf(report)).toEqual([
        ['learningRate', 'explains'],
        ['recipe.metrics', 'none'],
      ]);
      // Of two long levels, what differs.
      expect(report.sentence).toMatch(/learning rate \(\{"monitor":"val_(f1|logLoss)","minDelta":[\d.]+\}\)/);
      expect(report.sentence).toContain('differ in metrics of the recipe');
    }
  });

  it('explain by themselves where the same name is watched, with other options', async () => {
    const a = await run([{ name: 'topKAccuracy', k: 1 }], { monitor: 'val_topKAccuracy' });
    // Of ten classes the right one always is among ten.
    const b = await run(['accuracy', { name: 'topKAccuracy', k: 10 }], { monitor: 'val_topKAccuracy' });
    expect(a.rates).not.toEqual(b.rates);
    const report = await why(a.folder, b.folder);
    expect(report.verdict).toBe('explained');
    expect(causesOf(report)).toEqual([['recipe.metrics', 'explains']]);
  });

  it('change no bit where none is watched', async () => {
    const report = await why((await run(['f1'], null)).folder, (await run(['accuracy', 'logLoss'], null)).folder);
    expect(report.verdict).toBe('equal');
    expect(causesOf(report)).toEqual([['recipe.metrics', 'none']]);
  });
});
