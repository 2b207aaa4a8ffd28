// npm run check: every check that is not a test, one after the other; all of them run, and one failure fails the whole.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const names = Object.keys(scripts).filter((name) => name.startsWith('check:'));
const failed = names.filter((name) => {
  process.stdout.write(`\n== ${name}\n`);
  return spawnSync('npm', ['run', '--silent', name], { cwd: root, stdio: 'inherit' }).status !== 0;
});
process.stdout.write(`\n${names.length - failed.length} of ${names.length} checks passed`);
process.stdout.write(failed.length === 0 ? '\n' : `; failed: ${failed.join(', ')}\n`);
process.exit(failed.length === 0 ? 0 : 1);
