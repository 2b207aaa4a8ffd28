import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samebits } from '../command/command.js';
import { expectPublished } from '../command/published-schema.js';
import { documentSchema } from './document-schema.js';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'samebits-bench-'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const quick = ['bench', '--case', 'thin-forward,tiny', '--threads', '1,2', '--samples', '1'];

describe('samebits bench', () => {
  it('prints one document with --json, and nothing else', async () => {
    const { code, stdout, stderr } = await samebits([...quick, '--json'], { cwd });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const document = v.parse(documentSchema, expectPublished(JSON.parse(stdout)));
    expect(document.summary.fixedIdentical).toBe(true);
    expect(document.cases.map(({ name, threads, reduction }) => `${name} ${threads} ${reduction}`)).toEqual([
      'thin-forward 1 fixed',
      'thin-forward 2 fixed',
      'tiny 1 fixed',
      'tiny 1 free',
      'tiny 2 fixed',
      'tiny 2 free',
    ]);
    expect(document.commandLine).toMatch(/^samebits bench --case thin-forward,tiny --threads 1,2 /);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('prints a table of at most 80 columns, writes the document and the page, and says where', async () => {
    const files = ['--output', 'bench.json', '--report', 'bench.html'];
    const { code, stdout, stderr } = await samebits([...quick, ...files], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^1\/5 {2}limits\n/);
    const table = stdout.slice(0, stdout.indexOf('\nThe page with charts:'));
    expect(Math.max(...table.split('\n').map((line) => Array.from(line).length))).toBeLessThanOrEqual(80);
    expect(table).toMatch(/thin-forward +2 +fixed/);
    expect(table).toContain('Fixed order ended with the same bits on 1 and 2 threads.');
    const document = v.parse(documentSchema, JSON.parse(readFileSync(join(cwd, 'bench.json'), 'utf8')));
    const page = readFileSync(join(cwd, 'bench.html'), 'utf8');
    expect(page).toContain('<h2 id="limits">');
    const embedded = /<script type="application\/json" id="document">(.*?)<\/script>/s.exec(page);
    expect(JSON.parse(embedded![1])).toEqual(document);
  });

  it('is interrupted between two samples', async () => {
    const { code, stdout } = await samebits(['bench', '--case', 'tiny'], { cwd, interruptAt: 'limits' });
    expect(code).toBe(130);
    expect(stdout).toBe('');
  });

  it.each([
    [['--case', 'steps'], /names of cases \(product-1024, .*\) for --case but received "steps"/],
    [['--threads', '0'], /integers from 1 to 256, separated by commas, for --threads but received 0/],
    [['--reduction', 'both'], /one of fixed, free for --reduction but received "both"/],
    [['--isa', 'mmx'], /--isa/],
    [['--samples', '0'], /an integer from 1 to 1000 for --samples but received 0/],
    [['--report', 'no/such/folder.html'], /--report/],
    [['--output', ''], /--output/],
    [['--cases', 'tiny'], /unknown option '--cases'/],
  ])('refuses %o before any work', async (words, message) => {
    const { code, stdout, stderr } = await samebits(['bench', ...words], { cwd });
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
