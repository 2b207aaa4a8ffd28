import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense, digits, loadModel, readTable, sequential } from 'samebits';
import { accuracy, f1, meanSquaredError, precision, rocAuc, topKAccuracy } from 'samebits/metrics';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateDocumentSchema, predictDocumentSchema } from '../../dist/report/document-schemas.js';
import { session, Tensor } from '../exchange/onnxruntime.js';
import { samebits } from './command.js';
import { expectPublished } from './published-schema.js';
import { writeTables } from './small-tables.js';

let cwd: string;
const run = (words: readonly string[]) => samebits(words, { cwd });
const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'samebits-predict-'));
  writeTables(cwd);
  const trained = await Promise.all([
    run(['train', 'iris.csv', '--target', 'species', '--epochs', '20', '--out', 'iris', '--quiet']),
    run(['train', 'prices.csv', '--target', 'price', '--epochs', '20', '--out', 'prices', '--quiet']),
    run(['train', 'bought.csv', '--target', 'bought', '--epochs', '20', '--out', 'bought', '--quiet']),
    run(['train', 'digits', '--epochs', '2', '--out', 'digits', '--quiet']),
  ]);
  expect(trained.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const [head, ...lines] = read('iris.csv').trimEnd().split('\n');
  const raw = [head, ...lines.slice(0, 2), ...lines.slice(-2)].map((line) => line.split(',').slice(0, 4).join());
  writeFileSync(join(cwd, 'new.csv'), `${raw.join('\n')}\n`);
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('samebits predict', () => {
  it('takes raw rows, without the target, to classes and their chances', async () => {
    const { code, stdout, stderr } = await run(['predict', 'iris', 'new.csv']);
    expect([code, stderr]).toEqual([0, '']);
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head).toBe('prediction,probability_setosa,probability_versicolor,probability_virginica');
    expect(lines.map((line) => line.split(',')[0])).toEqual(['setosa', 'setosa', 'virginica', 'virginica']);
    const model = await loadModel(join(cwd, 'iris', 'model.safetensors'));
    const { data, labels } = await model.predict(await readTable(join(cwd, 'new.csv')));
    expect(labels).toEqual(['setosa', 'setosa', 'virginica', 'virginica']);
    // To the last bit, as short decimals.
    expect(
      lines.flatMap((line) =>
        line
          .split(',')
          .slice(1)
          .map((cell) => Math.fround(Number(cell))),
      ),
    ).toEqual([...data]);
  });

  it('gives numbers of a regression, and both chances of two classes', async () => {
    const numbers = (await run(['predict', 'prices', 'prices.csv'])).stdout.trimEnd().split('\n');
    expect(numbers[0]).toBe('prediction');
    expect(numbers).toHaveLength(91);
    expect(numbers.slice(1).every((line) => Number.isFinite(Number(line)))).toBe(true);
    const chances = (await run(['predict', 'bought', 'bought.csv'])).stdout.trimEnd().split('\n');
    expect(chances[0]).toBe('prediction,probability_no,probability_yes');
    for (const line of chances.slice(1)) {
      const [said, no, yes] = line.split(',');
      expect(Number(no) + Number(yes)).toBeCloseTo(1, 6);
      expect(said).toBe(Number(yes) > 0.5 ? 'yes' : 'no');
    }
  });

  it('writes one document with --json, and to a file with --output', async () => {
    const document = v.parse(
      predictDocumentSchema,
      JSON.parse((await run(['predict', 'iris', 'new.csv', '--json'])).stdout),
    );
    expect(document).toMatchObject({
      schemaVersion: 1,
      command: 'predict',
      commandLine: 'samebits predict iris new.csv',
      task: 'multiclass',
      classes: ['setosa', 'versicolor', 'virginica'],
      rows: 4,
    });
    expect(document.predictions[0]).toMatchObject({
      class: 'setosa',
      outputs: [expect.any(Number), expect.any(Number), expect.any(Number)],
    });
    const { code, stdout } = await run(['predict', 'iris', 'new.csv', '--output', 'said.csv']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The predictions of 4 rows: .*said\.csv\n$/);
    expect(read('said.csv')).toBe((await run(['predict', 'iris', 'new.csv'])).stdout);
  });

  it('predicts a table of many batches, row by row the same as in one', async () => {
    const [head, ...lines] = read('new.csv').trimEnd().split('\n');
    const many = Array.from({ length: 20_000 }, (_, i) => lines[i % lines.length]);
    writeFileSync(join(cwd, 'many.csv'), `${[head, ...many].join('\n')}\n`);
    const few = (await run(['predict', 'iris', 'new.csv'])).stdout.trimEnd().split('\n').slice(1);
    await run(['predict', 'iris', 'many.csv', '--output', 'many-said.csv', '--quiet']);
    const said = read('many-said.csv').trimEnd().split('\n').slice(1);
    expect(said).toHaveLength(20_000);
    expect(said.every((line, i) => line === few[i % few.length])).toBe(true);
  });

  it('leaves nothing behind where a later row does not fit', async () => {
    const [head, ...lines] = read('new.csv').trimEnd().split('\n');
    const many = Array.from({ length: 12_000 }, (_, i) => lines[i % lines.length]);
    writeFileSync(join(cwd, 'bad.csv'), `${[head, ...many, 'long,1,red,2020-01-01'].join('\n')}\n`);
    const { code, stdout, stderr } = await run(['predict', 'iris', 'bad.csv', '--output', 'never.csv']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^samebits: [^\n]*"length" at row 12000[^\n]*\n$/);
    expect(readdirSync(cwd).filter((name) => name.includes('never'))).toEqual([]);
  });

  it('predicts the test rows of a data set', async () => {
    const { stdout } = await run(['predict', 'digits', 'digits']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(`prediction,${Array.from({ length: 10 }, (_, i) => `probability_${i}`).join()}`);
    expect(lines).toHaveLength(361);
  });

  it.each<[string[], RegExp]>([
    [
      ['predict', 'iris', 'prices.csv'],
      /a table with the columns that the model takes, such as "length", for prices\.csv/,
    ],
    [['predict', 'iris', 'digits'], /a table \(.*\), whose columns the model prepares, for the data/],
    [['predict', 'digits', 'iris.csv'], /a model with a preparation for iris\.csv/],
    [['predict', 'nowhere', 'iris.csv'], /nowhere/],
    [['predict', 'iris.csv', 'iris.csv'], /iris\.csv/],
    [['predict', 'iris', 'new.csv', '--output', join('iris', 'x.csv')], /which is the folder of a run/],
    [['evaluate', 'iris', 'new.csv'], /"species"/],
    [
      ['evaluate', 'iris', 'iris.csv', '--target', 'color'],
      /a column that the model does not take as an input for --target/,
    ],
    [['export', 'iris'], /one of onnx, safetensors for --format but received undefined/],
    [['export', 'iris', '--format', 'h5'], /one of onnx, safetensors for --format but received "h5"/],
  ])('%j gives one line and exit code 2', async (words, message) => {
    const { code, stdout, stderr } = await run(words);
    expect(stderr).toMatch(/^samebits: [^\n]*\n$/);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('samebits evaluate', () => {
  it('gives the loss, the metrics of classes and their confusions', async () => {
    const { code, stdout } = await run(['evaluate', 'iris', 'iris.csv', '--json']);
    expect(code).toBe(0);
    const document = v.parse(evaluateDocumentSchema, expectPublished(JSON.parse(stdout)));
    expect(Object.keys(document.metrics)).toEqual(['accuracy', 'f1', 'logLoss', 'brierScore']);
    const model = await loadModel(join(cwd, 'iris', 'model.safetensors'));
    const table = await readTable(join(cwd, 'iris.csv'));
    expect(document.loss).toEqual({ name: 'sparseCategoricalCrossentropy', value: (await model.evaluate(table)).loss });
    const targets = model.preparation?.transformTarget(table) as Uint32Array;
    expect(document.metrics.accuracy).toBe(accuracy(targets, await model.predict(table)));
    const { classes, counts } = document.confusion as NonNullable<typeof document.confusion>;
    expect(classes).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(counts.map((row: number[]) => row.reduce((sum, one) => sum + one, 0))).toEqual([50, 50, 50]);
    const text = (await run(['evaluate', 'iris', 'iris.csv'])).stdout;
    expect(text).toMatch(/^iris\.csv: 150 rows, multiclass\n/);
    expect(text).toMatch(/\n +setosa +versicolor +virginica\nsetosa +\d+ +\d+ +\d+\n/);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('gives those of two classes, and of numbers', async () => {
    const two = JSON.parse((await run(['evaluate', 'bought', 'bought.csv', '--json'])).stdout);
    expect(Object.keys(two.metrics)).toEqual([
      'accuracy',
      'precision',
      'recall',
      'f1',
      'rocAuc',
      'averagePrecision',
      'logLoss',
      'brierScore',
    ]);
    const said = (await run(['evaluate', 'prices', 'prices.csv', '--json'])).stdout;
    const numbers = v.parse(evaluateDocumentSchema, JSON.parse(said));
    expect(numbers).toMatchObject({ task: 'regression', confusion: null, data: { rows: 90 } });
    const model = await loadModel(join(cwd, 'prices', 'model.safetensors'));
    const table = await readTable(join(cwd, 'prices.csv'));
    const targets = Float32Array.from(table.column('price').values);
    expect(numbers.metrics.meanSquaredError).toBe(meanSquaredError(targets, (await model.predict(table)).data));
    // The target is scaled while training: prices come out, not numbers near 0.
    expect(numbers.metrics.r2).toBeLessThan(1);
    expect(model.preparation?.toJSON().target?.scaling?.center).toBeGreaterThan(1);
    expect(numbers.loss?.value).not.toBe(numbers.metrics.meanSquaredError);
  });

  it('takes targets of another name', async () => {
    writeFileSync(join(cwd, 'renamed.csv'), read('iris.csv').replace('species', 'kind'));
    const words = ['evaluate', 'iris', 'renamed.csv', '--target', 'kind', '--json'];
    const [renamed, own] = [await run(words), await run(['evaluate', 'iris', 'iris.csv', '--json'])];
    expect(JSON.parse(renamed.stdout).metrics).toEqual(JSON.parse(own.stdout).metrics);
    expect(JSON.parse(renamed.stdout).loss).toEqual(JSON.parse(own.stdout).loss);
  });

  it('evaluates the test rows of a data set', async () => {
    const document = JSON.parse((await run(['evaluate', 'digits', 'digits', '--json'])).stdout);
    expect(document).toMatchObject({ task: 'multiclass', data: { name: 'digits', rows: 360 } });
    expect(Object.keys(document.metrics)).toEqual(['accuracy', 'top5Accuracy', 'f1', 'logLoss', 'brierScore']);
    expect(document.metrics.accuracy).toBeGreaterThan(0.5);
    expect(document.compiled).toEqual([]);
  });

  it('takes labels for a one in their place where the outputs are numbers', async () => {
    const { test } = await digits();
    const words = async (units: number) => {
      const model = sequential({ layers: [dense({ units, inputShape: [64] })], seed: 1 });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      await model.save(join(cwd, `numbers-${units}.safetensors`));
      return { model, ended: await run(['evaluate', `numbers-${units}.safetensors`, 'digits', '--json']) };
    };
    const { model, ended } = await words(10);
    const data = Float32Array.from({ length: test.x.rows * 10 }, (_, i) =>
      Number(test.labels[Math.floor(i / 10)] === i % 10),
    );
    const { loss, metrics } = v.parse(evaluateDocumentSchema, JSON.parse(ended.stdout));
    const targets = { data, rows: test.x.rows, columns: 10 };
    expect(loss?.value).toBe((await model.evaluate(test.x, targets)).loss);
    expect(metrics.meanSquaredError).toBe(meanSquaredError(targets, await model.predict(test.x)));
    expect((await words(5)).ended).toMatchObject({ code: 2, stderr: expect.stringContaining('at least 10 units') });
  });

  it('gives the metrics with which the model was compiled, with their options', async () => {
    const model = sequential({ layers: [dense({ units: 10, activation: 'softmax' })], seed: 1 });
    const metrics = [
      'accuracy',
      'precision',
      { name: 'f1', average: 'micro' },
      { name: 'rocAuc', positive: 3 },
      { name: 'topKAccuracy', k: 2 },
      'meanAbsoluteError',
    ] as const;
    const { train, test } = await digits();
    model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics });
    const shares = Float32Array.from({ length: train.x.rows * 10 }, (_, i) =>
      Number(train.labels[Math.floor(i / 10)] === i % 10),
    );
    await model.fit(train.x, { data: shares, rows: train.x.rows, columns: 10 });
    await model.save(join(cwd, 'measured.safetensors'));
    const words = ['evaluate', 'measured.safetensors', 'digits'];
    const { stdout } = await run([...words, '--json']);
    const document = v.parse(evaluateDocumentSchema, expectPublished(JSON.parse(stdout)));
    const said = await model.predict(test.x);
    expect(document.compiled).toEqual([
      { name: 'precision', value: precision(test.labels, said, { average: 'macro' }) },
      { name: 'f1', average: 'micro', value: f1(test.labels, said, { average: 'micro' }) },
      { name: 'rocAuc', positive: 3, value: rocAuc(test.labels, said, { positive: 3 }) },
      { name: 'topKAccuracy', k: 2, value: topKAccuracy(test.labels, said, { k: 2 }) },
    ]);
    const text = (await run(words)).stdout;
    expect(text).toMatch(
      /\nBrier score +[\d.]+\nprecision \(mean of classes\) +[\d.]+ %\nF1 \(of all rows\) +[\d.]+ %\n/,
    );
    expect(text).toMatch(/\nROC AUC of class 3 +0\.\d+\ntop-2 accuracy +[\d.]+ %\n/);
  });
});

describe('samebits export', () => {
  it('writes safetensors that loadModel reads, with the preparation', async () => {
    const { code, stdout } = await run(['export', 'iris', '--format', 'safetensors', '--output', 'out.safetensors']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/out\.safetensors: [\d,]+ bytes\n$/);
    const [whole, exported] = [
      await loadModel(join(cwd, 'iris', 'model.safetensors')),
      await loadModel(join(cwd, 'out.safetensors')),
    ];
    expect(exported.fingerprint()).toBe(whole.fingerprint());
    expect(exported.preparation?.toJSON()).toEqual(whole.preparation?.toJSON());
  });

  it('writes an ONNX file that takes the columns by their names', async () => {
    expect((await run(['export', 'prices', '--format', 'onnx', '--quiet'])).stdout).toBe('');
    const loaded = await session(readFileSync(join(cwd, 'model.onnx')));
    const table = await readTable(join(cwd, 'prices.csv'));
    const { outputs } = await loaded.run({
      size: new Tensor('float64', Float64Array.from(table.column('size').values), [90, 1]),
      city: new Tensor(
        'string',
        Array.from({ length: 90 }, (_, row) => String(table.cell(row, 'city'))),
        [90, 1],
      ),
    });
    const lines = (await run(['predict', 'prices', 'prices.csv'])).stdout.trimEnd().split('\n').slice(1);
    lines.forEach((line, row) => {
      expect(outputs.data[row]).toBeCloseTo(Number(line), 4);
    });
  });
});
