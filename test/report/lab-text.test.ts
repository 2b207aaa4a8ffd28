import { describe, expect, it } from 'vitest';
import { renderLabList, renderLabText } from '../../dist/report/index.js';
import { hostileLab, large, makeCollection, makeLabDocument, odd, threads } from './fixtures/lab-documents.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const escapes = /\u001b\[[\d;]*m/g;
const lines = (text: string): string[] => text.replace(escapes, '').split('\n');

describe('renderLabText', () => {
  it('says it all in at most 80 columns', () => {
    const text = renderLabText(makeLabDocument(), { color: false, page: '/tmp/init-seed.html' });
    expect(text).toMatch(/^Does the seed of the initial weights alone change/);
    expect(text).toContain('\n✓ supported: Initial weights alone');
    expect(text).toContain(
      'Effect: mean absolute difference of predictions, 0.01932 (95 % interval 0.01811\nto 0.02046).',
    );
    expect(text).toContain('Said elsewhere: Neural networks');
    expect(text).toContain('\n- The same seed twice');
    expect(text).toMatch(/30 seeds\s+30\s+96\.94 %\s+0\.0061\s+no\s+–/);
    expect(text).toMatch(/The page with pictures: \/tmp\/init-seed\.html$/);
  });

  it.each([60, 72, 80, 200, undefined])('keeps to the width, %s', (width) => {
    for (const make of [makeLabDocument, threads, large, odd]) {
      const room = Math.min(80, width ?? 80);
      for (const color of [false, true]) {
        for (const line of lines(renderLabText(make(), { color, width }))) {
          expect(Array.from(line).length, line).toBeLessThanOrEqual(room);
        }
      }
    }
  });

  it('colors the verdict only where asked', () => {
    expect(renderLabText(makeLabDocument(), { color: true })).toMatch(escapes);
    expect(renderLabText(makeLabDocument(), { color: false })).not.toMatch(escapes);
  });

  it('writes a table with too many columns row by row, and long ones in part', () => {
    const columns = Array.from({ length: 14 }, (_, i) => ({ name: `column-${i}`, format: 'exact' as const }));
    const wide = { title: 'Wide', caption: '', columns, rows: [columns.map((_, i) => i + 1 / 3)] };
    const long = {
      title: 'Long',
      caption: '',
      columns: [{ name: 'n' }],
      rows: Array.from({ length: 100 }, (_, i) => [i]),
    };
    const text = renderLabText(makeLabDocument({ tables: [wide, long] }), { color: false });
    expect(text).toContain('  column-13: 13.333333333333334');
    expect(text).toContain('… and 76 more rows');
  });

  it('lets no control character through', () => {
    const text = renderLabText(hostileLab(), { color: false, page: '\u001b[31mred' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('renderLabList', () => {
  it('has a verdict and a sentence for each, and counts them', () => {
    const text = renderLabList(makeCollection(), { color: false, page: 'lab/index.html' });
    expect(text).toContain('threads-and-order\n✗ not supported: Training on several threads');
    expect(text).toContain('3 experiments: 1 supported, 1 not supported and 1 where the runs cannot tell.');
    for (const line of lines(text)) expect(Array.from(line).length).toBeLessThanOrEqual(80);
  });
});
