import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Run, resume } from 'samebits';
import { describe, expect, it } from 'vitest';
import { freshPath } from './folder.js';
import { Dice } from './mutations.js';
import { contents } from './problem.js';

interface Problem {
  fitted(folder: string, epochs: number): Promise<Run>;
  readonly rows: never;
  readonly targets: never;
  counting(): object;
}
const { fitted, rows, targets, counting } = createRequire(import.meta.url)('./kill-problem.cjs') as Problem;

/** Runs that are killed, once or twice. `npm run test:kill` has 100. */
const RUNS = Number(process.env.SAMEBITS_KILLS ?? 12);
const EPOCHS = 12;
/** Longer than training takes on an idle machine: some runs end before they are killed. */
const MOST_MILLISECONDS = 250;

/** Whether the child was killed, rather than done. */
async function killed(child: ChildProcess, milliseconds: number): Promise<boolean> {
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = once(child, 'close');
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended]);
  await sleep(milliseconds);
  child.kill('SIGKILL');
  const [code, signal] = (await ended) as [number | null, string | null];
  if (signal === 'SIGKILL') return true;
  expect(errors).toBe('');
  expect(code).toBe(0);
  return false;
}

describe('a process that is killed', () => {
  it(
    `at ${RUNS} moments, again and again, leaves runs that go on to the same bits and files`,
    async () => {
      const whole = freshPath();
      const expected = await fitted(whole, EPOCHS);
      const files = contents(whole);
      const dice = new Dice(7);
      let kills = 0;
      for (let run = 0; run < RUNS; run += 1) {
        const folder = freshPath();
        for (let times = 1 + dice.below(2); times > 0; times -= 1) {
          const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.cjs'), folder, String(EPOCHS)]);
          if (!(await killed(child, dice.below(MOST_MILLISECONDS)))) break;
          kills += 1;
        }
        if (!existsSync(join(folder, 'manifest.json'))) continue;
        const resumed = await resume(folder, rows, targets, { callbacks: counting() });
        expect(resumed.run.fingerprint).toBe(expected.fingerprint);
        expect(resumed.run.history).toEqual(expected.history);
        expect(contents(folder)).toEqual(files);
        resumed.model.dispose();
      }
      expect(kills).toBeGreaterThan(0);
    },
    RUNS * 20_000,
  );
});
