import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResumedRun, Run } from 'samebits';
import { describe, expect, it } from 'vitest';
import { Dice } from '../fuzz/mutations.js';
import { freshPath } from './folder.js';
import { contents } from './problem.js';

interface Problem {
  /** Writes the file that the run is trained on, if it is trained on one. */
  writeData(path: string): void;
  fitted(folder: string, data: string): Promise<Run>;
  resumed(folder: string, data: string): Promise<ResumedRun>;
}

/** Kills of runs of each kind. `npm run test:kill` has 200. */
const KILLS = Number(process.env.SAMEBITS_KILLS ?? 12);
/** A child is killed within so many times what the whole run took here: some end before. */
const LONGEST = 1.3;
const SHORTER = 0.8;
/** Of those that are not: beyond, the runs are too short to be killed. */
const MOST_RUNS = 4 * KILLS;

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

describe.each([
  ['rows in memory', './kill-problem.cjs'],
  ['streamed rows', './kill-stream-problem.cjs'],
])('a process that is killed while it trains on %s', (_, problem) => {
  it(
    `at ${KILLS} moments, again and again, leaves runs that go on to the same bits and files`,
    async () => {
      const { writeData, fitted, resumed } = createRequire(import.meta.url)(problem) as Problem;
      const data = `${freshPath()}.csv`;
      writeData(data);
      const whole = freshPath();
      const begun = performance.now();
      const expected = await fitted(whole, data);
      let longest = LONGEST * (performance.now() - begun);
      const files = contents(whole);
      const dice = new Dice(7);
      let kills = 0;
      let survived = 0;
      let begunRuns = 0;
      for (let run = 0; kills < KILLS && run < MOST_RUNS; run += 1) {
        const folder = freshPath();
        for (let times = 1 + dice.below(2); times > 0; times -= 1) {
          const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.cjs'), problem, folder, data]);
          if (!(await killed(child, dice.below(Math.ceil(longest))))) {
            survived += 1;
            // The machine has become faster since the whole run was measured.
            if (survived > kills) longest *= SHORTER;
            break;
          }
          kills += 1;
        }
        if (!existsSync(join(folder, 'manifest.json'))) continue;
        begunRuns += 1;
        const { run: ended, model } = await resumed(folder, data);
        expect(ended.fingerprint).toBe(expected.fingerprint);
        expect(ended.history).toEqual(expected.history);
        expect(contents(folder)).toEqual(files);
        model.dispose();
      }
      expect(kills).toBeGreaterThanOrEqual(KILLS);
      expect(begunRuns).toBeGreaterThan(0);
    },
    KILLS * 20_000,
  );
});
