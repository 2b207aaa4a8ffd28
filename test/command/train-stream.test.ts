/** `samebits train --stream`: tables that are never all in memory. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Column, openRun, openTable, splitSource } from 'samebits';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLarge } from '../../dist/cli/streaming.js';
import { trainDocumentSchema } from '../../dist/report/document-schemas.js';
import { samebits } from './command.js';
import { writeTables } from './small-tables.js';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'samebits-train-stream-'));
  writeTables(cwd);
  const lines = Array.from({ length: 4000 }, (_, i) => `${(i * 37) % 101},${i % 7},${((i * 37) % 101) / 50 + (i % 7)}`);
  writeFileSync(join(cwd, 'long.csv'), `${['a,b,y', ...lines].join('\n')}\n`);
});
afterAll(() => rmSync(cwd, { recursive: true }));

const train = (words: readonly string[], options: object = {}) => samebits(['train', ...words], { cwd, ...options });
const parse = (text: string) => v.parse(trainDocumentSchema, JSON.parse(text));
const IRIS = ['iris.csv', '--target', 'species', '--stream'];

describe('samebits train --stream', () => {
  it('says that rows are streamed, and keeps a run that is verified', async () => {
    const { code, stdout, stderr } = await train([...IRIS, '--epochs', '3', '--out', 'kept']);
    expect([code, stderr.split('\n').length]).toEqual([0, 5]);
    expect(stdout).toMatch(/^iris\.csv: 150 rows, 5 columns\n {2}length {3}number\n/);
    expect(stdout).toContain('The task is multiclass: species of 3 classes.');
    expect(stdout).toMatch(/shuffled among 10,000\s+rows/);
    expect(stdout).toMatch(/Rows are read and prepared while the network is trained, and are never all in\s+memory/);
    const { manifest } = await openRun(join(cwd, 'kept'));
    const { train: trained, test } = splitSource(await openTable(join(cwd, 'iris.csv')), { test: 0.2, seed: 42 });
    expect(manifest.data).toMatchObject({
      rows: await trained.count(),
      streamed: true,
      validation: { rows: await test.count(), streamed: true },
      choice: { source: { kind: 'table', streamed: true } },
    });
    expect((await samebits(['verify', 'kept'], { cwd })).code).toBe(0);
    const again = parse((await train(['--resume', 'kept', '--json'])).stdout);
    expect(again).toMatchObject({ fingerprint: manifest.result?.fingerprint, data: { hash: manifest.data.hash } });
    expect((await samebits(['evaluate', 'kept', 'iris.csv', '--json'], { cwd })).code).toBe(0);
  });

  it('does not depend on threads, and hashes nothing that nobody keeps', async () => {
    const documents = [];
    for (const threads of ['1', '3']) {
      documents.push(parse((await train([...IRIS, '--epochs', '2', '--threads', threads, '--json'])).stdout));
    }
    expect(documents[1].fingerprint).toBe(documents[0].fingerprint);
    expect(documents[0].data.hash).toBeNull();
    expect(documents[0].commandLine).toBe('samebits train iris.csv --target species --stream --epochs 2 --threads 1');
  });

  it('learns which columns have many categories, and looks them up', async () => {
    const words = ['trips.csv', '--target', 'arrival', '--stream', '--epochs', '1', '--shuffle-buffer', '50', '--json'];
    const { recipe } = parse((await train([...words, '--out', 'trips'])).stdout) as unknown as {
      recipe: { model: { layers: { kind: string }[] }; fit: object };
    };
    expect(recipe.model.layers[0].kind).toBe('tableInput');
    expect(recipe.fit).toMatchObject({ shuffleBuffer: 50 });
    expect((await samebits(['verify', 'trips'], { cwd })).code).toBe(0);
  });

  it('weighs classes so that they count alike, of the rows that are trained on', async () => {
    const words = [...IRIS, '--epochs', '2', '--class-weights'];
    const { recipe, fingerprint } = parse((await train([...words, 'balanced', '--json'])).stdout);
    expect(recipe).toMatchObject({ fit: { classWeights: 'balanced' } });
    const { train: trained } = splitSource(await openTable(join(cwd, 'iris.csv')), { test: 0.2, seed: 42 });
    const { columns, rows } = await trained.read();
    const species = columns.find(({ name }) => name === 'species') as Column & { type: 'category' };
    const given = species.categories.map((name, code) => {
      const count = species.values.filter((value) => value === code).length;
      return `${name}=${rows / (3 * count)}`;
    });
    const byName = parse((await train([...words, ...given, '--json', '--out', 'weighed'])).stdout);
    expect(byName.fingerprint).toBe(fingerprint);
    expect(fingerprint).not.toBe(parse((await train([...IRIS, '--epochs', '2', '--json'])).stdout).fingerprint);
    const kept = parse((await train([...words, 'balanced', '--json', '--out', 'balanced'])).stdout);
    expect(kept.fingerprint).toBe(fingerprint);
    expect((await samebits(['verify', 'balanced'], { cwd })).code).toBe(0);
  });

  it('stops at an interrupt in an epoch, and goes on to the same bits', async () => {
    const long = ['long.csv', '--target', 'y', '--stream', '--layers', '256,256', '--epochs', '6', '--batch-size', '8'];
    const whole = parse((await train([...long, '--json'])).stdout);
    const { code, stderr } = await train([...long, '--out', 'cut', '--checkpoint-every', '100'], {
      interruptAt: ' 1/6 ',
    });
    expect(code).toBe(130);
    expect(stderr).toMatch(/\nsamebits: interrupted: a checkpoint is kept; go on with samebits train --resume cut\n$/);
    expect((await openRun(join(cwd, 'cut'))).manifest).toMatchObject({
      status: 'interrupted',
      options: { checkpointEvery: 100 },
    });
    expect(existsSync(join(cwd, 'cut', 'model.safetensors'))).toBe(false);
    const resumed = parse((await train(['--resume', 'cut', '--json', '--threads', '1'])).stdout);
    expect(resumed).toMatchObject({ fingerprint: whole.fingerprint, epochs: 6, metrics: whole.metrics });
  });

  it.each<[string[], RegExp]>([
    [['digits', '--stream'], /a table beside it for --stream but received "digits"/],
    [['--resume', 'nowhere', '--stream'], /nothing beside --resume: the run says it itself, for --stream/],
    [[...IRIS, '--shuffle-buffer', '0'], /for --shuffle-buffer but received 0/],
    [['nowhere.csv', '--target', 'x', '--stream'], /nowhere\.csv/],
    [['iris.csv', '--target', 'specie', '--stream'], /did you mean "species"\?/],
  ])('%j gives one line and exit code 2', async (words, message) => {
    const { code, stderr } = await train([...words, '--quiet']);
    expect(stderr).toMatch(/^samebits: [^\n]*\n$/);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

it('streams large files by themselves', () => {
  const MIB = 2 ** 20;
  expect(isLarge('a.csv', 256 * MIB - 1)).toBe(false);
  expect(isLarge('a.csv', 256 * MIB)).toBe(true);
  for (const name of ['a.csv.gz', 'a.parquet', 'A.PARQUET']) {
    expect(isLarge(name, 64 * MIB - 1)).toBe(false);
    expect(isLarge(name, 64 * MIB)).toBe(true);
  }
});
