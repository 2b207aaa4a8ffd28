import { describe, expect, it } from 'vitest';
import { canonicalBits, hexOfBinary32, ulpDistance, ulpDistanceOfBits } from '../../dist/compare/ulp.js';

const LARGEST = 3.4028234663852886e38;
const TINIEST = 1.401298464324817e-45;

describe('ulpDistance', () => {
  it.each([
    ['equal values', 1.5, 1.5, 0],
    ['neighbours above 1', 1, 1 + 2 ** -23, 1],
    ['neighbours below 1', 1, 1 - 2 ** -24, 1],
    ['one binade', 1, 2, 2 ** 23],
    ['two negative values', -1, -2, 2 ** 23],
    ['the two zeros', 0, -0, 1],
    ['zero and the least subnormal', 0, TINIEST, 1],
    ['the least subnormals of both signs, with both zeros between', -TINIEST, TINIEST, 3],
    ['1 and -1', 1, -1, 2 * 0x3f80_0000 + 1],
    ['the largest and infinity', LARGEST, Number.POSITIVE_INFINITY, 1],
    ['both infinities', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 2 ** 32 - 2 ** 24 + 1],
    ['NaN and NaN', Number.NaN, Number.NaN, 0],
    ['NaN and a number', Number.NaN, 1, Number.NaN],
    ['a number and NaN', Number.POSITIVE_INFINITY, Number.NaN, Number.NaN],
  ])('of %s', (_, a, b, distance) => {
    expect(ulpDistance(a, b)).toBe(distance);
    expect(ulpDistance(b, a)).toBe(distance);
  });

  it('takes every NaN as one, whatever its payload and sign', () => {
    expect(ulpDistanceOfBits(0x7fc0_0000, 0x7f80_0001)).toBe(0);
    expect(ulpDistanceOfBits(0xffff_ffff | 0, 0x7fc0_0001)).toBe(0);
    expect(canonicalBits(0xff80_0001 | 0)).toBe(0x7fc0_0000);
    expect(canonicalBits(0xff80_0000 | 0)).toBe(0xff80_0000 | 0);
  });
});

describe('hexOfBinary32', () => {
  it.each([
    [1, '0x3f800000'],
    [-0, '0x80000000'],
    [TINIEST, '0x00000001'],
    [Number.NaN, '0x7fc00000'],
  ])('of %s', (value, hex) => {
    expect(hexOfBinary32(value)).toBe(hex);
  });
});
