// Tests of one kind, many times as long as in npm test: those whose file names have a word, with a variable that says how long.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, root } from './build.mjs';

const require = createRequire(import.meta.url);

/** Runs them with what else stands on the command line; a variable that is set beats `length`. */
export function runLong(word, variable, length) {
  build();
  const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
  const words = [vitest, 'run', '--project', 'unit', word, ...process.argv.slice(2)];
  const env = { ...process.env, [variable]: process.env[variable] ?? length };
  process.exitCode = spawnSync(process.execPath, words, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
}
