import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPages, writePages } from '../../dist/cli/lab-pages.js';
import { makeCollection, makeLabDocument } from '../report/fixtures/lab-documents.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'samebits-pages-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('pages of one experiment', () => {
  it('are written to the file that was named', () => {
    const page = join(folder, 'mine.html');
    checkPages(page, ['init-seed'], false);
    expect(writePages(makeLabDocument(), page)).toBe(page);
    expect(readFileSync(page, 'utf8')).toContain('Initial weights alone');
  });

  it.each(['', '/', '/new', '/new/'])('go into a folder under their name: %s', (end) => {
    checkPages(folder + end, ['init-seed'], false);
    expect(writePages(makeLabDocument(), folder + end)).toBe(join(folder, end, 'init-seed.html'));
  });
});

describe('pages of several', () => {
  const names = makeCollection().experiments.map(({ experiment }) => experiment);

  it.each([
    ['lab', 'lab/index.html'],
    ['lab/', 'lab/index.html'],
    ['all.html', 'all.html'],
  ])('%s: a list, and a page for each beside it', (report, list) => {
    const path = join(folder, report);
    checkPages(path, names, true);
    expect(writePages(makeCollection(), path)).toBe(join(folder, list));
    const inFolder = readdirSync(join(folder, list, '..'));
    for (const name of names) expect(inFolder).toContain(`${name}.html`);
    expect(readFileSync(join(folder, list, '..', `${names[0]}.html`), 'utf8')).toContain(
      `href="${list.split('/').at(-1)}"`,
    );
  });

  it('refuses a list in the place of a page, and a folder that cannot be', () => {
    expect(() => checkPages(join(folder, 'init-seed.html'), names, true)).toThrow(/not the page of an experiment/);
    writeFileSync(join(folder, 'file'), '');
    expect(() => checkPages(join(folder, 'file', 'lab'), names, true)).toThrow(/--report/);
    expect(existsSync(join(folder, 'init-seed.html'))).toBe(false);
  });
});
