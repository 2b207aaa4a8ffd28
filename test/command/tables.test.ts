import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareDocumentSchema as documentSchema } from '../../dist/report/document-schemas.js';
import { samebits } from './command.js';
import { writeTables } from './small-tables.js';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'samebits-tables-'));
  writeTables(cwd);
});
afterAll(() => rmSync(cwd, { recursive: true }));

const SMALL = ['--hidden', '8', '--epochs', '2', '--repeats', '1', '--threads', '1,2'];
const compare = (...words: string[]) => samebits(['compare', ...words, ...SMALL], { cwd });

describe('samebits compare of a table', () => {
  it.each<[string, string, object, object]>([
    ['iris.csv', 'species', { units: 3, activation: 'softmax' }, { rows: 120, testRows: 30, columns: 10 }],
    ['bought.csv', 'bought', { units: 1, activation: 'sigmoid' }, { rows: 48, testRows: 12, columns: 3 }],
    ['prices.csv', 'price', { units: 1, activation: 'linear' }, { rows: 72, testRows: 18, columns: 4 }],
  ])('%s: the last layer fits what %s is', async (name, target, last, data) => {
    const { code, stdout } = await compare(name, '--target', target, '--json');
    expect(code).toBe(0);
    const document = v.parse(documentSchema, JSON.parse(stdout));
    expect(document.data).toMatchObject({ name, ...data });
    const { layers } = (document.recipe as unknown as { model: { layers: object[] } }).model;
    expect(layers[layers.length - 1]).toMatchObject(last);
    expect(document.summary.fixedIdentical).toBe(true);
    expect(document.commandLine).toMatch(new RegExp(`^samebits compare ${name} --target ${target} `));
  });

  it('shows the loss of a regression where others have an accuracy', async () => {
    const { code, stdout } = await compare('prices.csv', '--target', 'price');
    expect(code).toBe(0);
    expect(stdout).toMatch(/speed +loss +fingerpr/);
    expect(stdout).toMatch(/loss: of the\s+test\s+rows/);
    expect(stdout).toMatch(/with\s+other\s+bits/);
    expect(stdout).not.toContain('NaN');
  });

  it.each<[string[], RegExp]>([
    [['iris.csv'], /a column of iris\.csv that is predicted for --target but received undefined/],
    [['iris.csv', '--target', 'specie'], /did you mean "species"\?/],
    [['digits', '--target', 'x'], /a table beside it .* for --target but received "digits"/],
    [
      ['iris.csv', '--target', 'species', '--columns', 'color=word'],
      /name=type.* for --columns but received "color=word"/,
    ],
    [['iris.csv', '--target', 'species', '--task', 'guess'], /one of regression, binary, multiclass for --task/],
    [['iris.csv', '--target', 'species', '--task', 'regression'], /a column of numbers for a regression/],
  ])('%j gives one line and exit code 2', async (words, message) => {
    const { code, stdout, stderr } = await samebits(['compare', ...words], { cwd });
    expect(stderr).toMatch(/^samebits: [^\n]*\n$/);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('the lab on a table', () => {
  it('carries out an experiment, and says which line does it again', async () => {
    const words = [
      'lab',
      'run',
      'same-seed',
      'iris.csv',
      '--target',
      'species',
      '--repeats',
      '2',
      '--epochs',
      '1',
      '--json',
    ];
    const { code, stdout } = await samebits(words, { cwd });
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ verdict: 'supported', data: { name: 'iris.csv', rows: 120, testRows: 30 } });
    expect(document.commandLine).toContain(' same-seed iris.csv --target species ');
  });

  it('says which experiment cannot use it', async () => {
    const words = ['lab', 'run', 'keras-binary', 'prices.csv', '--target', 'price'];
    const { code, stderr } = await samebits(words, { cwd });
    expect(stderr).toMatch(/^samebits: Expected 2 classes for the data of keras-binary but received "numbers"/);
    expect(code).toBe(2);
  });

  it('refuses a target without a table', async () => {
    const { code, stderr } = await samebits(['lab', 'noise', '--target', 'x'], { cwd });
    expect(stderr).toMatch(/a table beside it for --target but received undefined/);
    expect(code).toBe(2);
  });
});
