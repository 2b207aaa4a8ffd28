import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel, openRun } from 'samebits';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainDocumentSchema } from '../../dist/report/document-schemas.js';
import { samebits } from './command.js';
import { expectPublished } from './published-schema.js';
import { writeTables } from './small-tables.js';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'samebits-train-'));
  writeTables(cwd);
});
afterAll(() => rmSync(cwd, { recursive: true }));

const train = (words: readonly string[], options: object = {}) => samebits(['train', ...words], { cwd, ...options });
const IRIS = ['iris.csv', '--target', 'species'];

const parse = (text: string) => v.parse(trainDocumentSchema, expectPublished(JSON.parse(text)));

describe('samebits train', () => {
  it('says what it inferred, then a plain line for each epoch, then what came of it', async () => {
    const { code, stdout, stderr } = await train([...IRIS, '--epochs', '3']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^iris\.csv: 150 rows, 5 columns\n/);
    expect(stdout).toMatch(/\n {2}color +category {2}3 categories: /);
    expect(stdout).toContain('The task is multiclass: species of 3 classes.');
    expect(stdout).toContain('120 rows to train on, 30 to validate on; 10 features.');
    expect(stdout).toMatch(/64 relu, 64 relu, 3 softmax; sparseCategoricalCrossentropy, adam/);
    expect(stdout).toMatch(
      /\n3 epochs in [\d.e-]+ s: loss [\d.]+, accuracy [\d.]+ %,\s+val_loss [\d.]+,\s+val_accuracy\s+[\d.]+\s+%\.\n/,
    );
    expect(stdout).toMatch(/\nFingerprint: [0-9a-f]{64}\n$/);
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^epoch +rows\/s +left +loss +accuracy +val loss +val acc$/);
    expect(lines.slice(1).map((line) => line.trimStart().slice(0, 3))).toEqual(['1/3', '2/3', '3/3']);
    for (const text of [stdout, stderr]) {
      expect(text).toMatch(/^[\n\x20-\x7e\u00a0-\uffff]*$/);
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it('draws a bar for each epoch on a terminal', async () => {
    const { code, stderr } = await train(['prices.csv', '--target', 'price', '--epochs', '2'], {
      preload: 'terminal.cjs',
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(/1\/2 {2}█{10} .*2\/2 {2}█{10} /s);
    expect(stderr).not.toContain('accuracy');
  });

  it('shows nothing with --quiet, and one document with --json', async () => {
    const quiet = await train([...IRIS, '--epochs', '1', '--quiet']);
    expect(quiet).toEqual({ code: 0, stdout: '', stderr: '' });
    const { code, stdout, stderr } = await train([...IRIS, '--epochs', '2', '--layers', '8,4', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const document = parse(stdout);
    expect(document).toMatchObject({
      recipe: { seed: 42, loss: 'sparseCategoricalCrossentropy', fit: { epochs: 2, batchSize: 32 } },
      data: { name: 'iris.csv', rows: 120, testRows: 30, columns: 10 },
      commandLine: 'samebits train iris.csv --target species --layers 8,4 --epochs 2',
      epochs: 2,
      model: null,
    });
    expect(Object.keys(document.metrics)).toEqual(['loss', 'accuracy', 'val_loss', 'val_accuracy']);
  });

  it('gives the same bits on any number of threads and any instruction set', async () => {
    const fingerprints = [];
    for (const more of [
      ['--threads', '1'],
      ['--threads', '3'],
      ['--isa', 'scalar'],
    ]) {
      const { stdout } = await train([...IRIS, '--epochs', '2', '--json', ...more]);
      fingerprints.push(parse(stdout).fingerprint);
    }
    expect(new Set(fingerprints).size).toBe(1);
  });

  it('keeps the run and the model in a folder, and does not write into one that is there', async () => {
    const { code, stdout } = await train([...IRIS, '--epochs', '2', '--out', 'kept', '--json']);
    expect(code).toBe(0);
    const { fingerprint, model: path } = parse(stdout);
    const model = await loadModel(path as string);
    expect(model.fingerprint()).toBe(fingerprint);
    const { manifest } = await openRun(join(cwd, 'kept'));
    expect(manifest).toMatchObject({ status: 'complete', result: { fingerprint } });
    expect(manifest.data.choice.source).toMatchObject({ kind: 'table', target: 'species', test: 0.2, seed: 42 });
    const verified = await samebits(['verify', 'kept'], { cwd });
    expect(verified.code).toBe(0);
    const again = await train([...IRIS, '--epochs', '2', '--out', 'kept']);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/kept/);
    const complete = await train(['--resume', 'kept', '--json']);
    expect(parse(complete.stdout)).toMatchObject({ fingerprint, epochs: 2 });
  });

  it('stops at an interrupt, says how to go on, and goes on to the same bits', async () => {
    const long = ['digits', '--layers', '512,512', '--epochs', '8', '--batch-size', '16'];
    const whole = parse((await train([...long, '--json'])).stdout);
    const { code, stderr } = await train([...long, '--out', 'cut'], { interruptAt: ' 1/8 ' });
    expect(code).toBe(130);
    expect(stderr).toMatch(/\nsamebits: interrupted: a checkpoint is kept; go on with samebits train --resume cut\n$/);
    expect(readdirSync(join(cwd, 'cut', 'checkpoints')).length).toBeGreaterThan(0);
    expect(existsSync(join(cwd, 'cut', 'model.safetensors'))).toBe(false);
    expect((await openRun(join(cwd, 'cut'))).manifest.status).toBe('interrupted');
    const resumed = await train(['--resume', 'cut', '--json', '--threads', '1']);
    expect(resumed.code).toBe(0);
    expect(parse(resumed.stdout)).toMatchObject({ fingerprint: whole.fingerprint, epochs: 8, metrics: whole.metrics });
    expect(existsSync(join(cwd, 'cut', 'model.safetensors'))).toBe(true);
  });

  it('keeps nothing of what was interrupted without --out, and says so', async () => {
    const { code, stderr } = await train(['digits', '--layers', '512,512', '--epochs', '50'], {
      interruptAt: ' 1/50 ',
    });
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted, nothing was kept: --out FOLDER keeps a run to go on with/);
  });

  it('takes a recipe from a file, and options in place of what it says', async () => {
    const layers = [
      { kind: 'dense', units: 4, activation: 'tanh' },
      { kind: 'dense', units: 1 },
    ];
    const recipe = { seed: 7, model: { layers }, optimizer: 'sgd', loss: 'huber', fit: { epochs: 3, batchSize: 10 } };
    writeFileSync(join(cwd, 'recipe.json'), JSON.stringify(recipe));
    const words = ['prices.csv', '--target', 'price', '--recipe', 'recipe.json', '--epochs', '2', '--json'];
    const document = parse((await train(words)).stdout);
    expect(document.recipe).toMatchObject({ seed: 7, optimizer: { name: 'sgd' }, fit: { epochs: 2, batchSize: 10 } });
    expect(document.commandLine).toContain('--recipe recipe.json --epochs 2');
  });

  it('scales a target of numbers, unless it is told not to', async () => {
    const words = ['prices.csv', '--target', 'price', '--epochs', '1', '--out'];
    const shown = (await train([...words, 'scaled'])).stdout;
    expect(shown).toContain('The task is regression: price, scaled while training.');
    const plain = await train([...words, 'plain', '--target-scale', 'none', '--json']);
    expect(parse(plain.stdout).commandLine).toContain('--target-scale none');
    const inspected = async (folder: string) =>
      (await samebits(['inspect', join(folder, 'model.safetensors')], { cwd })).stdout;
    expect(await inspected('scaled')).toMatch(/It predicts price \(regression: \(x − [\d.]+\) \/ [\d.]+\)\./);
    expect(await inspected('plain')).toContain('It predicts price (regression).');
    await train([...words, 'streamed', '--stream', '--validation-split', '0', '--quiet']);
    await train([...words, 'whole', '--validation-split', '0', '--quiet']);
    const predicted = (text: string) => text.slice(text.indexOf('It predicts'));
    expect(predicted(await inspected('streamed'))).toMatch(/^It predicts price \(regression: /);
    expect(predicted(await inspected('streamed'))).toBe(predicted(await inspected('whole')));
  });

  it('leaves out columns, takes types and the task, and validates on no rows where none are wanted', async () => {
    const words = ['bought.csv', '--target', 'bought', '--columns', 'age=category', '--drop', 'city'];
    const { stdout } = await train([...words, '--validation-split', '0', '--epochs', '1', '--json']);
    const document = parse(stdout);
    expect(document.data).toMatchObject({ rows: 60, testRows: 0 });
    expect(Object.keys(document.metrics)).toEqual(['loss', 'accuracy']);
    expect(document.recipe).toMatchObject({ loss: 'binaryCrossentropy' });
  });

  it('looks categories up where a column has many of them, and predict does too', async () => {
    const words = ['trips.csv', '--target', 'arrival', '--epochs', '30', '--out', 'trips', '--json'];
    const document = parse((await train(words)).stdout);
    const { layers } = (document.recipe as unknown as { model: { layers: { kind: string; columns?: object[] }[] } })
      .model;
    expect(layers[0].kind).toBe('tableInput');
    expect(layers[0].columns).toEqual([
      { name: 'origin', categories: expect.any(Number), units: expect.any(Number) },
      { name: 'part', categories: 3, units: 2 },
      { name: 'distance' },
    ]);
    const { stdout } = await samebits(['evaluate', 'trips', 'trips.csv', '--json'], { cwd });
    expect(JSON.parse(stdout).metrics.accuracy).toBeGreaterThan(0.9);
    expect((await samebits(['verify', 'trips'], { cwd })).code).toBe(0);
  });

  it('weighs rows by a column, which is no input, and evaluate does', async () => {
    const lines = readFileSync(join(cwd, 'prices.csv'), 'utf8').trimEnd().split('\n');
    const weighed = lines.map((line, i) => `${line},${i === 0 ? 'weight' : (i % 5) / 2}`);
    writeFileSync(join(cwd, 'weighed.csv'), `${weighed.join('\n')}\n`);
    const words = ['weighed.csv', '--target', 'price', '--sample-weights', 'weight', '--validation-split', '0'];
    const { stdout } = await train([...words, '--epochs', '2', '--out', 'weighed']);
    expect(stdout).toContain('90 rows to train on; 4 features. Rows weigh what weight says.');
    const { manifest } = await openRun(join(cwd, 'weighed'));
    expect(manifest.data).toMatchObject({ sampleWeights: 'weight', choice: { source: { sampleWeights: 'weight' } } });
    expect((await samebits(['verify', 'weighed'], { cwd })).code).toBe(0);
    const without = parse((await train([...words.slice(0, 3), '--drop', 'weight', '--epochs', '2', '--json'])).stdout);
    expect(without.fingerprint).not.toBe(manifest.result?.fingerprint);
    const losses = [];
    for (const more of [[], ['--sample-weights', 'weight']]) {
      const document = JSON.parse(
        (await samebits(['evaluate', 'weighed', 'weighed.csv', '--json', ...more], { cwd })).stdout,
      );
      expect(document.commandLine.endsWith(more.join(' '))).toBe(true);
      losses.push(document.loss.value);
    }
    expect(losses[0]).not.toBe(losses[1]);
  });

  it('takes schedules, decay, dropout, a loss and class weights, and keeps them in the recipe', async () => {
    const more = ['--schedule', 'cosine', '--weight-decay', '0.01', '--dropout', '0.25', '--layers', '8,4'];
    const words = ['bought.csv', '--target', 'bought', '--class-weights', 'yes=3', 'no=0.5', ...more];
    const document = parse((await train([...words, '--epochs', '4', '--json'])).stdout);
    const steps = 4 * Math.ceil(48 / 32);
    expect(document.recipe).toMatchObject({
      optimizer: {
        name: 'adam',
        weightDecay: 0.01,
        learningRate: { name: 'cosineDecay', initialLearningRate: 0.001, decaySteps: steps, alpha: 0 },
      },
      fit: { classWeights: { 0: 0.5, 1: 3 } },
    });
    const { layers } = (document.recipe as unknown as { model: { layers: { kind: string; rate?: number }[] } }).model;
    expect(layers.map(({ kind, rate }) => rate ?? kind)).toEqual(['dense', 0.25, 'dense', 0.25, 'dense']);
    expect(document.commandLine).toContain('--class-weights yes=3 no=0.5 --layers 8,4');
    const again = await samebits(document.commandLine.split(' ').slice(1).concat('--json'), { cwd });
    expect(parse(again.stdout).fingerprint).toBe(document.fingerprint);
    // The recipe of the document is a recipe file.
    writeFileSync(join(cwd, 'whole.json'), JSON.stringify(document.recipe));
    const whole = ['bought.csv', '--target', 'bought', '--recipe', 'whole.json', '--json'];
    expect(parse((await train(whole)).stdout).fingerprint).toBe(document.fingerprint);
    const others = ['--schedule', 'one-cycle', '--learning-rate', '0.01', '--class-weights', 'balanced'];
    expect(parse((await train([...whole, ...others])).stdout).recipe).toMatchObject({
      optimizer: { learningRate: { name: 'oneCycle', maxLearningRate: 0.01, totalSteps: steps } },
      fit: { classWeights: 'balanced' },
    });
    const prices = ['prices.csv', '--target', 'price', '--loss', 'huber', '--schedule', 'linear', '--epochs', '1'];
    const { recipe } = parse((await train([...prices, '--json'])).stdout) as { recipe: Record<string, object> };
    expect(recipe.loss).toEqual({ name: 'huber', delta: 1 });
    expect(recipe.optimizer).toMatchObject({ learningRate: { name: 'polynomialDecay', endLearningRate: 0 } });
  });

  it('ends where the loss gets no better, with the weights of the best epoch, and so it does after an interrupt', async () => {
    const words = [...IRIS, '--learning-rate', '0.3', '--epochs', '60', '--patience', '3'];
    const document = parse((await train([...words, '--out', 'patient', '--json'])).stdout);
    expect(document).toMatchObject({ stopped: true, best: { metric: 'val_loss' } });
    expect(document.epochs).toBeLessThan(60);
    expect(document.best?.epoch).toBe(document.epochs - 4);
    const model = await loadModel(document.model as string);
    expect(model.fingerprint()).not.toBe(document.fingerprint);
    const { stdout } = await samebits(['train', '--resume', 'patient'], { cwd });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `Ended after epoch ${document.epochs}, as val_loss got no better. The model has the weights of epoch ${document.epochs - 3}`,
    );
    const long = ['digits', '--layers', '512,512', '--epochs', '40', '--learning-rate', '0.03', '--patience', '2'];
    const whole = parse((await train([...long, '--json'])).stdout);
    const cut = await train([...long, '--out', 'cut-patient'], { interruptAt: ' 1/40 ' });
    expect(cut.code).toBe(130);
    const resumed = parse((await train(['--resume', 'cut-patient', '--json'])).stdout);
    const { fingerprint, epochs, best } = whole;
    expect(resumed).toMatchObject({ fingerprint, epochs, best, stopped: whole.stopped });
  });

  it('writes the document to a file', async () => {
    await train([...IRIS, '--epochs', '1', '--output', 'train.json']);
    expect(parse(readFileSync(join(cwd, 'train.json'), 'utf8')).epochs).toBe(1);
  });

  it.each<[string[], RegExp]>([
    [[], /a table, mnist, digits, or a folder of IDX files, or --resume for the data but received undefined/],
    [['iris.csv'], /for --target but received undefined/],
    [[...IRIS, '--validation-split', '1'], /from 0 to below 1 for --validation-split but received 1/],
    [[...IRIS, '--layers', '0'], /for --layers but received 0/],
    [[...IRIS, '--drop', 'colour'], /did you mean "color"\?/],
    [[...IRIS, '--schedule', 'round'], /one of constant, cosine, linear, one-cycle for --schedule/],
    [
      [...IRIS, '--class-weights', 'rose=2'],
      /one of the classes \(setosa, versicolor, virginica\) for --class-weights/,
    ],
    [[...IRIS, '--class-weights', 'setosa'], /balanced, or class=weight .* for --class-weights but received "setosa"/],
    [[...IRIS, '--dropout', '1'], /from 0 to below 1 for --dropout/],
    [['prices.csv', '--target', 'price', '--class-weights', 'balanced'], /no classWeights for loss 'meanSquaredError'/],
    [['--resume', 'nowhere', '--schedule', 'cosine'], /the run says it itself, for --schedule/],
    [['digits', '--sample-weights', 'w'], /a table beside it for --sample-weights but received "digits"/],
    [[...IRIS, '--sample-weights', 'color'], /a column of numbers for the sample weights, column "color"/],
    [[...IRIS, '--sample-weights', 'species'], /another column than the target/],
    [['digits', '--drop', 'color'], /a table beside it for --drop but received "digits"/],
    [['digits', '--validation-split', '0.3'], /digits has test rows of its own/],
    [['--resume', 'nowhere'], /nowhere/],
    [['--resume', 'nowhere', '--epochs', '3'], /nothing beside --resume: the run says it itself, for --epochs/],
    [[...IRIS, '--out', 'iris.csv'], /iris\.csv/],
    [[...IRIS, '--reduction', 'free', '--deterministic'], /deterministic/],
  ])('%j gives one line and exit code 2', async (words, message) => {
    const { code, stderr } = await train([...words, '--quiet']);
    expect(stderr).toMatch(/^samebits: [^\n]*\n$/);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
