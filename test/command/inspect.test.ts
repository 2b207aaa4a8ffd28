import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectDocumentSchema } from '../../dist/report/document-schemas.js';
import { samebits } from './command.js';
import { writeTables } from './small-tables.js';

const require = createRequire(import.meta.url);
let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'samebits-inspect-'));
  writeTables(cwd);
  const words = ['train', 'iris.csv', '--target', 'species', '--epochs', '12', '--out', 'run', '--quiet'];
  expect((await samebits(words, { cwd })).code).toBe(0);
});
afterAll(() => rmSync(cwd, { recursive: true }));

const inspect = async (...words: string[]) => {
  const ended = await samebits(['inspect', ...words], { cwd });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
};
const ajv = new Ajv2020({ strict: false });
const fits = ajv.compile(JSON.parse(readFileSync(require.resolve('samebits/schemas/inspect.json'), 'utf8')));
const asJson = async (...words: string[]) => {
  const document = JSON.parse(await inspect(...words, '--json'));
  v.parse(inspectDocumentSchema, document);
  expect(fits(document), JSON.stringify(fits.errors)).toBe(true);
  return document;
};

describe('samebits inspect', () => {
  it('shows the columns of a table, what each would be as a target, and the first rows', async () => {
    const text = await inspect('bought.csv');
    expect(text).toMatch(/^bought\.csv: a table of 60 rows and 3 columns\n/);
    expect(text).toMatch(/\nage +number +– +regression +2\d to 6\d *\n/);
    expect(text).toMatch(/\ncity +category +20 +– +2: Oslo, Bergen *\n/);
    expect(text).toMatch(/\nbought +category +– +binary +2: (no, yes|yes, no) *\n/);
    expect(text).toMatch(/The first rows\n─+\nage +city +bought\n/);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('gives the same as a document', async () => {
    const document = await asJson('iris.csv', '--columns', 'color=category');
    expect(document).toMatchObject({
      schemaVersion: 1,
      command: 'inspect',
      kind: 'table',
      path: 'iris.csv',
      rows: 150,
    });
    expect(document.columns[2]).toEqual({
      name: 'color',
      type: 'category',
      missing: 0,
      range: null,
      different: 3,
      more: false,
      examples: expect.arrayContaining(['red', 'blue', 'green']),
      task: 'multiclass',
      classes: 3,
    });
    expect(document.columns[3]).toMatchObject({ type: 'date', task: null, range: [1578700800000, expect.any(Number)] });
    expect(document.first).toHaveLength(5);
    expect(document.first[0][3]).toBe('2020-01-11T00:00:00.000Z');
  });

  it('keeps wide tables, long names and control characters within the terminal', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `a column with a rather long name, number ${i}`);
    writeFileSync(
      join(cwd, 'wide.csv'),
      `${names.map((name) => `"${name}"`).join()}\n${names.map(() => '\u001b[31mred').join()}\n`,
    );
    const text = await inspect('wide.csv');
    expect(text).not.toContain('\u001b');
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/and \d+ more columns/);
  });

  it('shows the recipe, the state and the metrics of a run', async () => {
    const text = await inspect('run');
    expect(text).toMatch(/^run: the folder of a run, complete\n/);
    expect(text).toContain('12 of 12, of 4 steps');
    expect(text).toMatch(/model +model\.safetensors\n/);
    expect(text).toMatch(/\nepoch +loss +accuracy +val_loss +val_accuracy\n +1 .*\n +… *\n +5 /);
    expect(text.split('\n').filter((line) => line.length > 80 && !line.includes(tmpdir()))).toEqual([]);
    const document = await asJson('run');
    expect(document).toMatchObject({
      kind: 'run',
      status: 'complete',
      steps: { perEpoch: 4, all: 48 },
      hasModel: true,
    });
    expect(document.metrics).toHaveLength(12);
    expect(document.checkpoints).toEqual([44, 48]);
  });

  it('shows metrics below each other where there is no room beside', async () => {
    const names = ['accuracy', 'f1', 'precision', 'recall', 'topKAccuracy', 'logLoss', 'brierScore'];
    const metrics = [...names, { name: 'rocAuc', positive: 3 }, { name: 'averagePrecision', positive: 0 }];
    const layers = [{ kind: 'dense', units: 10, activation: 'softmax' }];
    const recipe = { seed: 1, model: { layers }, optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics };
    writeFileSync(join(cwd, 'measured.json'), JSON.stringify({ ...recipe, fit: { epochs: 8 } }));
    const words = ['train', 'digits', '--recipe', 'measured.json', '--out', 'measured'];
    const trained = await samebits(words, { cwd });
    expect(trained.code).toBe(0);
    for (const name of names) expect(trained.stdout).toMatch(new RegExp(`val_${name}\\s+0?[\\d.]+`));
    const text = await inspect('measured');
    expect(text.match(/^epoch .*$/gm)).toEqual([
      'epoch    loss  accuracy  val_loss  val_accuracy  val_f1  val_precision',
      'epoch  val_recall  val_topKAccuracy  val_logLoss  val_brierScore  val_rocAuc',
      'epoch  val_averagePrecision',
    ]);
    expect(text.match(/^ +8 .*%? .*$/gm)).toHaveLength(3);
    for (const shown of [text, trained.stdout]) {
      expect(shown.split('\n').filter((line) => line.length > 80 && !line.includes(tmpdir()))).toEqual([]);
    }
    expect((await asJson('measured')).metrics[7]).toHaveProperty('val_averagePrecision');
  });

  it('says how to go on with a run that did not end', async () => {
    const words = ['train', 'digits', '--layers', '512,512', '--epochs', '50', '--out', 'cut'];
    expect((await samebits(words, { cwd, interruptAt: ' 1/50 ' })).code).toBe(130);
    const text = await inspect('cut');
    expect(text).toMatch(/^cut: the folder of a run, interrupted\n/);
    expect(text).toMatch(/\nTo go on: samebits train --resume cut\n$/);
    expect(await asJson('cut')).toMatchObject({ status: 'interrupted', fingerprint: null, hasModel: false });
  });

  it('shows the layers of a model, and how far it is trained', async () => {
    const path = join('run', 'model.safetensors');
    const text = await inspect(path);
    expect(text).toContain('dense_3 (dense, softmax)');
    expect(text).toMatch(/trained +12 epochs, 48 steps\n/);
    const [model, run] = [await asJson(path), await asJson('run')];
    expect(model).toMatchObject({
      kind: 'model',
      inputs: 10,
      trained: { epochs: 12, steps: 48 },
      optimizerState: true,
    });
    expect(model.fingerprint).toBe(run.fingerprint);
  });

  it('knows data sets', async () => {
    expect(await asJson('digits')).toMatchObject({ kind: 'dataSet', classes: 10, data: { rows: 1437, testRows: 360 } });
  });

  it.each<[string, RegExp]>([
    ['nowhere', /nowhere but received: ENOENT/],
    ['.', /a file such as train-images-idx3-ubyte in \./],
    ['broken.safetensors', /broken\.safetensors/],
    ['empty.csv', /empty\.csv/],
  ])('%s gives one line and exit code 2', async (path, message) => {
    const whole = readFileSync(join(cwd, 'run', 'model.safetensors'));
    writeFileSync(join(cwd, 'broken.safetensors'), whole.subarray(0, whole.length - 7));
    writeFileSync(join(cwd, 'empty.csv'), '');
    const { code, stdout, stderr } = await samebits(['inspect', path], { cwd });
    expect(stderr).toMatch(/^samebits: [^\n]*\n$/);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});
