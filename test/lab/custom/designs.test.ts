import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExperimentDescription, experiment, runExperiment } from 'samebits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLASSES, REGRESSION, settingOn } from '../engine/experiments.js';

let store: string;
beforeAll(() => {
  store = mkdtempSync(join(tmpdir(), 'samebits-custom-'));
});
afterAll(() => rmSync(store, { recursive: true }));

const { recipe } = settingOn(REGRESSION);
const base = { name: 'mine', question: 'What moves it?', recipe, data: REGRESSION } as const;
const run = (description: Partial<ExperimentDescription>) =>
  runExperiment(experiment({ ...base, design: 'oneAtATime', causes: { initialWeights: [1] }, ...description }), {
    store,
  });

describe('an experiment on rows that were given', () => {
  it('has as many outputs as they have targets', async () => {
    const x = Array.from({ length: 20 }, (_, row) => [row / 20, 1 - row / 20]);
    const data = { x, y: x, xTest: x, yTest: x };
    const found = await runExperiment('init-seed', { data, repeats: 2, epochs: 1, store });
    expect(found.recipe).toMatchObject({ model: { layers: [{ units: 128 }, { units: 2 }] } });
  });
});

describe('one at a time', () => {
  it('tells what moves the result from what does not', async () => {
    const found = await run({
      causes: { initialWeights: { seeds: 3 }, threads: [2, 3], dataOrder: [5] },
      repeats: 4,
      measures: ['loss', 'predictions', 'trainLoss'],
    });
    expect(found).toMatchObject({ experiment: 'mine', verdict: 'supported', repeats: 4, tasks: 4 * (1 + 3 + 2 + 1) });
    expect(found.claim).toBe('Moving initial weights alone moves the test loss at all.');
    expect(found.statement).toMatch(/^Initial weights, moved alone, moved the test loss by .* over 12 runs\.$/);
    const [moved] = found.tables;
    expect(moved.rows.map(([cause, runs, equal]) => [cause, runs, equal])).toEqual([
      ['initial weights', 12, 0],
      ['threads', 8, 8],
      ['order of the data', 4, 0],
    ]);
    expect(moved.rows[1].slice(3)).toEqual([0, 0, 0]);
    expect(found.interval?.low).toBeGreaterThan(0);
    expect(found.findings[1]).toBe('Moving threads changed no bit of the final weights in any of 8 runs.');
    // By hand, from the runs of the document.
    const loss = (changes: object): number =>
      found.runs.find((one) => JSON.stringify(one.changes) === JSON.stringify(changes))?.test.loss as number;
    const distances = [1, 2, 3, 4].map((seed) => {
      const own = loss({ 'recipe.seed': `repeat ${seed}` });
      const others = [1, 2, 3].map((weights) =>
        loss({ 'recipe.seed': `repeat ${seed}`, 'recipe.seeds.weights': weights }),
      );
      return others.reduce((sum, other) => sum + Math.abs(other - own), 0) / 3;
    });
    expect(found.effect.estimate).toBeCloseTo(distances.reduce((sum, value) => sum + value, 0) / 4, 12);
  });

  it('finds nothing where nothing moves', async () => {
    const found = await run({ causes: { isa: ['scalar'], threads: [1, 2] }, repeats: 2, measures: ['predictions'] });
    expect(found).toMatchObject({ verdict: 'not supported', effect: { estimate: 0 }, interval: { low: 0, high: 0 } });
    const within = await run({
      causes: { threads: [2] },
      repeats: 2,
      claim: { cause: 'threads', effect: 'within', threshold: 0 },
    });
    expect(within.verdict).toBe('supported');
  });

  it('compares two causes', async () => {
    const causes = { initialWeights: { seeds: 3 }, threads: [2] } as const;
    const more = await run({ causes, repeats: 3, claim: { cause: 'initialWeights', than: 'threads' } });
    expect(more.verdict).toBe('supported');
    const less = await run({ causes, repeats: 3, claim: { cause: 'threads', than: 'initialWeights' } });
    expect(less.verdict).toBe('not supported');
    expect(less.effect.estimate).toBe(-(more.effect.estimate as number));
  });

  it('takes the levels for the sample where the seed is a cause', async () => {
    const found = await run({ causes: { seed: { seeds: 6 } } });
    expect(found.tasks).toBe(7);
    expect(found.verdict).toBe('supported');
    // One run says that it moves, but not how far.
    expect((await run({ causes: { seed: [3] } })).verdict).toBe('supported');
    const one = await run({ causes: { seed: [3] }, claim: { cause: 'seed', threshold: 1e-6 } });
    expect(one).toMatchObject({ verdict: 'cannot tell', interval: null });
  });
});

describe('full factorial', () => {
  it('splits the variance, of which equal runs have no part', async () => {
    const found = await run({
      design: 'factorial',
      causes: { initialWeights: { seeds: 4 }, dataOrder: { seeds: 3 }, threads: [1, 2] },
      repeats: 2,
      measures: ['loss', 'predictions'],
    });
    expect(found.tasks).toBe(4 * 3 * 2 * 2);
    const [table, predictions] = found.tables;
    expect(predictions.title).toBe('Variance of the test predictions, by cause');
    for (const { rows } of [table, predictions]) {
      expect(rows.map(([name]) => name)).toContain('initial weights × order of the data');
      const share = (name: string): number => rows.find(([term]) => term === name)?.[2] as number;
      expect(share('threads')).toBe(0);
      expect(share('between equal runs')).toBe(0);
      expect(share('initial weights')).toBeGreaterThan(0.5);
      expect(rows.reduce((sum, row) => sum + (row[2] as number), 0)).toBeCloseTo(1, 12);
    }
    expect(found.effect.estimate).toBeGreaterThan(0.5);
    expect(found.findings).toEqual([
      "With all causes held, the 2 runs of each combination were equal: the control's variance is 0.",
    ]);
  });

  it('says where nothing moved', async () => {
    const found = await run({ design: 'factorial', causes: { threads: [1, 2], isa: ['auto', 'scalar'] } });
    expect(found).toMatchObject({
      verdict: 'not supported',
      statement: 'Nothing moved the test loss: all 4 runs gave the same.',
    });
    expect(found.findings[0]).toMatch(/no noise hides/);
  });
});

describe('random pairs', () => {
  it('finds the shares of causes, the same each time', async () => {
    const description = {
      design: 'randomPairs',
      causes: { initialWeights: { seeds: 50 }, dataOrder: { seeds: 50 }, threads: [1, 2] },
      repeats: 12,
    } as const;
    const found = await run(description);
    expect(found.tables[0].rows.map(([cause, pairs]) => [cause, pairs])).toEqual([
      ['initial weights', 12],
      ['order of the data', 12],
      ['threads', 12],
    ]);
    expect(found.tables[0].rows[2][3]).toBe(0);
    expect(found.effect.estimate).toBeGreaterThan(0.3);
    expect(JSON.stringify(await run(description))).toBe(JSON.stringify(found));
  });
});

describe('runExperiment', () => {
  it('takes data, rows and repeats from the call before those of the experiment', async () => {
    const mine = experiment({ ...base, recipe: undefined, rows: 20, design: 'oneAtATime', causes: { seed: [1] } });
    expect((await runExperiment(mine)).data).toMatchObject({ name: 'made-up regression', rows: 20, columns: 6 });
    const other = await runExperiment(mine, { data: CLASSES, rows: 10, epochs: 1 });
    expect(other.data).toMatchObject({ name: 'made-up classes', rows: 10 });
    expect(other.recipe).toMatchObject({ loss: 'sparseCategoricalCrossentropy', fit: { epochs: 1 } });
    const arrays = { x: [[0], [1], [2], [3]], y: [0, 1, 0, 1], xTest: [[1]], yTest: [1], name: 'four' };
    const given = await runExperiment(mine, { data: arrays, rows: 4 });
    expect(given.data).toMatchObject({ name: 'four', rows: 4, testRows: 1, columns: 1 });
  });

  it.each(['name', 'question', 'folklore', 'summary', 'repeats', 'base', 'plan', 'conclude'])(
    'refuses an experiment without %s',
    async (missing) => {
      const mine = experiment({ ...base, design: 'oneAtATime', causes: { initialWeights: [1] } });
      const forged = Object.fromEntries(Object.entries({ ...mine }).filter(([name]) => name !== missing));
      await expect(runExperiment(forged as never, { store })).rejects.toMatchObject({
        code: 'ERR_SAMEBITS_ARGUMENT',
        message: expect.stringMatching(/^Expected what experiment\(\) gives, or one of .* for experiment but received/),
      });
    },
  );

  it('refuses what it does not know', async () => {
    await expect(runExperiment('init-sed')).rejects.toThrow(/what experiment\(\) gives, or one of/);
    const mine = experiment({ ...base, design: 'oneAtATime', causes: { dropoutMasks: [1] } });
    await expect(runExperiment(mine, { data: 7 as never })).rejects.toThrow(/for options\.data but received 7/);
    await expect(runExperiment(mine, { repeets: 3 } as never)).rejects.toThrow(/did you mean repeats/);
    await expect(runExperiment(mine)).rejects.toThrow(/a setting with a place for/);
  });

  it.each([
    [{ name: 'a b' }, /letters, digits and hyphens for experiment\.name/],
    [{ design: 'everything' }, /one of 'oneAtATime', 'factorial', 'randomPairs'/],
    [{ causes: {} }, /1 to 10 causes/],
    [{ causes: { initialWeight: [1] } }, /did you mean initialWeights/],
    [{ causes: { batchSize: [16, 0] } }, /experiment\.causes\.batchSize|batchSize\[1\]/],
    [{ causes: { batchSize: [16, 16] } }, /all different/],
    [{ causes: { batchSize: [] } }, /array of 1 to/],
    [{ design: 'factorial', causes: { batchSize: [16] } }, /at least 2 levels/],
    [{ design: 'factorial', causes: { seed: [1, 2] }, claim: { cause: 'seed', than: 'seed' } }, /oneAtATime/],
    [{ claim: { cause: 'batchSize' } }, /one of initialWeights for experiment\.claim\.cause/],
    [{ measures: [] }, /at least one measure/],
    [{ measures: ['speed'] }, /one of 'accuracy'/],
    [{ quesiton: '?' }, /did you mean question/],
    [{ recipe: {} }, /recipe/],
    [{ data: { kind: 'madeUp' } }, /experiment\.data/],
    [{ data: { ...REGRESSION, rows: 2_000_000, columns: 2_000 } }, /at most 2147483647 numbers/],
  ])('%j is refused', (change, message) => {
    const description = { ...base, design: 'oneAtATime', causes: { initialWeights: [1] }, ...change };
    expect(() => experiment(description as ExperimentDescription)).toThrow(message);
    expect(() => experiment(description as ExperimentDescription)).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }),
    );
  });

  it('refuses more runs than anybody waits for, before the first', async () => {
    const causes = { initialWeights: { seeds: 100_000 }, dataOrder: { seeds: 100_000 } };
    await expect(run({ design: 'factorial', causes })).rejects.toThrow(/at most 1000000 runs/);
  });

  it('refuses an accuracy that a regression has not', async () => {
    await expect(run({ measures: ['accuracy'] })).rejects.toThrow(/a regression has loss, trainLoss and predictions/);
  });
});
