/** Metrics that a model is compiled with, beside accuracy: of rows that are evaluated. */
import {
  adam,
  type CompileOptions,
  dense,
  digits,
  earlyStopping,
  ensemble,
  type Metric,
  openRun,
  parseRecipe,
  reduceOnPlateau,
  resume,
  type Sequential,
  sequential,
  sgd,
  verify,
  why,
} from 'samebits';
import * as metrics from 'samebits/metrics';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../runs/folder.js';
import { CLASSES, COLUMNS, classifier, labels, oneHot, x } from './problem.js';
import { LATE, lateModel, source, table } from './table-problem.js';

const TRAINED = 100;
const trainX = x.subarray(0, TRAINED * COLUMNS);
const trainY = labels.subarray(0, TRAINED);
const testX = x.subarray(TRAINED * COLUMNS);
const testY = labels.subarray(TRAINED);
const FIT = { epochs: 4, batchSize: 16, validationData: [testX, testY] } as const;

const OF_CLASSES = [
  'accuracy',
  'f1',
  { name: 'precision', average: 'micro' },
  { name: 'recall', positive: 2 },
  { name: 'rocAuc', positive: 1 },
  { name: 'averagePrecision', positive: 0 },
  { name: 'topKAccuracy', k: 2 },
  'logLoss',
  { name: 'brierScore' },
] as const satisfies readonly Metric[];

function compiled(model: Sequential, options: Partial<CompileOptions> = {}): Sequential {
  model.compile({ optimizer: adam(), loss: 'sparseCategoricalCrossentropy', metrics: OF_CLASSES, ...options });
  return model;
}

/** What the functions say of the model as it is. */
async function computed(model: Sequential): Promise<Record<string, number>> {
  const said = await model.predict(testX);
  return {
    accuracy: metrics.accuracy(testY, said),
    f1: metrics.f1(testY, said, { average: 'macro' }),
    precision: metrics.precision(testY, said, { average: 'micro' }),
    recall: metrics.recall(testY, said, { positive: 2 }),
    rocAuc: metrics.rocAuc(testY, said, { positive: 1 }),
    averagePrecision: metrics.averagePrecision(testY, said, { positive: 0 }),
    topKAccuracy: metrics.topKAccuracy(testY, said, { k: 2 }),
    logLoss: metrics.logLoss(testY, said),
    brierScore: metrics.brierScore(testY, said),
  };
}

function regression(options: Partial<CompileOptions> = {}): Sequential {
  const model = sequential({
    layers: [dense({ units: 2, activation: 'tanh', inputShape: [COLUMNS] }), dense({ units: 1 })],
    seed: 3,
  });
  const loss = {
    loss: 'huber',
    metrics: ['meanSquaredError', 'rootMeanSquaredError', 'meanAbsoluteError', 'r2'],
  } as const;
  model.compile({ optimizer: 'adam', ...loss, ...options });
  return model;
}

describe('metrics that are compiled', () => {
  it('are those of samebits/metrics after each epoch, and in evaluate', async () => {
    const model = compiled(classifier());
    const found: Record<string, number>[] = [];
    const { history, recipe } = await model.fit(trainX, trainY, {
      ...FIT,
      callbacks: { onEpochEnd: async () => found.push(await computed(model)) },
    });
    expect(Object.keys(history)).toEqual([
      'loss',
      'accuracy',
      'val_loss',
      ...Object.keys(found[0]).map((name) => `val_${name}`),
    ]);
    for (const [name] of Object.entries(found[0])) {
      expect(history[`val_${name}` as 'val_f1'], name).toEqual(found.map((epoch) => epoch[name]));
    }
    const { loss, ...evaluated } = await model.evaluate(testX, testY);
    expect(loss).toBe(history.val_loss?.[3]);
    expect(evaluated).toEqual(found[3]);
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
    // An object without options is its name.
    expect(recipe.metrics).toEqual([...OF_CLASSES.slice(0, -1), 'brierScore']);
  });

  it('reach no weight, and no number of training', async () => {
    const plain = await compiled(classifier(), { metrics: ['accuracy'] }).fit(trainX, trainY, FIT);
    const run = await compiled(classifier()).fit(trainX, trainY, FIT);
    expect(run.fingerprint).toBe(plain.fingerprint);
    expect(run.history).toMatchObject(plain.history);
    const { history } = await compiled(classifier()).fit(trainX, trainY, { epochs: 1 });
    expect(Object.keys(history)).toEqual(['loss', 'accuracy']);
  });

  it('are the same of rows that are streamed, of two classes by one output', async () => {
    const of = ['accuracy', 'rocAuc', 'precision', 'recall', 'f1', 'logLoss'] as const;
    const how = { ...LATE, epochs: 2, batchSize: 32, shuffleBuffer: 70 };
    const memory = lateModel({}, { metrics: of });
    const { history } = await memory.fit(table, { ...how, validationData: table });
    const streamed = lateModel({}, { metrics: of });
    const run = await streamed.fit(await source(40), { ...how, validationData: await source(33) });
    expect(run.history).toEqual(history);
    expect(history.val_rocAuc?.every((value) => value > 0.4 && value < 1)).toBe(true);
    const { loss, ...evaluated } = await streamed.evaluate(await source(77));
    expect(evaluated).toEqual(Object.fromEntries(of.map((name) => [name, history[`val_${name}`]?.[1]])));
    expect(loss).toBe(history.val_loss?.[1]);
  });

  it('are those of regressions', async () => {
    const y = Float32Array.from(labels, (label) => label / 2);
    const model = regression();
    const said = (await model.fit(x, y, { validationSplit: 0.2 })).history;
    const part = { x: x.subarray(120 * COLUMNS), y: y.subarray(120) };
    const outputs = await model.predict(part.x);
    expect(said.val_meanSquaredError).toEqual([metrics.meanSquaredError(part.y, outputs)]);
    expect(said.val_rootMeanSquaredError).toEqual([metrics.rootMeanSquaredError(part.y, outputs)]);
    expect(said.val_meanAbsoluteError).toEqual([metrics.meanAbsoluteError(part.y, outputs)]);
    expect(said.val_r2).toEqual([metrics.r2(part.y, outputs)]);
  });

  it('take sides as the classes that they stand for, above 0', async () => {
    const model = sequential({ layers: [dense({ units: 1, activation: 'tanh', inputShape: [COLUMNS] })], seed: 3 });
    model.compile({ optimizer: 'sgd', loss: 'hinge', metrics: ['f1', 'rocAuc'] });
    const sides = Float32Array.from(labels, (label) => (label === 1 ? 1 : -1));
    const isOne = Uint8Array.from(labels, (label) => Number(label === 1));
    const { f1, rocAuc } = await model.evaluate(x, sides);
    const said = await model.predict(x);
    expect(f1).toBe(metrics.f1(isOne, said, { threshold: 0 }));
    expect(rocAuc).toBe(metrics.rocAuc(isOne, said));
    // Zeros and ones say the same.
    expect(await model.evaluate(x, Float32Array.from(isOne))).toMatchObject({ f1, rocAuc });
  });

  it('take targets that are shares by their first greatest', async () => {
    const model = compiled(classifier(), { loss: 'categoricalCrossentropy' });
    const { loss: _, ...shares } = await model.evaluate(x, oneHot);
    const { loss: __, ...given } = await compiled(classifier()).evaluate(x, labels);
    expect(shares).toEqual(given);
  });

  it('take shares of one unit as the classes on whose side they are, and as they are', async () => {
    const model = sequential({ layers: [dense({ units: 1, activation: 'sigmoid', inputShape: [COLUMNS] })], seed: 3 });
    const of = ['f1', 'precision', 'recall', 'rocAuc', 'averagePrecision', 'logLoss', 'brierScore'] as const;
    model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: of });
    const shares = Float32Array.from(labels, (label, row) => [0.1, 0.9, 0.5][label] + (row % 7) / 100);
    const { history } = await model.fit(x, shares, { validationData: [x, shares] });
    const said = await model.predict(x);
    const classes = Uint8Array.from(shares, (share) => Number(share > 0.5));
    expect(history).toEqual({
      loss: history.loss,
      val_loss: history.val_loss,
      val_f1: [metrics.f1(classes, said)],
      val_precision: [metrics.precision(classes, said)],
      val_recall: [metrics.recall(classes, said)],
      val_rocAuc: [metrics.rocAuc(classes, said)],
      val_averagePrecision: [metrics.averagePrecision(classes, said)],
      val_logLoss: [metrics.logLoss(shares, said)],
      val_brierScore: [metrics.brierScore(shares, said)],
    });
    expect(history.val_rocAuc?.[0]).toBeGreaterThan(0);
  });

  it('are NaN where an output is not finite', async () => {
    const model = compiled(classifier(), {
      metrics: ['accuracy', 'f1', 'logLoss'],
      optimizer: sgd({ learningRate: 3e38 }),
    });
    const { history } = await model.fit(trainX, trainY, { ...FIT, epochs: 2, onNonFinite: 'continue' });
    expect(history.val_f1).toEqual([Number.NaN, Number.NaN]);
    expect(history.val_logLoss).toEqual([Number.NaN, Number.NaN]);
  });

  it('are those of the mean predictions of an ensemble', async () => {
    const models = [1, 2].map((seed) => compiled(classifier({ seed })));
    const together = ensemble(models);
    const { loss: _, ...found } = await together.evaluate(testX, testY);
    const said = await together.predict(testX);
    expect(found.f1).toBe(metrics.f1(testY, said, { average: 'macro' }));
    expect(found.rocAuc).toBe(metrics.rocAuc(testY, said, { positive: 1 }));
    expect(Object.keys(found)).toHaveLength(OF_CLASSES.length);
  });

  it.each([
    ['a name of another library', ['auc'], 'ARGUMENT', "did you mean 'rocAuc'?"],
    ['a list for a metric', [['f1']], 'ARGUMENT', 'for compile.metrics[0] but received'],
    ['an option that it has not', [{ name: 'rocAuc', k: 1 }], 'ARGUMENT', 'one of the options name, positive'],
    ['one twice', ['f1', { name: 'f1', positive: 1 }], 'ARGUMENT', 'Expected each metric once for compile.metrics[1]'],
    ['no class of many', ['rocAuc'], 'ARGUMENT', 'compile.metrics[0].positive'],
    ['a class beyond', [{ name: 'recall', positive: 3 }], 'ARGUMENT', 'a class from 0 to 2'],
    ['a class and a mean', [{ name: 'f1', average: 'macro', positive: 1 }], 'ARGUMENT', 'no positive class'],
    ['one class of many', [{ name: 'f1', average: 'binary' }], 'ARGUMENT', 'compile.metrics[0].positive'],
    ['errors of labels', ['meanAbsoluteError'], 'LOSS', 'its targets are no numbers'],
  ])('refuse %s', (_, given, code, text) => {
    const compile = () => compiled(classifier(), { metrics: given as never });
    expect(compile).toThrow(expect.objectContaining({ code: `ERR_SAMEBITS_${code}` }));
    expect(compile).toThrow(text);
  });

  it('refuse what the loss does not have', () => {
    expect(() => regression({ metrics: ['accuracy'] })).toThrow("Expected metrics without 'accuracy' for loss 'huber'");
    expect(() => regression({ metrics: ['f1'] })).toThrow('its targets have no classes');
    expect(() => regression({ loss: 'hinge', metrics: ['logLoss'] })).toThrow('outputs are not probabilities');
    expect(() => regression({ loss: 'hinge', metrics: ['accuracy'] })).toThrow(
      "only crossentropies count it; take 'f1'",
    );
    const several = sequential({ layers: [dense({ units: CLASSES, activation: 'sigmoid' })] });
    const compile = (name: Metric) =>
      several.compile({ optimizer: 'sgd', loss: 'binaryCrossentropy', metrics: [name] });
    expect(() => compile('rocAuc')).toThrow('with 3 units each row has a decision for each');
    expect(() => compile('meanAbsoluteError')).not.toThrow();
    expect(() => lateModel({}, { metrics: ['topKAccuracy'] })).toThrow("take 'accuracy'");
  });
});

it('are verified on the test rows of where the data come from', async () => {
  const { train, test } = await digits();
  const model = sequential({ layers: [dense({ units: CLASSES + 7, activation: 'softmax' })], seed: 1 });
  const folder = freshPath();
  const kept = { folder, dataSource: { kind: 'digits' } } as const;
  await compiled(model).fit(train.x, train.labels, { ...kept, batchSize: 256, validationData: [test.x, test.labels] });
  expect(await verify(folder)).toMatchObject({ verdict: 'verified', skipped: [] });
});

describe('what watches a compiled metric', () => {
  it('stops early by it, and restores the epoch with most of it', async () => {
    const model = compiled(classifier(), { optimizer: adam({ learningRate: 0.05 }) });
    const found: string[] = [];
    const callbacks = [
      earlyStopping({ monitor: 'val_rocAuc', patience: 2, restoreBestWeights: true }),
      { onEpochEnd: () => found.push(model.fingerprint()) },
    ];
    const { history, best, stopped } = await model.fit(trainX, trainY, { ...FIT, epochs: 30, callbacks });
    const values = history.val_rocAuc as readonly number[];
    expect(stopped).toBe(true);
    expect(best).toMatchObject({ metric: 'val_rocAuc', epoch: values.indexOf(Math.max(...values)) });
    expect(model.fingerprint()).toBe(found[best?.epoch as number]);
  });

  it('is the least of an error', async () => {
    const y = Float32Array.from(labels, (label) => label / 2);
    const options = { epochs: 5, validationSplit: 0.2, best: 'val_meanAbsoluteError' } as const;
    const { history, best } = await regression({ optimizer: adam({ learningRate: 0.5 }) }).fit(x, y, options);
    const values = history.val_meanAbsoluteError as readonly number[];
    expect(best?.epoch).toBe(values.indexOf(Math.min(...values)));
  });

  it('is refused before anything is trained where no epoch will have it', async () => {
    const model = compiled(classifier());
    const before = model.fingerprint('state');
    const trained = (options: object) => model.fit(trainX, trainY, { ...FIT, ...options });
    await expect(trained({ best: 'val_r2' })).rejects.toThrow(
      "Expected metrics: ['r2'], or one of the metrics loss, accuracy,",
    );
    await expect(trained({ best: 'val_f1', validationData: undefined })).rejects.toThrow(
      'Expected validationData, or one',
    );
    await expect(trained({ callbacks: earlyStopping({ monitor: 'val_r2' }) })).rejects.toThrow(
      "Expected metrics: ['r2'], or one of the metrics loss, accuracy,",
    );
    expect(model.fingerprint('state')).toBe(before);
  });

  it('lowers a rate to the same bits however fit is called, resumed and verified', async () => {
    const learningRate = reduceOnPlateau({ initialLearningRate: 0.05, monitor: 'val_f1', patience: 1, factor: 0.5 });
    const made = (): Sequential => compiled(classifier(), { optimizer: adam({ learningRate }) });
    const whole = { ...FIT, epochs: 8 };
    const run = await made().fit(trainX, trainY, whole);
    expect(new Set(run.history.learning_rate).size).toBeGreaterThan(1);
    const stepped = made();
    for (let epoch = 0; epoch < 8; epoch += 1) await stepped.fit(trainX, trainY, { ...FIT, epochs: 1 });
    expect(stepped.fingerprint()).toBe(run.fingerprint);

    const folder = freshPath();
    const stop = new AbortController();
    const onBatchEnd = (_: number, __: object, { step }: { step: number }) => void (step === 31 && stop.abort());
    const kept = { ...whole, folder, trace: 'step', callbacks: { onBatchEnd }, signal: stop.signal } as const;
    await expect(made().fit(trainX, trainY, kept)).rejects.toThrow();
    const unknown = { validationData: [testX, testY], callbacks: earlyStopping({ monitor: 'val_r2' }) } as const;
    await expect(resume(folder, trainX, trainY, unknown)).rejects.toThrow('for resume.callbacks[0].watches');
    const resumed = await resume(folder, trainX, trainY, { validationData: [testX, testY] });
    expect(resumed.run.history).toEqual(run.history);
    expect(resumed.run.fingerprint).toBe(run.fingerprint);
    expect(await (await openRun(folder)).metrics()).toHaveLength(8);
    const data = { x: trainX, y: trainY };
    const validationData = { x: testX, y: testY };
    const verified = await verify(folder, { data, validationData, threads: 2 });
    expect(verified).toMatchObject({ verdict: 'verified', skipped: [] });

    const other = freshPath();
    await made().fit(trainX, trainY, { ...whole, folder: other, trace: 'step', shuffle: false });
    const labeled = {
      name: 'parts',
      classes: CLASSES,
      train: { x: { data: trainX, rows: TRAINED, columns: COLUMNS }, labels: trainY },
      test: { x: { data: testX, rows: testY.length, columns: COLUMNS }, labels: testY },
    };
    const report = await why(folder, other, { data: labeled as never });
    expect(report.swaps.map(({ factor, equal }) => [factor, equal])).toEqual([['shuffle', true]]);
  });
});
