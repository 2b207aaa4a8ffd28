/** Depth, dropout and optimizers: what is put in, taken out and kept. */
import { CAUSES, dense, dropout, type Layer, parseSetting, rescaling, type Setting } from 'samebits';
import { describe, expect, it } from 'vitest';
import { bare, full } from './settings.js';

const withLayers = (layers: readonly Layer[]): Setting =>
  parseSetting({ ...bare, recipe: { ...bare.recipe, model: { layers } } });

/** `6` a hidden layer of 6 units, `~0.5` dropout; with the names. */
const outline = ({ recipe }: Setting) =>
  recipe.model.layers.map((layer) => {
    if (layer.kind === 'rescaling') return 'rescaling';
    if (layer.kind === 'dropout') return `${layer.name} ~${layer.rate}`;
    return layer.kind === 'dense' ? `${layer.name} ${layer.units}` : layer.kind;
  });

describe('depth', () => {
  it('puts in copies of the first hidden layer, each with dropout before it, as someone would write them', () => {
    expect(outline(CAUSES.depth.write(full, 3))).toEqual([
      'dense_1 6',
      'dropout_1 ~0.25',
      'dense_2 6',
      'dropout_2 ~0.25',
      'dense_3 6',
      'dropout_3 ~0.25',
      'dense_4 1',
    ]);
    expect(outline(CAUSES.depth.write(full, 1))).toEqual(['dense_1 6', 'dropout_1 ~0.25', 'dense_2 1']);
  });

  it('keeps names of their own, the shape of the data, and dropout of the data where it is', () => {
    const setting = withLayers([
      rescaling({ scale: 0.1, inputShape: [64] }),
      dropout({ rate: 0.1, name: 'of the data' }),
      dense({ units: 7, name: 'first', useBias: false }),
      dense({ units: 10, activation: 'softmax' }),
    ]);
    const deeper = CAUSES.depth.write(setting, 2);
    expect(outline(deeper)).toEqual(['rescaling', 'of the data ~0.1', 'first 7', 'dense_2 7', 'dense_3 10']);
    expect(deeper.recipe.model.layers[0]).toEqual(setting.recipe.model.layers[0]);
    expect(deeper.recipe.model.layers[3]).toMatchObject({ useBias: false });
    expect(CAUSES.depth.write(deeper, 1)).toEqual(setting);
  });

  it('of hidden layers that differ: the first ones, then copies of the first', () => {
    const setting = CAUSES.width.write(full, [12, 3]);
    expect(CAUSES.width.read(CAUSES.depth.write(setting, 4))).toEqual([12, 3, 12, 12]);
    expect(CAUSES.width.read(CAUSES.depth.write(setting, 1))).toBe(12);
  });
});

describe('dropoutRate', () => {
  it('puts dropout between dense layers, and takes it out, without another name', () => {
    const without = CAUSES.dropoutRate.write(full, 0);
    expect(outline(without)).toEqual(['dense_1 6', 'dense_2 6', 'dense_3 1']);
    expect(CAUSES.dropoutRate.write(without, 0.25)).toEqual(full);
  });

  it('leaves dropout where it is, and the shape of the data with the first layer', () => {
    const setting = withLayers([
      dropout({ rate: 0.1, inputShape: [64] as const }),
      dense({ units: 7 }),
      dense({ units: 10, activation: 'softmax' }),
    ]);
    expect(outline(CAUSES.dropoutRate.write(setting, 0.5))).toEqual(['dropout_1 ~0.5', 'dense_1 7', 'dense_2 10']);
    const without = CAUSES.dropoutRate.write(setting, 0);
    expect(without.recipe.model.layers[0]).toMatchObject({ kind: 'dense', inputShape: [64] });
  });
});

describe('optimizer', () => {
  it('keeps learning rate and epsilon, and takes names', () => {
    const setting = CAUSES.epsilon.write(CAUSES.learningRate.write(full, 0.5), 1e-3);
    const rmsprop = CAUSES.optimizer.write(setting, 'rmsprop' as never);
    expect(rmsprop.recipe.optimizer).toEqual({
      name: 'rmsprop',
      learningRate: 0.5,
      rho: 0.9,
      momentum: 0,
      epsilon: 1e-3,
    });
    const sgd = CAUSES.optimizer.write(setting, { name: 'sgd', momentum: 0.9, nesterov: true });
    expect(sgd.recipe.optimizer).toEqual({ name: 'sgd', learningRate: 0.5, momentum: 0.9, nesterov: true });
    expect(CAUSES.optimizer.write(sgd, 'adam' as never).recipe.optimizer).toMatchObject({ epsilon: 1e-7 });
  });
});
