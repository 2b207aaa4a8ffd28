import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ResultStore } from '../../../dist/lab/store/result-store.js';
import { samebits } from '../../command/command.js';
import { hash } from '../../golden/made-up.js';
import { tasksOf, writeExperiment } from './experiment-file.js';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const KILLS = Number(process.env.SAMEBITS_KILLS ?? 8);
const SEEDS = 8;
const TASKS = tasksOf(SEEDS);

/**
 * Runs the command and kills it, with no warning, some milliseconds after its `line`-th line of progress.
 *
 * @returns Tasks that it had said to be done; null where it ended before.
 */
function killed(cwd: string, store: string, line: number, milliseconds: number): Promise<number | null> {
  const child = spawn(process.execPath, [MAIN, 'lab', 'run', 'experiment.json', '--store', store], { cwd });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const before = said.split('\n').length;
    said += text;
    if (before <= line && said.split('\n').length > line) setTimeout(() => child.kill('SIGKILL'), milliseconds);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, signal) => {
      const done = [...said.matchAll(/ (\d+)\/\d+/g)].map(([, count]) => Number(count));
      resolve(signal === 'SIGKILL' ? Math.max(0, ...done) : null);
    });
  });
}

/** Lines of all segments: results that were computed and kept, repeated ones too. */
function keptLines(folder: string): number {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .reduce((sum, name) => sum + readFileSync(join(folder, name), 'latin1').split('\n').length - 1, 0);
}

it(`goes on after ${KILLS} kills to the same bytes, and computes nothing twice`, {
  timeout: 60_000 + 10_000 * KILLS,
}, async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'samebits-kill-'));
  try {
    writeExperiment(cwd, { steps: 20_000, seeds: SEEDS });
    const run = (store: string) => samebits(['lab', 'run', 'experiment.json', '--json', '--store', store], { cwd });
    const whole = (await run('whole')).stdout;
    expect(JSON.parse(whole).tasks).toBe(TASKS);
    let [kills, stores] = [0, 0];
    while (kills < KILLS) {
      const store = `store-${stores}`;
      stores += 1;
      for (let ended = false; !ended && kills < KILLS; ) {
        const done = await killed(cwd, store, 1 + (hash(kills, stores) % 5), hash(kills, stores + 1) % 60);
        ended = done === null;
        if (done === null) break;
        kills += 1;
        const kept = ResultStore.openExisting(join(cwd, store));
        expect(kept.size).toBeGreaterThanOrEqual(done);
        expect(kept.damaged).toBeLessThanOrEqual(kills);
      }
      expect((await run(store)).stdout).toBe(whole);
      const folder = join(cwd, store);
      expect(keptLines(folder) - ResultStore.openExisting(folder).damaged).toBe(TASKS);
      rmSync(folder, { recursive: true });
    }
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
