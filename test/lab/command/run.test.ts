import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXPERIMENTS } from '../../../dist/lab/experiments/index.js';
import { ResultStore } from '../../../dist/lab/store/result-store.js';
import { samebits } from '../../command/command.js';
import { expectPublished } from '../../command/published-schema.js';
import { tasksOf, writeExperiment } from './experiment-file.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'samebits-lab-command-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const lab = (words: readonly string[], options: Partial<Parameters<typeof samebits>[1]> = {}) =>
  samebits(['lab', ...words], { cwd, ...options });
const read = (path: string): string => readFileSync(join(cwd, path), 'utf8');

describe('samebits lab list', () => {
  it('has every experiment, in lines of 80 columns', async () => {
    const { code, stdout, stderr } = await lab(['list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { name, question } of EXPERIMENTS) {
      expect(stdout).toMatch(new RegExp(`^${name}\\b`, 'm'));
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(question);
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('samebits lab run', () => {
  it('prints one document, the same whenever it is run, and keeps the runs', async () => {
    const file = writeExperiment(cwd);
    const first = await lab(['run', file, '--json', '--output', 'first.json', '--repeats', '3']);
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
    expect(read('first.json')).toBe(first.stdout);
    const document = expectPublished(JSON.parse(first.stdout));
    expect(Object.keys(document).slice(0, 8)).toEqual([
      'schemaVersion',
      'command',
      'version',
      'contract',
      'machine',
      'recipe',
      'data',
      'commandLine',
    ]);
    expect(document).toMatchObject({
      schemaVersion: 1,
      command: 'lab',
      experiment: 'weights-or-order',
      commandLine: 'samebits lab run experiment.json --repeats 3',
      repeats: 3,
      tasks: 39,
    });
    for (const key of [
      'question',
      'verdict',
      'statement',
      'effect',
      'interval',
      'runs',
      'claim',
      'findings',
      'tables',
      'pictures',
    ]) {
      expect(document).toHaveProperty(key);
    }
    const second = await lab(['run', file, '--repeats', '3', '--json', '--quiet']);
    expect(second.stdout).toBe(first.stdout);
    expect(readdirSync(join(cwd, 'samebits-lab')).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1);
  });

  it('says in lines how far it is, and what it found', async () => {
    const { code, stdout, stderr } = await lab(['run', writeExperiment(cwd), '--store', 'kept', '--rows', '20']);
    const tasks = tasksOf(6);
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`^weights-or-order {2}0/${tasks}\n`));
    expect(stderr).toMatch(new RegExp(`weights-or-order {2}${tasks}/${tasks}\n$`));
    expect(stdout).toContain('Initial weights, moved alone,');
    const again = await lab(['run', 'experiment.json', '--store', 'kept', '--rows', '20']);
    expect(again.stderr).toBe(`weights-or-order  ${tasks}/${tasks}  (${tasks} were kept)\n`);
    expect(again.stdout).toBe(stdout);
    const quiet = await lab(['run', 'experiment.json', '--store', 'kept', '--rows', '20', '--quiet']);
    expect(quiet).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('draws a bar on a terminal', async () => {
    const { code, stderr } = await lab(['run', writeExperiment(cwd)], { preload: 'terminal.cjs' });
    expect(code).toBe(0);
    expect(stderr).toContain(`${tasksOf(6)}/${tasksOf(6)}`);
    expect(stderr).toContain('█');
  });

  it('stops at an interrupt, says how to go on, and goes on', async () => {
    const file = writeExperiment(cwd, { steps: 20_000, seeds: 5 });
    const whole = await lab(['run', file, '--json', '--store', 'whole']);
    const stopped = await lab(['run', file], { interruptAt: ' left\n' });
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toBe('');
    expect(stopped.stderr).toMatch(
      /samebits: interrupted: what is done is kept in samebits-lab; the same command goes on from there\n$/,
    );
    const resumed = await lab(['run', file, '--output', 'resumed.json']);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(/\([1-9]\d* were kept\)/);
    expect(read('resumed.json')).toBe(whole.stdout);
  });

  it.each([
    [['run', 'init-sed'], /a name from samebits lab list, all, or a JSON file \(did you mean init-seed\?\)/],
    [['run', 'broken.json'], /Expected an experiment as JSON for the argument but received broken\.json/],
    [['run', 'empty.json'], /experiment\.name|for name/],
    [['run', 'init-seed', 'nowhere'], /nowhere/],
    [['run', 'init-seed', '--store', 'other'], /Expected a store of samebits lab/],
    [['run', 'init-seed', '--store', ''], /Expected a folder for --store but received ""/],
    [['merge', 'other', ''], /Expected a folder for the stores but received ""/],
    [['run', 'init-seed', '--repeats', '1'], /an integer from 2 to/],
    [['run', 'init-seed', '--shard', '3/2'], /i\/n with i from 1 to n/],
    [['run', 'init-seed', '--shard', '1/2', '--json'], /lab merge/],
    [['run', 'init-seed', '--recipe', 'empty.json'], /recipe/],
    [['run', 'init-seed', '--output', 'none/x.json'], /for --output/],
    [['run', 'init-seed', '--output', 'kept/x.json'], /for --output .*kept, which is a store of samebits lab/],
    [['run', 'init-seed', '--report', 'kept/pages'], /for --report .*kept, which is a store of samebits lab/],
    [['run', 'all', '--epochs', '1'], /at least 2 epochs/],
    [['merge', 'other'], /Expected a store of samebits lab/],
  ])('%j is refused', async (words, message) => {
    writeFileSync(join(cwd, 'broken.json'), '{"name": ');
    writeFileSync(join(cwd, 'empty.json'), '{}');
    mkdirSync(join(cwd, 'other'));
    writeFileSync(join(cwd, 'other', 'file'), '');
    ResultStore.open(join(cwd, 'kept')).close();
    const { code, stdout, stderr } = await lab(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(readdirSync(join(cwd, 'kept'))).toEqual(['samebits-lab.json']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('shares', () => {
  it('join to the bytes of one run', async () => {
    const file = writeExperiment(cwd);
    const whole = await lab(['run', file, '--json', '--store', 'whole']);
    const shares = ['1/3', '2/3', '3/3'];
    for (const [i, shard] of shares.slice(0, 2).entries()) {
      const { code, stdout } = await lab(['run', file, '--shard', shard, '--store', `share-${i}`]);
      expect(code).toBe(0);
      expect(stdout).toContain(`Share ${shard} of weights-or-order is done and kept in share-${i}.`);
    }
    const missing = await lab(['merge', 'share-0', 'share-1', '--output', 'merged.json']);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/results of all 26 tasks of weights-or-order in .* but 8 are missing/);
    await lab(['run', file, '--shard', '3/3', '--store', 'share-2']);
    const merged = await lab(['merge', 'share-2', 'share-0', 'share-1', '--output', 'merged.json', '--json']);
    expect({ code: merged.code, stderr: merged.stderr }).toEqual({ code: 0, stderr: '' });
    expect(merged.stdout).toBe(whole.stdout);
    expect(read('merged.json')).toBe(whole.stdout);
    // Of two runs it is asked which.
    await lab(['run', file, '--rows', '20', '--shard', '1/1', '--store', 'share-2']);
    const two = await lab(['merge', 'share-0', 'share-1', 'share-2']);
    expect(two).toMatchObject({ code: 2, stderr: expect.stringMatching(/shares of one run/) });
    const none = await lab(['merge', 'whole']);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(/stores with shares/) });
  });
});
