import { describe, expect, it } from 'vitest';
import {
  binary32Fields,
  binary32ToHex,
  decodeNumber,
  encodeNumber,
  hexToBinary32,
  nonFiniteAsText,
} from '../../dist/report/numbers.js';

describe('numbers of a document', () => {
  it('survive JSON, finite or not', () => {
    const values = [0, -1.5, 5e-324, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const text = JSON.stringify({ values }, nonFiniteAsText);
    expect(text).toContain('"NaN","Infinity","-Infinity"');
    expect((JSON.parse(text).values as unknown[]).map(decodeNumber)).toEqual(values);
    expect(values.map((value) => decodeNumber(encodeNumber(value)))).toEqual(values);
  });

  it('are NaN where a document holds something else', () => {
    expect([null, undefined, 'x', '1', {}, true].map(decodeNumber)).toEqual(Array(6).fill(Number.NaN));
  });

  it.each([
    [0, '0x00000000'],
    [-0, '0x80000000'],
    [1, '0x3f800000'],
    [-2, '0xc0000000'],
    [2 ** -149, '0x00000001'],
    [Number.POSITIVE_INFINITY, '0x7f800000'],
    [Number.NaN, '0x7fc00000'],
  ])('write %s as %s and read it back', (value, hex) => {
    expect(binary32ToHex(value)).toBe(hex);
    expect(hexToBinary32(hex)).toBe(value);
    expect(hexToBinary32(hex.slice(2).toUpperCase())).toBe(value);
  });

  it('refuse hexadecimal text that is no binary32', () => {
    expect(['', '0x', '3f80000', '3f8000000', '0xzf800000', ' 3f800000'].map(hexToBinary32)).toEqual(
      Array(6).fill(null),
    );
    expect(binary32Fields('nonsense')).toBeNull();
  });

  it('are cut into sign, exponent and significand', () => {
    expect(binary32Fields('0xbf800001')).toEqual(['1', '01111111', '00000000000000000000001']);
  });
});
