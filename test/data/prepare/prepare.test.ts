import {
  fitPreparation,
  type Matrix,
  openRows,
  Preparation,
  type PreparationDocument,
  prepare,
  tableOf,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { feature, statistics } from '../../oracle/tables.js';

const ROWS = [
  { age: 20, city: 'Oslo', member: true, since: '2024-01-31T10:30', label: 'no' },
  { age: null, city: 'Ærø', member: false, since: null, label: 'yes' },
  { age: 40, city: null, member: null, since: '2023-06-30', label: 'no' },
  { age: 30, city: 'Zug', member: true, since: '2022-12-25', label: 'yes' },
];
const table = tableOf(ROWS);

const rowOf = ({ data, columns }: { data: Float32Array | Uint8Array; columns: number }, row: number): number[] =>
  Array.from(data.subarray(row * columns, (row + 1) * columns));

describe('prepare', () => {
  it('makes features of every type of column, in order', () => {
    const { preparation, x, y } = prepare(table, {
      target: 'label',
      numbers: { scale: 'minMax', indicator: true },
      dates: { parts: ['year', 'month', 'hour'], scale: 'none' },
    });
    // In code-unit order æ comes after z, whatever a locale says.
    expect(preparation.features).toEqual([
      'age',
      'age?',
      'city=Oslo',
      'city=Zug',
      'city=Ærø',
      'member',
      'since.year',
      'since.month',
      'since.hour',
    ]);
    const mean = Math.fround(2 / 3);
    const [year, month, hour] = [2023, (1 + 6 + 12) / 3, 10 / 3].map(Math.fround);
    expect([0, 1, 2, 3].map((row) => rowOf(x, row))).toEqual([
      [0, 0, 1, 0, 0, 1, 2024, 1, 10],
      [0.5, 1, 0, 0, 1, 0, year, month, hour],
      [1, 0, 0, 0, 0, mean, 2023, 6, 0],
      [0.5, 0, 0, 1, 0, 1, 2022, 12, 0],
    ]);
    expect(x.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([preparation.task, preparation.classes]).toEqual(['binary', ['no', 'yes']]);
    expect(Array.from(y as Uint32Array)).toEqual([0, 1, 0, 1]);
  });

  it('has options for single columns', () => {
    const { preparation, x } = prepare(table, {
      drop: ['label', 'since', 'member'],
      columns: {
        city: { encode: 'ordinal', impute: 'mostFrequent', indicator: true },
        age: { impute: -1, scale: 'none' },
      },
    });
    expect(preparation.features).toEqual(['age', 'city', 'city?']);
    expect([0, 1, 2, 3].map((row) => rowOf(x, row))).toEqual([
      [20, 1, 0],
      [-1, 3, 0],
      [40, 1, 1],
      [30, 2, 0],
    ]);
    expect(preparation.task).toBeNull();
  });

  it('keeps what never changes at 0', () => {
    expect(prepare(tableOf({ a: [7, 7, 7], b: [1, 2, 3] })).x.data.filter((_, i) => i % 2 === 0)).toEqual(
      new Float32Array(3),
    );
  });

  it.each<[string, Parameters<typeof prepare>[1], string, object]>([
    ['missing numbers', { columns: { age: { impute: 'error' } } }, 'ERR_SAMEBITS_DATA', { row: 1, column: 'age' }],
    ['missing categories', { columns: { city: { impute: 'error' } } }, 'ERR_SAMEBITS_DATA', { row: 2, column: 'city' }],
    ['missing dates', { dates: { impute: 'error' } }, 'ERR_SAMEBITS_DATA', { row: 1, column: 'since' }],
    ['missing targets', { target: 'city' }, 'ERR_SAMEBITS_DATA', { row: 2, column: 'city' }],
    ['dates as targets', { target: 'since' }, 'ERR_SAMEBITS_DATA', {}],
    ['texts as targets of a regression', { target: 'label', task: 'regression' }, 'ERR_SAMEBITS_DATA', {}],
    ['targets that are not there', { target: 'lable' }, 'ERR_SAMEBITS_SHAPE', {}],
    ['options of another type', { columns: { age: { encode: 'ordinal' } } }, 'ERR_SAMEBITS_ARGUMENT', {}],
    ['unknown options', { traget: 'label' } as object, 'ERR_SAMEBITS_ARGUMENT', {}],
    ['no columns', { drop: ['age', 'city', 'member', 'since', 'label'] }, 'ERR_SAMEBITS_SHAPE', {}],
  ])('refuses %s', (_, options, code, where) => {
    expect(() => prepare(table, options)).toThrow(expect.objectContaining({ code, ...where }));
  });

  it('refuses columns without values, too many categories, and numbers beyond binary32', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `id ${i}`);
    expect(() => prepare(tableOf({ a: [null, null] }))).toThrow(/at least one value .* for column "a"/);
    expect(() => prepare(tableOf({ a: many }))).toThrow(/at most 4096 categories/);
    expect(prepare(tableOf({ a: many }), { categories: { encode: 'ordinal' } }).x.data.length).toBe(5000);
    expect(() => prepare(tableOf({ a: [1e300, -1e300] }))).toThrow(/within binary64/);
    expect(() => prepare(tableOf({ a: [0, 1e39] }), { numbers: { scale: 'none' } })).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_DATA', row: 1, column: 'a' }),
    );
  });
});

describe('the task', () => {
  it.each<[unknown[], string, unknown[] | null]>([
    [[2.5, 1, 7], 'regression', null],
    [[5, -1, 5], 'binary', [-1, 5]],
    [[2, 0, 1], 'multiclass', [0, 1, 2]],
    [[3, 0, 1], 'regression', null],
    [[true, false, true], 'binary', [false, true]],
    [['b', 'a', 'b'], 'binary', ['a', 'b']],
    [['b', 'a', 'c'], 'multiclass', ['a', 'b', 'c']],
    [Array.from({ length: 101 }, (_, i) => i), 'regression', null],
  ])('of %j is %s', (target, task, classes) => {
    const { preparation } = prepare(tableOf({ x: target.map((_, i) => i), target }), { target: 'target' });
    expect([preparation.task, preparation.classes]).toEqual([task, classes]);
  });

  it('may be given', () => {
    const data = tableOf({ x: [1, 2, 3], quality: [3, 9, 5] });
    const { preparation, y } = prepare(data, { target: 'quality', task: 'multiclass' });
    expect(preparation.classes).toEqual([3, 5, 9]);
    expect(Array.from(y as Uint32Array)).toEqual([0, 2, 1]);
    expect(() => prepare(data, { target: 'quality', task: 'binary' })).toThrow(/2 classes .* received 3/);
    const regression = prepare(tableOf({ x: [1, 2], y: [0, 1] }), { target: 'y', task: 'regression' });
    expect(regression.y).toEqual({ data: new Float32Array(new SharedArrayBuffer(8)).fill(1, 1), rows: 2, columns: 1 });
  });
});

describe('a scaled target', () => {
  const prices = [250_000, 120_500.25, 980_000, 415_000, 333_333];
  const houses = tableOf({ size: [3, 1, 8, 5, 4], price: prices });
  const learned = statistics(prices);

  it.each(['standard', 'minMax'] as const)(
    '%s is what features are by the same rule, and is taken back',
    (targetScale) => {
      const { preparation, y } = prepare(houses, { target: 'price', targetScale });
      const scaled = prices.map((price) => feature(price, targetScale, learned));
      expect(Array.from((y as Matrix).data)).toEqual(scaled);
      const [center, divisor] =
        targetScale === 'standard' ? [learned.mean, learned.deviation] : [learned.least, learned.most - learned.least];
      const outputs = { data: Float32Array.from([0, 1, -0.25]), rows: 3, columns: 1 };
      expect(Array.from(preparation.restoreTarget(outputs).data)).toEqual(
        Array.from(outputs.data, (output) => Math.fround(output * divisor + center)),
      );
      expect(preparation.summary()).toContain(`"price" is predicted (regression: (x − ${center}) / ${divisor})`);
      const again = new Preparation(JSON.parse(JSON.stringify(preparation)));
      expect(again.transformTarget(houses)).toEqual(y);
    },
  );

  it('has the same bits from batches', async () => {
    const options = { target: 'price', targetScale: 'standard' } as const;
    const rows = prices.map((price, i) => ({ size: i, price }));
    const batched = await fitPreparation(await openRows(rows, { batchRows: 2 }), options);
    expect(batched.toJSON()).toEqual(prepare(tableOf(rows), options).preparation.toJSON());
  });

  it('of one value only is 0, and that of classes is not scaled', () => {
    const same = prepare(tableOf({ x: [1, 2, 3], y: [7, 7, 7] }), {
      target: 'y',
      task: 'regression',
      targetScale: 'minMax',
    });
    expect(Array.from((same.y as Matrix).data)).toEqual([0, 0, 0]);
    const plain = prepare(table, { target: 'label' }).preparation;
    expect(prepare(table, { target: 'label', targetScale: 'standard' }).preparation.toJSON()).toEqual(plain.toJSON());
    const numbers = tableOf({ x: [1, 2, 3], y: [2, 0, 1] });
    expect(prepare(numbers, { target: 'y', targetScale: 'standard' }).preparation.classes).toEqual([0, 1, 2]);
    const outputs = { data: Float32Array.from([0.5]), rows: 1, columns: 1 };
    expect(plain.restoreTarget(outputs)).toBe(outputs);
  });

  it('is checked where it is read', () => {
    const { preparation } = prepare(houses, { target: 'price', targetScale: 'standard' });
    const document = preparation.toJSON();
    const of = (target: object) => () =>
      new Preparation({ ...document, target: { ...document.target, ...target } } as PreparationDocument);
    expect(of({ scaling: { center: 0, divisor: 0 } })).toThrow(
      'a number above 0 for preparation.target.scaling.divisor',
    );
    expect(of({ task: 'multiclass', classes: [1, 2, 3] })).toThrow('no scaling of classes');
    expect(() => prepare(houses, { target: 'price', targetScale: 'log' as 'none' })).toThrow(
      "one of 'standard', 'minMax', 'none' for prepare.targetScale",
    );
  });
});

describe('Preparation', () => {
  const { preparation, x } = prepare(table, { target: 'label' });

  it('gives the same bits after JSON', () => {
    const again = new Preparation(JSON.parse(JSON.stringify(preparation)) as PreparationDocument);
    expect(again.transform(table).data).toEqual(x.data);
    expect(again.toJSON()).toEqual(preparation.toJSON());
    expect(again.summary()).toBe(preparation.summary());
  });

  it('takes tables, objects and arrays; other keys are not looked at', () => {
    const objects = ROWS.map((row) => ({ ...row, other: { nested: true } }));
    expect(preparation.transform(objects).data).toEqual(x.data);
    const arrays = ROWS.map(({ age, city, member, since }) => [age, city, member, since]);
    expect(preparation.transform(arrays).data).toEqual(x.data);
    expect(preparation.transform(table.drop(['label'])).data).toEqual(x.data);
    expect(preparation.transform(table.slice(2)).data).toEqual(x.data.slice(2 * x.columns));
    expect(Array.from(preparation.transformTarget([{ label: 'yes' }]) as Uint32Array)).toEqual([1]);
    const lacking = [{ age: 20, city: 'Oslo', since: null, member: true }, { city: 'Oslo' }];
    expect(preparation.transform(lacking).rows).toBe(2);
  });

  it('makes nothing of unknown categories, or refuses them', () => {
    const row = { ...ROWS[0], city: 'Bergen' };
    const features = rowOf(preparation.transform([row]), 0);
    const cities = features.filter((_, index) => preparation.features[index].startsWith('city='));
    expect(cities).toEqual([0, 0, 0]);
    const strict = prepare(table, { drop: ['label'], categories: { unknown: 'error' } }).preparation;
    expect(() => strict.transform([ROWS[0], row])).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_DATA', row: 1, column: 'city' }),
    );
  });

  it.each<[string, () => unknown, string]>([
    ['rows without a column', () => preparation.transform([{ age: 1 }]), 'ERR_SAMEBITS_SHAPE'],
    ['rows of other lengths', () => preparation.transform([[1, 'Oslo']]), 'ERR_SAMEBITS_SHAPE'],
    ['values of another type', () => preparation.transform([{ ...ROWS[0], age: 'old' }]), 'ERR_SAMEBITS_DATA'],
    ['columns of another type', () => preparation.transform(tableOf([{ ...ROWS[0], age: 'x' }])), 'ERR_SAMEBITS_DATA'],
    ['no rows', () => preparation.transform([]), 'ERR_SAMEBITS_DATA'],
    ['classes that it does not know', () => preparation.transformTarget([{ label: 'maybe' }]), 'ERR_SAMEBITS_DATA'],
    ['targets where it has none', () => prepare(table).preparation.transformTarget(table), 'ERR_SAMEBITS_STATE'],
    ['what is no rows', () => preparation.transform('rows' as unknown as []), 'ERR_SAMEBITS_ARGUMENT'],
  ])('refuses %s', (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  it.each<[string, (document: Record<string, never>) => unknown]>([
    ['another format', (document) => ({ ...document, format: 'other' })],
    ['no columns', (document) => ({ ...document, columns: [] })],
    ['categories out of order', (document) => edit(document, 1, { categories: ['b', 'a'] })],
    ['a fill that is no category', (document) => edit(document, 1, { fill: 'Bergen' })],
    ['a divisor of 0', (document) => edit(document, 0, { divisor: 0 })],
    ['infinite numbers', (document) => edit(document, 0, { center: Number.POSITIVE_INFINITY })],
    ['two columns of one name', (document) => edit(document, 0, { name: 'member' })],
    ['unknown keys', (document) => edit(document, 0, { centre: 1 })],
    [
      'classes out of order',
      (document) => ({ ...document, target: { ...(document.target as object), classes: ['y', 'n'] } }),
    ],
  ])('does not take a document with %s', (_, change) => {
    const document = JSON.parse(JSON.stringify(preparation)) as Record<string, never>;
    expect(() => new Preparation(change(document) as PreparationDocument)).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }),
    );
  });

  function edit(document: Record<string, never>, index: number, change: object): object {
    const columns = [...(document.columns as object[])];
    columns[index] = { ...columns[index], ...change };
    return { ...document, columns };
  }
});

describe('fitPreparation', () => {
  it('learns from batches the bits that prepare learns at once', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      value: (i * 7919) % 1013 === 0 ? null : ((i * 7919) % 1013) / 7,
      city: `c${(i * 31) % 17}`,
      label: i % 3,
    }));
    const whole = prepare(tableOf(rows), { target: 'label' }).preparation;
    for (const batchRows of [1, 5000, 1_000_000]) {
      const source = await openRows(rows, { batchRows });
      expect((await fitPreparation(source, { target: 'label' })).toJSON()).toEqual(whole.toJSON());
    }
    await expect(fitPreparation(await openRows(rows), { numbers: { impute: 'median' } })).rejects.toThrow(/median/);
  });
});
