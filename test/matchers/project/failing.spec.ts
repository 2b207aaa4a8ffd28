// Run by test/matchers/matchers.test.ts in a project of its own. Every test fails; that file knows with which words.
import { matchers } from 'samebits/matchers';
import { expect, it } from 'vitest';

expect.extend(matchers);

const floats = (...values: number[]): Float32Array => Float32Array.from(values);
const next = 1 + 2 ** -23;
const weights = (kernel: number) => [
  { name: 'dense_1/kernel', shape: [2, 2], data: floats(1, 2, kernel, 4) },
  { name: 'dense_1/bias', shape: [2], data: floats(0, 0) },
];
const report = {
  runs: 10,
  mean: 0.5,
  standardDeviation: 0.01,
  band: { low: 0.25, high: 0.75, falseAlarm: 0.001 },
};

it('equal bits of an array', () => expect(floats(5, next, 7)).toEqualBits(floats(5, 1, 8)));
it('equal bits of weights', () => expect(weights(3.5)).toEqualBits(weights(3)));
it('equal bits of zeros', () => expect(floats(-0)).toEqualBits(floats(0)));
it('equal bits of NaN', () => expect(floats(Number.NaN)).toEqualBits(floats(1)));
it('equal bits of binary32 numbers', () => expect(next).toEqualBits(1));
it('equal bits of binary64 numbers', () => expect(0.1 + 0.2).toEqualBits(0.3));
it('equal bits of other names', () => expect(weights(3)).toEqualBits(weights(3).toReversed()));
it('equal bits of other shapes', () => expect(floats(1, 2)).toEqualBits(floats(1)));
it('other bits', () => expect(floats(1, 2)).not.toEqualBits(floats(1, 2)));
it('other bits of a number', () => expect(0.1).not.toEqualBits(0.1));
it('bits of a text', () => expect('text').toEqualBits(floats(1)));
it('bits of no tensors', () => expect(floats(1)).toEqualBits([]));
it('within 2 ULP', () => expect(floats(1, 1 + 3 * 2 ** -23, 1)).toBeWithinUlp(2, floats(next, 1, 1)));
it('within 1 ULP of other shapes', () =>
  expect({ data: floats(1), rows: 1, columns: 1 }).toBeWithinUlp(1, { data: floats(1, 1), rows: 2, columns: 1 }));
it('not within 1 ULP', () => expect(floats(1)).not.toBeWithinUlp(1, floats(next)));
it('within −1 ULP', () => expect(1).toBeWithinUlp(-1, 1));
it('within 1 ULP of no binary32', () => expect(0.1).toBeWithinUlp(1, 0.1));
it('within noise', () => expect(0.8).toBeWithinNoiseOf(report));
it('within noise of NaN', () => expect(Number.NaN).toBeWithinNoiseOf(report));
it('outside noise', () => expect(0.6).not.toBeWithinNoiseOf(report));
it('noise of nothing', () => expect(0.6).toBeWithinNoiseOf({} as never));
it('within the noise of a document', () => expect(0.8).toBeWithinNoiseOf({ report }));
it('noise of a document without a report', () => expect(0.6).toBeWithinNoiseOf({ report: {} } as never));
it('noise of a text', () => expect('0.6').toBeWithinNoiseOf(report));
