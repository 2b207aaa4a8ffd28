import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense, sequential, sgd } from 'samebits';
import { afterAll, describe, expect, it } from 'vitest';
import type { Ground } from '../../../dist/lab/experiment/experiment.js';
import { NOISE_CAUSES, noisePlan } from '../../../dist/lab/noise/plan.js';
import { parseRuns, readRunFolders } from '../../../dist/lab/noise/read-runs.js';
import { differentBits, metricOf, pairBySeed, valuesOf } from '../../../dist/lab/noise/sample.js';
import { REGRESSION, settingOn } from '../engine/experiments.js';

const run = (seed: number, loss: number, accuracy: number | null = null) => ({
  seed,
  fingerprint: String(seed % 10).repeat(64),
  test: { loss, accuracy },
});

describe('noisePlan', () => {
  const base = settingOn(REGRESSION);
  const tasks = (causes: Parameters<typeof noisePlan>[1]) => [
    ...noisePlan('noise', causes).plan({ base, repeats: 3 } as unknown as Ground),
  ];

  it('moves the named causes together, one level for each repeat, and holds all others', () => {
    const [first, second, third] = tasks(['initialWeights', 'dataOrder']);
    if (first.kind !== 'train' || second.kind !== 'train') throw new Error('expected trainings');
    expect(first.setting.recipe.seeds).toEqual({ weights: 1, order: 1, dropout: null });
    expect(second.setting.recipe.seeds).toEqual({ weights: 2, order: 2, dropout: null });
    expect({ ...second.setting, recipe: { ...second.setting.recipe, seeds: base.recipe.seeds } }).toEqual(base);
    expect(third).toMatchObject({ kind: 'train', repeat: 0, keep: [] });
  });

  it('refuses a cause that the recipe has no place for', () => {
    expect(() => tasks(['dropoutMasks'])).toThrow(/a place for dropout masks/);
    expect(NOISE_CAUSES).toEqual([
      'seed',
      'initialWeights',
      'dataOrder',
      'dropoutMasks',
      'gaussianNoise',
      'dataSubset',
    ]);
  });
});

describe('samples', () => {
  it('take accuracy where there is one', () => {
    expect(metricOf([run(1, 1, 0.5)], undefined)).toBe('accuracy');
    expect(metricOf([run(1, 1)], undefined)).toBe('loss');
    expect(metricOf([run(1, 1, 0.5)], 'loss')).toBe('loss');
    expect(() => metricOf([run(1, 1)], 'accuracy')).toThrow(/'loss', since the recipe has no accuracy/);
    expect(valuesOf([run(1, 1, 0.5)], 'accuracy')).toEqual([0.5]);
    expect(valuesOf([{ ...run(1, 1), test: { loss: 'Infinity', accuracy: null } }], 'loss')).toEqual([Number.NaN]);
    expect(differentBits([run(1, 1), run(11, 1), run(2, 1)])).toBe(2);
  });

  it('pair by seed, whatever the order, and only where all have a partner', () => {
    const a = [run(1, 0.1), run(2, 0.2), run(3, 0.3)];
    const b = [run(3, 1.3), run(1, 1.1), run(2, 1.2)];
    const pairs = pairBySeed(a, b);
    expect(pairs.paired).toBe(true);
    expect(valuesOf(pairs.b, 'loss')).toEqual([1.1, 1.2, 1.3]);
    expect(pairBySeed(a, b.slice(1)).paired).toBe(false);
    expect(pairBySeed(a, [...b.slice(1), run(9, 1)]).paired).toBe(false);
    expect(pairBySeed(a, [b[0], b[0], b[1]]).paired).toBe(false);
    expect(pairBySeed([a[0], a[0], a[1]], b).paired).toBe(false);
  });
});

describe('parseRuns', () => {
  const document = {
    command: 'lab noise',
    recipe: {},
    data: { name: 'digits', rows: 10, testRows: 5, columns: 3, hash: 'a'.repeat(64), more: 1 },
    causes: ['seed'],
    runs: [run(1, 0.5), { ...run(2, 1), test: { loss: 'NaN', accuracy: null } }],
    other: 'left alone',
  };

  it('reads what was written', () => {
    expect(parseRuns(document, 'noise.json').runs).toEqual(document.runs);
  });

  it.each([
    ['a text', 'text'],
    ['another document', { ...document, command: 'compare' }],
    ['one run', { ...document, runs: document.runs.slice(1) }],
    [
      'a loss that is a text',
      { ...document, runs: [document.runs[0], { ...run(2, 1), test: { loss: 'x', accuracy: null } }] },
    ],
    ['a fingerprint that is none', { ...document, runs: [document.runs[0], { ...run(2, 1), fingerprint: '<b>' }] }],
    ['a cause that is none', { ...document, causes: ['weather'] }],
    ['data without a hash', { ...document, data: { ...document.data, hash: 1 } }],
  ])('refuses %s', (_, value) => {
    expect(() => parseRuns(value, 'noise.json')).toThrow(/noise\.json/);
  });
});

describe('readRunFolders', () => {
  const folder = mkdtempSync(join(tmpdir(), 'samebits-noise-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function train(name: string, seed: number, validation: boolean): Promise<void> {
    const x = Array.from({ length: 24 }, (_, i) => [i / 24, (i % 5) / 5]);
    const y = x.map(([a, b]) => [a - b]);
    const model = sequential({ layers: [dense({ units: 3, inputShape: [2] }), dense({ units: 1 })], seed });
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
    await model.fit(x, y, {
      epochs: 2,
      batchSize: 8,
      folder: join(folder, name),
      ...(validation ? { validationData: [x, y] as const } : {}),
    });
    model.dispose();
  }

  it('takes the validation metrics of complete runs, by seed', async () => {
    await train('good/1', 1, true);
    await train('good/2', 2, true);
    const { runs, data } = await readRunFolders(join(folder, 'good'));
    expect(runs.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(runs[0].test.loss).not.toBe(runs[1].test.loss);
    expect(runs[0].test.accuracy).toBeNull();
    expect(data).toMatchObject({ rows: 24, testRows: 24, columns: 2 });
    expect((await readRunFolders(join(folder, 'good', '1'))).runs).toEqual(runs.slice(0, 1));
  });

  it('refuses runs without validation data, and folders without runs', async () => {
    await train('bare/1', 1, false);
    await expect(readRunFolders(join(folder, 'bare'))).rejects.toThrow(/a run with validation data/);
    await expect(readRunFolders(folder)).rejects.toThrow(/a run folder, or one with run folders in it/);
  });
});
