import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MODELS = 1000;
const WARM_UP = 200;

it('of models goes with them: a thousand of 10 MB, dropped, leave nothing behind', { timeout: 300_000 }, async () => {
  const script = join(import.meta.dirname, 'drop-models.cjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(MODELS)]);
  const resident: number[] = JSON.parse(stdout);
  expect(resident).toHaveLength(MODELS);
  // How much garbage waits for collection swings from model to model; its median does not, unless something stays.
  const growth = median(resident.slice(-WARM_UP)) - median(resident.slice(0, WARM_UP));
  expect(growth).toBeLessThan(32 * 2 ** 20);
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
