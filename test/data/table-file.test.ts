import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSource } from '../../dist/data/load-source.js';
import { namedSource, namedSourceLike } from '../../dist/data/named-source.js';
import type { TableFileSource } from '../../dist/data/source.js';
import { loadTable } from '../../dist/data/table-file.js';

let folder: string;
const path = (name: string): string => join(folder, name);
const source = (name: string, more: Partial<TableFileSource> = {}): TableFileSource => ({
  kind: 'table',
  path: path(name),
  target: 'kind',
  test: 0.2,
  seed: 42,
  ...more,
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'samebits-table-file-'));
  const kinds = ['ash', 'beech', 'oak'];
  const lines = Array.from({ length: 50 }, (_, i) => `${i},${i % 2 === 0 ? 'wet' : 'dry'},${kinds[i % 3]},${i * 0.5}`);
  writeFileSync(path('trees.csv'), ['height,soil,kind,price', ...lines].join('\n'));
  writeFileSync(path('gap.csv'), 'a,kind\n1,x\n2,y\n3,\n4,x\n');
  writeFileSync(path('rare.csv'), ['a,kind', ...Array.from({ length: 8 }, (_, i) => `${i},x`), '8,y'].join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('loadTable', () => {
  it('keeps of every class its share for testing, and learns from the training rows alone', async () => {
    const { data, preparation, table } = await loadTable(source('trees.csv'));
    expect(data).toMatchObject({ name: 'trees.csv', classes: 3, scale: 1 });
    expect([data.train.x.rows, data.test.x.rows, table.rows]).toEqual([40, 10, 50]);
    expect(preparation.features).toEqual(['height', 'soil=dry', 'soil=wet', 'price']);
    expect(preparation.classes).toEqual(['ash', 'beech', 'oak']);
    const counts = [0, 1, 2].map((label) => (data.test.y as Uint32Array).filter((one) => one === label).length);
    expect(counts.every((count) => count === 3 || count === 4)).toBe(true);
    const heights = Array.from({ length: 40 }, (_, row) => data.train.x.data[4 * row]);
    expect(Math.abs(heights.reduce((sum, one) => sum + one, 0))).toBeLessThan(1e-4);
    expect(data.train.x.data.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('gives the same hash again, and another one for another split', async () => {
    const { hash } = (await loadTable(source('trees.csv'))).data;
    expect((await loadSource(source('trees.csv'))).hash).toBe(hash);
    expect((await loadTable(source('trees.csv', { seed: 43 }))).data.hash).not.toBe(hash);
    expect((await loadTable(source('trees.csv', { test: 0.3 }))).data.hash).not.toBe(hash);
  });

  it('takes what is said of task, types and preparation', async () => {
    const { data, preparation } = await loadTable(
      source('trees.csv', {
        target: 'price',
        task: 'regression',
        types: { height: 'category' },
        prepare: { drop: ['kind'] },
      }),
    );
    expect(data.classes).toBe(0);
    expect(data.train.y).toMatchObject({ rows: 40, columns: 1 });
    expect(preparation.inputs).toEqual([
      { name: 'height', type: 'category' },
      { name: 'soil', type: 'category' },
    ]);
  });

  it('trains and tests on all rows where none are kept', async () => {
    const { data } = await loadTable(source('trees.csv', { test: 0 }));
    expect(data.train.x.rows).toBe(50);
    expect(data.test).toBe(data.train);
  });

  it('knows a class that only one row has, on whichever side that is', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { data, preparation } = await loadTable(source('rare.csv', { seed }));
      expect(preparation.classes).toEqual(['x', 'y']);
      expect(data.classes).toBe(2);
    }
  });

  it.each<[Partial<TableFileSource> & { readonly name: string }, RegExp]>([
    [{ name: 'trees.csv', target: 'kinds' }, /one of the table's 4 columns \(did you mean "kind"\?\)/],
    [{ name: 'trees.csv', task: 'binary' }, /2 classes for the target "kind" but received 3/],
    [{ name: 'trees.csv', prepare: { drop: ['soils'] } }, /did you mean "soil"\?/],
    [{ name: 'gap.csv' }, /a value of the target .*row 2/],
    [{ name: 'missing.csv' }, /missing\.csv/],
  ])('%j is refused', async ({ name, ...more }, message) => {
    await expect(loadTable(source(name, more))).rejects.toThrow(message);
  });

  it.each<[unknown, RegExp]>([
    [{ kind: 'table', path: 'a.csv', target: 'b', test: 1, seed: 1 }, /from 0 to below 1 for source\.test/],
    [{ kind: 'table', path: 'a.csv', test: 0.5, seed: 1 }, /a text for source\.target/],
    [{ kind: 'table', path: 'a.csv', target: 'b', test: 0.5, seed: 1, task: 'guess' }, /source\.task/],
    [{ kind: 'table', path: 'a.csv', target: 'b', test: 0.5, seed: 1, prepare: { drops: [] } }, /did you mean drop\?/],
  ])('%j is no source', async (value, message) => {
    await expect(loadSource(value as TableFileSource)).rejects.toThrow(message);
  });
});

describe('namedSource', () => {
  it('knows tables by the ending of the name', () => {
    expect(namedSource('/a/b.CSV.gz', { target: 'c' })).toEqual({
      kind: 'table',
      path: '/a/b.CSV.gz',
      target: 'c',
      test: 0.2,
      seed: 42,
    });
    expect(() => namedSource('b.parquet')).toThrow(/a column that is predicted, since the data are a table,/);
    expect(() => namedSource('digits', { target: 'c' })).toThrow(/no column that is predicted/);
  });

  it('reads a table as it was read before, wherever it lies now', () => {
    const recorded = source('trees.csv', { test: 0.5, seed: 'seven' });
    expect(namedSourceLike('/moved.csv', recorded)).toEqual({ ...recorded, path: '/moved.csv' });
    expect(namedSourceLike('digits', recorded)).toEqual({ kind: 'digits' });
  });
});
