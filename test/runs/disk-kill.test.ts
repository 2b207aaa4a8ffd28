import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { modelFromRun, openRun, resume } from 'samebits';
import { describe, expect, it } from 'vitest';
import { type Loss, onDyingDisk } from './dying-disk.js';
import { freshPath } from './folder.js';
import { contents, FIT, labels, model, Witness, x } from './problem.js';

const OPTIONS = { ...FIT, trace: 'step', best: 'loss', checkpointEvery: 5, threads: 1 } as const;

/** All moments with `npm run test:kill`, or a share of them: each loss at moments of its own. */
const STRIDE = process.env.SAMEBITS_KILLS ? 1 : 7;

describe.each(['nothing', 'unsynced', 'zeros'] as const)('a disk that dies and loses %s', (loss: Loss) => {
  const offset = ['nothing', 'unsynced', 'zeros'].indexOf(loss);

  it('at any operation of a fit leaves a run that goes on to the same bits and files', async () => {
    const whole = freshPath();
    const witness = new Witness();
    const expected = await model().fit(x, labels, { ...OPTIONS, folder: whole, ...witness.watching });
    const files = contents(whole);
    let moments = 0;
    for (let after = offset; ; after += STRIDE) {
      const folder = freshPath();
      let died = false;
      const operations = await onDyingDisk(after, loss, () =>
        model()
          .fit(x, labels, { ...OPTIONS, folder, ...new Witness().watching })
          .catch(() => {
            died = true;
          }),
      );
      if (!died) {
        expect(operations).toBeGreaterThan(60);
        break;
      }
      moments += 1;
      if (!existsSync(join(folder, 'manifest.json'))) {
        // It had not begun.
        await expect(openRun(folder)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
        continue;
      }
      const { status } = (await openRun(folder)).manifest;
      expect(['running', 'complete']).toContain(status);
      (await modelFromRun(folder)).dispose();
      const { run, model: resumed } = await resume(folder, x, labels, new Witness().watching);
      expect(run.fingerprint).toBe(expected.fingerprint);
      expect(run.history).toEqual(expected.history);
      expect(contents(folder)).toEqual(files);
      resumed.dispose();
    }
    expect(moments).toBeGreaterThan(60 / STRIDE);
  });

  it('at any operation of a resume does so too', async () => {
    const whole = freshPath();
    await model().fit(x, labels, { ...OPTIONS, folder: whole, ...new Witness().watching });
    const stopped = freshPath();
    const stopping = model().fit(x, labels, { ...OPTIONS, folder: stopped, ...new Witness(7).watching });
    await expect(stopping).rejects.toMatchObject({ name: 'AbortError' });
    for (let after = offset; ; after += 2 * STRIDE) {
      const folder = freshPath();
      cpSync(stopped, folder, { recursive: true });
      let died = false;
      await onDyingDisk(after, loss, () =>
        resume(folder, x, labels, new Witness().watching).catch(() => {
          died = true;
        }),
      );
      if (!died) break;
      const { model: resumed } = await resume(folder, x, labels, new Witness().watching);
      expect(contents(folder)).toEqual(contents(whole));
      resumed.dispose();
    }
  });
});
