/** What two settings differ in: all of it, as causes where there is one. */
import {
  activation,
  batchNormalization,
  CAUSE_NAMES,
  CAUSES,
  dense,
  differingCauses,
  type Layer,
  parseSetting,
  type Setting,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { bare, embedded, full, noisy, placeOf } from './settings.js';

const NOTHING = { causes: [], idle: [], rest: [] };

/** Another level of every cause at once. */
const other: Setting = (() => {
  let setting = CAUSES.depth.write(full, 3);
  setting = CAUSES.width.write(setting, [4, 5, 6]);
  setting = CAUSES.activation.write(setting, ['relu', 'tanh', 'relu']);
  setting = CAUSES.initializer.write(setting, ['heNormal', 'heNormal', 'heNormal', 'zeros']);
  setting = CAUSES.dropoutRate.write(setting, [0.1, 0.2, 0.3]);
  setting = CAUSES.l1.write(setting, 0.2);
  setting = CAUSES.l2.write(setting, 0.1);
  setting = CAUSES.optimizer.write(setting, { name: 'sgd', momentum: 0, nesterov: false });
  setting = CAUSES.learningRate.write(setting, 0.1);
  setting = CAUSES.weightDecay.write(setting, 0.3);
  setting = CAUSES.seed.write(setting, 3);
  setting = CAUSES.generator.write(setting, 'tychei');
  setting = CAUSES.shuffle.write(setting, 'stratified');
  setting = CAUSES.batchSize.write(setting, 9);
  setting = CAUSES.classWeights.write(setting, 'balanced');
  setting = CAUSES.epochs.write(setting, 9);
  setting = CAUSES.rows.write(setting, 9);
  setting = CAUSES.dataSubset.write(setting, 9);
  setting = CAUSES.dataSeed.write(setting, 9);
  setting = CAUSES.threads.write(setting, 9);
  setting = CAUSES.reduction.write(setting, 'free');
  setting = CAUSES.batchLeaf.write(setting, 9);
  setting = CAUSES.freeGrain.write(setting, 9);
  setting = CAUSES.isa.write(setting, 'scalar');
  setting = CAUSES.flippedBit.write(setting, { tensor: 'dense_1/kernel', index: 0, bit: 0 });
  return CAUSES.hardware.write(setting, ['noFma']);
})();

describe('differingCauses', () => {
  it('of a setting and itself are none, however its seeds are written', () => {
    expect(differingCauses(full, full)).toEqual(NOTHING);
    const { recipe } = full;
    const spelled = { ...full, recipe: { ...recipe, seed: '42', seeds: { weights: 42, order: '42', dropout: null } } };
    expect(differingCauses(full, spelled)).toEqual(NOTHING);
  });

  it('are all that differ, and leave nothing to name', () => {
    const causes = CAUSE_NAMES.filter((name) => placeOf(name) === full);
    expect(differingCauses(full, other)).toEqual({ causes, idle: [], rest: [] });
    expect(differingCauses(other, full)).toEqual({ causes, idle: [], rest: [] });
    const tables = CAUSES.embeddingsInitializer.write(embedded, 'zeros');
    expect(differingCauses(embedded, tables)).toEqual({ ...NOTHING, causes: ['embeddingsInitializer'] });
  });

  it('name a seed with what it moves', () => {
    const moved = CAUSES.seed.write(full, 1);
    const causes = ['seed', 'initialWeights', 'dataOrder', 'dropoutMasks'];
    expect(differingCauses(full, moved)).toEqual({ ...NOTHING, causes });
    expect(differingCauses(noisy, CAUSES.seed.write(noisy, 1)).causes).toContain('gaussianNoise');
    expect(differingCauses(noisy, CAUSES.gaussianNoise.write(noisy, 1))).toEqual({
      ...NOTHING,
      causes: ['gaussianNoise'],
    });
    expect(differingCauses(full, CAUSES.dataOrder.write(full, 1)).causes).toEqual(['dataOrder']);
  });

  it('set those apart that do nothing', () => {
    expect(differingCauses(full, CAUSES.freeGrain.write(full, 3))).toEqual({ ...NOTHING, idle: ['freeGrain'] });
    expect(differingCauses(full, CAUSES.gaussianNoise.write(full, 3))).toEqual({ ...NOTHING, idle: ['gaussianNoise'] });
    expect(differingCauses(bare, CAUSES.seed.write(bare, 1))).toEqual({
      causes: ['seed', 'dataOrder'],
      idle: ['initialWeights', 'dropoutMasks'],
      rest: [],
    });
  });

  it('name by their paths what no cause covers', () => {
    const layers = full.recipe.model.layers.map((layer, i) => (i === 4 ? { ...layer, useBias: false } : layer));
    const changed = parseSetting({
      ...full,
      recipe: { ...full.recipe, model: { name: 'mine', layers }, loss: 'meanSquaredError' },
      data: { ...full.data, source: { ...full.data.source, noise: 2 } },
    });
    expect(differingCauses(full, CAUSES.epochs.write(changed, 9))).toEqual({
      causes: ['epochs'],
      idle: [],
      rest: [
        { path: 'recipe.model.name', a: 'sequential', b: 'mine' },
        { path: 'recipe.model.layers[4].useBias', a: true, b: false },
        { path: 'recipe.loss', a: 'binaryCrossentropy', b: 'meanSquaredError' },
        { path: 'data.source.noise', a: 1, b: 2 },
      ],
    });
  });

  it.each<[string, number, object]>([
    ['activation', 2, { activation: 'elu' }],
    ['momentum', 1, { momentum: 0.5 }],
    ['kernelConstraint', 0, { kernelConstraint: { name: 'nonNegative' } }],
    ['biasRegularizer', 3, { biasRegularizer: { name: 'l1', l1: 0.1 } }],
    ['biasInitializer', 3, { biasInitializer: { name: 'constant', value: 1 } }],
  ])('leave %s of a layer to the rest', (name, index, part) => {
    const of = (layers: readonly object[]): Setting =>
      parseSetting({ ...full, recipe: { ...full.recipe, model: { layers } } });
    const layers: Layer[] = [
      dense({ units: 6, inputShape: [8] }),
      batchNormalization(),
      activation({ activation: 'relu' }),
      dense({ units: 1, activation: 'sigmoid' }),
    ];
    const changed = layers.with(index, { ...layers[index], ...part } as Layer);
    const { causes, rest } = differingCauses(of(layers), of(changed));
    expect(causes).toEqual([]);
    const path = expect.stringContaining(`recipe.model.layers[${index}].${name}`);
    expect(rest).toEqual(rest.map(() => expect.objectContaining({ path })));
    expect(rest.length).toBeGreaterThan(0);
  });

  it('of settings with little in common say so', () => {
    const { causes, rest } = differingCauses(full, bare);
    expect(causes).toContain('optimizer');
    expect(rest.map(({ path }) => path)).toContain('data.source.kind');
    expect(differingCauses(bare, full).rest.length).toBeGreaterThan(0);
  });
});
