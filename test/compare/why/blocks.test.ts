/** Runs of networks with residual blocks: kept, resumed, computed again and compared. */
import {
  activation,
  CAUSES,
  dense,
  dropout,
  type Layer,
  layerNormalization,
  type ResidualLayer,
  residual,
  type Setting,
  verify,
  type WhyReport,
  why,
} from 'samebits';
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

const nested = baseOf([
  dense({ units: 6, inputShape: [8] as const }),
  residual({
    layers: [
      layerNormalization(),
      dense({ units: 6, activation: 'tanh' }),
      residual({ layers: [layerNormalization({ name: 'inner' }), activation({ activation: 'relu' })] }),
    ],
  }),
  dense({ units: 1, activation: 'sigmoid' }),
]);

/** Another part of the layer normalization or the activation of the block within the block. */
function withInner(place: 0 | 1, part: object): Setting {
  const { model } = nested.recipe;
  const [first, block, last] = model.layers as [Layer, ResidualLayer, Layer];
  const [normalization, hidden, inner] = block.layers as [Layer, Layer, ResidualLayer];
  const layers = inner.layers.with(place, { ...inner.layers[place], ...part } as Layer);
  const changed = { ...block, layers: [normalization, hidden, { ...inner, layers }] };
  return { ...nested, recipe: { ...nested.recipe, model: { ...model, layers: [first, changed, last] } } };
}

const listOf = ({ parting }: WhyReport) => parting?.operations.map(({ kind, place }) => `${kind} ${place}`) ?? [];

describe('a run with residual blocks', () => {
  it('is computed again to the same bits, at other numbers of threads too', async () => {
    const folder = await folders.make('verified', setting, { checkpointEvery: 3 });
    expect(await verify(folder, { threads: 3 })).toMatchObject({ verdict: 'verified' });
  });

  it('is told apart from another one, by cause, step and tensor', async () => {
    const a = await folders.make('a', setting);
    const masks = await folders.make('masks', CAUSES.dropoutMasks.write(setting, 43));
    const dropped = await why(a, masks);
    expect(dropped).toMatchObject({
      verdict: 'explained',
      factors: [{ name: 'dropoutMasks', effect: 'explains' }],
      parting: { step: 1, operation: { kind: 'mask', place: 'dropout_1', layer: 2, shape: [10, 6] } },
    });
    expect(dropped.sentence).toContain('in the dropout mask before layer 3 (dropout_1)');
    // Forwards from the mask on, through the join of the block, and back from there to what was there before the block.
    expect(listOf(dropped).slice(0, 16)).toEqual([
      'mask dropout_1',
      'forward dropout_1',
      'forward dense_3',
      'forward residual_2',
      'forward dense_4',
      'loss batch',
      'outputGradient dense_4',
      'inputGradient dense_4',
      'activationGradient dense_3',
      'inputGradient dense_3',
      'inputGradient dropout_1',
      'inputGradient residual_2',
      'activationGradient dense_2',
      'inputGradient dense_2',
      'activationGradient dense_1',
      'gradient dense_1/kernel',
    ]);
    const wider = await folders.make('activation', CAUSES.activation.write(setting, ['tanh', 'linear', 'tanh']));
    expect(await why(a, wider)).toMatchObject({
      verdict: 'explained',
      factors: [{ name: 'activation', effect: 'explains' }],
      parting: { step: 1, operation: { kind: 'forward', place: 'dense_3', layer: 2 } },
    });
    const flipped = CAUSES.flippedBit.write(setting, { tensor: 'dense_3/kernel', index: 7, bit: 2 });
    expect(await why(a, await folders.make('flipped', flipped))).toMatchObject({
      verdict: 'explained',
      parting: { step: 0, operation: { kind: 'weights', place: 'dense_3/kernel' } },
    });
  });

  it('is told apart in blocks within blocks, by the statistics of a layer normalization or an activation', async () => {
    const a = await folders.make('nested', nested);
    const epsilon = await why(a, await folders.make('epsilon', withInner(0, { epsilon: 0.1 })));
    expect(epsilon).toMatchObject({
      verdict: 'explained',
      parting: { step: 1, operation: { kind: 'statistics', place: 'inner', layer: 3, shape: [10] } },
    });
    expect(epsilon.sentence).toContain('in the statistics of layer 4 (inner)');
    expect(listOf(epsilon).slice(0, 6)).toEqual([
      'statistics inner',
      'forward inner',
      'forward activation_1',
      'forward residual_2',
      'forward residual_1',
      'forward dense_3',
    ]);
    const elu = await why(a, await folders.make('elu', withInner(1, { activation: 'elu' })));
    expect(elu).toMatchObject({
      verdict: 'explained',
      parting: { step: 1, operation: { kind: 'forward', place: 'activation_1', layer: null } },
    });
    expect(elu.sentence).toContain('in the outputs of activation_1');
  });
});
