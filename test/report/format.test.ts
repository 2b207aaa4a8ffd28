import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatList,
  formatMagnitude,
  formatPercent,
  formatPowerOfTen,
  formatSeconds,
  formatShareInWords,
  formatShort,
  shortFingerprint,
} from '../../dist/report/format.js';

describe('numbers as reports write them', () => {
  it('group digits by three', () => {
    expect([0, 999, 1000, 1234567, Number.NaN].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567', 'NaN']);
  });

  it('take an exponent where plain digits would be long', () => {
    const values = [0, 0.5, 0.00123456, 3.4e-7, 1234.4, 2.5e8, -1e-9, Number.NEGATIVE_INFINITY];
    const texts = ['0', '0.5', '0.00123', '3.40e-7', '1,234', '2.50e8', '-1.00e-9', '−∞'];
    expect(values.map((value) => formatMagnitude(value))).toEqual(texts);
    expect([0, 99999, 100000, 2 ** 31].map(formatShort)).toEqual(['0', '99999', '1.0e5', '2.1e9']);
  });

  it('write powers of ten with superscripts', () => {
    expect([1e-12, 0.1, 1, 10, 1e9, 20].map(formatPowerOfTen)).toEqual(['10⁻¹²', '10⁻¹', '1', '10', '10⁹', '20']);
  });

  it('keep three digits of seconds', () => {
    expect([0.01234, 1.234, 12.34, 1234].map(formatSeconds)).toEqual(['0.0123', '1.23', '12.3', '1,234']);
  });

  it('never round a share to nothing or to the whole', () => {
    expect([0, 1e-7, 0.25, 0.99999, 1].map(formatShareInWords)).toEqual([
      '0 %',
      'less than 0.1 %',
      '25 %',
      'more than 99.9 %',
      '100 %',
    ]);
    expect(formatPercent(0.97853)).toBe('97.85');
  });

  it('join lists and shorten fingerprints', () => {
    expect([formatList([]), formatList([1]), formatList([1, 2]), formatList([1, 2, 4])]).toEqual([
      '',
      '1',
      '1 and 2',
      '1, 2 and 4',
    ]);
    expect(shortFingerprint('sha256:0123456789abcdef')).toBe('01234567');
  });
});
