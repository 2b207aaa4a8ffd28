import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CAUSES, openRun } from 'samebits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResultStore } from '../../dist/lab/store/result-store.js';
import { writeManifest } from '../../dist/runs/manifest.js';
import { base, Folders } from '../compare/why/folders.js';
import { samebits } from './command.js';
import { expectPublished } from './published-schema.js';

const folders = new Folders();
const cwd = folders.root;
beforeAll(async () => {
  await folders.make('a', base);
  await folders.make('b', CAUSES.learningRate.write(base, 0.01));
  await folders.make('free', { ...CAUSES.reduction.write(base, 'free'), execution: { threads: 3, isa: 'auto' } });
  const broken = await folders.make('broken', base);
  const path = join(broken, 'weights.safetensors');
  rmSync(path);
});
afterAll(() => folders.remove());

/** Names and bytes of all files below. */
function contentOf(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => `${name} ${readFileSync(join(parentPath, name), 'hex')}`).sort();
}

const wide = (text: string): string[] => text.split('\n').filter((line) => line.length > 80);

describe('samebits why', () => {
  it('says in plain text of at most 80 columns where two runs part, and why', async () => {
    const { code, stdout, stderr } = await samebits(['why', 'a', 'b', '--threads', '2'], { cwd });
    expect(code).toBe(0);
    expect(wide(stdout)).toEqual([]);
    expect(stdout).toMatch(/^They part at step 1 .*update of the weights of layer 1\n?/);
    expect(stdout).toContain('learning rate: 0.001 in A, 0.01 in B; explains it');
    expect(stdout).toContain('Operations of step 1 with other results');
    expect(stderr).toBe('reading both folders\nexecuting both again\nswapping causes\n');
  });

  it('gives one document that says the same, and repeats itself from its line', async () => {
    const { code, stdout, stderr } = await samebits(['why', 'a', 'b', '--json'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = expectPublished(JSON.parse(stdout));
    expect(document).toMatchObject({
      schemaVersion: 1,
      command: 'why',
      contract: 1,
      commandLine: 'samebits why a b',
      verdict: 'explained',
      recipe: { a: { optimizer: { learningRate: 0.001 } }, b: { optimizer: { learningRate: 0.01 } } },
      factors: [{ name: 'learningRate', effect: 'explains' }],
    });
    const [, ...words] = document.commandLine.split(' ');
    const again = await samebits([...words, '--output', 'why.json'], { cwd });
    expect(again.stdout).toContain('why.json');
    expect(JSON.parse(readFileSync(join(cwd, 'why.json'), 'utf8'))).toEqual(document);
  });

  it.each([
    ['equal', ['a', 'a'], 0, 'They are equal to the last bit: 8 steps'],
    ['damaged', ['a', 'broken'], 1, 'The file weights.safetensors of B is damaged'],
    ['not to be told', ['free', 'b'], 2, 'this is missing: A: a recording'],
    ['no run', ['a', '.'], 2, ''],
  ])('ends with its exit code where they are %s', async (_, words, code, text) => {
    const ended = await samebits(['why', ...words], { cwd });
    expect(ended.code).toBe(code);
    expect(ended.stdout.replaceAll('\n', ' ')).toContain(text);
    if (text === '') return;
    const { stdout } = await samebits(['why', ...words, '--json'], { cwd });
    expectPublished(JSON.parse(stdout));
  });
});

describe('--output among files that are kept', () => {
  it.each([
    ['verify', 'a', '--output', 'a/manifest.json'],
    ['verify', 'a', '--output', 'a/new.json'],
    ['verify', 'a', '--output', 'link/manifest.json'],
    ['why', 'a', 'b', '--output', 'b/checkpoints/8.safetensors'],
    ['why', 'a', 'a', '--output', 'b/metrics.jsonl'],
    ['why', 'a', 'b', '--output', 'store/samebits-lab.json'],
    ['verify', 'a', '--output', 'store/segment.jsonl'],
  ])('%s %s %s %s is refused, and nothing is written', async (...words) => {
    if (!existsSync(join(cwd, 'store'))) ResultStore.open(join(cwd, 'store')).close();
    if (!existsSync(join(cwd, 'link'))) symlinkSync(join(cwd, 'a'), join(cwd, 'link'), 'junction');
    const files = (): string[] => ['a', 'b', 'store'].flatMap((name) => contentOf(join(cwd, name)));
    const before = files();
    const { code, stdout, stderr } = await samebits(words, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^samebits: Expected a file that can be written for --output but received .*, which is (the folder of a run|a store of samebits lab)\n$/,
    );
    expect(files()).toEqual(before);
  });
});

describe('samebits verify', () => {
  it.each([
    ['a', [], 0, /^Verified: 8 steps computed again/],
    [
      'a',
      ['--sample', '1', '--seed', '7', '--threads', '2', '--isa', 'scalar'],
      0,
      /^Verified 1 stretch of 8 steps, drawn by seed 7/,
    ],
    ['broken', [], 1, /^It differs at step 8, in weights\.safetensors:/],
    ['free', [], 2, /^Cannot tell; missing: a recording/],
  ])('%s %s', async (run, options, code, text) => {
    const { stdout, ...ended } = await samebits(['verify', run, ...options], { cwd });
    expect(ended.code).toBe(code);
    expect(stdout).toMatch(text);
    expect(wide(stdout)).toEqual([]);
    const { stdout: json } = await samebits(['verify', run, ...options, '--json'], { cwd });
    expectPublished(JSON.parse(json));
  });

  it('names the version that computes another contract', async () => {
    const folder = await folders.make('later', base);
    const { manifest } = await openRun(folder);
    await writeManifest(folder, {
      ...manifest,
      contract: 2,
      sessions: [{ ...manifest.sessions[0], version: '2.0.0' }],
    });
    const { code, stdout } = await samebits(['verify', 'later', '--json'], { cwd });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'verify',
      contract: 1,
      run: { verdict: 'cannot tell', contract: 2, missing: expect.stringContaining('samebits 2.0.0') },
    });
  });

  it('draws a seed where none is given, and says which', async () => {
    const { stdout } = await samebits(['verify', 'a', '--sample', '2', '--json'], { cwd });
    const { run, commandLine } = JSON.parse(stdout);
    expect(run.stretches).toEqual([
      { from: 0, to: 4, equal: true },
      { from: 4, to: 8, equal: true },
    ]);
    expect(commandLine).toBe(`samebits verify a --sample 2 --seed ${run.seed}`);
  });

  it('stops when it is interrupted, with exit code 130', async () => {
    const long = { ...base, recipe: { ...base.recipe, fit: { ...base.recipe.fit, epochs: 5000 } } };
    await folders.make('long', long, { trace: null, checkpointEvery: 20_000 });
    const ended = await samebits(['verify', 'long'], { cwd, interruptAt: 'computing the run again' });
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).toContain('interrupted, nothing was written');
  });
});
