import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  activation,
  batchNormalization,
  dense,
  dropout,
  embedding,
  layerNormalization,
  loadModel,
  loadStateDict,
  rescaling,
  residual,
  type Sequential,
  sequential,
  tableInput,
  tensorsFromSafetensors,
  tensorsToSafetensors,
  toStateDict,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { failure } from '../train/problem.js';

const FIXTURES = join(import.meta.dirname, '../fixtures/exchange');
const torch = JSON.parse(readFileSync(join(FIXTURES, 'torch.json'), 'utf8'));

/** The layers of the fixtures. */
function network(): Sequential {
  return sequential({
    layers: [
      dense({ units: 9, activation: 'tanh', inputShape: [5] }),
      dropout({ rate: 0.3 }),
      dense({ units: 7, activation: 'relu', useBias: false }),
      dense({ units: 3, activation: 'softmax' }),
    ],
    seed: 1,
  });
}

function expectPredictions(model: Sequential, wanted: number[][]): void {
  const { data } = model.predictSync(torch.rows);
  for (const [i, value] of wanted.flat().entries()) expect(Math.abs(data[i] - value)).toBeLessThan(1e-6);
}

describe('PyTorch', () => {
  it('predicts the same with the weights of a saved model, by names', async () => {
    expectPredictions(await loadModel(join(FIXTURES, 'samebits-model.safetensors')), torch.named);
  });

  it('and by places in an nn.Sequential', async () => {
    const model = await loadModel(join(FIXTURES, 'samebits-model.safetensors'));
    const bytes = tensorsToSafetensors(toStateDict(model, { modules: 'sequential' }));
    expect(Buffer.from(bytes).equals(readFileSync(join(FIXTURES, 'samebits-sequential.safetensors')))).toBe(true);
    expect(torch.placed).toEqual(torch.named);
  });

  it('gives weights with which samebits predicts the same', () => {
    const model = network();
    loadStateDict(model, readFileSync(join(FIXTURES, 'torch.safetensors')));
    expectPredictions(model, torch.own);
  });

  it('gives those of residual blocks', () => {
    const inner = residual({
      layers: [batchNormalization({ epsilon: 1e-5 }), activation({ activation: 'relu' }), dense({ units: 7 })],
    });
    const block = residual({ layers: [dense({ units: 4, activation: 'tanh' }), dense({ units: 7 }), inner] });
    const layers = [dense({ units: 7, inputShape: [5] as const }), block, dense({ units: 3 })];
    const model = sequential({ layers, seed: 1 });
    loadStateDict(model, readFileSync(join(FIXTURES, 'torch-residual.safetensors')));
    expectPredictions(model, torch.blocks);
  });
});

describe('a state dict', () => {
  it.each([
    ['layers', ['dense_1', 'dense_2', 'dense_3']],
    ['sequential', ['0', '3', '5']],
    [
      ['fc.a', 'fc.b', 'out'],
      ['fc.a', 'fc.b', 'out'],
    ],
  ] as const)('comes back as it was: modules %s', (modules, [first, second, third]) => {
    const model = network();
    const state = toStateDict(model, { modules });
    const other = sequential({ layers: network().layers, seed: 2 });
    loadStateDict(other, tensorsToSafetensors(state), { modules });
    expect(other.fingerprint()).toBe(model.fingerprint());
    expect(state.map(({ name, shape }) => `${name} [${shape}]`)).toEqual([
      `${first}.weight [9,5]`,
      `${first}.bias [9]`,
      `${second}.weight [7,9]`,
      `${third}.weight [3,7]`,
      `${third}.bias [3]`,
    ]);
  });

  it('is found where modules have numbers, in ascending order', () => {
    const layers = Array.from({ length: 12 }, () => dense({ units: 2 }));
    const deep = sequential({ layers: [rescaling({ scale: 2, inputShape: [2] }), ...layers], seed: 1 });
    const other = sequential({ layers: deep.layers, seed: 2 });
    // In the order of a file: 0, 1, 10, 11, 2, …
    const state = toStateDict(deep, { modules: 'sequential' }).sort((a, b) => (a.name < b.name ? -1 : 1));
    const counted = { name: '0.num_batches_tracked', shape: [], data: new Float32Array(1) };
    loadStateDict(other, [...state, counted]);
    expect(other.fingerprint()).toBe(deep.fingerprint());
  });

  it('has the tables of embeddings as they are', () => {
    const layers = [embedding({ categories: 5, units: 3, inputShape: [2] }), dense({ units: 2 })];
    const model = sequential({ layers, seed: 1 });
    const state = toStateDict(model, { modules: 'sequential' });
    expect(state.map(({ name, shape }) => `${name} [${shape}]`)).toEqual([
      '0.weight [5,3]',
      '2.weight [2,6]',
      '2.bias [2]',
    ]);
    expect(state[0].data).toEqual(model.getWeights()[0].data);
    const other = sequential({ layers, seed: 2 });
    loadStateDict(other, state);
    expect(other.fingerprint()).toBe(model.fingerprint());
    const columns = [{ name: 'x' }, { name: 'city', categories: 4, units: 2 }];
    const table = sequential({ layers: [tableInput({ columns }), dense({ units: 1, useBias: false })], seed: 1 });
    expect(toStateDict(table).map(({ name }) => name)).toEqual(['tableInput_1.city.weight', 'dense_1.weight']);
    expect(() => toStateDict(table, { modules: 'sequential' })).toThrow(/nothing like tableInput/);
  });

  it('has layer normalizations as nn.LayerNorm has them', () => {
    const layers = [
      layerNormalization({ center: false, scale: false, inputShape: [2] as const }),
      dense({ units: 3, useBias: false }),
      layerNormalization(),
      dense({ units: 1, useBias: false }),
    ];
    const model = sequential({ layers, seed: 1 });
    const state = toStateDict(model, { modules: 'sequential' });
    expect(state.map(({ name }) => name)).toEqual(['1.weight', '2.weight', '2.bias', '3.weight']);
    expect(toStateDict(model)[1].name).toBe('layerNormalization_2.weight');
    const other = sequential({ layers, seed: 2 });
    loadStateDict(other, state);
    expect(other.fingerprint()).toBe(model.fingerprint());
  });

  it('has batch normalizations as nn.BatchNorm1d has them', () => {
    const layers = [
      dense({ units: 3, useBias: false, inputShape: [2] as const }),
      batchNormalization(),
      activation({ activation: 'relu' }),
      dense({ units: 1, useBias: false }),
    ];
    const model = sequential({ layers, seed: 1 });
    const state = toStateDict(model, { modules: 'sequential' });
    const names = ['0.weight', '1.weight', '1.bias', '1.running_mean', '1.running_var', '3.weight'];
    expect(state.map(({ name }) => name)).toEqual(names);
    const counted = { name: '1.num_batches_tracked', shape: [], data: new Float32Array(1) };
    const other = sequential({ layers, seed: 2 });
    loadStateDict(other, [...state, counted]);
    expect(other.fingerprint()).toBe(model.fingerprint());
  });

  it('has residual blocks as modules with an nn.Sequential named block', () => {
    const layers = [
      dense({ units: 3, activation: 'relu', inputShape: [2] as const }),
      residual({
        layers: [
          batchNormalization(),
          ...Array.from({ length: 11 }, () => dense({ units: 3, useBias: false })),
          residual({
            layers: [dense({ units: 3, activation: 'tanh', useBias: false }), dense({ units: 3, useBias: false })],
          }),
        ],
      }),
      dense({ units: 1, useBias: false }),
    ];
    const model = sequential({ layers, seed: 1 });
    const state = toStateDict(model, { modules: 'sequential' });
    expect(state.map(({ name }) => name)).toEqual([
      '0.weight',
      '0.bias',
      ...['weight', 'bias', 'running_mean', 'running_var'].map((name) => `2.block.0.${name}`),
      ...Array.from({ length: 11 }, (_, i) => `2.block.${i + 1}.weight`),
      '2.block.12.block.0.weight',
      '2.block.12.block.2.weight',
      '3.weight',
    ]);
    expect(toStateDict(model).map(({ name }) => name)).toContain('dense_13.weight');
    const other = sequential({ layers, seed: 2 });
    loadStateDict(
      other,
      state.sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    expect(other.fingerprint()).toBe(model.fingerprint());
  });

  it('that does not fit is refused, and nothing is set', async () => {
    const model = network();
    const before = model.fingerprint();
    const state = toStateDict(sequential({ layers: network().layers, seed: 3 }));
    const [first, ...others] = state;
    const bad = { ...first, data: first.data.map(() => Number.NaN) };
    const cases: [unknown, object, string][] = [
      [others, {}, 'ERR_SAMEBITS_ARGUMENT'],
      [[...state, { ...first, name: 'dense_9.weight' }], {}, 'ERR_SAMEBITS_ARGUMENT'],
      [[{ ...first, shape: [5, 9] }, ...others], {}, 'ERR_SAMEBITS_SHAPE'],
      [[{ ...first, data: first.data.subarray(1) }, ...others], {}, 'ERR_SAMEBITS_SHAPE'],
      [[bad, ...others], {}, 'ERR_SAMEBITS_DATA'],
      [[{ ...first, data: [1, 2] }, ...others], {}, 'ERR_SAMEBITS_ARGUMENT'],
      [[null], {}, 'ERR_SAMEBITS_ARGUMENT'],
      ['weights', {}, 'ERR_SAMEBITS_ARGUMENT'],
      [new Uint8Array(9), {}, 'ERR_SAMEBITS_FILE'],
      [state, { modules: ['a', 'b'] }, 'ERR_SAMEBITS_ARGUMENT'],
      [state, { modules: 3 }, 'ERR_SAMEBITS_ARGUMENT'],
      [state, { module: 'layers' }, 'ERR_SAMEBITS_ARGUMENT'],
    ];
    for (const [given, options, code] of cases) {
      expect(await failure(() => loadStateDict(model, given as never, options)), String(given)).toMatchObject({ code });
    }
    expect(model.fingerprint()).toBe(before);
  });

  it('as a file has binary32 only, and tensors that fill it', () => {
    const state = toStateDict(network());
    expect(tensorsFromSafetensors(tensorsToSafetensors(state))).toEqual(state);
    const header = Buffer.from('{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}  ');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const doubles = Buffer.concat([length, header, Buffer.alloc(8)]);
    expect(() => tensorsFromSafetensors(doubles)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_FILE' }));
    expect(() => tensorsToSafetensors([{ ...state[0], shape: [2] }])).toThrow(/elements for/);
  });
});
