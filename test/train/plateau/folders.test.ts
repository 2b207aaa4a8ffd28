/** Runs on plateaus as folders: resumed, verified, told apart, stopped early and compared. */
import { writeFileSync } from 'node:fs';
import { compareRuns, earlyStopping, modelFromRun, resume, verify, why } from 'samebits';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../../runs/folder.js';
import { labels, model, Witness, x } from '../../runs/problem.js';
import { COLUMNS, ROWS } from '../problem.js';
import { course, SHORT } from './course.js';

const CUT = Math.floor(ROWS * 0.7);
const train = { x: { data: x.slice(0, CUT * COLUMNS), rows: CUT, columns: COLUMNS }, y: labels.slice(0, CUT) };
const test = { x: { data: x.slice(CUT * COLUMNS), rows: ROWS - CUT, columns: COLUMNS }, y: labels.slice(CUT) };
const given = { ...SHORT, validationData: [test.x, test.y] } as const;

describe('a run folder with plateaus', () => {
  const options = { ...given, epochs: 8 };

  it.each([3, 4, 11])('goes on to the same bits after step %i, and is verified', async (stopAfter) => {
    const whole = await model(course()).fit(train.x, train.y, { ...options, folder: freshPath() });
    const folder = freshPath();
    const witness = new Witness(stopAfter);
    const stopped = { ...options, folder, checkpointEvery: 3, keepCheckpoints: 9, ...witness.stopping };
    await expect(model(course()).fit(train.x, train.y, stopped)).rejects.toThrow();
    const { run, model: resumed } = await resume(folder, train.x, train.y, {
      validationData: [test.x, test.y],
      threads: 3,
    });
    expect([run.fingerprint, run.history]).toEqual([whole.fingerprint, whole.history]);
    expect((await modelFromRun(folder)).fingerprint('state')).toBe(resumed.fingerprint('state'));
    for (const sample of [undefined, 3]) {
      const sampled = sample === undefined ? {} : { sample };
      const report = await verify(folder, { data: train, validationData: test, ...sampled });
      expect([report.verdict, report.difference]).toEqual(['verified', null]);
      // By the metrics as they were recorded.
      expect((await verify(folder, { data: train, ...sampled })).verdict).toBe('verified');
    }
  });

  it('cannot be verified where neither the validation nor its metrics are at hand', async () => {
    const folder = freshPath();
    await model(course()).fit(train.x, train.y, { ...options, folder });
    writeFileSync(`${folder}/metrics.jsonl`, '');
    const report = await verify(folder, { data: train });
    expect(report.missing).toBe('the validation data, which decided its learning rate');
  });

  it('says why two of them differ', async () => {
    const data = {
      name: 'halves',
      classes: 3,
      train: { x: train.x, labels: train.y },
      test: { x: test.x, labels: test.y },
    };
    const [a, b, c] = [freshPath(), freshPath(), freshPath()];
    const kept = { ...options, trace: 'step', checkpointEvery: 2, keepCheckpoints: 20 } as const;
    const { history } = await model(course()).fit(train.x, train.y, { ...kept, folder: a });
    await model(course({ factor: 0.25 })).fit(train.x, train.y, { ...kept, folder: b });
    await model(course()).fit(train.x, train.y, { ...kept, folder: c, threads: 2 });
    const reduced = history.learning_rate?.findIndex((rate) => rate < 0.02) as number;
    const report = await why(a, b, { data: data as never });
    expect([report.missing, report.verdict]).toEqual([[], 'explained']);
    expect(report.parting?.step).toBe(2 * reduced + 1);
    expect(report.swaps.map(({ factor, equal }) => [factor, equal])).toEqual([['learningRate', true]]);
    expect((await why(a, c, { data: data as never })).verdict).toBe('equal');
    // Rows to train on alone do not say what decided its rates.
    const without = await why(a, b, { data: train });
    expect(without.missing.join()).toContain('the validation data, which decided its learning rate');
  });

  it('stops early by the same metric, and restores its best epoch', async () => {
    const callbacks = earlyStopping({ patience: 3, restoreBestWeights: true });
    const run = await model(course()).fit(train.x, train.y, { ...options, epochs: 40, callbacks });
    const again = await model(course()).fit(train.x, train.y, { ...options, epochs: run.history.loss.length });
    expect(again.fingerprint).toBe(run.fingerprint);
  });

  it('is compared by validation on the test rows', async () => {
    const run = await model(course()).fit(train.x, train.y, { ...options, epochs: 6 });
    const data = { ...train, xTest: test.x, yTest: test.y };
    const report = await compareRuns(run.recipe, [{ threads: 1 }, { threads: 2 }], data);
    expect(report.runs.map(({ fingerprint }) => fingerprint)).toEqual([run.fingerprint, run.fingerprint]);
  });
});
