/** The matchers in a vitest project of somebody else's: vitest as a child process, samebits as an installed package. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addonPath } from '../../dist/native/load.js';
import { samebits } from '../command/command.js';

const root = join(import.meta.dirname, '..', '..');
const project = realpathSync(mkdtempSync(join(tmpdir(), 'samebits-matchers-')));
const modules = join(project, 'node_modules');

beforeAll(async () => {
  cpSync(join(import.meta.dirname, 'project'), project, { recursive: true });
  mkdirSync(join(modules, 'samebits'), { recursive: true });
  for (const part of ['package.json', 'dist']) {
    cpSync(join(root, part), join(modules, 'samebits', part), { recursive: true });
  }
  for (const name of ['vitest', '@types']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  for (const command of ['noise', 'tolerance']) {
    const output = join(project, `${command}-document.json`);
    const words = ['lab', command, 'digits', '--rows', '64', '--epochs', '1', '--repeats', '3', '--metric', 'loss'];
    const ended = await samebits([...words, '--output', output], { cwd: project });
    expect(ended.code, ended.stderr).toBe(0);
  }
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: string[];
    }[];
  }[];
}

/** Runs one file of the project; gives the exit code and the first paragraph of each test's failure, by title. */
function run(file: string): { readonly status: number | null; readonly tests: ReadonlyMap<string, string> } {
  const output = join(project, `${file}.json`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--root', project, '--reporter=json', `--outputFile=${output}`, file];
  // What samebits itself needs is found beside it; the project has no other way to it.
  const { PATH, TMPDIR } = process.env;
  const env = { PATH, TMPDIR, NODE_PATH: join(root, 'node_modules'), SAMEBITS_BINARY: addonPath(), NO_COLOR: '1' };
  const ended = spawnSync(process.execPath, args, { cwd: project, env, encoding: 'utf8' });
  expect([0, 1], `${ended.stdout}\n${ended.stderr}`).toContain(ended.status);
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as Report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    status: ended.status,
    tests: new Map(
      results.map(({ title, status, failureMessages }) => {
        const message = (failureMessages[0] ?? '').replace(/\n\s+at [\s\S]*$/, '').replace(/^(?:\w*Error): /, '');
        return [title, status === 'passed' ? 'passed' : message];
      }),
    ),
  };
}

describe('matchers in a vitest project', () => {
  it('pass where they should', () => {
    const { status, tests } = run('passing.spec.ts');
    expect(tests.size).toBe(8);
    for (const [title, outcome] of tests) expect(outcome, title).toBe('passed');
    expect(status).toBe(0);
  });

  it('fail where they should, and say what differs, where, by which bits', () => {
    const { status, tests } = run('failing.spec.ts');
    expect(status).toBe(1);
    const bits = 'a number, a Float32Array, a Matrix of binary32 numbers or the tensors of getWeights()';
    expect(Object.fromEntries(tests)).toEqual({
      'equal bits of an array': [
        'expected equal bits, but 2 of 3 elements have other bits, the first at index 1',
        '  expected  1  0x3f800000',
        '  received  1.0000001192092896  0x3f800001',
        '  distance  1 ULP; the largest of all is 2097152 ULP',
      ].join('\n'),
      'equal bits of weights': [
        'expected equal bits, but 1 of 6 elements have other bits, the first at dense_1/kernel index 2 (row 1, column 0)',
        '  expected  3  0x40400000',
        '  received  3.5  0x40600000',
        '  distance  2097152 ULP; the largest of all is 2097152 ULP',
      ].join('\n'),
      'equal bits of zeros': [
        'expected equal bits, but 1 of 1 elements have other bits, the first at index 0',
        '  expected  0  0x00000000',
        '  received  -0  0x80000000',
        '  distance  1 ULP; the largest of all is 1 ULP',
      ].join('\n'),
      'equal bits of NaN': [
        'expected equal bits, but 1 of 1 elements have other bits, the first at index 0',
        '  expected  1  0x3f800000',
        '  received  NaN  0x7fc00000',
        '  distance  NaN ULP; the largest of all is NaN ULP',
      ].join('\n'),
      'equal bits of binary32 numbers': [
        'expected equal bits',
        '  expected  1  0x3f800000',
        '  received  1.0000001192092896  0x3f800001',
        '  distance  1 ULP',
      ].join('\n'),
      'equal bits of binary64 numbers': [
        'expected equal bits',
        '  expected  0.3  0x3fd3333333333333',
        '  received  0.30000000000000004  0x3fd3333333333334',
      ].join('\n'),
      'equal bits of other names': [
        'expected equal bits, but the shapes differ',
        '  expected  dense_1/bias[2], dense_1/kernel[2, 2]',
        '  received  dense_1/kernel[2, 2], dense_1/bias[2]',
      ].join('\n'),
      'equal bits of other shapes': 'expected equal bits, but the shapes differ\n  expected  [1]\n  received  [2]',
      'other bits': 'expected anything but equal bits, but all 2 elements are that',
      'other bits of a number': 'expected other bits than 0.1  0x3fb999999999999a',
      'bits of a text': `Expected ${bits} for received but received "text" of type string`,
      'bits of no tensors': `Expected ${bits} for expected but received [] of type object`,
      'within 2 ULP': [
        'expected values within 2 ULP, but 1 of 3 elements are further away, the first at index 1',
        '  expected  1  0x3f800000',
        '  received  1.0000003576278687  0x3f800003',
        '  distance  3 ULP; the largest of all is 3 ULP',
      ].join('\n'),
      'within 1 ULP of other shapes':
        'expected values within 1 ULP, but the shapes differ\n  expected  [2, 1]\n  received  [1, 1]',
      'not within 1 ULP': 'expected anything but values within 1 ULP, but all 1 elements are that',
      'within −1 ULP': 'Expected a number of at least 0 for ulps but received -1 of type number',
      'within 1 ULP of no binary32': 'Expected a binary32 number for the value but received 0.1 of type number',
      'within noise':
        'expected 0.8 to be within the noise of 10 runs, 0.25 to 0.75 (0.5 ± 0.25; 1 of 1000 runs leaves it by chance), ' +
        'but it is 0.30000000000000004 from the mean, 30.0 standard deviations',
      'within noise of NaN': expect.stringMatching(/^expected NaN to be within the noise of 10 runs/),
      'outside noise':
        'expected 0.6 to be outside the noise of 10 runs, 0.25 to 0.75 (0.5 ± 0.25; 1 of 1000 runs leaves it by chance), ' +
        'but it is within',
      'within the noise of a document': expect.stringMatching(/^expected 0\.8 to be within the noise of 10 runs/),
      'noise of a document without a report':
        'Expected a report of noiseFloor, proposeTolerance or samebits lab noise for report but received { report } of type ' +
        'object',
      'noise of nothing':
        'Expected a report of noiseFloor, proposeTolerance or samebits lab noise for report but received {} of type object',
      'noise of a text': 'Expected a number for received but received "0.6" of type string',
    });
  });

  it('have types in ESM and CommonJS, under the strictest resolution', () => {
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const ended = spawnSync(process.execPath, [compiler, '-p', join(project, 'tsconfig.json')], { encoding: 'utf8' });
    expect(ended, ended.stdout).toMatchObject({ status: 0 });
  });

  it('are the same from require', () => {
    const matchers = createRequire(join(project, 'index.js'))('samebits/matchers');
    expect(Object.keys(matchers.matchers)).toEqual(['toEqualBits', 'toBeWithinUlp', 'toBeWithinNoiseOf']);
    expect(matchers.toEqualBits(1, 1).pass).toBe(true);
  });
});
