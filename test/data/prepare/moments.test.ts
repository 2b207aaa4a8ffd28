import { prepare, tableOf } from 'samebits';
import { describe, expect, it } from 'vitest';
import { datePart } from '../../../dist/data/prepare/date-parts.js';
import { Moments } from '../../../dist/data/prepare/moments.js';
import { sha256Of } from '../../golden/made-up-data.js';
import { hexOf64, SCALES, tableValues } from '../../golden/tables.js';
import golden from '../../golden/tables.json';

function momentsOf(values: readonly number[]): Moments {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
}

describe('statistics', () => {
  it.each(golden.columns)(
    'have the bits of the oracle: $rows rows',
    ({ rows, mean, deviation, least, most, ...other }) => {
      const values = tableValues(rows);
      const moments = momentsOf(values);
      const result = moments.result();
      expect(
        [result?.mean, result?.deviation, moments.least, moments.most].map((value) => hexOf64(value as number)),
      ).toEqual([mean, deviation, least, most]);
      for (const scale of SCALES) {
        const { preparation, x } = prepare(tableOf({ values: Float64Array.from(values) }), {
          numbers: { scale, impute: 'median' },
        });
        expect(sha256Of(x.data as Float32Array)).toBe(other.features[scale].sha256);
        const [column] = preparation.toJSON().columns;
        expect(hexOf64((column as { fill: number }).fill)).toBe(other.median);
      }
    },
  );

  it('do not lose digits where the mean is large', () => {
    const { mean, deviation } = momentsOf(Array.from({ length: 100_000 }, (_, i) => 1e9 + (i % 3))).result() ?? {};
    expect(mean).toBeCloseTo(1e9 + 0.99999, 6);
    expect(deviation).toBeCloseTo(Math.sqrt(2 / 3), 5);
  });

  it('know that there is nothing', () => expect(momentsOf([]).result()).toBeNull());
});

describe('parts of dates', () => {
  it('are those of JavaScript, from the year 1000 to 9999', () => {
    const [first, last] = [Date.UTC(1000, 0, 1), Date.UTC(9999, 11, 31, 23, 59, 59)];
    for (let i = 0; i <= 20_000; i += 1) {
      const time = first + Math.floor(((last - first) / 20_000) * i);
      const date = new Date(time);
      expect([
        datePart(time, 'year'),
        datePart(time, 'month'),
        datePart(time, 'day'),
        datePart(time, 'weekday') % 7,
        datePart(time, 'hour'),
        datePart(time, 'minute'),
        datePart(time, 'second'),
      ]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.getUTCDay(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
      ]);
    }
  });

  it.each([
    ['2024-12-31', 366],
    ['2023-12-31', 365],
    ['1969-01-01', 1],
    ['2000-03-01', 61],
  ])('%s is day %i of its year', (text, day) => expect(datePart(Date.parse(text), 'dayOfYear')).toBe(day));

  it('have days with a fraction', () => expect(datePart(Date.UTC(1970, 0, 3, 6), 'time')).toBe(2.25));
});
