// npm run fuzz: damaged files of every format, 100,000 of each; npm test reads a few hundred. Tests of it are named
// *fuzz*.test.ts, and read as many as SAMEBITS_FUZZ_FILES says, by the seed SAMEBITS_FUZZ_SEED.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { build, root } from './build.mjs';

const FILES = process.env.SAMEBITS_FUZZ_FILES ?? '100000';
const require = createRequire(import.meta.url);

build();
const vitest = require.resolve('vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'unit', 'fuzz', ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, SAMEBITS_FUZZ_FILES: FILES },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
