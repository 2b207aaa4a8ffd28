import {
  activation,
  batchNormalization,
  dense,
  dropout,
  embedding,
  type Layer,
  parseRecipe,
  rescaling,
  residual,
  sequential,
  sgd,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { expectSameBits, expectToGoOn, INPUTS, x, y } from './layer-problem.js';
import { failure } from './problem.js';

const LAYERS: readonly Layer[] = [
  residual({ layers: [dense({ units: INPUTS, activation: 'tanh' })], inputShape: [INPUTS] }),
  dense({ units: 9 }),
  residual({
    layers: [
      activation({ activation: 'relu' }),
      dense({ units: 5, activation: 'relu' }),
      dropout({ rate: 0.2 }),
      residual({ layers: [dense({ units: 5, name: 'inner' })], name: 'core' }),
      dense({ units: 9 }),
    ],
  }),
  dense({ units: 1 }),
];

function model(layers = LAYERS) {
  const made = sequential({ layers, seed: 5 });
  made.compile({ optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }), loss: 'meanSquaredError' });
  return made;
}

describe('residual', () => {
  it('adds what it takes in to what its layers make of it', () => {
    const block = [dense({ units: INPUTS, activation: 'tanh', inputShape: [INPUTS] as const, name: 'a' })];
    const alone = sequential({ layers: block, seed: 5 });
    const { inputShape, ...inner } = block[0];
    const around = sequential({ layers: [residual({ layers: [inner], inputShape })], seed: 5 });
    const f = alone.predictSync(x).data;
    const given = Float32Array.from(x.flat());
    expect(around.predictSync(x).data).toEqual(given.map((value, i) => Math.fround(value + f[i])));
    // What nothing changes is doubled, whatever is done to it afterwards.
    const doubled = sequential({
      layers: [residual({ layers: [dropout({ rate: 0.5 })], inputShape }), residual({ layers: [inner] })],
      seed: 5,
    });
    const twice = sequential({ layers: [rescaling({ scale: 2 }), residual({ layers: [inner] })], seed: 5 });
    expect(doubled.predictSync(x).data).toEqual(twice.predictSync(x).data);
  });

  it('gives the same bits at any number of threads, in both plans, in micro-batches, and in a replay of free order', () =>
    expectSameBits(model, [undefined, 8]));

  it('names its layers with all others, block before layer', () => {
    const made = model();
    expect(made.getWeights().map(({ name }) => name)).toEqual(
      ['dense_1', 'dense_2', 'dense_3', 'inner', 'dense_5', 'dense_6'].flatMap((name) => [
        `${name}/kernel`,
        `${name}/bias`,
      ]),
    );
    const [first, , second] = made.layers;
    expect(first.kind === 'residual' && first.name).toBe('residual_1');
    expect(
      second.kind === 'residual' && second.layers.map((layer) => layer.kind !== 'rescaling' && layer.name),
    ).toEqual(['activation_1', 'dense_3', 'dropout_1', 'core', 'dense_5']);
  });

  it('stands in a summary with its layers under it', () => {
    const rows = model()
      .summary({ print: () => {} })
      .split('\n');
    expect(rows.slice(4, -3)).toEqual([
      'residual_1 (residual)       [rows, 3]          12',
      '  dense_1 (dense, tanh)     [rows, 3]          12',
      'dense_2 (dense, linear)     [rows, 9]          36',
      'residual_2 (residual)       [rows, 9]         134',
      '  activation_1 (relu)       [rows, 9]           0',
      '  dense_3 (dense, relu)     [rows, 5]          50',
      '  dropout_1 (dropout, 0.2)  [rows, 5]           0',
      '  core (residual)           [rows, 5]          30',
      '    inner (dense, linear)   [rows, 5]          30',
      '  dense_5 (dense, linear)   [rows, 9]          54',
      'dense_6 (dense, linear)     [rows, 1]          10',
    ]);
    const { length } = model()
      .getWeights()
      .flatMap(({ data }) => [...data]);
    expect(model().countParams()).toBe(length);
  });

  it('is saved, and training goes on', async () => {
    const made = model();
    await made.fit(x, y, { batchSize: 16 });
    await expectToGoOn(made);
  });

  it('leaves a recipe as it was', async () => {
    const made = model();
    const { recipe } = await made.fit(x, y, { batchSize: 16 });
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
  });

  it('refuses micro-batches with batch normalization in it', async () => {
    const layers = [
      dense({ units: 4, inputShape: [INPUTS] }),
      residual({ layers: [batchNormalization()] }),
      dense({ units: 1 }),
    ];
    const options = { batchLeaf: 4, batchSize: 16, microBatchSize: 4 };
    expect(await failure(() => model(layers).fit(x, y, options))).toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
  });
});

describe('a block that does not fit is refused', () => {
  it('where it gives other units than it takes in, with both', async () => {
    const inner = residual({ layers: [dense({ units: 8 })] });
    expect(() =>
      sequential({ layers: [dense({ units: 9 }), residual({ layers: [inner, dense({ units: 9 })] })] }),
    ).toThrow(/9 units, as many as it takes in, for layers\[1\]\.layers\[0\]\.layers but received 8/);
    const open = model([inner, dense({ units: 1 })]);
    const error = await failure(() => open.fit(x, y));
    expect(error).toMatchObject({ code: 'ERR_SAMEBITS_SHAPE' });
    expect(error.message).toMatch(/3 units, as many as it takes in, for layers\[0\]\.layers but received 8/);
    const table = [
      embedding({ categories: 12, units: 2, inputShape: [3] }),
      residual({ layers: [dense({ units: 5 })] }),
    ];
    expect(() => sequential({ layers: table })).toThrow(/6 units/);
  });

  it.each([
    [{ layers: [] }, /at least one layer/],
    [{}, /array of layers/],
    [{ layers: [dense({ units: 3 })], unit: 3 }, /layers, inputShape, name/],
    [{ layers: [{ kind: 'dense' }] }, /layers\[0\]\.units/],
    [{ layers: [{ kind: 'dens', units: 3 }] }, /a layer of kind/],
  ])('%#', (options, message) => {
    expect(() => residual(options as never)).toThrow(message);
  });

  it.each<[string, Layer[], RegExp]>([
    ['without a dense layer', [residual({ layers: [dropout({ rate: 0.5 })] })], /at least one dense layer/],
    [
      'with what is for the data',
      [residual({ layers: [rescaling({ scale: 2 }), dense({ units: 3 })] })],
      /rescaling as the first layer only for layers\[0\]\.layers\[0\]/,
    ],
    [
      'with a shape of the data',
      [residual({ layers: [dense({ units: 3, inputShape: [3] })] })],
      /inputShape in the first layer only for layers\[0\]\.layers\[0\]\.inputShape/,
    ],
    [
      'with a name that is taken',
      [dense({ units: 3, name: 'a' }), residual({ layers: [dense({ units: 3, name: 'a' })] })],
      /no other layer has for layers\[1\]\.layers\[0\]\.name/,
    ],
  ])('%s', (_, layers, message) => {
    expect(() => sequential({ layers })).toThrow(message);
  });

  it('where blocks stand in blocks without end', () => {
    const nested = (depth: number): Layer => {
      let layer: Layer = dense({ units: 3 });
      for (let i = 0; i < depth; i += 1) layer = { kind: 'residual', layers: [layer] };
      return layer;
    };
    const deepest = sequential({ layers: [nested(16)], seed: 1 });
    expect(deepest.predictSync(x).rows).toBe(40);
    for (const depth of [17, 18, 100_000]) {
      expect(() => sequential({ layers: [nested(depth)] })).toThrow(/within each other at most 16 deep/);
    }
  });
});
