import {
  type ActivationOption,
  activation,
  batchNormalization,
  dense,
  dropout,
  embedding,
  gaussianNoise,
  layerNormalization,
  type NumericArray,
  prepare,
  rescaling,
  residual,
  type Sequential,
  sequential,
  tableInput,
  tableOf,
  toOnnx,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { failure } from '../train/problem.js';
import { type OnnxTensor, session, Tensor } from './onnxruntime.js';

const ACTIVATIONS: ActivationOption[] = [
  'linear',
  'relu',
  'leakyRelu',
  { name: 'leakyRelu', alpha: 0.01 },
  'elu',
  { name: 'elu', alpha: 1.7 },
  'selu',
  'gelu',
  'silu',
  'softplus',
  'softsign',
  'hardSigmoid',
  'tanh',
  'sigmoid',
  'softmax',
];

const ROWS = 23;
const INPUTS = 6;
/** On both sides of 0, small and large. */
const x = Float32Array.from({ length: ROWS * INPUTS }, (_, i) => 4 * Math.sin(1 + i * i));

async function run(model: Uint8Array, feeds: Readonly<Record<string, OnnxTensor>>): Promise<Float32Array> {
  const running = await session(model);
  expect(running.inputNames).toEqual(Object.keys(feeds));
  expect(running.outputNames).toEqual(['outputs']);
  const { outputs } = await running.run(feeds);
  await running.release();
  return outputs.data;
}

function expectNear(found: NumericArray, wanted: NumericArray): void {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i += 1) {
    expect(Math.abs(found[i] - wanted[i])).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(wanted[i])));
  }
}

async function expectSame(model: Sequential): Promise<void> {
  const outputs = await run(toOnnx(model), { x: new Tensor('float32', x, [ROWS, INPUTS]) });
  expectNear(outputs, model.predictSync({ data: x, rows: ROWS, columns: INPUTS }).data);
}

describe('onnxruntime predicts the same', () => {
  it.each(ACTIVATIONS)('with %o', async (given) => {
    const layers = [
      dense({ units: 9, activation: given, inputShape: [INPUTS], biasInitializer: 'randomNormal' }),
      dense({ units: 7, activation: given }),
    ];
    await expectSame(sequential({ layers, seed: 4 }));
  });

  it('with rescaling, dropout, noise, no bias, and layers of any name', async () => {
    const layers = [
      rescaling({ scale: 0.3, offset: -0.5, inputShape: [INPUTS] }),
      dropout({ rate: 0.5 }),
      dense({ units: 5, activation: 'relu', useBias: false, name: 'x' }),
      gaussianNoise({ stddev: 0.5 }),
      dense({ units: 5, activation: 'tanh', name: 'outputs' }),
      dense({ units: 300, name: 'ü "quoted" 日本' }),
      dense({ units: 2, activation: 'softmax' }),
    ];
    await expectSame(sequential({ layers, seed: 4, name: 'a net' }));
  });

  it('with embeddings', async () => {
    const embedded = sequential({
      layers: [embedding({ categories: 7, units: 3, inputShape: [4] }), dense({ units: 2, activation: 'relu' })],
      seed: 4,
    });
    const data = Float32Array.from({ length: 4 * ROWS }, (_, i) => (i * i) % 7);
    const wanted = embedded.predictSync({ data, rows: ROWS, columns: 4 }).data;
    expectNear(await run(toOnnx(embedded), { x: new Tensor('float32', data, [ROWS, 4]) }), wanted);
  });

  it('with numbers and embeddings side by side', async () => {
    const indices = [
      { name: 'place/of birth', categories: 7, units: 3 },
      { name: 'b', categories: 2, units: 1 },
    ];
    for (const columns of [
      [indices[0], { name: 'x' }, indices[1], { name: 'y' }],
      indices,
      [{ name: 'x' }, indices[0]],
    ]) {
      const layers = [tableInput({ columns }), dense({ units: 2, activation: 'tanh' })];
      const model = sequential({ layers, seed: 4 });
      const data = Float32Array.from({ length: columns.length * ROWS }, (_, i) => {
        const column = columns[i % columns.length];
        return 'categories' in column ? (i * 5) % column.categories : Math.sin(i);
      });
      const shape = [ROWS, columns.length];
      const wanted = model.predictSync({ data, rows: ROWS, columns: columns.length }).data;
      expectNear(await run(toOnnx(model), { x: new Tensor('float32', data, shape) }), wanted);
    }
  });

  it.each([
    [true, true],
    [false, true],
    [true, false],
    [false, false],
  ])('with batch normalization: center %s, scale %s', async (center, scale) => {
    const model = sequential({
      layers: [
        batchNormalization({ inputShape: [INPUTS], center, scale, epsilon: 0.02 }),
        dense({ units: 5 }),
        batchNormalization({ center, scale }),
        activation({ activation: 'elu' }),
        dense({ units: 2 }),
      ],
      seed: 4,
    });
    // Variances above 0, and all else on both sides of it.
    const moved = model.getWeights().map((tensor, i) => {
      const data = tensor.data.map((_, j) =>
        tensor.name.endsWith('Variance') ? 0.3 + ((i + j) % 5) : Math.sin(i * 7 + j),
      );
      return { ...tensor, data };
    });
    model.setWeights(moved);
    await expectSame(model);
  });

  it.each([
    [true, true],
    [false, true],
    [true, false],
    [false, false],
  ])('with layer normalization: center %s, scale %s', async (center, scale) => {
    const model = sequential({
      layers: [
        layerNormalization({ inputShape: [INPUTS], center, scale, epsilon: 0.02 }),
        dense({ units: 5, biasInitializer: 'randomNormal' }),
        layerNormalization({ center, scale }),
        activation({ activation: 'elu' }),
        dense({ units: 2 }),
      ],
      seed: 4,
    });
    model.setWeights(
      model.getWeights().map((tensor, i) => ({ ...tensor, data: tensor.data.map((_, j) => Math.sin(i * 7 + j)) })),
    );
    await expectSame(model);
  });

  it('with residual blocks, in each other, first and last', async () => {
    const layers = [
      residual({
        layers: [dropout({ rate: 0.5 }), dense({ units: INPUTS, activation: 'tanh' })],
        inputShape: [INPUTS] as const,
      }),
      dense({ units: 9, activation: 'relu' }),
      residual({
        layers: [
          batchNormalization(),
          residual({ layers: [dense({ units: 4, activation: 'gelu' }), dense({ units: 9 })], name: 'outputs' }),
          activation({ activation: 'softsign' }),
        ],
      }),
      dense({ units: 2 }),
      residual({ layers: [activation({ activation: 'linear' })] }),
    ];
    await expectSame(sequential({ layers, seed: 4 }));
  });

  it('with one unit and one row', async () => {
    const model = sequential({ layers: [dense({ units: 1, inputShape: [1] })], seed: 4 });
    expectNear(await run(toOnnx(model), { x: new Tensor('float32', [2], [1, 1]) }), model.predictSync([[2]]).data);
  });
});

describe('a preparation in the graph', () => {
  const dates = ['2024-02-29', '2023-01-01T12:00Z', null, '2022-12-31', '2024-02-29', '2021-07-01'];
  const columns = {
    // Beyond what binary32 tells apart.
    'time of day': [
      1_700_000_000_001,
      1_700_000_000_003,
      null,
      1_700_000_000_010,
      1_700_000_000_004,
      1_700_000_000_002,
    ],
    x: [1, 2, 3, 4, 5, 6.5],
    member: [true, false, null, true, true, false],
    city: ['Oslo', 'Rome', 'Oslo', null, 'Bern', 'Rome'],
    when: dates.map((text) => (text === null ? null : new Date(text))),
    late: ['yes', 'no', 'no', 'yes', 'no', 'no'],
  };
  const table = tableOf(columns);
  const doubles = (values: readonly (number | boolean | null)[]) =>
    new Tensor(
      'float64',
      Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value))),
      [values.length, 1],
    );
  const texts = (values: readonly (string | null)[]) =>
    new Tensor(
      'string',
      values.map((value) => value ?? ''),
      [values.length, 1],
    );
  const parts: Record<string, (date: Date) => number> = {
    month: (date) => date.getUTCMonth() + 1,
    weekday: (date) => ((date.getUTCDay() + 6) % 7) + 1,
    hour: (date) => date.getUTCHours(),
  };

  it.each([
    ['oneHot', true, 'none'],
    ['oneHot', false, 'mostFrequent'],
    ['ordinal', true, 'mostFrequent'],
    ['ordinal', false, 'none'],
  ] as const)(
    'takes columns as the table has them: %s, indicators %s, imputed by %s',
    async (encode, indicator, impute) => {
      const { preparation, x: features } = prepare(table, {
        target: 'late',
        numbers: { indicator },
        categories: { encode, indicator, impute },
        dates: { parts: ['month', 'weekday', 'hour'], indicator },
      });
      const inputs = preparation.features.length;
      const layers = [
        dense({ units: 4, activation: 'tanh', inputShape: [inputs] }),
        dense({ units: 2, activation: 'softmax' }),
      ];
      const model = sequential({ layers, seed: 9 });
      const feeds: Record<string, OnnxTensor> = {
        'time of day': doubles(columns['time of day']),
        x: doubles(columns.x),
        member: doubles(columns.member),
        city: texts(columns.city),
      };
      for (const [part, of] of Object.entries(parts)) {
        feeds[`when.${part}`] = doubles(columns.when.map((date) => (date === null ? null : of(date))));
      }
      const bytes = toOnnx(model, { preparation });
      expectNear(await run(bytes, feeds), model.predictSync(features).data);
      expect(Buffer.from(bytes).includes('["no","yes"]')).toBe(true);
      const x = new Tensor('float32', Float32Array.from(features.data), [features.rows, inputs]);
      expectNear(await run(toOnnx(model, { preparation: null }), { x }), model.predictSync(features).data);
      // What was never seen is none of the known.
      const unknown = { ...feeds, city: texts(columns.city.map(() => 'Paris')) };
      const elsewhere = tableOf({ ...columns, city: columns.city.map(() => 'Paris') });
      expectNear(await run(bytes, unknown), model.predictSync(preparation.transform(elsewhere)).data);
    },
  );

  it('takes outputs back to numbers of a target that is scaled', async () => {
    const houses = tableOf({ size: [1, 2.5, 4, 8], price: [120_000, 250_000, 310_500, 900_000] });
    const model = sequential({ layers: [dense({ units: 1 })], seed: 5 });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await model.fit(houses, { target: 'price', prepare: { targetScale: 'standard' }, epochs: 3 });
    const said = await run(toOnnx(model), { size: doubles([1, 2.5, 4, 8]) });
    const here = model.predictSync(houses).data;
    expect(here[0]).toBeGreaterThan(1000);
    said.forEach((value, row) => {
      expect(Math.abs(value / here[row] - 1)).toBeLessThan(1e-5);
    });
  });

  it('that refuses missing numbers gives NaN for them', async () => {
    const { preparation } = prepare(tableOf({ a: [1, 2, 3] }), { numbers: { impute: 'error' } });
    const model = sequential({ layers: [dense({ units: 1, inputShape: [1] })], seed: 9 });
    const outputs = await run(toOnnx(model, { preparation }), { a: doubles([null, 2]) });
    expect(outputs[0]).toBeNaN();
    expectNear(outputs.subarray(1), model.predictSync(preparation.transform([{ a: 2 }])).data);
  });

  it('that does not fit is refused', async () => {
    const of = async (data: Parameters<typeof tableOf>[0], inputs: number, options = {}) => {
      const { preparation } = prepare(tableOf(data), options);
      const model = sequential({ layers: [dense({ units: 1, inputShape: [inputs] })], seed: 1 });
      return failure(() => toOnnx(model, { preparation }));
    };
    expect(await of({ a: [1, 2] }, 2)).toMatchObject({ code: 'ERR_SAMEBITS_SHAPE' });
    const clash = await of({ 'd.hour': [1, 2], d: [new Date(0), new Date(1e7)] }, 2, { dates: { parts: ['hour'] } });
    expect(clash.message).toContain('different names');
    const empty = await of({ c: ['', 'a', null] }, 3, { categories: { indicator: true } });
    expect(empty.message).toContain('empty text');
    for (const name of ['a\nb', 'a\u0000', '\u007f', '\u2028', '\u0085', '\ud800']) {
      expect((await of({ [name]: [1, 2] }, 1)).message, name).toContain('without control characters');
    }
  });
});

describe('an export', () => {
  it('refuses names with control characters', async () => {
    for (const options of [
      { name: 'a\nb' },
      { layers: [dense({ units: 1, name: 'a\u0007', inputShape: [1] as const })] },
    ]) {
      const model = sequential({ layers: [dense({ units: 1, inputShape: [1] })], seed: 1, ...options });
      expect(await failure(() => toOnnx(model))).toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    }
  });

  it('refuses what is no option, and a model whose inputs nobody knows', async () => {
    const model = sequential({ layers: [dense({ units: 1 })], seed: 1 });
    expect(await failure(() => toOnnx(model))).toMatchObject({ code: 'ERR_SAMEBITS_STATE' });
    expect((await failure(() => toOnnx(model, { preparations: null } as never))).message).toContain('preparation');
    const document = { columns: [] } as never;
    expect(await failure(() => toOnnx(model, { preparation: document }))).toMatchObject({
      code: 'ERR_SAMEBITS_ARGUMENT',
    });
  });

  it('has the same bytes each time, and says whose weights it has', () => {
    const model = sequential({ layers: [dense({ units: 2, activation: 'gelu', inputShape: [3] })], seed: 1 });
    expect(Buffer.from(toOnnx(model)).equals(Buffer.from(toOnnx(model.clone())))).toBe(true);
    expect(Buffer.from(toOnnx(model)).includes(model.fingerprint())).toBe(true);
  });
});
