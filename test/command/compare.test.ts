import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareDocumentSchema as documentSchema } from '../../dist/report/document-schemas.js';
import { writeFolder } from '../data/idx-writer.js';
import { samebits } from './command.js';
import { expectPublished } from './published-schema.js';

const SMALL = ['--hidden', '16', '--epochs', '2', '--repeats', '1'];

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'samebits-command-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
const parse = (text: string) => v.parse(documentSchema, expectPublished(JSON.parse(text)));

describe('samebits compare', () => {
  it('prints a table, a sentence and where the page is, in plain text of at most 80 columns', async () => {
    const { code, stdout, stderr } = await samebits(['compare', 'digits', ...SMALL, '--threads', '1,2'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\n\x20-\x7e\u00a0-\uffff]*$/);
    expect(stderr).toMatch(/^[\n\x20-\x7e\u00a0-\uffff]*$/);
    expect(stdout).toContain('In fixed order');
    const lines = stdout.split('\n');
    const page = lines.findIndex((line) => line.startsWith('The page with charts: '));
    expect(lines[page]).toContain('report.html');
    expect(lines.slice(0, page).filter((line) => line.length > 80)).toEqual([]);
    // One line per run, without a bar.
    expect(stderr.trimEnd().split('\n')).toHaveLength(4);
    expect(stderr).toMatch(/^run 1\/4 {2}fixed +1 thread /);
    expect(readdirSync(cwd)).toEqual(['report.html']);
    expect(read('report.html')).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i);
  });

  it('prints one JSON document and nothing else, and writes nothing, with --json', async () => {
    const words = ['compare', 'digits', ...SMALL, '--threads', '2,1,2', '--rows', '500', '--seed', 'seven', '--json'];
    const { code, stdout, stderr } = await samebits(words, { cwd });
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(readdirSync(cwd)).toEqual([]);
    const document = parse(stdout);
    expect(document.runs.map(({ threads, reduction }) => `${reduction} ${threads}`)).toEqual([
      'fixed 2',
      'fixed 1',
      'free 2',
      'free 1',
    ]);
    expect(document).toMatchObject({
      steps: 8,
      recipe: { seed: 'seven' },
      data: { name: 'digits', rows: 500, testRows: 360 },
    });
    expect(document.summary).toMatchObject({ baseline: 0, fixedIdentical: true });
    expect(document.runs[1]).toMatchObject({ identical: true, firstDifference: null });
    expect(document.runs[1].fingerprint).toBe(document.runs[0].fingerprint);
    for (const { identical, firstDifference } of document.runs) expect(firstDifference === null).toBe(identical);
  });

  it('writes the document and the page where it is told to', async () => {
    const words = ['compare', 'digits', ...SMALL, '--threads', '1', '--output', 'runs.json', '--report', 'page.html'];
    const { code, stdout } = await samebits(words, { cwd });
    expect(code).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['page.html', 'runs.json']);
    expect(parse(read('runs.json')).runs).toHaveLength(2);
    expect(stdout).toContain('page.html');
    expect(stdout).toContain('runs.json');
  });

  it('gives the same bits when the line in the document is typed again', async () => {
    const flags = [
      '--hidden',
      '8,4',
      '--activation',
      'tanh',
      '--optimizer',
      'sgd',
      '--reduction',
      'fixed',
      '--threads',
      '1',
    ];
    const first = parse((await samebits(['compare', 'digits', ...flags, '--repeats', '1', '--json'], { cwd })).stdout);
    const [program, ...words] = first.commandLine.split(' ');
    expect(program).toBe('samebits');
    const again = parse((await samebits([...words, '--json'], { cwd })).stdout);
    expect(again.runs[0].fingerprint).toBe(first.runs[0].fingerprint);
    expect(again.commandLine).toBe(first.commandLine);
  });

  it('trains a recipe from a file, and lets options beat it', async () => {
    const only = ['--reduction', 'fixed', '--threads', '2', '--repeats', '1', '--json'];
    const { recipe, runs } = parse((await samebits(['compare', 'digits', '--hidden', '8', ...only], { cwd })).stdout);
    writeFileSync(join(cwd, 'recipe.json'), JSON.stringify(recipe));
    const file = ['compare', 'digits', '--recipe', 'recipe.json', ...only];
    const same = parse((await samebits(file, { cwd })).stdout);
    expect(same.recipe).toEqual(recipe);
    expect(same.runs[0].fingerprint).toBe(runs[0].fingerprint);

    const words = ['--seed', '3', '--hidden', '6,5', '--activation', 'tanh', '--optimizer', 'sgd', '--epochs', '1'];
    const changed = parse((await samebits([...file, ...words, '--batch-size', '100'], { cwd })).stdout);
    expect(changed.recipe).toMatchObject({
      seed: 3,
      optimizer: { name: 'sgd', learningRate: 0.01 },
      fit: { epochs: 1, batchSize: 100 },
    });
    const layers = (changed.recipe.model as { layers: { units?: number; activation?: string }[] }).layers;
    expect(layers.map(({ units, activation }) => [units, activation])).toEqual([
      [undefined, undefined],
      [6, 'tanh'],
      [5, 'tanh'],
      [10, 'softmax'],
    ]);
  });

  it('reads a folder of IDX files', async () => {
    writeFolder(cwd, { train: 50, test: 20 });
    const { stdout } = await samebits(['compare', '.', ...SMALL, '--threads', '1', '--json'], { cwd });
    expect(parse(stdout).data).toMatchObject({ rows: 50, testRows: 20, columns: 12 });
  });

  it('compares instruction sets', async () => {
    const words = ['compare', 'digits', ...SMALL, '--isa', 'scalar,auto', '--reduction', 'fixed', '--threads', '1'];
    const { code, stdout } = await samebits([...words, '--json'], { cwd });
    expect(code).toBe(0);
    const { runs } = parse(stdout);
    expect(runs[0].isa).toBe('scalar');
    expect(new Set(runs.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  it('ends with exit code 1 where fixed-order runs differ, and only there', async () => {
    const words = ['compare', 'digits', ...SMALL, '--threads', '1,2'];
    const broken = await samebits([...words, '--reduction', 'fixed', '--json'], { cwd, preload: 'fault.cjs' });
    expect(parse(broken.stdout).summary.fixedIdentical).toBe(false);
    expect(broken.code).toBe(1);
    const free = await samebits([...words, '--json'], { cwd, preload: 'fault.cjs' });
    expect(parse(free.stdout).summary).toMatchObject({ fixedIdentical: true, freeDiverged: true });
    expect(free.code).toBe(0);
  });

  it('shows a bar for each run on a terminal, within 80 columns', async () => {
    const words = ['compare', 'digits', ...SMALL, '--threads', '1,2'];
    const { code, stderr } = await samebits(words, { cwd, preload: 'terminal.cjs' });
    expect(code).toBe(0);
    const drawn = stripVTControlCharacters(stderr).split(/(?=run \d)/);
    expect(drawn.filter((line) => line.includes('100%') && /\d s/.test(line))).toHaveLength(4);
    expect(drawn.filter((line) => line.trimEnd().length > 80)).toEqual([]);
  });

  it('stops when it is interrupted, with nothing written and exit code 130', async () => {
    const words = ['compare', 'digits', '--epochs', '100000', '--output', 'runs.json'];
    const ended = await samebits(words, { cwd, preload: 'terminal.cjs', interruptAt: 'run  1/12' });
    expect(ended.code).toBe(130);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toContain('interrupted, nothing was written');
    expect(readdirSync(cwd)).toEqual([]);
  });
});
