// npm run test:kill: processes that are killed at random moments, many times over; npm test does a few of each.
// Tests of it are named *kill*.test.ts, and kill as often as SAMEBITS_KILLS says.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { build, root } from './build.mjs';

const KILLS = process.env.SAMEBITS_KILLS ?? '100';
const require = createRequire(import.meta.url);

build();
const vitest = require.resolve('vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'unit', 'kill', ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, SAMEBITS_KILLS: KILLS },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
