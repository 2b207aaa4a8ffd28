/** Causes of networks with residual blocks: what goes into a block, and what is refused there. */
import { CAUSES, dense, dropout, type Layer, parseSetting, residual, type Setting } from 'samebits';
import { describe, expect, it } from 'vitest';
import { bare } from './settings.js';

const setting: Setting = parseSetting({
  ...bare,
  recipe: {
    ...bare.recipe,
    model: {
      layers: [
        dense({ units: 6, inputShape: [64] as const }),
        residual({ layers: [dense({ units: 4, activation: 'relu' }), dropout({ rate: 0.5 }), dense({ units: 6 })] }),
        dense({ units: 10, activation: 'softmax' }),
      ],
    },
  },
});

/** The dense layers and the dropout, in blocks too. */
function inside({ recipe }: Setting): readonly Layer[] {
  return recipe.model.layers.flatMap((layer) => (layer.kind === 'residual' ? layer.layers : [layer]));
}

describe('a network with a residual block', () => {
  it('has the layers in it among those whose initializers, activations and penalties change', () => {
    const drawn = CAUSES.initializer.write(setting, ['heNormal', 'heUniform', 'lecunNormal', 'zeros']);
    expect(CAUSES.initializer.read(drawn)).toEqual(['heNormal', 'heUniform', 'lecunNormal', 'zeros']);
    expect(inside(drawn)[3]).toMatchObject({ name: 'dense_3', kernelInitializer: 'lecunNormal' });
    expect(CAUSES.activation.read(setting)).toEqual(['linear', 'relu', 'linear']);
    expect(inside(CAUSES.activation.write(setting, 'tanh'))[1]).toMatchObject({ name: 'dense_2', activation: 'tanh' });
    expect(CAUSES.l2.read(CAUSES.l2.write(setting, 0.5))).toBe(0.5);
    // Back again, to the word.
    expect(CAUSES.activation.write(CAUSES.activation.write(setting, 'tanh'), ['linear', 'relu', 'linear'])).toEqual(
      setting,
    );
  });

  it('has seeds of the masks in it', () => {
    expect(CAUSES.dropoutMasks.applies(setting)).toBe(true);
    expect(CAUSES.dropoutRate.read(setting)).toBe(0.5);
  });

  it('takes widths that leave blocks as wide as what they take in', () => {
    expect(CAUSES.width.read(setting)).toEqual([6, 4, 6]);
    expect(CAUSES.width.read(CAUSES.width.write(setting, 12))).toBe(12);
    expect(CAUSES.width.read(CAUSES.width.write(setting, [8, 3, 8]))).toEqual([8, 3, 8]);
    expect(() => CAUSES.width.write(setting, [8, 3, 6])).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_SHAPE', message: expect.stringMatching(/8 units.*received 6/) }),
    );
  });

  it('has neither depth nor rates of dropout to change', () => {
    expect(CAUSES.depth.applies(setting)).toBe(false);
    expect(CAUSES.dropoutRate.applies(setting)).toBe(false);
    for (const change of [() => CAUSES.depth.write(setting, 5), () => CAUSES.dropoutRate.write(setting, 0.1)]) {
      expect(change).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }));
    }
    expect(() => CAUSES.dropoutRate.write(setting, 0)).toThrow(/dense layers and dropout only/);
  });
});
