/** Layers of embeddings through the public API: names, bad input, tables and their preparation, run folders. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  adam,
  dense,
  dropout,
  embedding,
  ensemble,
  loadModel,
  parseRecipe,
  prepare,
  rescaling,
  resume,
  sequential,
  sgd,
  tableInput,
  tableOf,
  verify,
} from 'samebits';
import { afterAll, describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';

const folder = mkdtempSync(join(tmpdir(), 'samebits-embedding-'));
afterAll(() => rmSync(folder, { recursive: true }));

// What users write in JavaScript is not typed.
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
type Wrong = any;

const columns = [
  { name: 'origin', categories: 4, units: 3 },
  { name: 'distance' },
  { name: 'hour', categories: 24, units: 2 },
];
const rows = Array.from({ length: 40 }, (_, i) => [i % 4, i / 40, (i * 7) % 24]);
const targets = rows.map(([origin, distance]) => [origin * distance]);

function model() {
  const made = sequential({ layers: [tableInput({ columns }), dense({ units: 5 }), dense({ units: 1 })], seed: 1 });
  made.compile({ optimizer: adam(), loss: 'meanSquaredError' });
  return made;
}

describe('optimizers', () => {
  const layers = [tableInput({ columns }), dense({ units: 1 })];
  const loss = 'meanSquaredError';

  it.each([
    [{ clipNorm: 1 }, 'clipNorm with tableInput, as norms are of whole tensors'],
    [{ globalClipNorm: 1 }, 'globalClipNorm with tableInput, as norms are of whole tensors'],
    [{ movingAverage: {} }, 'movingAverage with tableInput, as it would move all rows'],
  ])('refuse %j, and say why', (options, why) => {
    const refused = expect.objectContaining({
      code: 'ERR_SAMEBITS_ARGUMENT',
      message: expect.stringContaining(why),
    });
    expect(() => sequential({ layers }).compile({ optimizer: adam(options), loss })).toThrow(refused);
    expect(() => parseRecipe({ model: { layers }, seed: 1, optimizer: adam(options), loss })).toThrow(refused);
  });

  it('refuse micro-batches, and say why', async () => {
    const refused = { code: 'ERR_SAMEBITS_ARGUMENT', message: expect.stringContaining('tables sum whole batches') };
    const options = { batchLeaf: 4, microBatchSize: 4 };
    await expect(model().fit(rows, targets, options)).rejects.toMatchObject(refused);
    await expect(model().trainOnBatch(rows, targets, options)).rejects.toMatchObject(refused);
  });

  it('decay kernels beside tables, and clip the rows that are looked up', async () => {
    const changed = async (options: Parameters<typeof sgd>[0]) => {
      const made = sequential({ layers: [embedding({ categories: 3, units: 2 }), dense({ units: 1 })], seed: 1 });
      made.compile({ optimizer: sgd({ learningRate: 1, ...options }), loss });
      made.predictSync([[0]]);
      const before = made.getWeights();
      await made.trainOnBatch([[1]], [[5]]);
      return made.getWeights().map(({ data }, i) => data.map((value, at) => value - before[i].data[at]));
    };
    const [plain, decayed, clipped] = [
      await changed({}),
      await changed({ weightDecay: 0.5, decayBiases: true }),
      await changed({ clipValue: 1e-3 }),
    ];
    expect(decayed[0]).toEqual(plain[0]);
    expect(decayed[1]).not.toEqual(plain[1]);
    expect(Array.from(clipped[0], Math.abs).map((value) => Math.round(value * 1e5) / 1e5)).toEqual([
      0, 0, 1e-3, 1e-3, 0, 0,
    ]);
  });
});

describe('tables', () => {
  it('come first in model order, by the names of their columns, between −0.05 and 0.05', () => {
    const weights = model().getWeights();
    expect(weights.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['tableInput_1/origin/embeddings', 4, 3],
      ['tableInput_1/hour/embeddings', 24, 2],
      ['dense_1/kernel', 6, 5],
      ['dense_1/bias', 5],
      ['dense_2/kernel', 5, 1],
      ['dense_2/bias', 1],
    ]);
    expect(weights[1].data.every((value) => Math.abs(value) <= Math.fround(0.05) && value !== 0)).toBe(true);
    expect(model().countParams()).toBe(12 + 48 + 30 + 5 + 5 + 1);
    const shared = sequential({ layers: [embedding({ categories: 9, units: 4, name: 'words' }), dense({ units: 1 })] });
    shared.predictSync([[0, 8, 3]]);
    expect(shared.getWeights().map(({ name, shape }) => [name, ...shape])).toEqual([
      ['words/embeddings', 9, 4],
      ['dense_1/kernel', 12, 1],
      ['dense_1/bias', 1],
    ]);
  });

  it('stand in the summary', () => {
    const text = model().summary({ print: () => undefined });
    expect(text).toContain('tableInput_1 (tableInput, 1 numbers, origin 4 × 3, hour 24 × 2)  [rows, 6]          60');
    const shared = sequential({ layers: [embedding({ categories: 2000, units: 4 }), dense({ units: 1 })] });
    const before = shared.summary({ print: () => undefined });
    expect(before).toContain('embedding_1 (embedding, 2,000 × 4)  [rows, ?]       8,000');
  });

  it('survive a recipe and JSON', () => {
    const { layers } = model();
    const recipe = { model: { layers }, seed: 1, optimizer: 'adam', loss: 'meanSquaredError' };
    const again = parseRecipe(JSON.parse(JSON.stringify(recipe)));
    expect(again.model.layers).toEqual(layers);
    expect(layers[0].inputShape).toEqual([3]);
    expect(layers[0]).toMatchObject({ embeddingsInitializer: { name: 'randomUniform', minval: -0.05, maxval: 0.05 } });
  });

  it('look up what x says, after the numbers', async () => {
    const made = model();
    const [origin, hour] = made.getWeights().map(({ data }) => data);
    const kernel = new Float32Array(30);
    for (let j = 0; j < 5; j++) kernel[(j + 1) * 5 + j] = 1;
    const [, , , bias, , last] = made.getWeights();
    const one = (j: number) => Float32Array.from({ length: 5 }, (_, i) => (i === j ? 1 : 0));
    const found: number[] = [];
    for (let j = 0; j < 5; j++) {
      made.setWeights([
        made.getWeights()[0],
        made.getWeights()[1],
        { name: 'dense_1/kernel', shape: [6, 5], data: kernel },
        bias,
        { name: 'dense_2/kernel', shape: [5, 1], data: one(j) },
        last,
      ]);
      found.push(made.predictSync([[2, 0.5, 23]]).data[0]);
    }
    expect(found).toEqual([...origin.subarray(6, 9), ...hour.subarray(46, 48)]);
  });
});

describe('bad input', () => {
  it.each([
    ['embeddingsRegularizer', 'l2', 'as its penalty would move all rows of a table in every step,'],
    [
      'embeddingsConstraint',
      'nonNegative',
      'as it would be of all rows of a table, of which a step changes only those',
    ],
  ])('%s of Keras is refused, and why', (option, value, why) => {
    const given: Wrong = { [option]: value };
    const refused = (name: string) =>
      expect.objectContaining({
        code: 'ERR_SAMEBITS_ARGUMENT',
        message: expect.stringMatching(
          new RegExp(`^Expected no ${option}, ${why}.* for ${name}\\.${option} but received`),
        ),
      });
    expect(() => embedding({ categories: 3, units: 2, ...given })).toThrow(refused('embedding'));
    expect(() => tableInput({ columns, ...given })).toThrow(refused('tableInput'));
    const layers: Wrong = [{ kind: 'embedding', categories: 3, units: 2, ...given }, dense({ units: 1 })];
    expect(() => sequential({ layers })).toThrow(/Expected .* for layers\[0\]/);
  });

  const bad = (row: number, column: number, value: number) =>
    rows.map((each, i) => (i === row ? each.map((old, j) => (j === column ? value : old)) : each));

  it.each([
    [3, 0, 4, 'x at row 3, column 0 "origin" (counted from 0) but received 4'],
    [5, 0, -1, 'a whole number from 0 to 3'],
    [0, 2, 1.5, 'x at row 0, column 2 "hour" (counted from 0) but received 1.5'],
    [39, 2, 24, 'a whole number from 0 to 23'],
  ])('row %i, column %i: %d is no category, and no step is made', async (row, column, value, message) => {
    const made = model();
    await made.trainOnBatch(rows, targets);
    const before = made.fingerprint('state');
    const x = bad(row, column, value);
    const failure = { code: 'ERR_SAMEBITS_DATA', message: expect.stringContaining(message) };
    await expect(made.fit(x, targets, { batchSize: 5, shuffle: false })).rejects.toMatchObject(failure);
    await expect(made.trainOnBatch(x, targets)).rejects.toMatchObject(failure);
    await expect(made.evaluate(x, targets)).rejects.toMatchObject(failure);
    await expect(made.predict(x)).rejects.toMatchObject(failure);
    await expect(ensemble([made]).predict(x)).rejects.toMatchObject(failure);
    expect(() => made.predictSync(x)).toThrow(message);
    const validationData: [number[][], number[][]] = [x, targets];
    await expect(made.fit(rows, targets, { validationData })).rejects.toThrow('validationData[0] at row');
    expect(made.fingerprint('state')).toBe(before);
  });

  it('changed behind the back of a check is refused below too', async () => {
    const { isa, Network } = { isa: addon().instructionSets().available[0], Network: addon().Network };
    const network = new Network({
      isa,
      inputs: 1,
      rescale: null,
      lookUp: { tables: [{ categories: 2, units: 1 }], columns: [0] },
      layers: [{ kind: 'dense', units: 1, activation: 'linear', useBias: true }],
      loss: 'meanSquaredError',
      optimizer: { kind: 'sgd', learningRate: 1 },
    });
    const job = { x: new Float32Array([0, 2, 1]), targets: new Float32Array(3), rows: 3, threads: 2 };
    const failure = { code: 'ERR_SAMEBITS_DATA', message: expect.stringContaining('below the categories') };
    await expect(network.predict(job)).rejects.toMatchObject(failure);
    await expect(network.evaluate({ ...job, batchLeaf: 64 })).rejects.toMatchObject(failure);
    expect(() => network.predictSync(job)).toThrow('below the categories');
    expect(network.predictSync({ ...job, rows: 1 })).toHaveLength(1);
    const train = {
      ...job,
      reduction: 'fixed',
      batchSize: 2,
      batchLeaf: 64,
      freeGrain: 8,
      plan: 'auto',
      shuffle: null,
      order: null,
      inEpoch: true,
      maxSteps: 9,
      stopAtEpochEnd: true,
      maxEpochs: 1,
      maxMilliseconds: 1e9,
      stopOnNonFinite: true,
      record: false,
      replay: null,
    } as const;
    await expect(network.train(train)).rejects.toMatchObject(failure);
    expect(network.getCounters().steps).toBe(0);
  });

  it.each<[string, () => unknown, string]>([
    [
      'not first',
      () => sequential({ layers: [dense({ units: 1 }), embedding({ categories: 2, units: 1 })] }),
      'embedding as the first layer only',
    ],
    [
      'after rescaling',
      () => sequential({ layers: [rescaling({ scale: 1 }), tableInput({ columns }), dense({ units: 1 })] }),
      'tableInput as the first layer only',
    ],
    ['no columns', () => tableInput({ columns: [] }), 'at least one column'],
    [
      'units alone',
      () => tableInput({ columns: [{ name: 'a', units: 3 }] }),
      '{ name, categories, units } of an index',
    ],
    ['one name twice', () => tableInput({ columns: [columns[0], columns[0]] }), 'columns of different names'],
    ['no name', () => tableInput({ columns: [{ name: '' }] }), 'a string of at least 1 character'],
    ['units 0', () => embedding({ categories: 3, units: 0 }), 'embedding.units but received 0'],
    ['too many categories', () => embedding({ categories: 2 ** 24 + 1, units: 1 }), 'from 1 to 16777216'],
    ['an unknown option', () => (embedding as Wrong)({ categories: 1, units: 1, inputDim: 4 }), 'inputDim'],
    [
      'minval above maxval',
      () =>
        embedding({ categories: 1, units: 1, embeddingsInitializer: { name: 'randomUniform', minval: 1, maxval: 0 } }),
      'minval below maxval',
    ],
  ])('%s is refused', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it('of another number of columns is refused', async () => {
    await expect(model().predict([[1, 2]])).rejects.toMatchObject({ code: 'ERR_SAMEBITS_SHAPE' });
  });
});

describe('a preparation', () => {
  const table = tableOf({
    city: ['Oslo', 'Rome', 'Oslo', 'Bern', 'Rome', null],
    size: [1, 2, 3, 4, 5, 6],
    kind: ['a', 'b', 'a', 'b', 'a', 'b'],
    price: [3.5, 1, 2, 5, 4, 0],
  });

  it('says what its columns are', async () => {
    const { x, y, preparation } = prepare(table, { target: 'price', categories: { encode: 'ordinal' } });
    const layer = preparation.tableInput();
    expect(layer).toEqual({
      kind: 'tableInput',
      columns: [{ name: 'city', categories: 4, units: 2 }, { name: 'size' }, { name: 'kind', categories: 3, units: 2 }],
    });
    const made = sequential({ layers: [layer, dropout({ rate: 0.1 }), dense({ units: 1 })], seed: 1 });
    made.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    if (y === null || y instanceof Uint32Array) throw new Error('a regression');
    const run = await made.fit(x, y, { epochs: 3, batchSize: 2 });
    expect(run.recipe.model.layers[0].inputShape).toEqual([3]);
    const unknown = preparation.transform([{ city: 'Paris', size: 1, kind: 'a' }]);
    expect(Number.isFinite(made.predictSync(unknown).data[0])).toBe(true);
  });

  it('takes units as a number, by column, or by a function', () => {
    const { preparation } = prepare(table, { categories: { encode: 'ordinal', indicator: true } });
    const unitsOf = (units: Wrong) => preparation.tableInput({ units }).columns.flatMap((column) => column.units ?? []);
    expect(unitsOf(7)).toEqual([7, 7]);
    expect(unitsOf({ kind: 9 })).toEqual([2, 9]);
    expect(unitsOf((name: string, categories: number) => name.length + categories)).toEqual([8, 7]);
    expect(() => unitsOf({ town: 1 })).toThrow('one of the columns of categories, city, kind,');
    expect(() => unitsOf({ city: 0 })).toThrow('units of column "city"');
    expect(() => unitsOf('many')).toThrow('an integer of at least 1, an object');
    expect(preparation.tableInput().columns.map(({ name }) => name)).toEqual([
      'city',
      'city?',
      'size',
      'kind',
      'kind?',
      'price',
    ]);
  });

  it('of one-hot columns has none to look up', () => {
    const { preparation } = prepare(table, { target: 'price' });
    expect(() => preparation.tableInput()).toThrow('Expected encode: \'ordinal\' for column "city" of a table input');
  });
});

describe('run folders', () => {
  it('resume in the middle of an epoch to the same bits, and are verified', async () => {
    const whole = model();
    const options = { epochs: 3, batchSize: 7, trace: 'step', checkpointEvery: 4 } as const;
    const expected = await whole.fit(rows, targets, { ...options, folder: join(folder, 'whole') });
    const cut = join(folder, 'cut');
    const stop = new AbortController();
    const callbacks = {
      onBatchEnd: (batch: number) => {
        if (batch === 2) stop.abort(new Error('enough'));
      },
    };
    const first = model().fit(rows, targets, {
      ...options,
      folder: cut,
      signal: stop.signal,
      callbacks: [callbacks],
    } as Wrong);
    await expect(first).rejects.toThrow('enough');
    const { run } = (await resume(cut, rows, targets)) as Wrong;
    expect(run.fingerprint).toBe(expected.fingerprint);
    expect((await verify(cut, { data: { x: rows, y: targets } })).verdict).toBe('verified');
  });

  it('are saved and loaded as a file', async () => {
    const made = model();
    await made.fit(rows, targets, { epochs: 2 });
    const path = join(folder, 'model.safetensors');
    await made.save(path);
    const again = await loadModel(path);
    expect(again.fingerprint('state')).toBe(made.fingerprint('state'));
    await made.fit(rows, targets);
    await again.fit(rows, targets);
    expect(again.fingerprint('state')).toBe(made.fingerprint('state'));
  });
});
