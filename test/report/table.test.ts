import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderCompareTable } from '../../dist/report/table.js';
import * as documents from './fixtures/documents.js';

const all = Object.entries(documents).filter(([, make]) => make.length === 0) as [string, typeof documents.usual][];
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => Array.from(line).length));
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => /^ *\d+ {2}(fixed|free)/.test(line))
    .map((line) => line.trim().split(/ {2,}/));

describe('the table', () => {
  it.each(all.filter(([name]) => name !== 'hostile'))('%s stays within 80 columns', (_, make) => {
    expect(widest(renderCompareTable(make(), { color: false }))).toBeLessThanOrEqual(80);
    expect(widest(renderCompareTable(make(), { color: false, width: 200 }))).toBeLessThanOrEqual(80);
  });

  it('stays within 80 columns with several instruction sets, long names and wide numbers', () => {
    const plans = ['avx512', 'scalar'].flatMap((isa) =>
      [1, 128].flatMap((threads) =>
        (['fixed', 'free'] as const).flatMap((reduction) =>
          [1, 2].map((repeat) => ({ threads, reduction, isa, repeat, changes: { seconds: 1234.5 } })),
        ),
      ),
    );
    const document = documents.makeDocument(plans);
    const runs = document.runs.map((run) => ({
      ...run,
      firstDifference: run.firstDifference && {
        ...run.firstDifference,
        step: 12345,
        tensor: 'a/very/long/name/kernel',
      },
    }));
    const text = renderCompareTable({ ...document, runs }, { color: false });
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text).toContain('isa');
  });

  it('shows agreeing repeats once with their median, differing ones each', () => {
    const document = documents.usual();
    const rows = rowsOf(renderCompareTable(document, { color: false }));
    expect(rows.map((row) => row.slice(0, 2).join(' '))).toEqual([
      '1 fixed ×2',
      '2 fixed ×2',
      '4 fixed ×2',
      '1 free ×2',
      '2 free',
      '2 free',
      '4 free',
      '4 free',
    ]);
    expect(rows[0].slice(2)).toEqual(['11.5', '1.00', '97.85', '3f9c1d20', 'base', '-', '0', '0']);
    expect(rows[4].slice(5, 8)).toEqual([document.runs[8].fingerprint.slice(0, 8), 'no', '1 …se_1/kernel']);
    expect((document.runs[0].seconds + document.runs[1].seconds) / 2).toBeCloseTo(11.5, 1);
  });

  it('ends with the sentence', () => {
    const document = documents.usual();
    const text = renderCompareTable(document, { color: false });
    expect(text.replaceAll('\n', ' ')).toContain(document.summary.sentence);
    expect(text).not.toMatch(/\n$/);
  });

  it('colors only when told to, and says the same', () => {
    const plain = renderCompareTable(documents.fixedDiffers(), { color: false });
    const colored = renderCompareTable(documents.fixedDiffers(), { color: true });
    expect(stripVTControlCharacters(plain)).toBe(plain);
    expect(colored).not.toBe(plain);
    expect(stripVTControlCharacters(colored)).toBe(plain);
  });

  it('lets no control character of a document through', () => {
    const text = renderCompareTable(documents.hostile(), { color: false });
    expect(text).not.toContain('\u001b');
    expect(text).toContain('?[31m');
  });
});
