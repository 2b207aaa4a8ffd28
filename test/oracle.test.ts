import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hardArguments } from './golden/elementary.js';
import { floats, hash } from './golden/made-up.js';
import products from './golden/products.json';
import { bytesOf } from './oracle/fingerprint.js';
import { arithmetic, elementary, layers, random, rows, sums } from './oracle.js';

const { bitsOf, decode, f32, fma, fromBits, hexOf, roundToBinary32 } = arithmetic;

const specials = [
  0,
  -0,
  1,
  -1,
  1 + 2 ** -23,
  1 - 2 ** -24,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  2 ** -126 - 2 ** -149,
  -(2 ** -126),
  1e-30,
  -1e-30,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  2 ** 127,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
].map(f32);

describe('arithmetic', () => {
  test('rounding by integers agrees with Math.fround', () => {
    const wide = new DataView(new ArrayBuffer(8));
    for (let i = 0; i < 20_000; i++) {
      // Exponents around and beyond those of binary32; every fourth significand is a tie, or next to one.
      const exponent = 1023 - 160 + (hash(i, 1) % 300);
      const tie = [0x10000000, 0x10000001, 0x0fffffff, 0x30000000][hash(i, 2) % 4];
      const low = i % 4 === 0 ? ((hash(i, 3) & 0xc0000000) | tie) >>> 0 : hash(i, 3);
      wide.setUint32(0, (((hash(i, 4) & 1) << 31) | (exponent << 20) | (hash(i, 5) & 0xfffff)) >>> 0);
      wide.setUint32(4, low);
      const value = wide.getFloat64(0);
      const magnitude = ((BigInt(wide.getUint32(0) & 0xfffff) + 0x100000n) << 32n) + BigInt(low);
      expect(roundToBinary32(value < 0 ? -magnitude : magnitude, exponent - 1075)).toBe(f32(value));
    }
  });

  /** By exact integers; finite arguments. An exact zero takes its sign from the addends, as IEEE 754 says. */
  function exactFma(a: number, b: number, c: number): number {
    const [da, db, dc] = [a, b, c].map(decode);
    const product = { n: da.significand * db.significand, exponent: da.exponent + db.exponent };
    const exponent = Math.min(product.exponent, dc.exponent);
    const sum = (product.n << BigInt(product.exponent - exponent)) + (dc.significand << BigInt(dc.exponent - exponent));
    return sum === 0n ? a * b + c : roundToBinary32(sum, exponent);
  }

  test('fma is exact on random bits, ties and near-ties, cancellation and subnormals', () => {
    let differsFromTwoRoundings = 0;
    let differsFromOneWideSum = 0;
    for (let i = 0; i < 60_000; i++) {
      let a = fromBits(hash(i, 10));
      let b = fromBits(hash(i, 11));
      let c = fromBits(hash(i, 12));
      if (i % 3 === 1) {
        // The product ends halfway between two binary32 near c, or c decides such a tie from far away.
        a = f32(1 + (hash(i, 13) % 4096) * 2 ** -12);
        b = f32((1 + (hash(i, 14) % 8192) * 2 ** -13) * 2 ** -((hash(i, 15) % 60) - 5));
        c = f32((hash(i, 16) % 2 ? 1 : -1) * (1 + (hash(i, 17) % 16) * 2 ** -23) * 2 ** -(hash(i, 18) % 80));
      } else if (i % 3 === 2) {
        // Near −c and around the smallest numbers.
        a = f32((hash(i, 13) >>> 8) * 2 ** -97);
        b = f32((hash(i, 14) >>> 8) * 2 ** -74);
        c = f32(-a * b * (hash(i, 15) % 2 ? 1 : 1 + 2 ** -23));
      }
      if (![a, b, c].every(Number.isFinite)) continue;
      const expected = exactFma(a, b, c);
      expect(hexOf(fma(a, b, c)), `fma(${hexOf(a)}, ${hexOf(b)}, ${hexOf(c)})`).toBe(hexOf(expected));
      if (!Object.is(f32(f32(a * b) + c), expected)) differsFromTwoRoundings++;
      if (!Object.is(f32(a * b + c), expected)) differsFromOneWideSum++;
    }
    // The cases are hard: shortcuts fail on them.
    expect(differsFromTwoRoundings).toBeGreaterThan(1000);
    expect(differsFromOneWideSum).toBeGreaterThan(10);
  });

  test('fma of all special values', () => {
    for (const a of specials) {
      for (const b of specials) {
        for (const c of specials) {
          const expected = [a, b, c].every(Number.isFinite) ? exactFma(a, b, c) : f32(a * b + c);
          expect(hexOf(fma(a, b, c)), `fma(${a}, ${b}, ${c})`).toBe(hexOf(expected));
        }
      }
    }
    expect(fma(f32(1e-30), f32(-1e-30), 0)).toBe(-0);
    expect(fma(0, -1, 0)).toBe(0);
    expect(fma(0, -1, -0)).toBe(-0);
  });
});

describe('sums', () => {
  test('neighbors are added, an odd last one is carried up', () => {
    const big = 2 ** 24;
    // A chain would lose every 1.
    expect(sums.combine([big, 1, 1, 1])).toBe(big + 2);
    expect(sums.combine([big, 1, 1])).toBe(big);
    expect(sums.combine([1, 1, big])).toBe(big + 2);
    expect(sums.combine([1, 1, 1, 1, big])).toBe(big + 4);
    expect(sums.combine([-0])).toBe(-0);
    expect(sums.combine([])).toBe(0);
    expect(sums.treeOfTerms([big, 1, 1, 1, 1], 5)).toBe(big);
    expect(sums.treeOfTerms([-0, -0], 1)).toBe(0);
  });

  test('the vector rule has 16 lanes in leaves of 256', () => {
    const terms = new Array<number>(300).fill(0);
    // Lane 0 of the first leaf: a chain that loses the ones; element 256 starts a leaf of its own.
    terms[0] = 2 ** 24;
    terms[16] = 1;
    terms[32] = 1;
    terms[256] = 1;
    terms[257] = 1;
    expect(sums.vectorSum(terms)).toBe(2 ** 24 + 2);
    expect(sums.vectorSum([])).toBe(0);
    expect(sums.vectorSum([-0])).toBe(0);
  });

  test.each(products)('products of $rows x $inputs x $units are those of the independent program', (expected) => {
    const sha256 = (values: Float32Array) => createHash('sha256').update(bytesOf(values)).digest('hex');
    const { rows: n, inputs, units } = expected;
    const x = floats(n * inputs, 1);
    const w = floats(inputs * units, 2);
    const b = floats(units, 3);
    const dz = floats(n * units, 4);
    const inOrder = rows.fixedRows(64);
    expect(sha256(layers.denseForward(x, w, b, n, inputs, units))).toBe(expected.forward);
    expect(sha256(layers.inputGradient(dz, w, n, inputs, units))).toBe(expected.inputGradient);
    expect(sha256(layers.weightGradient(x, dz, n, inputs, units, inOrder))).toBe(expected.weightGradient);
    expect(sha256(layers.biasGradient(dz, n, units, inOrder))).toBe(expected.biasGradient);
    const rowSums = Float32Array.from({ length: n }, (_, i) =>
      sums.vectorSum(x.subarray(i * inputs, (i + 1) * inputs)),
    );
    expect(sha256(rowSums)).toBe(expected.rowSums);
  });

  test('a recording decides the order, and one that is none is refused', () => {
    const words = [2, 1, 1, 2, 2, 0, 0, 1, 1, 3, 2, 1, 0];
    const orders = rows.parseOrders(words, () => 3);
    expect(orders).toEqual([
      { chains: [[1], [2, 0]], merges: [{ into: 0, from: 1 }] },
      { chains: [[2, 1, 0]], merges: [] },
    ]);
    expect(rows.formatOrders(orders)).toEqual(words);
    const terms = [1, 1, 1, 1, 2 ** 24, 1];
    const extend = (acc: number, i: number) => arithmetic.add(acc, terms[i]);
    expect(rows.freeRows({ chains: [[0, 1, 2]], merges: [] }, 2)(6, extend)).toBe(2 ** 24 + 4);
    expect(rows.freeRows({ chains: [[2, 1, 0]], merges: [] }, 2)(6, extend)).toBe(2 ** 24);
    const threeChains = {
      chains: [[2], [0], [1]],
      merges: [
        { into: 1, from: 2 },
        { into: 1, from: 0 },
      ],
    };
    expect(rows.freeRows(threeChains, 2)(6, extend)).toBe(2 ** 24 + 4);
    expect(() => rows.parseOrders([1, 2, 0, 0], () => 2)).toThrow('once');
    expect(() => rows.parseOrders([2, 1, 0, 1, 1, 0, 0], () => 2)).toThrow('waiting');
    expect(() => rows.parseOrders([1, 2, 0], () => 2)).toThrow('ends');
  });
});

describe('elementary functions', () => {
  const { exact, functionNames } = elementary;

  /** Binary32 nearest to constants of published tables (Abramowitz and Stegun; e, ln 2). */
  test.each([
    ['exp', 1, Math.fround(Math.E)],
    ['exp', -1, Math.fround(0.3678794411714423)],
    ['expm1', 1, Math.fround(1.718281828459045)],
    ['log', 2, Math.fround(Math.LN2)],
    ['log', 10, Math.fround(Math.LN10)],
    ['log1p', 1, Math.fround(Math.LN2)],
    ['tanh', 1, Math.fround(0.7615941559557649)],
    ['sigmoid', 1, Math.fround(0.7310585786300049)],
    ['erf', 1, Math.fround(0.8427007929497149)],
    ['erf', 0.5, Math.fround(0.5204998778130465)],
    ['erf', -2, Math.fround(-0.9953222650189527)],
    ['sinpi', 0.25, Math.fround(Math.SQRT1_2)],
    ['sinpi', -1.75, Math.fround(Math.SQRT1_2)],
    ['cospi', 0.75, Math.fround(-Math.SQRT1_2)],
    ['cospi', 0.125, Math.fround(0.9238795325112867)],
  ] as const)('%s(%f)', (name, x, expected) => {
    expect(exact[name](x)).toBe(expected);
  });

  test('special values', () => {
    const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY, NaN: nan } = Number;
    const cases: Record<string, readonly (readonly [number, number])[]> = {
      exp: [
        [0, 1],
        [-0, 1],
        [infinity, infinity],
        [NEGATIVE_INFINITY, 0],
        [89, infinity],
        [-104, 0],
      ],
      expm1: [
        [0, 0],
        [-0, -0],
        [infinity, infinity],
        [NEGATIVE_INFINITY, -1],
        [2 ** -149, 2 ** -149],
        [-30, -1],
      ],
      log: [
        [1, 0],
        [0, NEGATIVE_INFINITY],
        [-0, NEGATIVE_INFINITY],
        [-1, nan],
        [infinity, infinity],
      ],
      log1p: [
        [0, 0],
        [-0, -0],
        [-1, NEGATIVE_INFINITY],
        [-2, nan],
        [infinity, infinity],
        [-(2 ** -149), -(2 ** -149)],
      ],
      tanh: [
        [0, 0],
        [-0, -0],
        [infinity, 1],
        [NEGATIVE_INFINITY, -1],
        [2 ** -149, 2 ** -149],
      ],
      sigmoid: [
        [0, 0.5],
        [-0, 0.5],
        [infinity, 1],
        [NEGATIVE_INFINITY, 0],
        [2 ** -149, 0.5],
      ],
      erf: [
        [0, 0],
        [-0, -0],
        [infinity, 1],
        [NEGATIVE_INFINITY, -1],
        [2 ** -149, 2 ** -149],
      ],
      sinpi: [
        [0, 0],
        [-0, -0],
        [3, 0],
        [-4, -0],
        [0.5, 1],
        [-0.5, -1],
        [1.5, -1],
        [2 ** 127, 0],
        [infinity, nan],
      ],
      cospi: [
        [0, 1],
        [-0, 1],
        [1, -1],
        [0.5, 0],
        [-0.5, 0],
        [1.5, 0],
        [2 ** 127, 1],
        [NEGATIVE_INFINITY, nan],
      ],
    };
    for (const name of functionNames) {
      expect(exact[name](nan), name).toBeNaN();
      for (const [x, expected] of cases[name]) {
        expect(exact[name](x), `${name}(${x})`).toBe(expected);
        expect(elementary[name](x), `${name}(${x})`).toBe(expected);
      }
    }
  });

  test('the edges of overflow and underflow', () => {
    // The largest argument with a finite exponential, and its neighbor; ln of the least that does not round to 0.
    expect(exact.exp(fromBits(0x42b17217))).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(exact.exp(fromBits(0x42b17218))).toBe(Number.POSITIVE_INFINITY);
    expect(exact.exp(fromBits(0xc2cff1b4))).toBe(2 ** -149);
    expect(exact.exp(fromBits(0xc2cff1b5))).toBe(0);
  });

  test('the quick path decides as the exact one does', () => {
    for (const name of ['exp', 'expm1', 'log', 'log1p', 'tanh', 'sigmoid'] as const) {
      for (const x of hardArguments[name].map(fromBits)) expect(elementary[name](x)).toBe(exact[name](x));
      for (let i = 0; i < 1500; i++) {
        const x =
          i % 2 === 0 ? fromBits(hash(i, 30)) : f32((hash(i, 31) * 2 ** -32 - 0.5) * 2 ** ((hash(i, 32) % 24) - 12));
        expect(hexOf(elementary[name](x)), `${name}(${hexOf(x)})`).toBe(hexOf(exact[name](x)));
      }
    }
  });
});

describe('randomness', () => {
  test('known answers of Philox4x32-10 (Random123)', () => {
    expect(random.philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    expect(random.philox([ones, ones, ones, ones], [ones, ones])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect(random.philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });

  test('42 and "42" are one seed', () => {
    expect(random.keyOf(42)).toEqual(random.keyOf('42'));
    // First eight bytes of SHA-256("abc"), FIPS 180: ba7816bf 8f01cfea.
    expect(random.keyOf('abc')).toEqual([0xbf1678ba, 0xeacf018f]);
  });

  test.each(random.generatorNames)('%s: shuffles are permutations, another in each epoch', (generator) => {
    const first = random.shuffle({ seed: 1, generator }, 0, 100);
    expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(random.shuffle({ seed: 1, generator }, 0, 100)).toEqual(first);
    expect(random.shuffle({ seed: 1, generator }, 1, 100)).not.toEqual(first);
  });

  test.each(random.initializerNames)('%s has the moments of its name', (name) => {
    const [fanIn, fanOut] = [40, 60];
    const count = 4000;
    const values = random.initialize(
      name,
      random.openStream({ seed: 3, generator: 'philox' }, 's', 0),
      count,
      fanIn,
      fanOut,
    );
    const variance = values.reduce((total, value) => total + value * value, 0) / count;
    const expected = {
      zeros: 0,
      glorotUniform: 2 / (fanIn + fanOut),
      heUniform: 2 / fanIn,
      randomNormal: 0.05 ** 2,
      randomUniform: 0.1 ** 2 / 12,
      glorotNormal: 2 / (fanIn + fanOut),
      heNormal: 2 / fanIn,
      lecunUniform: 1 / fanIn,
      lecunNormal: 1 / fanIn,
    }[name];
    expect(Math.abs(variance - expected)).toBeLessThanOrEqual(0.06 * expected);
    expect(bitsOf(values[0])).toBe(bitsOf(f32(values[0])));
  });
});
