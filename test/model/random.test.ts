import { createHash } from 'node:crypto';
import { dense, type Initializer, sequential } from 'samebits';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { drawSeed, seedKey, seedText, streamNumber } from '../../dist/random/seed.js';
import { permutation } from '../../dist/random/shuffle.js';
import { GENERATORS, type Generator } from '../../dist/random/words.js';

const INPUTS = 60;
const UNITS = 50;

function kernel(kernelInitializer: Initializer, generator: Generator = 'philox', seed: number | string = 3) {
  const model = sequential({
    layers: [dense({ units: UNITS, kernelInitializer, inputShape: [INPUTS] })],
    generator,
    seed,
  });
  return model.getWeights()[0].data;
}

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / values.length);

describe('seeds', () => {
  it('are their text: a number and the string of its digits are one seed', () => {
    expect(seedText(42)).toBe('42');
    expect(seedKey(42)).toEqual(seedKey('42'));
    expect(seedText(-0)).toBe('0');
    const hash = createHash('sha256').update('42').digest();
    expect(seedKey(42)).toEqual([hash.readUInt32LE(0), hash.readUInt32LE(4)]);
    expect(streamNumber('shuffle')).toBe(createHash('sha256').update('shuffle').digest().readUInt32LE(0));
  });

  it('are drawn as safe integers', () => {
    for (let i = 0; i < 100; i += 1) {
      const seed = drawSeed();
      expect(Number.isSafeInteger(seed) && seed >= 0 && seed < 2 ** 48 - 1).toBe(true);
    }
  });
});

describe.each(GENERATORS)('initial weights by %s', (generator) => {
  it.each<[Initializer, number]>([
    ['glorotUniform', Math.sqrt(2 / (INPUTS + UNITS))],
    ['glorotNormal', Math.sqrt(2 / (INPUTS + UNITS))],
    ['heUniform', Math.sqrt(2 / INPUTS)],
    ['heNormal', Math.sqrt(2 / INPUTS)],
    [{ name: 'randomNormal', stddev: 0.5 }, 0.5],
  ])('%j have the standard deviation of their name', (initializer, stddev) => {
    const values = kernel(initializer, generator);
    // 3,000 values: five standard errors are below 7 % for a normal.
    expect(Math.abs(deviation(values) / stddev - 1)).toBeLessThan(0.08);
    expect(Math.abs(mean(values))).toBeLessThan((5 * stddev) / Math.sqrt(values.length));
    expect(new Set(values).size).toBeGreaterThan(0.99 * values.length);
  });

  it('stay within their bounds, and depend on the seed alone', () => {
    const limit = Math.sqrt(6 / (INPUTS + UNITS));
    expect(kernel('glorotUniform', generator).every((value) => Math.abs(value) <= Math.fround(limit))).toBe(true);
    const truncatedAt = (2 * Math.sqrt(2 / INPUTS)) / 0.87962566103423978;
    expect(kernel('heNormal', generator).every((value) => Math.abs(value) <= Math.fround(truncatedAt))).toBe(true);
    expect(kernel('heNormal', generator)).toEqual(kernel('heNormal', generator));
    // seedrandom's xorshift7 shifts the beginning of its seed text out: a short seed in front does not reach it.
    if (generator !== 'xorshift7') {
      expect(kernel('heNormal', generator, 4)).not.toEqual(kernel('heNormal', generator, 3));
    }
    expect(kernel('heNormal', generator, '3')).toEqual(kernel('heNormal', generator, 3));
  });
});

describe('streams', () => {
  it('are seeded with <seed>/<stream> and drawn in order', () => {
    const random = seedrandom.alea('3/init/dense_1/kernel');
    const limit = Math.sqrt(6 / (INPUTS + UNITS));
    const expected = Float32Array.from({ length: INPUTS * UNITS }, () => {
      const uniform = (random.int32() >>> 8) * 2 ** -24;
      return Math.fround(Math.fround(uniform) * Math.fround(2 * limit)) + Math.fround(-limit);
    });
    expect(kernel('glorotUniform', 'alea')).toEqual(expected);
  });

  it('leave each other alone: another layer does not move the first', () => {
    const first = dense({ units: 5, inputShape: [4] });
    const one = sequential({ layers: [first], seed: 1 }).getWeights()[0];
    const two = sequential({ layers: [first, dense({ units: 2, kernelInitializer: 'heNormal' })], seed: 1 });
    expect(two.getWeights()[0]).toEqual(one);
  });
});

describe('permutation', () => {
  it('is one, another for each epoch and generator, and the same again', () => {
    const seen = new Set<string>();
    for (const generator of GENERATORS.filter((name) => name !== 'philox')) {
      for (const epoch of [0, 1]) {
        const order = permutation(9, generator, epoch, 100);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
        expect(permutation(9, generator, epoch, 100)).toEqual(order);
        seen.add(order.join());
      }
    }
    expect(seen.size).toBe(14);
  });

  it('draws by Fisher and Yates from the high half of word · bound, in 64-bit arithmetic', () => {
    const random = seedrandom.tychei('9/shuffle/2');
    const rows = 3000;
    const order = Array.from({ length: rows }, (_, i) => i);
    for (let i = rows - 1; i >= 1; i -= 1) {
      const bound = BigInt(i + 1);
      let product: bigint;
      do product = BigInt(random.int32() >>> 0) * bound;
      while (BigInt.asUintN(32, product) < (2n ** 32n - bound) % bound);
      const j = Number(product >> 32n);
      [order[i], order[j]] = [order[j], order[i]];
    }
    expect([...permutation(9, 'tychei', 2, rows)]).toEqual(order);
  });
});
