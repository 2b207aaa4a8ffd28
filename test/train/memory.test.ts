import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MODELS = 1000;

it('of models goes with them: a thousand of 10 MB grow the process by less than 32 MiB', {
  timeout: 600_000,
}, async () => {
  const script = join(import.meta.dirname, 'drop-models.cjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(MODELS)]);
  const grown: number[] = JSON.parse(stdout);
  expect(grown).toHaveLength(MODELS);
  // The first model's memory is part of it, and so is what Node needs to load the addon.
  expect(Math.max(...grown)).toBeLessThan(32 * 2 ** 20);
});
