// npm run fuzz, npm run test:kill: the tests of run folders at full length. Other options go to vitest.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { root } from './build.mjs';

const LONG = {
  fuzz: { files: ['test/runs/fuzz.test.ts'], variables: { SAMEBITS_FUZZ_FILES: '100000' } },
  kill: {
    files: ['test/runs/kill.test.ts', 'test/runs/crashes.test.ts'],
    variables: { SAMEBITS_TEST_KILLS: '120', SAMEBITS_TEST_FULL: '1' },
  },
};

const [what, ...others] = process.argv.slice(2);
const { files, variables } = LONG[what] ?? {};
if (files === undefined) {
  process.stderr.write(`Expected ${Object.keys(LONG).join(' or ')} but received ${what}\n`);
  process.exit(2);
}
const vitest = createRequire(import.meta.url).resolve('vitest/vitest.mjs');
const hours = String(6 * 60 * 60 * 1000);
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--project', 'unit', '--testTimeout', hours, ...files, ...others],
  // What the caller sets goes first: another seed, fewer files.
  { cwd: root, stdio: 'inherit', env: { ...variables, ...process.env } },
);
process.exit(status ?? 1);
