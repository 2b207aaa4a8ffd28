/** Runs of networks with Gaussian noise: kept, computed again and compared. */
import { CAUSES, dense, gaussianNoise, type Layer, verify, why } from 'samebits';
import { afterAll, describe, expect, it } from 'vitest';
import { baseOf, Folders } from './folders.js';

const folders = new Folders();
afterAll(() => folders.remove());

const setting = baseOf([
  gaussianNoise({ stddev: 0.2, inputShape: [8] as const }),
  dense({ units: 6, activation: 'relu' }),
  gaussianNoise({ stddev: 0.1 }),
  dense({ units: 1, activation: 'sigmoid' }),
]);

describe('a run with Gaussian noise', () => {
  it('is computed again to the same bits, at other numbers of threads too', async () => {
    const folder = await folders.make('verified', setting, { checkpointEvery: 3 });
    expect(await verify(folder, { threads: 3 })).toMatchObject({ verdict: 'verified' });
  });

  it('is told apart from one with other noise, and from one with other words for the same', async () => {
    const a = await folders.make('a', setting);
    const noise = await folders.make('noise', CAUSES.gaussianNoise.write(setting, 43));
    expect(await why(a, noise)).toMatchObject({
      verdict: 'explained',
      factors: [{ name: 'gaussianNoise', a: 42, b: 43, effect: 'explains' }],
      parting: { step: 1, operation: { kind: 'noise', place: 'gaussianNoise_1', layer: 0, shape: [10, 8] } },
    });
    const [first, dense1, last, dense2] = setting.recipe.model.layers;
    const louder = { ...setting.recipe.model, layers: [first, dense1, { ...last, stddev: 0.3 } as Layer, dense2] };
    const stddev = await why(
      a,
      await folders.make('stddev', { ...setting, recipe: { ...setting.recipe, model: louder } }),
    );
    expect(stddev).toMatchObject({
      verdict: 'explained',
      factors: [{ name: 'recipe.model.layers[2].stddev', effect: 'explains' }],
      parting: { step: 1, operation: { kind: 'noise', place: 'gaussianNoise_2', layer: 1 } },
    });
    expect(stddev.sentence).toMatch(
      /^They part at step 1 \(epoch 1, batch 1\), in the noise before layer 2 \(gaussianNoise_2\)/,
    );
    const same = await folders.make('same', {
      ...setting,
      recipe: { ...setting.recipe, seeds: { ...setting.recipe.seeds, noise: 42 } },
    });
    expect(await why(a, same)).toMatchObject({
      verdict: 'equal',
      factors: [{ name: 'recipe.seeds.noise', effect: 'none' }],
    });
    const seed = await folders.make('seed', CAUSES.seed.write(setting, 43));
    expect(await why(a, seed)).toMatchObject({ verdict: 'explained', parting: { step: 0 } });
  });
});
