import {
  dense,
  modelFromRun,
  openRun,
  type Preparation,
  prepare,
  resume,
  type Sequential,
  sequential,
  tableOf,
  verify,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../runs/folder.js';
import { failure } from './problem.js';
import { LATE, lateModel, ROWS, rows, source, table } from './table-problem.js';

const FIT = { epochs: 3, batchSize: 16 } as const;

const learned = (options: object = LATE.prepare, of = table) => prepare(of, { ...options, target: LATE.target });

describe('fit on a table', () => {
  it('gives the bits of prepare and fit, and keeps the preparation', async () => {
    const [model, plain] = [lateModel(), lateModel()];
    expect(model.preparation).toBeNull();
    const run = await model.fit(table, { ...LATE, ...FIT });
    const { preparation, x, y } = learned();
    const expected = await plain.fit(x, { data: Float32Array.from(y as Uint32Array), rows: ROWS, columns: 1 }, FIT);
    expect(run.fingerprint).toBe(expected.fingerprint);
    expect(run.history).toEqual(expected.history);
    expect(run.recipe).toEqual(expected.recipe);
    expect(run.stages).toBeNull();
    expect(JSON.stringify(model.preparation)).toBe(JSON.stringify(preparation));
    expect(await model.evaluate(table)).toEqual(await plain.evaluate(x, y as Uint32Array));
  });

  it('learns of the training rows alone', async () => {
    const model = lateModel();
    const { history } = await model.fit(table, { ...LATE, ...FIT, validationSplit: 0.3 });
    const training = table.slice(0, 350);
    expect(JSON.stringify(model.preparation)).toBe(JSON.stringify(learned(LATE.prepare, training).preparation));
    const other = lateModel();
    const given = await other.fit(training, { ...LATE, ...FIT, validationData: table.slice(350) });
    expect(given.history).toEqual(history);
    expect(history.val_accuracy).toHaveLength(3);
    expect(other.fingerprint()).toBe(model.fingerprint());
  });

  it('goes on with the preparation that it has: 1 and 2 epochs are 3', async () => {
    const [model, once] = [lateModel(), lateModel()];
    await model.fit(table, { ...LATE, ...FIT, epochs: 1 });
    const { preparation } = model;
    await model.fit(table, { ...FIT, epochs: 2 });
    await once.fit(table, { ...LATE, ...FIT });
    expect(model.preparation).toBe(preparation);
    expect(model.fingerprint()).toBe(once.fingerprint());
    // The same options again are no other ones.
    await model.fit(table, { ...LATE, epochs: 1 });
    const others = await failure(() => model.fit(table, { ...LATE, prepare: { drop: ['when', 'delay'] } }));
    expect(others.code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(others.message).toMatch(/first fitted with .* for fit\.prepare/);
    const target = await failure(() => model.fit(table, { target: 'delay' }));
    expect(target.message).toMatch(/"late", which the model's preparation predicts, for fit\.target/);
  });

  it('takes a preparation that it is made with, also of a clone; one that it learned goes with reset', async () => {
    const { preparation } = learned();
    const model = lateModel({ preparation });
    await model.fit(table, FIT);
    const first = model.fingerprint();
    const copy = model.clone();
    expect(copy.preparation).toBe(preparation);
    await copy.fit(table, { ...FIT, target: 'late' });
    expect(copy.fingerprint()).toBe(first);
    expect((await failure(() => model.fit(table, LATE))).message).toMatch(
      /made with a preparation\) for fit\.prepare|nothing/,
    );

    const learning = lateModel();
    await learning.fit(table, { ...LATE, ...FIT });
    expect(learning.clone().preparation).toBeNull();
    learning.reset();
    expect(learning.preparation).toBeNull();
    await learning.fit(table, { ...LATE, ...FIT });
    expect(learning.fingerprint()).toBe(first);
  });

  it('keeps no preparation of a fit that made no step', async () => {
    const model = lateModel({}, { loss: 'meanSquaredError', metrics: [] });
    expect((await failure(() => model.fit(table, LATE))).code).toBe('ERR_SAMEBITS_LOSS');
    expect(model.preparation).toBeNull();
  });

  it('draws rows through a buffer, if asked, and is then the run of a stream', async () => {
    const [model, streamed] = [lateModel(), lateModel()];
    const run = await model.fit(table, { ...LATE, ...FIT, shuffleBuffer: 60 });
    const other = await streamed.fit(await source(), { ...LATE, ...FIT, shuffleBuffer: 60 });
    expect(run.recipe.fit.shuffleBuffer).toBe(60);
    expect(other.recipe).toEqual(run.recipe);
    expect(other.fingerprint).toBe(run.fingerprint);
    expect(other.history).toEqual(run.history);
  });
});

describe('what is to be predicted', () => {
  const modelOf = (units: number, activation: 'softmax' | 'sigmoid' | 'linear', loss: string): Sequential => {
    const model = sequential({ layers: [dense({ units, activation })], seed: 1 });
    model.compile({ optimizer: 'sgd', loss: loss as 'huber' });
    return model;
  };

  it.each([
    ['late', 1, 'sigmoid', 'binaryCrossentropy'],
    ['late', 1, 'linear', 'hinge'],
    ['late', 2, 'softmax', 'sparseCategoricalCrossentropy'],
    ['origin', 3, 'softmax', 'sparseCategoricalCrossentropy'],
    ['origin', 3, 'softmax', 'categoricalCrossentropy'],
    ['delay', 1, 'linear', 'huber'],
    ['delay', 1, 'linear', 'meanSquaredError'],
  ] as const)('fits: %s, %i units, %s, %s', async (target, units, activation, loss) => {
    const model = modelOf(units, activation, loss);
    const { history } = await model.fit(table, { target, epochs: 2 });
    expect(history.loss[1]).toBeLessThan(history.loss[0]);
    const { labels } = await model.predict(table.slice(0, 20));
    if (target === 'delay') expect(labels).toBeNull();
    else expect(model.preparation?.classes).toEqual(expect.arrayContaining([...(labels as string[])]));
  });

  it.each([
    ['late', 3, 'softmax', 'sparseCategoricalCrossentropy', /1 unit with activation 'sigmoid'.* or 2 units/],
    ['late', 2, 'sigmoid', 'meanSquaredError', /received loss 'meanSquaredError' and 2 units/],
    ['origin', 2, 'softmax', 'sparseCategoricalCrossentropy', /Expected 3 units with activation 'softmax'/],
    ['origin', 1, 'sigmoid', 'binaryCrossentropy', /of 3 classes/],
    ['delay', 1, 'sigmoid', 'binaryCrossentropy', /a loss of numbers, .* a regression/],
    ['delay', 2, 'linear', 'meanSquaredError', /1 unit in the last layer/],
  ] as const)('does not fit: %s, %i units, %s, %s', async (target, units, activation, loss, message) => {
    const found = await failure(() => modelOf(units, activation, loss).fit(table, { target }));
    expect(found.code).toBe('ERR_SAMEBITS_LOSS');
    expect(found.message).toMatch(message);
  });
});

describe('predictions of rows as they are', () => {
  it('are those of prepared rows, with the class that the outputs say', async () => {
    const model = lateModel();
    await model.fit(table, { ...LATE, ...FIT });
    const x = (model.preparation as Preparation).transform(table);
    const plain = await model.predict(x);
    const raw = await model.predict(table);
    expect(raw.data).toEqual(plain.data);
    expect('labels' in plain).toBe(false);
    expect(raw.labels).toEqual(Array.from(plain.data, (output) => (output > 0.5 ? 'yes' : 'no')));
    const objects = await model.predict(rows.slice(0, 5));
    expect(objects.data).toEqual(plain.data.slice(0, 5));
    expect(objects.labels).toEqual(raw.labels?.slice(0, 5));
    const one = model.predictSync({ distance: rows[3].distance, origin: 'Oslo', when: rows[3].when });
    expect(one).toEqual({ ...model.predictSync([rows[3]]), labels: [raw.labels?.[3]] });
    expect(one.data[0]).toBe(plain.data[3]);
  });

  it('need a preparation, and the columns that it knows', async () => {
    const model = lateModel({ layers: [dense({ units: 1, activation: 'sigmoid', inputShape: [3] })] });
    for (const ask of [() => model.predict(table), () => model.predictSync({ a: 1 }), () => model.evaluate(table)]) {
      const { code, message } = await failure(ask);
      expect(code).toBe('ERR_SAMEBITS_STATE');
      expect(message).toMatch(/a model with a preparation for/);
    }
    const { code, message } = await failure(() => model.fit(table, LATE));
    expect(code).toBe('ERR_SAMEBITS_SHAPE');
    expect(message).toMatch(/Expected 3, the model's inputs/);
    const fitted = lateModel();
    await fitted.fit(table, { ...LATE, ...FIT });
    expect((await failure(() => fitted.predict([{ distance: 1, origin: 'Oslo' }]))).message).toMatch(/"when"/);
  });
});

describe('options', () => {
  it.each<[string, object, RegExp]>([
    ['no target', {}, /the name of the column to predict for fit\.target/],
    ['a wrong target', { ...LATE, target: 'lat' }, /did you mean "late"/],
    ['a wrong key of prepare', { ...LATE, prepare: { number: {} } }, /did you mean numbers/],
    [
      'all rows to validate on',
      { ...LATE, validationSplit: 1 },
      /a share above 0 and below 1 for fit\.validationSplit/,
    ],
    ['no row to train on', { ...LATE, validationSplit: 0.9999 }, /rows on both sides/],
    ['two validations', { ...LATE, validationSplit: 0.5, validationData: table }, /not both/],
    ['a validation of matrices', { ...LATE, validationData: [[], []] }, /a table, or what openTable gives, for fit/],
    ['a buffer of no shuffle', { ...LATE, shuffle: false, shuffleBuffer: 10 }, /no shuffleBuffer, or shuffle: true/],
    ['a misspelled one', { ...LATE, epoch: 1 }, /did you mean epochs/],
  ])('refuse %s', async (_, options, message) => {
    const model = lateModel();
    const found = await failure(() => model.fit(table, options));
    expect(found.message).toMatch(message);
    expect(model.preparation).toBeNull();
  });

  it('refuse a preparation of other features', async () => {
    const { preparation } = learned();
    const { code } = await failure(() =>
      lateModel({ preparation, layers: [dense({ units: 1, activation: 'sigmoid', inputShape: [2] })] }),
    );
    expect(code).toBe('ERR_SAMEBITS_SHAPE');
  });
});

describe('a run folder of a table', () => {
  it('has the preparation, and goes on, predicts and is verified with it', async () => {
    const folder = freshPath();
    const training = table.slice(0, 400);
    const validationData = table.slice(400);
    const whole = await lateModel().fit(training, { ...LATE, ...FIT, validationData });
    const model = lateModel();
    const controller = new AbortController();
    const stop = { onBatchEnd: (batch: number) => batch === 11 && controller.abort() };
    const options = { ...LATE, ...FIT, validationData, folder, checkpointEvery: 4 };
    await failure(() => model.fit(training, { ...options, callbacks: stop, signal: controller.signal }));
    const resumed = await resume(folder, training, { validationData });
    expect(resumed.run.fingerprint).toBe(whole.fingerprint);
    expect(resumed.run.history).toEqual(whole.history);

    const kept = (await (await openRun(folder)).preparation()) as Preparation;
    expect(JSON.stringify(kept)).toBe(JSON.stringify(model.preparation));
    const reborn = await modelFromRun(folder);
    expect(reborn.predictSync(rows[7])).toEqual(resumed.model.predictSync(rows[7]));

    const data = { x: kept.transform(training), y: kept.transformTarget(training) };
    expect((await verify(folder, { data })).verdict).toBe('verified');
    expect((await failure(() => resume(folder, table.slice(0, 399), { validationData }))).code).toBe(
      'ERR_SAMEBITS_DATA',
    );
    const streamed = await failure(async () => resume(folder, await source(), { validationData }));
    expect(streamed.message).toMatch(/a table in memory, as the run had/);
  });

  it('goes on with the share of its rows that it was validated on', async () => {
    const folder = freshPath();
    const how = { ...LATE, ...FIT, validationSplit: 0.25 };
    const whole = await lateModel().fit(table, how);
    const controller = new AbortController();
    const stop = { onBatchEnd: (batch: number) => batch === 9 && controller.abort() };
    await failure(() =>
      lateModel().fit(table, { ...how, folder, checkpointEvery: 4, callbacks: stop, signal: controller.signal }),
    );
    const refused = [
      {},
      { validationSplit: 0.5 },
      { validationSplit: 0.25, validationData: table },
      { validationSplit: 1e-9 },
    ];
    const codes = await Promise.all(
      refused.map(async (options) => (await failure(() => resume(folder, table, options))).code),
    );
    expect(codes).toEqual(['ERR_SAMEBITS_DATA', 'ERR_SAMEBITS_DATA', 'ERR_SAMEBITS_ARGUMENT', 'ERR_SAMEBITS_DATA']);
    const { run } = await resume(folder, table, { validationSplit: 0.25 });
    expect(run.fingerprint).toBe(whole.fingerprint);
    expect(run.history).toEqual(whole.history);
  });

  it('of rows that were prepared before takes no table', async () => {
    const folder = freshPath();
    const { x, y } = learned();
    await lateModel().fit(x, y as Uint32Array, { ...FIT, folder });
    const { code, message } = await failure(() => resume(folder, tableOf(rows)));
    expect(code).toBe('ERR_SAMEBITS_DATA');
    expect(message).toMatch(/x and y, as the run was not given a table/);
  });
});
