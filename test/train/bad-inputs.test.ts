import { dense, type FitOptions, type SamebitsErrorCode, sequential } from 'samebits';
import { describe, expect, it } from 'vitest';
import { CLASSES, COLUMNS, classifier, compiledClassifier, failure, labels, oneHot, ROWS, x } from './problem.js';

// What users write in JavaScript is not typed.
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
type Wrong = any;

function spoilt(index: number, value: number): Float32Array {
  const copy = x.slice();
  copy[index] = value;
  return copy;
}

const labelsWith = (row: number, label: number): number[] => Array.from(labels, (old, i) => (i === row ? label : old));
const sized = (data: Wrong, rows: Wrong, columns: Wrong) => ({ data, rows, columns });

const DATA: [string, Wrong, Wrong, SamebitsErrorCode, string][] = [
  [
    'NaN',
    spoilt(COLUMNS + 2, Number.NaN),
    labels,
    'ERR_SAMEBITS_DATA',
    'x at row 1, column 2 (counted from 0) but received NaN',
  ],
  ['Infinity', spoilt(5, Number.POSITIVE_INFINITY), labels, 'ERR_SAMEBITS_DATA', 'x at row 0, column 5'],
  ['a number beyond binary32', [Array(COLUMNS).fill(1e39)], [0], 'ERR_SAMEBITS_DATA', 'x at row 0, column 0'],
  ['nothing', undefined, labels, 'ERR_SAMEBITS_ARGUMENT', 'a Matrix { data, rows, columns }'],
  ['text', 'x', labels, 'ERR_SAMEBITS_ARGUMENT', 'for x but received "x"'],
  ['no rows', [], [], 'ERR_SAMEBITS_DATA', 'at least one row for x but received []'],
  ['no rows in a matrix', sized(new Float32Array(0), 0, COLUMNS), [], 'ERR_SAMEBITS_DATA', 'at least one row for x'],
  [
    'other columns',
    sized(x, (ROWS * COLUMNS) / 10, 10),
    labels,
    'ERR_SAMEBITS_SHAPE',
    `${COLUMNS} columns for x.columns but received 10`,
  ],
  ['a part of a row', x.subarray(1), labels, 'ERR_SAMEBITS_SHAPE', `whole rows of ${COLUMNS} numbers for x`],
  [
    'a lying matrix',
    sized(x, ROWS + 1, COLUMNS),
    labels,
    'ERR_SAMEBITS_SHAPE',
    'elements for x.data but received Float32Array(1800)',
  ],
  ['rows 1.5', sized(x, 1.5, COLUMNS), labels, 'ERR_SAMEBITS_ARGUMENT', 'for x.rows but received 1.5'],
  ['columns 0', sized(x, 1, 0), labels, 'ERR_SAMEBITS_ARGUMENT', 'for x.columns but received 0'],
  [
    'Float64 in a matrix',
    sized(new Float64Array(x), ROWS, COLUMNS),
    labels,
    'ERR_SAMEBITS_ARGUMENT',
    'a Float32Array or Uint8Array for x.data',
  ],
  [
    'ragged rows',
    [Array(COLUMNS).fill(1), [1]],
    [0, 1],
    'ERR_SAMEBITS_SHAPE',
    `${COLUMNS} numbers (as in the first row) for x[1]`,
  ],
  [
    'text in a row',
    [[...Array(COLUMNS - 1).fill(1), '1']],
    [0],
    'ERR_SAMEBITS_ARGUMENT',
    `a number for x[0][${COLUMNS - 1}] but received "1"`,
  ],
  ['bigints', new BigInt64Array(COLUMNS), [0], 'ERR_SAMEBITS_ARGUMENT', 'for x but received BigInt64Array'],
  [
    'a label too large',
    x,
    labelsWith(3, CLASSES),
    'ERR_SAMEBITS_DATA',
    'an integer label from 0 to 2 for y at row 3 (counted from 0) but received 3',
  ],
  ['a negative label', x, labelsWith(0, -1), 'ERR_SAMEBITS_DATA', 'y at row 0'],
  ['a label 1.5', x, labelsWith(7, 1.5), 'ERR_SAMEBITS_DATA', 'y at row 7 (counted from 0) but received 1.5'],
  ['a label NaN', x, labelsWith(7, Number.NaN), 'ERR_SAMEBITS_DATA', 'but received NaN'],
  ['labels of text', x, Array(ROWS).fill('0'), 'ERR_SAMEBITS_DATA', 'y at row 0 (counted from 0) but received "0"'],
  [
    'fewer labels than rows',
    x,
    labels.subarray(1),
    'ERR_SAMEBITS_SHAPE',
    'targets of 150 rows, as many as x has, for y',
  ],
  [
    'a matrix of labels',
    x,
    oneHot,
    'ERR_SAMEBITS_SHAPE',
    "1 column of labels (the loss of one-hot rows is 'categoricalCrossentropy') for y.columns but received 3",
  ],
  ['no labels', x, undefined, 'ERR_SAMEBITS_ARGUMENT', 'for y but received undefined'],
];

describe('data', () => {
  it.each(DATA)('with %s is refused everywhere', async (_, rows, targets, code, message) => {
    const model = compiledClassifier();
    const before = model.fingerprint('state');
    for (const use of ['fit', 'trainOnBatch', 'evaluate'] as const) {
      const failed = await failure(() => model[use](rows, targets));
      expect(failed.code).toBe(code);
      expect(failed.message).toContain(message);
    }
    const validation = await failure(() => model.fit(x, labels, { validationData: [rows, targets] }));
    expect(validation.code).toBe(code);
    expect(validation.message).toContain('validationData[');
    expect(model.fingerprint('state')).toBe(before);
    if (message.includes('for x') || message.includes('x at')) {
      expect((await failure(() => model.predict(rows))).code).toBe(code);
      expect((await failure(() => model.predictSync(rows))).code).toBe(code);
    }
  });

  it('as a flat array is refused while no one has said how many columns there are', async () => {
    const model = sequential({ layers: [dense({ units: 1 })], seed: 1 });
    expect((await failure(() => model.predict(x))).message).toContain('a Matrix { data, rows, columns }');
  });

  it('of a crossentropy between vectors are probabilities, of the right shape', async () => {
    const model = compiledClassifier({}, { loss: 'categoricalCrossentropy' });
    const refused = (y: Wrong) => failure(() => model.fit(x, y));
    const above = { ...oneHot, data: oneHot.data.map((value, i) => (i === 4 ? 2 : value)) };
    expect((await refused(above)).message).toContain('a number from 0 to 1 for y at row 1, column 1 (counted from 0)');
    expect((await refused(labels)).code).toBe('ERR_SAMEBITS_SHAPE');
    expect((await refused({ ...oneHot, rows: 450, columns: 1 })).message).toContain('3 columns for y.columns');
  });

  it('of one output may be a flat array', async () => {
    const layers = [dense({ units: 1, activation: 'sigmoid', inputShape: [COLUMNS] })];
    const targets = Float32Array.from(labels, (label) => Math.min(label, 1));
    const make = () => compiledClassifier({ layers }, { loss: 'binaryCrossentropy' });
    const flat = await make().fit(x, targets);
    const matrix = await make().fit(x, { data: targets, rows: ROWS, columns: 1 });
    const bytes = await make().fit(x, Uint8Array.from(targets));
    expect(matrix.fingerprint).toBe(flat.fingerprint);
    expect(bytes.fingerprint).toBe(flat.fingerprint);
  });
});

describe('options', () => {
  it.each<[string, FitOptions | Wrong, string]>([
    ['epochs 0', { epochs: 0 }, 'for fit.epochs but received 0'],
    ['batch size 1.5', { batchSize: 1.5 }, 'for fit.batchSize but received 1.5'],
    ['shuffle', { shuffle: 'yes' }, 'true, false or \'stratified\' for fit.shuffle but received "yes"'],
    ['reduction', { reduction: 'fast' }, "one of 'fixed', 'free' for fit.reduction"],
    ['plan', { plan: 'x' }, "one of 'auto', 'stored', 'fused' for fit.plan"],
    ['isa', { isa: 'sse9' }, "one of 'auto', 'scalar', 'avx2', 'avx512', 'neon' for fit.isa"],
    ['an unknown option', { batch_size: 3 }, 'did you mean batchSize?) for fit but received "batch_size"'],
    ['an unknown callback', { callbacks: { onEpoch: () => {} } }, 'for fit.callbacks but received "onEpoch"'],
    ['a callback that is none', { callbacks: [{ onEpochEnd: 3 }] }, 'a function for fit.callbacks[0].onEpochEnd'],
    ['a signal', { signal: {} }, 'an AbortSignal for fit.signal'],
    ['onNonFinite', { onNonFinite: 'ignore' }, "one of 'stop', 'continue' for fit.onNonFinite"],
    [
      'validationData',
      { validationData: x },
      'an array of rows and targets, [x, y], or with weights, [x, y, sampleWeights], for fit.validationData',
    ],
    ['no object', 5, 'an object of options, { epochs, batchSize, '],
  ])('refuse %s', async (_, options, message) => {
    const failed = await failure(() => compiledClassifier().fit(x, labels, options));
    expect(failed.code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(failed.message).toContain(message);
  });
});

describe('a model', () => {
  it('that is not compiled predicts, but does not train', async () => {
    const model = classifier();
    expect((await model.predict(x)).rows).toBe(ROWS);
    for (const use of ['fit', 'trainOnBatch', 'evaluate'] as const) {
      const failed = await failure(() => model[use](x, labels));
      expect(failed).toMatchObject({ code: 'ERR_SAMEBITS_STATE' });
      expect(failed.message).toContain(`a compiled model for ${use}`);
    }
  });

  it('that is disposed refuses everything but another dispose', async () => {
    const model = compiledClassifier();
    await model.fit(x, labels);
    model.dispose();
    model.dispose();
    const uses: (() => unknown)[] = [
      () => model.fit(x, labels),
      () => model.trainOnBatch(x, labels),
      () => model.evaluate(x, labels),
      () => model.predict(x),
      () => model.predictSync(x),
      () => model.getWeights(),
      () => model.setWeights([]),
      () => model.fingerprint(),
      () => model.countParams(),
      () => model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' }),
      () => model.clone(),
      () => model.reset(),
      () => model.summary({ print: () => {} }),
    ];
    for (const use of uses) expect((await failure(use)).code).toBe('ERR_SAMEBITS_STATE');
  });

  it('whose number of inputs is unknown says so', () => {
    const model = sequential({ layers: [dense({ units: 1 })], seed: 1 });
    for (const use of [() => model.getWeights(), () => model.fingerprint(), () => model.setWeights([])]) {
      expect(use).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_STATE' }));
    }
  });

  it('takes only weights that fit, all or none', () => {
    const model = classifier();
    const before = model.fingerprint();
    const other = classifier({ seed: 1 }).getWeights();
    const wrong: Wrong[] = [
      undefined,
      other.slice(1),
      other.map((tensor) => tensor.data),
      other.map((tensor, i) => (i === 3 ? { ...tensor, name: 'bias' } : tensor)),
      other.map((tensor, i) => (i === 3 ? { ...tensor, shape: [1, 3] } : tensor)),
      other.map((tensor, i) => (i === 3 ? { ...tensor, data: new Float32Array(2) } : tensor)),
      other.map((tensor, i) => (i === 3 ? { ...tensor, data: [1, 2, 3] } : tensor)),
      other.map((tensor, i) => (i === 3 ? { ...tensor, data: Float32Array.of(0, Number.NaN, 0) } : tensor)),
    ];
    for (const weights of wrong) {
      expect(() => model.setWeights(weights)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^ERR_SAMEBITS_(ARGUMENT|SHAPE|DATA)$/) }),
      );
    }
    expect(model.fingerprint()).toBe(before);
  });

  it('knows two fingerprints', () => {
    expect(() => classifier().fingerprint('all' as Wrong)).toThrow("one of 'weights', 'state' for scope");
  });
});
