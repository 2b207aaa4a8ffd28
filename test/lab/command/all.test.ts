import { afterAll, describe, expect, it } from 'vitest';
import { prepareAll, requestOf } from '../../../dist/cli/lab-requests.js';
import { EXPERIMENTS } from '../../../dist/lab/experiments/index.js';
import { Lab } from '../../../dist/lab/lab.js';

const lab = new Lab();
afterAll(() => lab.close());

const digits = { epochs: 100, repeats: 2 };

describe('all experiments', () => {
  it('are carried out on what was chosen, but for those that have no use for it', async () => {
    const prepared = await prepareAll(requestOf('all', 'digits', digits), lab);
    expect(prepared.map(({ experiment }) => experiment.name)).toEqual(EXPERIMENTS.map(({ name }) => name));
    const alone = prepared.filter(({ request }) => request.data === null);
    expect(alone.map(({ experiment }) => experiment.name)).toEqual([
      'float-sums',
      'parallel-sum',
      'keras-regression',
      'keras-binary',
    ]);
    for (const { experiment, request } of alone) {
      const epochs = experiment.base === null ? null : 100;
      expect(request).toMatchObject({ experiment: experiment.name, epochs, repeats: 2 });
    }
    for (const { ground, request } of prepared.filter((one) => !alone.includes(one))) {
      expect(request).toMatchObject({ data: 'digits', epochs: 100 });
      expect(ground.data.testRows).toBe(360);
    }
  });

  it('are refused where one cannot be done on its own data either', async () => {
    await expect(prepareAll(requestOf('all', undefined, { epochs: 1 }), lab)).rejects.toMatchObject({
      code: 'ERR_SAMEBITS_ARGUMENT',
    });
  });

  it('are not carried out on other data where those that were named cannot be loaded', async () => {
    const request = requestOf('all', 'no-such-folder', {});
    await expect(prepareAll(request, lab)).rejects.toMatchObject({ name: 'SamebitsError' });
  });
});

describe('one experiment', () => {
  it.each(['float-sums', 'keras-binary'])('%s refuses what it has no use for', async (name) => {
    await expect(prepareAll(requestOf(name, 'digits', {}), lab)).rejects.toMatchObject({ name: 'SamebitsError' });
  });

  it('that trains nothing has no recipe, no rows, no threads', async () => {
    for (const flags of [{ rows: 10 }, { threads: 2 }, { epochs: 3 }]) {
      await expect(prepareAll(requestOf('parallel-sum', undefined, flags), lab)).rejects.toMatchObject({
        code: 'ERR_SAMEBITS_ARGUMENT',
        message: expect.stringContaining('Expected nothing, since nothing is trained'),
      });
    }
  });
});
