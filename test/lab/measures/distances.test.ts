import { describe, expect, it } from 'vitest';
import { allclose, countFar, isClose } from '../../../dist/lab/measures/allclose.js';
import { predictionDistances } from '../../../dist/lab/measures/predictions.js';
import { runDistance } from '../../../dist/lab/measures/run-distance.js';
import { arrayDistances, firstDifference, weightDistances } from '../../../dist/lab/measures/weights.js';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const floats = (...values: number[]): Float32Array => Float32Array.from(values);
const matrix = (columns: number, ...values: number[]) => ({
  data: floats(...values),
  rows: values.length / columns,
  columns,
});
const next = 1 + 2 ** -23;

describe('allclose', () => {
  // The values are those of numpy.isclose.
  it.each([
    [1, 1 + 1e-5, {}, true],
    [1, 1 + 1.1e-5, {}, false],
    [1e10, 1.00001e10, {}, true],
    [1e-7, 1e-8, {}, false],
    [1e-8, 1e-9, {}, true],
    [10, 11, { rtol: 0.1, atol: 0 }, true],
    [11, 10, { rtol: 0.095, atol: 0 }, false],
    [10, 11, { rtol: 0.095, atol: 0 }, true],
    [0, 1e-8, {}, true],
    [0, 1.1e-8, {}, false],
    [infinity, infinity, {}, true],
    [infinity, -infinity, {}, false],
    [1, infinity, {}, false],
    [nan, nan, {}, false],
    [nan, nan, { equalNan: true }, true],
    [nan, 1, { equalNan: true }, false],
    [0, -0, { rtol: 0, atol: 0 }, true],
  ])('of %d and %d with %j is %s', (a, b, tolerances, expected) => {
    expect(isClose(a, b, tolerances)).toBe(expected);
    expect(allclose([1, a], [1, b], tolerances)).toBe(expected);
    expect(countFar([a, 1, a], [b, 1, b], tolerances)).toBe(expected ? 0 : 2);
  });
});

describe('weightDistances', () => {
  const a = [
    { name: 'dense_1/kernel', data: floats(3, 4, 0) },
    { name: 'dense_1/bias', data: floats(1) },
  ];

  it('are zero, and all equal, for the same weights', () => {
    const found = weightDistances(a, a);
    expect(found).toMatchObject({ equalBits: true, elements: 4, differing: 0, maxUlp: 0, maxAbs: 0, meanAbs: 0 });
    expect(found).toMatchObject({ relativeL2: 0, far: 0, allclose: true, firstDifference: null });
    expect(found.tensors.map(({ equalBits }) => equalBits)).toEqual([true, true]);
  });

  it('are those of each tensor and of all together', () => {
    const b = [
      { name: 'dense_1/kernel', data: floats(3, 4, -0) },
      { name: 'dense_1/bias', data: floats(1.5) },
    ];
    const found = weightDistances(a, b);
    expect(found).toMatchObject({ equalBits: false, elements: 4, differing: 2, far: 1, allclose: false });
    expect(found).toMatchObject({ maxAbs: 0.5, meanAbs: 0.125, maxUlp: 2 ** 22, relativeL2: 0.5 / Math.sqrt(26) });
    expect(found.tensors[0]).toEqual({
      name: 'dense_1/kernel',
      ...{ elements: 3, differing: 1, maxUlp: 1, maxAbs: 0, meanAbs: 0, relativeL2: 0, far: 0, allclose: true },
      equalBits: false,
    });
    expect(found.tensors[1]).toMatchObject({ name: 'dense_1/bias', relativeL2: 0.5, meanAbs: 0.5, far: 1 });
    expect(found.firstDifference).toEqual({
      tensor: 'dense_1/kernel',
      index: 2,
      a: 0,
      b: -0,
      aHex: '0x00000000',
      bHex: '0x80000000',
      ulp: 1,
    });
    expect(weightDistances(a, b, { atol: 0.6 })).toMatchObject({ allclose: true, equalBits: false });
  });

  it('are refused where tensors do not match', () => {
    const shape = { code: 'ERR_SAMEBITS_SHAPE' };
    const refusal = (b: typeof a): unknown => {
      try {
        return firstDifference(a, b);
      } catch (error) {
        return error;
      }
    };
    expect(refusal(a.slice(1))).toMatchObject(shape);
    expect(refusal(a.toReversed())).toMatchObject({
      ...shape,
      message: 'Expected \'dense_1/kernel\' for b[0].name but received "dense_1/bias" of type string',
    });
    expect(refusal([a[0], { name: 'dense_1/bias', data: floats(1, 2) }])).toMatchObject(shape);
  });

  it('keep a NaN that one side has', () => {
    expect(arrayDistances(floats(1, nan), floats(1, 1))).toMatchObject({ equalBits: false, maxAbs: nan, far: 1 });
    expect(arrayDistances(floats(nan), floats(nan))).toMatchObject({ equalBits: true, far: 1, allclose: false });
  });
});

describe('predictionDistances', () => {
  it('count rows of another class', () => {
    const a = matrix(2, 0.1, 0.9, 0.6, 0.4, 0.5, 0.5);
    const b = matrix(2, 0.2, 0.8, 0.4, 0.6, 0.5, 0.5);
    const found = predictionDistances(a, b, { loss: 'sparseCategoricalCrossentropy' });
    expect(found).toMatchObject({ rows: 3, elements: 6, rowsDiffer: 1 / 3, differing: 4, equalBits: false });
    expect(found.maxAbs).toBeCloseTo(0.2, 6);
    expect(found.meanAbs).toBeCloseTo(0.1, 6);
    expect(
      predictionDistances(matrix(1, 0.4, 0.6), matrix(1, 0.6, 0.7), { loss: 'binaryCrossentropy' }).rowsDiffer,
    ).toBe(0.5);
  });

  it('count rows beyond a tolerance where there are no classes', () => {
    const a = matrix(2, 1, 2, 3, 4, 0, nan, infinity, nan);
    const b = matrix(2, 1, 2.25, 3, next * 4, -0, 1, infinity, nan);
    const share = (tolerance?: number): number =>
      predictionDistances(a, b, { loss: 'meanSquaredError', tolerance }).rowsDiffer;
    expect(share()).toBe(3 / 4);
    expect(share(1e-3)).toBe(2 / 4);
    expect(share(0.25)).toBe(1 / 4);
  });

  it('are refused for other shapes', () => {
    expect(() => predictionDistances(matrix(2, 1, 2), matrix(1, 1, 2), { loss: 'meanSquaredError' })).toThrow(
      /Expected 1 × 2 outputs for b but received \[2, 1\]/,
    );
  });
});

describe('runDistance', () => {
  const run = (weight: number, output: number, metrics: Record<string, number>) => ({
    weights: [{ name: 'dense_1/kernel', data: floats(weight) }],
    predictions: matrix(1, output, 0.9),
    metrics,
  });

  it('gathers all of it', () => {
    const a = run(1, 0.4, { loss: 0.5, accuracy: 1, extra: 3 });
    const b = run(next, 0.6, { accuracy: 0.5, loss: 0.75 });
    const found = runDistance(a, b, { loss: 'binaryCrossentropy', targets: [0, 1], rtol: 1e-6 });
    expect(found.equalBits).toBe(false);
    expect(found.weights).toMatchObject({ maxUlp: 1, allclose: true });
    expect(found.predictions).toMatchObject({ rowsDiffer: 0.5, allclose: false });
    expect(found.metrics).toEqual([
      { name: 'loss', a: 0.5, b: 0.75, difference: 0.25 },
      { name: 'accuracy', a: 1, b: 0.5, difference: -0.5 },
    ]);
    expect(found.errors?.table).toEqual({ bothRight: 1, onlyAWrong: 0, onlyBWrong: 1, bothWrong: 0 });
  });

  it('calls runs equal only where weights and predictions are', () => {
    const options = { loss: 'binaryCrossentropy' } as const;
    const a = run(1, 0.4, {});
    expect(runDistance(a, run(1, 0.4, {}), options)).toMatchObject({ equalBits: true, errors: null, metrics: [] });
    expect(runDistance(a, run(next, 0.4, {}), options).equalBits).toBe(false);
    expect(runDistance(a, run(1, 0.5, {}), options).equalBits).toBe(false);
  });
});
