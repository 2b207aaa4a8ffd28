/** The rows that a setting trains on: which, and in which memory. */
import { describe, expect, it } from 'vitest';
import { bootstrapRows } from '../../dist/data/bootstrap.js';
import { chooseRows } from '../../dist/data/choose-rows.js';
import { shareArray } from '../../dist/data/data-set.js';
import { COLUMNS, compiledClassifier, failure, labels, ROWS, x } from '../train/problem.js';

const shared = (() => {
  const rows = { data: shareArray(x), rows: ROWS, columns: COLUMNS };
  return { x: rows, y: shareArray(Uint32Array.from(labels)) };
})();

const rowOf = (rows: typeof shared, index: number) => [
  ...rows.x.data.subarray(index * COLUMNS, (index + 1) * COLUMNS),
  rows.y[index],
];

describe('chooseRows', () => {
  it('gives all rows, and the first ones, without a copy', () => {
    expect(chooseRows(shared, { rows: null, bootstrap: null })).toBe(shared);
    expect(chooseRows(shared, { rows: ROWS, bootstrap: null })).toBe(shared);
    const first = chooseRows(shared, { rows: 7, bootstrap: null }) as typeof shared;
    expect(first.x).toMatchObject({ rows: 7, columns: COLUMNS });
    expect(first.x.data).toEqual(shared.x.data.slice(0, 7 * COLUMNS));
    expect(first.x.data.buffer).toBe(shared.x.data.buffer);
    expect(first.y).toEqual(shared.y.slice(0, 7));
  });

  it('draws a bootstrap from the chosen rows, rows and targets together', () => {
    const sample = chooseRows(shared, { rows: 40, bootstrap: 42 }) as typeof shared;
    const drawn = [...bootstrapRows(42, 40)];
    expect(sample.x.rows).toBe(40);
    expect(drawn.map((_, i) => rowOf(sample, i))).toEqual(drawn.map((row) => rowOf(shared, row)));
    expect(sample.x.data.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('takes bytes and targets of several columns, too', () => {
    const bytes = { data: Uint8Array.of(1, 2, 3, 4), rows: 2, columns: 2 };
    const targets = { data: Float32Array.of(0, 1, 1, 0), rows: 2, columns: 2 };
    const sample = chooseRows({ x: bytes, y: targets }, { rows: 1, bootstrap: 0 });
    expect(sample).toEqual({
      x: { data: Uint8Array.of(1, 2), rows: 1, columns: 2 },
      y: { data: Float32Array.of(0, 1), rows: 1, columns: 2 },
    });
  });

  it('refuses more rows than there are', async () => {
    const { code, message } = await failure(() => chooseRows(shared, { rows: 151, bootstrap: null }));
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(message).toContain('at most the 150 training rows of the data for rows but received 151');
  });

  it('gives rows that are trained on as they are, and as their copies are', async () => {
    const first = chooseRows(shared, { rows: 70, bootstrap: null }) as typeof shared;
    const fingerprints = [first, { x: { ...first.x, data: first.x.data.slice() }, y: first.y.slice() }].map(
      async (rows) => (await compiledClassifier().fit(rows.x, rows.y, { batchSize: 20 })).fingerprint,
    );
    const [used, copied] = await Promise.all(fingerprints);
    expect(used).toBe(copied);
  });
});
