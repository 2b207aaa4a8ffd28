/** Runs of networks with residual blocks: kept, resumed, computed again and compared. */
import { CAUSES, dense, dropout, residual, verify, why } from 'samebits';
import { afterAll, describe, expect, it } from 'vitest';
import { baseOf, Folders } from './folders.js';

const folders = new Folders();
afterAll(() => folders.remove());

const setting = baseOf([
  residual({ layers: [dense({ units: 8, activation: 'tanh' })], inputShape: [8] as const }),
  dense({ units: 6 }),
  residual({ layers: [dropout({ rate: 0.25 }), dense({ units: 6, activation: 'relu' })] }),
  dense({ units: 1, activation: 'sigmoid' }),
]);

describe('a run with residual blocks', () => {
  it('is computed again to the same bits, at other numbers of threads too', async () => {
    const folder = await folders.make('verified', setting, { checkpointEvery: 3 });
    expect(await verify(folder, { threads: 3 })).toMatchObject({ verdict: 'verified' });
  });

  it('is told apart from another one, by cause, step and tensor', async () => {
    const a = await folders.make('a', setting);
    const masks = await folders.make('masks', CAUSES.dropoutMasks.write(setting, 43));
    expect(await why(a, masks)).toMatchObject({
      verdict: 'explained',
      factors: [{ name: 'dropoutMasks', effect: 'explains' }],
      parting: { step: 1, operation: { kind: 'gradient' } },
    });
    const wider = await folders.make('activation', CAUSES.activation.write(setting, ['tanh', 'linear', 'tanh']));
    expect(await why(a, wider)).toMatchObject({
      verdict: 'explained',
      factors: [{ name: 'activation', effect: 'explains' }],
      parting: { step: 1, operation: { kind: 'gradient' } },
    });
    const flipped = CAUSES.flippedBit.write(setting, { tensor: 'dense_3/kernel', index: 7, bit: 2 });
    expect(await why(a, await folders.make('flipped', flipped))).toMatchObject({
      verdict: 'explained',
      parting: { step: 0, operation: { kind: 'weights', place: 'dense_3/kernel' } },
    });
  });
});
