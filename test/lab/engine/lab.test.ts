import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelFromRecipe } from 'samebits';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataSet } from '../../../dist/data/data-set.js';
import { loadSource } from '../../../dist/data/load-source.js';
import type { LabProgress } from '../../../dist/lab/carry-out.js';
import type { Experiment } from '../../../dist/lab/experiment/experiment.js';
import { Lab, type LabOptions } from '../../../dist/lab/lab.js';
import { LabPool } from '../../../dist/lab/pool/pool.js';
import { ResultStore } from '../../../dist/lab/store/result-store.js';
import { experimentOf, REGRESSION, seedsExperiment, settingOn, trainTask } from './experiments.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'samebits-lab-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Carries out an experiment and gives its document, with what was done for it. */
async function run(experiment: Experiment, { store = 'store', ...options }: LabOptions & { store?: string } = {}) {
  const lab = new Lab(options);
  const opened = ResultStore.open(join(folder, store));
  try {
    const prepared = await lab.prepare(experiment, {});
    const done = await lab.carryOut(prepared, opened);
    return { done, document: await lab.conclude(prepared, [opened], 'samebits lab run some') };
  } finally {
    opened.close();
    await lab.close();
  }
}

describe('an experiment', () => {
  it('has the bits of fit', async () => {
    const { document } = await run(seedsExperiment());
    const data = await loadSource(REGRESSION);
    const { recipe } = settingOn(REGRESSION);
    expect(document.runs).toHaveLength(5);
    for (const [seed, made] of document.runs.entries()) {
      const model = modelFromRecipe({ ...recipe, seed });
      const { fingerprint } = await model.fit(data.train.x, data.train.y, { ...recipe.fit });
      const { loss } = await model.evaluate(data.test.x, data.test.y);
      expect(made).toMatchObject({ kind: 'train', changes: seed === 7 ? {} : { 'recipe.seed': seed }, fingerprint });
      expect(made.test).toEqual({ loss, accuracy: null });
    }
  });

  it('is not computed twice, and has the same document from the store', async () => {
    const first = await run(seedsExperiment());
    const second = await run(seedsExperiment());
    expect(first.done).toEqual({ tasks: 5, kept: 0 });
    expect(second.done).toEqual({ tasks: 5, kept: 5 });
    expect(JSON.stringify(second.document)).toBe(JSON.stringify(first.document));
    // The second run left nothing: one segment.
    expect(readdirSync(join(folder, 'store')).filter((file) => file.endsWith('.jsonl'))).toHaveLength(1);
  });

  it('trains a task once that is planned twice', async () => {
    const twice = experimentOf(({ base }) => [trainTask(base, 1), trainTask(base, 2), trainTask(base, 1)]);
    const { done, document } = await run(twice);
    expect(done.tasks).toBe(2);
    expect(document).toMatchObject({ tasks: 2, experiment: 'some', verdict: 'supported' });
  });

  it('says how far it is', async () => {
    const seen: LabProgress[] = [];
    await run(seedsExperiment(), { onProgress: (progress) => seen.push(progress) });
    expect(seen[0]).toEqual({ experiment: 'some', done: 0, tasks: 5, kept: 0, share: 0 });
    expect(seen[seen.length - 1]).toMatchObject({ done: 5, share: 1 });
  });

  it('is refused before any work where it cannot be planned', async () => {
    const lab = new Lab();
    const unfit = experimentOf(() => {
      throw new RangeError('not on this ground');
    });
    await expect(lab.prepare(unfit, {})).rejects.toThrow('not on this ground');
    await lab.close();
  });

  it('lets an interrupt through while it is planned', async () => {
    const controller = new AbortController();
    const endless = experimentOf(function* ({ base }) {
      // Without end, but for a test that would have none.
      for (let seed = 0; seed < 200_000; seed += 1) yield trainTask(base, seed);
    });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(run(endless, { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('has ended all its batches when its plan fails in the middle', async () => {
    const pool = new LabPool(2);
    const { train, test } = await loadSource(REGRESSION);
    let ended = 0;
    async function* batches() {
      const data = [{ source: REGRESSION, data: { train, test } as DataSet }];
      yield { tasks: [trainTask(settingOn(REGRESSION), 1)], data, threads: 1 };
      throw new Error('no more');
    }
    const run = pool.run(batches(), () => {
      ended += 1;
    });
    await expect(run).rejects.toThrow('no more');
    expect(ended).toBe(1);
    await pool.close();
  });

  it('refuses results that were not planned', async () => {
    const asked = seedsExperiment();
    const asking = experimentOf(({ base }) => [trainTask(base, 1)]);
    const wrong: Experiment = { ...asking, conclude: (ground, results) => asked.conclude(ground, results) };
    await expect(run(wrong)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_STATE' });
  });

  it('says which task failed, and keeps what was done', async () => {
    const diverging = settingOn(REGRESSION, { optimizer: { name: 'sgd', learningRate: 1e30 } });
    const experiment = experimentOf(({ base }) => [trainTask(base, 1), trainTask(diverging, 2)]);
    const failed = run(experiment);
    await expect(failed).rejects.toMatchObject({ code: 'ERR_SAMEBITS_NON_FINITE' });
    await expect(failed).rejects.toThrow(/a train task of some: .*recipe\.optimizer\.learningRate = 1e\+30/);
    expect(ResultStore.openExisting(join(folder, 'store')).size).toBe(1);
  });

  it('stops at an abort and goes on from there', async () => {
    const controller = new AbortController();
    const experiment = seedsExperiment(settingOn(REGRESSION, { fit: { epochs: 4_000, batchSize: 4 } }));
    const aborted = run(experiment, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 1) controller.abort(new Error('enough'));
      },
    });
    await expect(aborted).rejects.toThrow('enough');
    const { done } = await run(experiment);
    expect(done.kept).toBeGreaterThanOrEqual(1);
    expect(done.kept).toBeLessThan(5);
  });
});
