import { describe, expect, it } from 'vitest';
import {
  DistanceSums,
  distances,
  elementDifference,
  firstDifferingIndex,
  ulpHistogram,
} from '../../dist/compare/distances.js';
import { differingPredictions } from '../../dist/compare/predictions.js';
import { sampleSteps } from '../../dist/compare/sample-steps.js';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const floats = (...values: number[]): Float32Array => Float32Array.from(values);
const next = 1 + 2 ** -23;

/** A NaN with another payload than JavaScript's. */
function otherNan(): Float32Array {
  return new Float32Array(Uint32Array.of(0x7f80_0001).buffer);
}

describe('firstDifferingIndex', () => {
  it('finds the first element with other bits', () => {
    expect(firstDifferingIndex(floats(1, 2, 3), floats(1, 2, 3))).toBe(-1);
    expect(firstDifferingIndex(floats(1, 2, 3), floats(1, 5, 4))).toBe(1);
    expect(firstDifferingIndex(floats(1, 0), floats(1, -0))).toBe(1);
  });

  it('takes every NaN as the same', () => {
    expect(firstDifferingIndex(floats(nan), otherNan())).toBe(-1);
    expect(firstDifferingIndex(floats(nan), floats(1))).toBe(0);
  });

  it('works on parts of larger buffers', () => {
    const shared = new Float32Array(new SharedArrayBuffer(24));
    shared.set([9, 1, 2, 9, 1, 3]);
    expect(firstDifferingIndex(shared.subarray(1, 3), shared.subarray(4, 6))).toBe(1);
    expect(firstDifferingIndex(shared.subarray(0, 2), shared.subarray(3, 5))).toBe(-1);
  });
});

describe('distances', () => {
  it('are zeros for equal bits', () => {
    const zeros = { maxAbs: 0, meanAbs: 0, relativeL2: 0, maxUlp: 0, differing: 0 };
    expect(distances(floats(1, infinity, nan), floats(1, infinity, nan))).toEqual(zeros);
    expect(distances(floats(nan), otherNan())).toEqual(zeros);
  });

  it('are what a hand computes', () => {
    expect(distances(floats(3, 4, 1), floats(3, 4.5, next))).toEqual({
      maxAbs: 0.5,
      meanAbs: (0.5 + 2 ** -23) / 3,
      relativeL2: Math.sqrt(0.25 + 2 ** -46) / Math.sqrt(26),
      maxUlp: 0.5 * 2 ** 21,
      differing: 2,
    });
  });

  it('count zeros of other signs as different bits without any distance but one ULP', () => {
    expect(distances(floats(1, 0), floats(1, -0))).toEqual({
      maxAbs: 0,
      meanAbs: 0,
      relativeL2: 0,
      maxUlp: 1,
      differing: 1,
    });
  });

  it('are relative to the first array, and infinite where that is all zeros', () => {
    expect(distances(floats(2, 0), floats(1, 0)).relativeL2).toBe(0.5);
    expect(distances(floats(1, 0), floats(2, 0)).relativeL2).toBe(1);
    expect(distances(floats(0, 0), floats(0, 1)).relativeL2).toBe(infinity);
  });

  it('keep a NaN that only one side has, wherever it stands', () => {
    for (const other of [floats(nan, 1, 7), floats(1, nan, 7), floats(1, 7, nan)]) {
      const found = distances(floats(1, 1, 1), other);
      expect(found.maxUlp).toBeNaN();
      expect(found.maxAbs).toBeNaN();
      expect(found.meanAbs).toBeNaN();
      expect(found.differing).toBe(2);
    }
  });
});

describe('DistanceSums', () => {
  it('are those of one long array, equal parts and NaN among them', () => {
    const a = [floats(3, 4), floats(1, 1), floats(2, 7, 1)];
    const b = [floats(3, 4.5), floats(1, 1), floats(2, 7, next)];
    const sums = new DistanceSums();
    a.forEach((part, i) => {
      sums.add(part, b[i]);
    });
    const whole = (parts: Float32Array[]): Float32Array => floats(...parts.flatMap((part) => [...part]));
    expect(sums.get()).toEqual(distances(whole(a), whole(b)));
    expect(sums.get().meanAbs).toBe((0.5 + 2 ** -23) / 7);
    sums.add(floats(nan), floats(1));
    sums.add(floats(1), floats(1));
    expect(sums.get().maxUlp).toBeNaN();
    expect(new DistanceSums().get()).toEqual(distances(floats(1), floats(1)));
  });
});

describe('elementDifference', () => {
  it('has both values with their bits', () => {
    expect(elementDifference(floats(0, 1), floats(0, next), 1)).toEqual({
      index: 1,
      a: 1,
      b: next,
      aHex: '0x3f800000',
      bHex: '0x3f800001',
      ulp: 1,
    });
  });
});

describe('ulpHistogram', () => {
  it('counts by decades, with bins as far as there are any', () => {
    const a = floats(1, 1, 1, 1, 1);
    const b = floats(1, 1, next, 1 + 10 * 2 ** -23, 1 + 11 * 2 ** -23);
    expect(ulpHistogram(a, b)).toEqual([
      { upTo: 0, count: 2 },
      { upTo: 1, count: 1 },
      { upTo: 10, count: 1 },
      { upTo: 100, count: 1 },
    ]);
    expect(ulpHistogram(a, a)).toEqual([{ upTo: 0, count: 5 }]);
  });

  it('has room for the largest distance, and a bin of its own for NaN', () => {
    const bins = ulpHistogram(floats(-infinity, 1), floats(infinity, nan));
    expect(bins.at(-2)).toEqual({ upTo: 1e10, count: 1 });
    expect(bins.at(-1)).toEqual({ upTo: 'NaN', count: 1 });
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });
});

describe('differingPredictions', () => {
  it('compares classes: the place of the first largest output', () => {
    const a = floats(0.1, 0.9, 0.5, 0.5, 0.4, 0.6);
    const b = floats(0.2, 0.8, 0.4, 0.6, 0.3, 0.7);
    expect(differingPredictions(a, b, 3, 'sparseCategoricalCrossentropy')).toBe(1 / 3);
    expect(differingPredictions(a, a, 3, 'categoricalCrossentropy')).toBe(0);
  });

  it('compares each output with one half for binaryCrossentropy', () => {
    expect(differingPredictions(floats(0.5, 0.6), floats(0.51, 0.7), 2, 'binaryCrossentropy')).toBe(0.5);
  });

  it('compares bits where there are no classes', () => {
    expect(differingPredictions(floats(1, 2), floats(1, 2 + 2 ** -22), 2, 'meanSquaredError')).toBe(0.5);
  });
});

describe('sampleSteps', () => {
  it.each([1, 2, 3, 7, 24, 47, 48, 49, 100, 938, 12_345, 1_000_000])(
    'of %s steps begins dense and ends at the end',
    (total) => {
      const steps = sampleSteps(total);
      expect(steps[0]).toBe(1);
      expect(steps.at(-1)).toBe(total);
      expect(steps.length).toBeLessThanOrEqual(48);
      expect(steps.every((step, i) => Number.isInteger(step) && (i === 0 || step > steps[i - 1]))).toBe(true);
      // No gap is longer than a sixteenth of the run or a doubling.
      expect(steps.every((step, i) => i === 0 || step - steps[i - 1] <= Math.max(steps[i - 1], total / 16, 1))).toBe(
        true,
      );
    },
  );

  it('keeps the last one when few are affordable', () => {
    expect(sampleSteps(938, 1)).toEqual([938]);
    expect(sampleSteps(938, 5)).toHaveLength(5);
    expect(sampleSteps(938, 5).at(-1)).toBe(938);
  });
});
