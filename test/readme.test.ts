/** The README's program, as it stands there, prints what it says there. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(__dirname, '..');

it('the README’s program prints what its comments say', () => {
  const program = /```js\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? '';
  const printed = [...program.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);
  expect(printed.length).toBe(2);
  // Inside the package's folder, so that 'samebits' is this package.
  mkdirSync(join(root, 'build'), { recursive: true });
  const file = join(root, 'build', 'readme.mjs');
  writeFileSync(file, program);
  expect(execFileSync(process.execPath, [file], { encoding: 'utf8' }).trim().split('\n')).toEqual(printed);
});
