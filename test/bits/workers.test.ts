/** Environments: worker threads load and unload the addon, and may be ended in the middle of a call. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

const program = join(__dirname, 'worker.cjs');

function run(task: string): Worker {
  return new Worker(program, { workerData: { task } });
}

function message(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

it('several train side by side, with the bits of each alone', async () => {
  const fingerprints = await Promise.all(Array.from({ length: 4 }, () => message(run('train'))));
  expect(new Set(fingerprints).size).toBe(1);
  expect(fingerprints[0]).toMatch(/^[0-9a-f]{64}$/);
});

it('one after the other loads and unloads the addon', async () => {
  for (let i = 0; i < 5; i++) {
    const worker = run('train');
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    await message(worker);
    expect(await exit).toBe(0);
  }
});

it('may be terminated at any moment of a fit; its threads end with it', async () => {
  const threads = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0);
  const before = threads();
  for (let i = 0; i < 12; i++) {
    const worker = run('train for ever');
    await message(worker);
    await new Promise((resolve) => setTimeout(resolve, (i * 7) % 40));
    await worker.terminate();
  }
  expect(threads() - before).toBeLessThanOrEqual(1);
});
