/** Sources made of other sources: some of the rows, and other columns. */
import { Readable } from 'node:stream';
import { openCsv, openRows, Table, type TableSource } from 'samebits';
import { describe, expect, it } from 'vitest';
import { refusal, rowsOf } from './reading.js';

const ROWS = 100;

/** Numbers with gaps, dates, categories with gaps and booleans, batch by batch of 16. */
async function source(): Promise<TableSource> {
  const lines = Array.from({ length: ROWS }, (_, i) =>
    [i, i % 7 === 0 ? '' : i / 4, i % 5 === 0 ? '' : `c${i % 3}`, `2024-01-${10 + (i % 20)}`, i % 2 === 0].join(','),
  );
  const text = `n,gaps,kind,day,even\n${lines.join('\n')}\n`;
  const pieces = Array.from({ length: Math.ceil(text.length / 100) }, (_, i) => text.slice(100 * i, 100 * (i + 1)));
  return openCsv(() => Readable.from(pieces.map((piece) => Buffer.from(piece))), { batchRows: 16 });
}

/** `gaps` above 10 in place of `gaps`. */
function large(batch: Table): Table {
  const values = Uint8Array.from(batch.column('gaps').values, (value) =>
    Number.isNaN(value) ? 2 : Number(value > 10),
  );
  return new Table([...batch.drop(['gaps']).columns, { name: 'large', type: 'boolean', values }]);
}

describe('slice', () => {
  it.each([
    [0, 100],
    [0, 1],
    [5, 61],
    [16, 32],
    [37, Number.POSITIVE_INFINITY],
    [99, 1000],
  ])('has the rows from %d to before %d', async (start, end) => {
    const whole = await source();
    const table = await whole.slice(start, end).read();
    expect(rowsOf(table)).toEqual(rowsOf((await whole.read()).slice(start, Math.min(end, ROWS))));
  });

  it('of a slice, from a row of its own on', async () => {
    const part = (await source()).slice(20).slice(10, 50);
    const rows: object[] = [];
    for await (const batch of part.batches({ fromRow: 3 })) rows.push(...rowsOf(batch));
    expect(rows.map((row) => (row as { n: number }).n)).toEqual(Array.from({ length: 37 }, (_, i) => 33 + i));
  });

  it('knows how many rows it has, counted or not', async () => {
    const whole = await source();
    expect(await whole.slice(90).count()).toBe(10);
    await whole.count();
    expect(await Promise.all([whole.slice(90).count(), whole.slice(5, 25).count(), whole.slice(200).count()])).toEqual([
      10, 20, 0,
    ]);
  });

  it('refuses what is no range, and a source that can be read once', async () => {
    const whole = await source();
    expect(() => whole.slice(-1)).toThrow(/start/);
    expect(() => whole.slice(4, 4)).toThrow(/end/);
    const once = await openRows(
      (async function* () {
        yield { a: 1 };
      })(),
    );
    expect(() => once.slice(0, 1)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_STATE' }));
    expect((await refusal(once.map((batch) => batch))).code).toBe('ERR_SAMEBITS_STATE');
  });
});

describe('map', () => {
  it('has what each batch becomes, again and again, and from any row', async () => {
    const whole = await source();
    const mapped = await whole.map(large);
    const expected = rowsOf(large(await whole.read()));
    expect(mapped.description).toEqual([
      { name: 'n', type: 'number' },
      { name: 'kind', type: 'category' },
      { name: 'day', type: 'date' },
      { name: 'even', type: 'boolean' },
      { name: 'large', type: 'boolean' },
    ]);
    for (let pass = 0; pass < 2; pass += 1) expect(rowsOf(await mapped.read())).toEqual(expected);
    const rows: object[] = [];
    for await (const batch of mapped.batches({ fromRow: 41 })) rows.push(...rowsOf(batch));
    expect(rows).toEqual(expected.slice(41));
    expect(rowsOf(await mapped.slice(90).read())).toEqual(expected.slice(90));
    for await (const _ of mapped.batches({ fromRow: ROWS })) expect.unreachable();
  });

  it('refuses what is no table, has other rows, or other columns than the first batch', async () => {
    const whole = await source();
    expect((await refusal(whole.map(() => 1 as unknown as Table))).code).toBe('ERR_SAMEBITS_ARGUMENT');
    const shorter = await whole.map((batch) => batch.slice(1));
    expect((await refusal(shorter.read())).code).toBe('ERR_SAMEBITS_SHAPE');
    let batches = 0;
    const changing = await whole.map((batch) => {
      batches += 1;
      return batches > 2 ? batch.drop(['n']) : batch;
    });
    expect((await refusal(changing.read())).code).toBe('ERR_SAMEBITS_SHAPE');
  });
});
