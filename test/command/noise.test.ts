import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adam, dense, noiseFloor, parseRecipe, rescaling } from 'samebits';
import { afterAll, describe, expect, it } from 'vitest';
import { samebits } from './command.js';
import { expectPublished } from './published-schema.js';

const cwd = mkdtempSync(join(tmpdir(), 'samebits-noise-'));
afterAll(() => rmSync(cwd, { recursive: true }));

const small = ['--rows', '200', '--epochs', '2', '--repeats', '4', '--quiet'];

function recipe(name: string, units: number, learningRate: number): string {
  const layers = [
    rescaling({ scale: 1 / 16 }),
    dense({ units, activation: 'relu' }),
    dense({ units: 10, activation: 'softmax' }),
  ];
  const made = parseRecipe({
    model: { layers },
    seed: 5,
    optimizer: adam({ learningRate }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    fit: { epochs: 2, batchSize: 32 },
  });
  writeFileSync(join(cwd, name), JSON.stringify(made));
  return name;
}

async function json(words: readonly string[]) {
  const ended = await samebits([...words, '--json'], { cwd });
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stderr).toBe('');
  return expectPublished(JSON.parse(ended.stdout));
}

describe('samebits lab noise', () => {
  it('gives the noise of its runs, and repeats to the same document', async () => {
    const document = await json(['lab', 'noise', 'digits', ...small]);
    expect(document).toMatchObject({
      schemaVersion: 1,
      command: 'lab noise',
      contract: 1,
      data: { name: 'digits', rows: 200, testRows: 360, columns: 64 },
      commandLine: 'samebits lab noise digits --repeats 4 --cause seed --epochs 2 --rows 200',
      metric: 'accuracy',
      causes: ['seed'],
      differentBits: 4,
    });
    expect(document.runs.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2, 3, 4]);
    const accuracies = document.runs.map(({ test }: { test: { accuracy: number } }) => test.accuracy);
    expect(document.report).toEqual(JSON.parse(JSON.stringify(noiseFloor(accuracies))));
    expect(document.sentence).toContain('is not worth a word');
    const again = await json(document.commandLine.split(' ').slice(1).concat('--store', 'elsewhere'));
    expect(again).toEqual(document);
  });

  it('holds what is not named', async () => {
    const order = await json(['lab', 'noise', 'digits', '--cause', 'dataOrder', ...small]);
    const weights = await json(['lab', 'noise', 'digits', '--cause', 'initialWeights', ...small, '--metric', 'loss']);
    expect(order.report.standardDeviation).not.toBe(weights.report.standardDeviation);
    expect(weights).toMatchObject({ metric: 'loss', causes: ['initialWeights'], differentBits: 4 });
  });

  it('speaks plainly in 80 columns, and writes the document beside', async () => {
    const ended = await samebits(['lab', 'noise', ...small, '--output', 'noise.json'], { cwd });
    expect(ended.stdout).toMatch(/^How much does the test accuracy move for nothing\?/);
    expect(ended.stdout).toContain('4 different sets of weights');
    expect(
      Math.max(
        ...ended.stdout
          .split('\n')
          .slice(0, -3)
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(80);
    expect(JSON.parse(readFileSync(join(cwd, 'noise.json'), 'utf8')).command).toBe('lab noise');
  });

  it.each([
    [['--cause', 'threads'], /one of seed, initialWeights/],
    [['--cause', 'dropoutMasks'], /a place for dropout masks/],
    [['--repeats', '1'], /an integer from 2/],
    [['--false-alarm', '1'], /a number above 0 and below 1/],
    [['--recipe', 'missing.json'], /a recipe as JSON/],
    [['--output', 'no/such/folder.json'], /--output/],
    [['--store', ''], /Expected a folder for --store but received ""/],
  ])('refuses %j', async (words, message) => {
    const ended = await samebits(['lab', 'noise', ...words, ...small.slice(0, 4)], { cwd });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(message);
    expect(ended.stdout).toBe('');
  });
});

describe('samebits lab tolerance', () => {
  it('proposes what a test should allow', async () => {
    const document = await json(['lab', 'tolerance', ...small, '--false-alarm', '0.01']);
    expect(document).toMatchObject({
      command: 'lab tolerance',
      report: { kind: 'tolerance', runs: 4, band: { falseAlarm: 0.01 } },
    });
    const { stdout } = await samebits(['lab', 'tolerance', ...small], { cwd });
    expect(stdout).toMatch(/^How far off may the test accuracy be in a test\?/);
    expect(stdout).toContain('1 of 1,000 good runs fails by chance');
  });
});

describe('samebits lab versus', () => {
  const [a, b] = [recipe('a.json', 4, 0.001), recipe('b.json', 48, 0.01)];

  it('pairs by seed and says whether B beats A', async () => {
    const document = await json(['lab', 'versus', a, b, ...small]);
    expect(document).toMatchObject({
      command: 'lab versus',
      metric: 'accuracy',
      causes: ['seed'],
      a: { name: a },
      b: { name: b },
      report: { paired: true, verdict: 'supported', higherIsBetter: true },
    });
    expect(document.report.improvement).toBeGreaterThan(0.1);
    const other = await json(['lab', 'versus', b, a, ...small, '--metric', 'loss']);
    expect(other.report).toMatchObject({ verdict: 'not supported', higherIsBetter: false });
    const { stdout } = await samebits(['lab', 'versus', a, b, ...small], { cwd });
    expect(stdout).toContain('✓ supported: B is better than A, beyond noise.');
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it('takes a document of lab noise, and trains the other alike', async () => {
    await json(['lab', 'noise', '--recipe', a, ...small, '--cause', 'initialWeights', '--output', 'of-a.json']);
    const document = await json(['lab', 'versus', 'of-a.json', a, '--rows', '200', '--epochs', '2']);
    expect(document.report).toMatchObject({ paired: true, improvement: 0, a: { runs: 4 }, b: { runs: 4 } });
    expect(document).toMatchObject({ causes: ['initialWeights'] });
    expect(document.sentence).toContain('as good as A on average');
  });

  it('refuses to compare over other data', async () => {
    const ended = await samebits(['lab', 'versus', 'of-a.json', b, join('..', 'nowhere')], { cwd });
    expect(ended.code).toBe(2);
    const folder = await samebits(['lab', 'versus', '.', b], { cwd });
    expect(folder.stderr).toContain('a run folder, or one with run folders in it');
    const text = await samebits(['lab', 'versus', a, 'missing'], { cwd });
    expect(text.stderr).toContain('a recipe, a document of lab noise or a folder with run folders');
  });
});
