import { type DenseForward, denseBackward, denseForward, dot, sum } from 'samebits/kernels';
import { describe, expect, it } from 'vitest';
import { failure } from './problem.js';

// What users write in JavaScript is not typed.
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
type Wrong = any;

const shape = { rows: 2, inputs: 3, units: 2 };
const x = Float32Array.of(1, 2, 3, -1, 0, 1);
const weights = Float32Array.of(1, 0, 0, 1, 1, 1);
const forward: DenseForward = { ...shape, x, weights };

describe('denseForward', () => {
  it('is activation(x · weights + bias)', async () => {
    expect([...(await denseForward(forward))]).toEqual([4, 5, 0, 1]);
    const bias = Float32Array.of(-5, 0.5);
    expect([...(await denseForward({ ...forward, bias }))]).toEqual([-1, 5.5, -5, 1.5]);
    expect([...(await denseForward({ ...forward, bias, activation: 'relu', threads: 2 }))]).toEqual([0, 5.5, 0, 1.5]);
  });

  it.each<[string, Wrong, string]>([
    ['lengths', { ...forward, rows: 3 }, 'rows · inputs = 3 · 3 = 9 elements for x but received Float32Array(6)'],
    ['a short bias', { ...forward, bias: new Float32Array(1) }, 'units = 2 = 2 elements for bias'],
    ['an array', { ...forward, x: [1, 2] }, 'a Float32Array for denseForward.x'],
    ['rows 0', { ...forward, rows: 0 }, 'for denseForward.rows but received 0'],
    ['threads 0', { ...forward, threads: 0 }, 'an integer from 1 to 256 for denseForward.threads'],
    ['an unknown option', { ...forward, biases: 1 }, 'did you mean bias?'],
    ['nothing', undefined, 'an object of options, { '],
  ])('refuses %s', async (_, args, message) => {
    expect((await failure(() => denseForward(args))).message).toContain(message);
  });
});

describe('denseBackward', () => {
  it('gives sums, not means', async () => {
    const outputGradient = Float32Array.of(1, 2, 3, 4);
    const gradients = await denseBackward({ ...shape, x, weights, outputGradient });
    expect([...gradients.weightGradient]).toEqual([-2, -2, 2, 4, 6, 10]);
    expect([...gradients.biasGradient]).toEqual([4, 6]);
    expect([...gradients.inputGradient]).toEqual([1, 2, 3, 3, 4, 7]);
  });
});

describe('sum and dot', () => {
  const values = Float32Array.from({ length: 1_000_000 }, (_, i) => Math.fround(((i * 7919) % 10_007) / 10_007 - 0.3));

  it('in fixed order have the same bits on any threads and instruction set', async () => {
    const one = await sum(values, { threads: 1, isa: 'scalar' });
    const product = await dot(values, values, { threads: 1, isa: 'scalar' });
    expect(one).toBe(Math.fround(one));
    for (const threads of [1, 2, 3, 5]) {
      expect(await sum(values, { threads })).toBe(one);
      expect(await dot(values, values, { threads })).toBe(product);
    }
  });

  it('in free order over threads show different bits from call to call', async () => {
    // Long enough that every thread has woken before the first has taken all.
    const many = new Float32Array(16 * values.length);
    for (let i = 0; i < 16; i += 1) many.set(values, i * values.length);
    const seen = new Set<number>();
    for (let call = 0; call < 1000 && seen.size < 2; call += 1) {
      seen.add(await sum(many, { threads: 4, reduction: 'free' }));
    }
    expect(seen.size).toBe(2);
  });

  it('of nothing are +0, and refuse what does not fit', async () => {
    expect(await sum(new Float32Array(0))).toBe(0);
    expect((await failure(() => dot(values, values.subarray(1)))).code).toBe('ERR_SAMEBITS_SHAPE');
    expect((await failure(() => sum([1, 2] as Wrong))).message).toContain('a Float32Array for values');
    const free = { reduction: 'free', deterministic: true } as const;
    expect((await failure(() => sum(values, free))).code).toBe('ERR_SAMEBITS_NOT_DETERMINISTIC');
  });
});
