import { describe, expect, it } from 'vitest';
import { TypeGuess } from '../../../dist/data/table/infer.js';
import { booleanOf, dateOf, numberOf } from '../../../dist/data/table/values.js';

describe('texts', () => {
  it.each([
    ['0', 0],
    ['-1.5e3', -1500],
    ['+.5', 0.5],
    ['5.', 5],
    ['0.1', 0.1],
    ['007', 7],
  ])('%s is a number', (text, value) => expect(numberOf(text)).toBe(value));

  it.each(['', ' 1', '1 ', '0x10', 'Infinity', '1e999', '1,5', '1_000', '--1', '.', 'e5', '1e', '٣'])(
    '%s is no number',
    (text) => expect(numberOf(text)).toBeNaN(),
  );

  it.each([
    ['1970-01-01', 0],
    ['2024-02-29', 1_709_164_800_000],
    ['2024-02-29 12:30', 1_709_209_800_000],
    ['2024-02-29T12:30:15Z', 1_709_209_815_000],
    ['2024-02-29T12:30:15.123456789Z', 1_709_209_815_123],
    ['2024-02-29T12:30:15.5+0530', 1_709_190_015_500],
    ['2024-02-29T00:30-02:00', 1_709_173_800_000],
    ['1000-01-01', -30_610_224_000_000],
  ])('%s is a date', (text, value) => expect(dateOf(text)).toBe(value));

  it.each([
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '2024-04-31',
    '2024-01-01T24:00',
    '2024-01-01T12:60',
    '2024-01-01T12:00:60',
    '0024-01-01',
    '2024-1-1',
    '01/02/2024',
    '2024-01-01T12:00+25:00',
    '2024-01-01Z',
    'Jan 1 2024',
  ])('%s is no date', (text) => expect(dateOf(text)).toBeNaN());

  it('are true and false in three notations', () => {
    expect(['true', 'True', 'TRUE', 'false', 'False', 'FALSE', 'tRue', 'yes', '1'].map(booleanOf)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      null,
      null,
      null,
    ]);
  });
});

describe('types', () => {
  const guess = (cells: unknown[], texts: boolean): string => {
    const types = new TypeGuess(texts, new Set(['', 'NA']));
    types.see(cells);
    return types.type;
  };

  it.each([
    [['1', '', '2.5'], 'number'],
    [['1', '02'], 'category'],
    [['0', '0.5', '-0.5'], 'number'],
    [['true', 'False', 'NA'], 'boolean'],
    [['true', '1'], 'category'],
    [['2024-01-01', '2024-01-01T10:00'], 'date'],
    [['2024', '2024-01-01'], 'category'],
    [['NA', ''], 'number'],
    [['1e999'], 'category'],
  ])('of texts %j: %s', (cells, type) => expect(guess(cells, true)).toBe(type));

  it.each([
    [[1, null, 2n, Number.NaN], 'number'],
    [['1', '2'], 'category'],
    [[1, '2'], 'category'],
    [[true, undefined, false], 'boolean'],
    [['true'], 'category'],
    [[new Date(0), '2024-01-01'], 'date'],
    [[1, true], 'category'],
    [['NA'], 'category'],
  ])('values %#', (cells, type) => expect(guess(cells, false)).toBe(type));
});
