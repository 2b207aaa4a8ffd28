import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idxBytes, pixels, writeFolder } from '../data/idx-writer.js';
import { samebits } from './command.js';

let cwd: string;
let inputs: string[];

/** A folder of IDX files of which one is replaced. */
function spoiled(name: string, file: string, bytes: Uint8Array): void {
  const folder = join(cwd, name);
  mkdirSync(folder);
  writeFolder(folder);
  writeFileSync(join(folder, file), bytes);
}

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'samebits-bad-'));
  const images = 'train-images-idx3-ubyte';
  const labels = 'train-labels-idx1-ubyte';
  const nan = new DataView(new ArrayBuffer(4 * 9 * 12));
  nan.setFloat32(4 * 17, Number.NaN);
  spoiled('truncated', images, idxBytes(8, [9, 4, 3], pixels(100)));
  spoiled('lying', images, idxBytes(8, [0xffff_ffff, 0xffff, 0xffff], pixels(108)));
  spoiled('no-idx', images, Buffer.from('these are no digits'));
  spoiled('nan', images, idxBytes(0x0d, [9, 4, 3], new Uint8Array(nan.buffer)));
  spoiled('empty', images, idxBytes(8, [0, 4, 3], pixels(0)));
  spoiled('few-labels', labels, idxBytes(8, [8], pixels(8)));
  spoiled('negative-labels', labels, idxBytes(9, [9], Uint8Array.of(0, 1, 2, 0xff, 0, 0, 0, 0, 0)));
  mkdirSync(join(cwd, 'no-files'));
  writeFileSync(join(cwd, 'no-json.json'), '{ "seed": 1,');
  const model = { layers: [{ kind: 'dense', units: 4, activation: 'softmax' }] };
  const good = { seed: 1, model, optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' };
  const write = (name: string, change: object): void =>
    writeFileSync(join(cwd, name), JSON.stringify({ ...good, ...change }));
  write('few-units.json', {});
  write('wrong-loss.json', { loss: 'binaryCrossentropy' });
  write('unknown-key.json', { epoch: 3 });
  inputs = readdirSync(cwd);
});
afterAll(() => rmSync(cwd, { recursive: true }));

const digits = (...words: string[]): string[] => ['compare', 'digits', ...words];

describe('bad input', () => {
  it.concurrent.each<[string[], RegExp]>([
    [['compair'], /unknown command 'compair' \(Did you mean compare\?\)/],
    [digits('more'), /too many arguments/],
    [digits('--thread', '1'), /unknown option '--thread' \(Did you mean --threads\?\)/],
    [digits('--threads'), /argument missing/],
    [digits('--threads', '0'), /integers from 1 to 256.* for --threads but received 0 /],
    [digits('--threads', '-1'), /for --threads but received -1 /],
    [digits('--threads', '1.5'), /for --threads but received 1\.5 /],
    [digits('--threads', '10000'), /for --threads but received 10000 /],
    [digits('--threads', 'x'), /for --threads but received "x" /],
    [digits('--threads', '1,,2'), /for --threads but received "" /],
    [digits('--isa', 'mmx'), /one of auto, scalar, .* for --isa but received "mmx" /],
    [digits('--reduction', 'random'), /one of fixed, free for --reduction but received "random" /],
    [digits('--hidden', '0'), /integers from 1 .* for --hidden but received 0 /],
    [digits('--hidden', '8,-3'), /for --hidden but received -3 /],
    [digits('--hidden', '1000000,1000000'), /fits into this machine's \d+ bytes of memory/],
    [digits('--epochs', '0'), /integer from 1 .* for --epochs but received 0 /],
    [digits('--batch-size', '1.5'), /integer from 1 .* for --batch-size but received 1\.5 /],
    [digits('--repeats', '0'), /for --repeats but received 0 /],
    [digits('--rows', '0'), /for --rows but received 0 /],
    [digits('--rows', '1438'), /integer from 1 to 1437 .* for --rows but received 1438 /],
    [digits('--seed', '-1'), /for --seed but received -1 /],
    [digits('--seed', '1.5'), /for --seed but received 1\.5 /],
    [digits('--learning-rate', '0'), /a number above 0 for --learning-rate but received 0 /],
    [digits('--learning-rate', 'fast'), /for --learning-rate but received "fast" /],
    [digits('--activation', 'step'), /one of linear, relu, .* for --activation but received "step" /],
    [
      digits('--optimizer', 'lion'),
      /one of sgd, rmsprop, adam, adamw, nadam, adagrad for --optimizer but received "lion" /,
    ],
    [digits('--report', 'missing/page.html'), /for --report but received missing\/page\.html: /],
    [digits('--output', '.'), /for --output but received \.: a folder/],
    [['compare', 'missing'], /folder of IDX files for missing/],
    [['compare', 'no-files'], /a file such as train-images-idx3-ubyte in no-files/],
    [['compare', 'truncated'], /Expected 124 bytes .* but received 116/],
    [['compare', 'lying'], /Expected \d+ bytes .* but received 124/],
    [['compare', 'no-idx'], /Expected an IDX file/],
    [['compare', 'nan'], /Expected a finite binary32 for element 17 of .* but received NaN/],
    [['compare', 'empty'], /Expected at least one row/],
    [['compare', 'few-labels'], /Expected 9 labels, one per image, .* but received 8/],
    [['compare', 'negative-labels'], /Expected an integer from 0 .* for label 3 of .* but received -1/],
    [digits('--recipe', 'missing.json'), /recipe as JSON for --recipe but received missing\.json: /],
    [digits('--recipe', 'no-json.json'), /recipe as JSON for --recipe but received no-json\.json: /],
    [digits('--recipe', 'unknown-key.json'), /one of the options .* for recipe but received "epoch"/],
    [digits('--recipe', 'wrong-loss.json'), /activation 'sigmoid' in the last layer .* 'binaryCrossentropy'/],
    [digits('--recipe', 'few-units.json'), /label from 0 to 3 .* but received 4 /],
    [
      digits('--hidden', '8', '--optimizer', 'sgd', '--learning-rate', '1e30'),
      /finite weights .* in dense_1\/kernel after step \d+.*\(run 1 of 12: fixed order, 1 thread/,
    ],
  ])('%j gives one line and exit code 2', async (words, message) => {
    const { code, stdout, stderr } = await samebits(words, { cwd });
    expect(stderr).toMatch(/^samebits: [^\n]*\n$/);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('leaves nothing behind', async () => {
    await samebits(digits('--threads', '0'), { cwd });
    expect(readdirSync(cwd)).toEqual(inputs);
  });

  it('keeps an earlier report whole when a later run fails', async () => {
    const path = mkdtempSync(join(tmpdir(), 'samebits-earlier-'));
    writeFileSync(join(path, 'report.html'), 'earlier');
    const wild = digits('--hidden', '8', '--optimizer', 'sgd', '--learning-rate', '1e30');
    expect((await samebits(wild, { cwd: path })).code).toBe(2);
    expect(readdirSync(path)).toEqual(['report.html']);
    rmSync(path, { recursive: true });
  });

  it('shows a stack only where SAMEBITS_DEBUG asks for it', async () => {
    const { stderr } = await samebits(['compare', 'missing'], { cwd });
    expect(stderr).not.toMatch(/\n\s+at /);
    const debugged = await samebits(['compare', 'missing'], { cwd, env: { SAMEBITS_DEBUG: '1' } });
    expect(debugged.stderr).toMatch(/\n\s+at /);
    expect(debugged.code).toBe(2);
  });
});

describe('help', () => {
  it.each([
    [['--help'], /Usage: samebits .*Examples:/s],
    [['compare', '--help'], /--repeats.*Examples:/s],
    [['train', '--help'], /--resume.*Examples:.*Ctrl-C/s],
    [['predict', '--help'], /Examples:/],
    [['evaluate', '--help'], /Examples:/],
    [['inspect', '--help'], /Examples:/],
    [['export', '--help'], /Examples:/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    [[], /Usage: samebits /],
  ])('%j goes to standard output, with exit code 0', async (words, text) => {
    const { code, stdout, stderr } = await samebits(words, { cwd });
    expect(stdout).toMatch(text);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
