/** A column of a table that says what its rows weigh. */
import {
  batchStream,
  crossValidate,
  openRows,
  openRun,
  type Preparation,
  prepare,
  resume,
  type TableFitOptions,
  type TableSource,
  tableOf,
  verify,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../runs/folder.js';
import { failure } from './problem.js';
import { LATE, lateModel, ROWS, rows as unweighed } from './table-problem.js';

const rows = unweighed.map((row, i) => ({ ...row, weight: (i % 9) / 3 }));
const weights = Float32Array.from(rows, ({ weight }) => weight);
const table = tableOf(rows);
const source = (batchRows = 8192, from = 0, to = ROWS): Promise<TableSource> =>
  openRows(rows.slice(from, to), { batchRows, columns: { origin: 'category' } });

const FIT = { ...LATE, sampleWeights: 'weight', epochs: 2, batchSize: 16, batchLeaf: 8 } as const;
const STREAMED = { ...FIT, shuffleBuffer: 70 } as const;
const withoutWeights = { ...LATE.prepare, drop: ['delay', 'weight'], target: LATE.target };

describe('sample weights of a table', () => {
  it('are those of arrays, and no input', async () => {
    const { x, y, preparation } = prepare(table, withoutWeights);
    const targets = Float32Array.from(y as Uint32Array);
    const { target: _, prepare: __, sampleWeights: ___, ...fit } = FIT;
    const arrays = lateModel();
    const expected = await arrays.fit(x, targets, { ...fit, sampleWeights: weights });
    const model = lateModel();
    const run = await model.fit(table, FIT);
    expect(run.fingerprint).toBe(expected.fingerprint);
    expect(run.history).toEqual(expected.history);
    expect(model.preparation?.features).toEqual(preparation.features);
    const score = await arrays.evaluate(x, targets, { sampleWeights: weights });
    expect(await model.evaluate(table, { sampleWeights: 'weight' })).toEqual(score);
    expect(await model.evaluate(await source(33), { sampleWeights: 'weight' })).toEqual(score);
    expect((await model.evaluate(table)).loss).not.toBe(score.loss);
    // Again, without saying how columns are prepared, and without weights.
    const again = { sampleWeights: 'weight', epochs: 1 };
    expect((await model.fit(table, again)).fingerprint).toBe(
      (await arrays.fit(x, targets, { epochs: 1, sampleWeights: weights })).fingerprint,
    );
    await model.fit(table, { epochs: 1 });
  });

  it.each([
    [1, 5],
    [3, 64],
    [2, 8192],
  ])('are those of rows in memory where rows are streamed: %i threads, pieces of %i rows', async (threads, pieces) => {
    const classWeights = { 0: 0.5, 1: 2 };
    const validationData = table.slice(400);
    const memory = await lateModel().fit(table, { ...STREAMED, classWeights, validationData });
    const run = await lateModel().fit(await source(pieces), {
      ...STREAMED,
      classWeights,
      threads,
      validationData: await source(7, 400),
    });
    expect(run.fingerprint).toBe(memory.fingerprint);
    expect(run.history).toEqual(memory.history);
    const { sampleWeights: _, ...unweighted } = STREAMED;
    const other = await lateModel().fit(table, {
      ...unweighted,
      prepare: { ...LATE.prepare, drop: ['delay', 'weight'] },
    });
    expect(other.fingerprint).not.toBe((await lateModel().fit(table, STREAMED)).fingerprint);
  });

  it('weigh rows of validation where their table has the column', async () => {
    const val = async (validationData: TableFitOptions['validationData']): Promise<number | undefined> =>
      (await lateModel().fit(table, { ...FIT, validationData })).history.val_loss?.[1];
    const part = table.slice(300);
    const model = lateModel();
    await model.fit(table, FIT);
    const score = { batchLeaf: FIT.batchLeaf };
    expect(await val(part)).toBe((await model.evaluate(part, { ...score, sampleWeights: 'weight' })).loss);
    expect(await val(part.drop(['weight']))).toBe((await model.evaluate(part, score)).loss);
    const split = await lateModel().fit(table, { ...FIT, validationSplit: 0.2 });
    const parts = { validationData: table.slice(400) };
    expect(split.history).toEqual((await lateModel().fit(table.slice(0, 400), { ...FIT, ...parts })).history);
  });

  it('come with the batches of batchStream', async () => {
    const { preparation } = prepare(table, withoutWeights);
    const options = { preparation, batchSize: 32, shuffleBuffer: 1, seed: 1 };
    const seen: number[] = [];
    const stream = batchStream(await source(50), { ...options, sampleWeights: 'weight' });
    for await (const { sampleWeights } of stream.epoch(0)) seen.push(...(sampleWeights as Float32Array));
    expect(seen).toEqual([...weights]);
    for await (const { sampleWeights } of batchStream(await source(), options).epoch(0)) {
      expect(sampleWeights).toBeNull();
    }
  });

  it('are left out in each fold of a cross-validation, and weigh its tests', async () => {
    const folds = { target: 'late', folds: 3, prepare: LATE.prepare, method: 'random', seed: 3 } as const;
    const weighed = await crossValidate(lateModel(), table, { ...folds, fit: { sampleWeights: 'weight', epochs: 1 } });
    const plain = { ...folds, prepare: { ...LATE.prepare, drop: ['delay', 'weight'] }, fit: { epochs: 1 } };
    const { fingerprint } = (await crossValidate(lateModel(), table, plain)).folds[0];
    expect(weighed.folds[0].fingerprint).not.toBe(fingerprint);
    const ones = tableOf(rows.map((row) => ({ ...row, weight: 1 })));
    const same = await crossValidate(lateModel(), ones, { ...folds, fit: { sampleWeights: 'weight', epochs: 1 } });
    expect(same.folds[0].fingerprint).toBe(fingerprint);
  });
});

describe('a run folder of a weighed table', () => {
  it.each(['streamed', 'in memory'])('goes on and is verified: %s', async (how) => {
    const folder = freshPath();
    const controller = new AbortController();
    const callbacks = { onBatchEnd: (batch: number) => batch === 7 && controller.abort() };
    const data = async () => (how === 'streamed' ? source(60) : table);
    const validationData = how === 'streamed' ? await source(100, 0, 90) : table.slice(0, 90);
    const whole = await lateModel().fit(await data(), { ...STREAMED, validationData });
    const options = { ...STREAMED, folder, checkpointEvery: 5, callbacks, validationData, signal: controller.signal };
    await failure(async () => lateModel().fit(await data(), options));
    const changed = rows.map((row, i) => (i === 400 ? { ...row, weight: 9 } : row));
    const others = how === 'streamed' ? await openRows(changed, { columns: { origin: 'category' } }) : tableOf(changed);
    expect((await failure(() => resume(folder, others, { validationData }))).code).toBe('ERR_SAMEBITS_DATA');
    const { run } = await resume(folder, await data(), { validationData });
    expect(run.fingerprint).toBe(whole.fingerprint);
    expect(run.history).toEqual(whole.history);
    const opened = await openRun(folder);
    expect(opened.manifest.data.sampleWeights).toBe('weight');
    const kept = (await opened.preparation()) as Preparation;
    const given = (from: number, to: number) => {
      const part = table.slice(from, to);
      return { x: kept.transform(part), y: kept.transformTarget(part), sampleWeights: weights.slice(from, to) };
    };
    const report = await verify(folder, { data: given(0, ROWS), validationData: given(0, 90) });
    expect(report.verdict).toBe('verified');
    expect(report.skipped).toEqual([]);
    const { sampleWeights: _, ...unweighted } = given(0, ROWS);
    expect((await verify(folder, { data: unweighted })).verdict).toBe('cannot tell');
  });
});

describe('a column that weighs nothing', () => {
  const with300 = (weight: unknown) => rows.map((row, i) => (i === 300 ? { ...row, weight } : row));

  it.each<[string, TableFitOptions, RegExp]>([
    ['is not there', { sampleWeights: 'wait' }, /"wait"/],
    ['is no column of numbers', { sampleWeights: 'origin' }, /a column of numbers/],
    ['is the target', { sampleWeights: 'late' }, /another column than the target for sampleWeights/],
  ])('%s', async (_, options, message) => {
    expect((await failure(() => lateModel().fit(table, { ...FIT, ...options }))).message).toMatch(message);
  });

  it('is an input of the model', async () => {
    const model = lateModel();
    await model.fit(table, { ...LATE, epochs: 1 });
    for (const data of [table, await source()]) {
      const { message } = await failure(() => model.fit(data, { sampleWeights: 'weight', epochs: 1 }));
      expect(message).toMatch(/neither takes nor predicts for sampleWeights/);
    }
  });

  it.each([-1, null, 1e39])('has %s', async (weight) => {
    const changed = with300(weight);
    for (const data of [
      tableOf(changed),
      await openRows(changed, { batchRows: 64, columns: { origin: 'category' } }),
    ]) {
      const { error, code } = await failure(() => lateModel().fit(data, FIT));
      expect(code).toBe('ERR_SAMEBITS_DATA');
      expect(error).toMatchObject({ row: 300, column: 'weight' });
    }
  });
});
