import { describe, expect, it } from 'vitest';
import { bootstrapRows } from '../../dist/data/bootstrap.js';
import { givenData } from '../../dist/data/data-set.js';
import { loadSource } from '../../dist/data/load-source.js';
import type { MadeUpSource } from '../../dist/data/source.js';
import { sha256Of } from '../golden/made-up-data.js';
import golden from '../golden/made-up-data.json';

const regression: MadeUpSource = {
  kind: 'madeUp',
  problem: 'regression',
  rows: 33,
  testRows: 6,
  columns: 10,
  classes: 1,
  noise: 0.1,
  seed: 42,
};

describe('made-up data', () => {
  it.each(golden.data)(
    'have the bits of the oracle: $problem of $columns columns',
    async ({ train, test, ...source }) => {
      const data = await loadSource({
        kind: 'madeUp',
        rows: train.rows,
        testRows: test.rows,
        ...source,
      } as MadeUpSource);
      for (const [part, expected] of [
        [data.train, train],
        [data.test, test],
      ] as const) {
        const y = part.y instanceof Uint32Array ? part.y : part.y.data;
        expect(part.x.data.buffer).toBeInstanceOf(SharedArrayBuffer);
        expect(sha256Of(part.x.data as Float32Array)).toBe(expected.x);
        expect(sha256Of(y as Float32Array)).toBe(expected.y);
      }
    },
  );

  it('have the same first rows, and the same test rows, however many there are', async () => {
    const few = await loadSource(regression);
    const many = await loadSource({ ...regression, rows: 200 });
    expect(many.train.x.data.subarray(0, 330)).toEqual(few.train.x.data);
    expect(many.test).toEqual(few.test);
    expect(many.hash).not.toBe(few.hash);
  });

  it('have a share of the majority class', async () => {
    const source: MadeUpSource = { ...regression, problem: 'classes', classes: 4, majority: 0.9, rows: 4000 };
    const { train, classes } = await loadSource(source);
    const counts = [0, 0, 0, 0];
    for (const label of train.y as Uint32Array) counts[label] += 1;
    expect(classes).toBe(4);
    // 3,600 expected, deviation 19; the others 133 each, deviation 11.
    expect(Math.abs(counts[0] - 3600)).toBeLessThan(100);
    for (const count of counts.slice(1)) expect(Math.abs(count - 133)).toBeLessThan(60);
  });

  it.each([
    [{ ...regression, classes: 2 }, /classes 1 for a regression/],
    [{ ...regression, problem: 'classes' }, /at least 2 for classes/],
    [{ ...regression, noise: -1 }, /at least 0 for source\.noise/],
    [{ ...regression, majority: 0.5 }, /majority only with/],
    [{ ...regression, coulmns: 3 }, /did you mean columns/],
    [{ kind: 'folder' }, /a text/],
    [{ kind: 'tables' }, /a source of data/],
    [null, /a source of data/],
  ])('%j is refused', async (source, message) => {
    const refused = loadSource(source as unknown as MadeUpSource);
    await expect(refused).rejects.toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    await expect(refused).rejects.toThrow(message);
  });
});

describe('bootstrapRows', () => {
  it.each(golden.bootstraps)('draws $rows rows as the oracle does', ({ seed, rows, drawn }) => {
    expect([...bootstrapRows(seed, rows)]).toEqual(drawn);
  });
});

describe('givenData', () => {
  const rows = { x: [[1], [2]], xTest: [[3]] };

  it('takes integers for labels, and other numbers for targets', () => {
    const labeled = givenData({ ...rows, y: [0, 2], yTest: [1] });
    expect(labeled.data).toMatchObject({ name: 'given', classes: 3 });
    expect(labeled.data.train.y).toEqual(Uint32Array.of(0, 2));
    expect(labeled.source).toEqual({ kind: 'given', name: 'given', hash: labeled.data.hash });
    const numbers = givenData({ ...rows, y: [0, 2.5], yTest: [1] });
    expect(numbers.data.classes).toBe(0);
    expect(numbers.data.test.y).toMatchObject({ rows: 1, columns: 1 });
    expect(givenData({ ...rows, y: [0, 2], yTest: [1], targets: 'numbers' }).data.classes).toBe(0);
  });

  it('are found by their hash alone', async () => {
    const { source, data } = givenData({ ...rows, y: [0, 1], yTest: [1] });
    expect(await loadSource(source, new Map([[data.hash, data]]))).toBe(data);
    await expect(loadSource(source)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_DATA' });
  });

  it('refuses what does not fit', () => {
    expect(() => givenData({ ...rows, y: [0], yTest: [1] })).toThrow(/targets of 2 rows for y but received 1/);
    expect(() => givenData({ ...rows, y: [0, 0.5], yTest: [1], targets: 'labels' })).toThrow(/labels, integers/);
    expect(() => givenData({ ...rows, xTest: [[1, 2]], y: [0, 1], yTest: [1] })).toThrow(/1 columns/);
  });
});
