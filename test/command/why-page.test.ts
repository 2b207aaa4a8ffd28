/** docs/why.md: its program is run, and each command prints what the page says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samebits } from './command.js';

const page = readFileSync(new URL('../../docs/why.md', import.meta.url), 'utf8');
const blocksOf = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text);

const cwd = mkdtempSync(join(tmpdir(), 'samebits-page-'));
afterAll(() => rmSync(cwd, { recursive: true }));
beforeAll(async () => {
  const [program] = blocksOf('js');
  const built = new URL('../../dist/index.mjs', import.meta.url).href;
  const path = join(cwd, 'runs.mjs');
  writeFileSync(path, program.replace("'samebits'", `'${built}'`).replaceAll("'runs/", `'${cwd}/runs/`));
  await import(pathToFileURL(path).href);
});

describe('docs/why.md', () => {
  it.each(blocksOf('console').map((block) => [block.slice(2, block.indexOf('\n')), block]))(
    '%s',
    async (line, block) => {
      const [program, ...words] = line.split(' ');
      expect(program).toBe('samebits');
      const { stdout } = await samebits(words, { cwd });
      expect(`$ ${line}\n${stdout}`).toBe(block);
    },
  );
});
