/** What tables.json holds, computed by the oracle. */
import { hexOf } from '../oracle/arithmetic.js';
import { feature, type Scale, statistics } from '../oracle/tables.js';
import { hash } from './made-up.js';
import { sha256Of } from './made-up-data.js';

export const TABLE_ROWS = [1, 2, 255, 256, 257, 512, 1000, 1793, 5000];
export const SCALES: readonly Scale[] = ['standard', 'minMax', 'none'];

/** Values of very different sizes, in binary64. */
export function tableValues(rows: number): number[] {
  return Array.from({ length: rows }, (_, i) => (hash(i, 15) / 2 ** 32 - 0.3) * Number(`1e${hash(i, 16) % 7}`) + 1000);
}

/** Binary64 as 16 hexadecimal digits. */
export function hexOf64(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

export function tablesDocument() {
  return {
    columns: TABLE_ROWS.map((rows) => {
      const values = tableValues(rows);
      const learned = statistics(values);
      const features = SCALES.map((scale) => {
        const all = Float32Array.from(values, (value) => feature(value, scale, learned));
        return [scale, { first: hexOf(all[0]), last: hexOf(all[rows - 1]), sha256: sha256Of(all) }] as const;
      });
      const numbers = Object.entries(learned).map(([name, value]) => [name, hexOf64(value)]);
      return { rows, ...Object.fromEntries(numbers), features: Object.fromEntries(features) };
    }),
  };
}
