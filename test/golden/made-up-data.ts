/** What made-up-data.json holds, computed by the oracle. */
import { createHash } from 'node:crypto';
import { hexOf } from '../oracle/arithmetic.js';
import { bootstrap, type MadeUp, makeUp } from '../oracle/made-up-data.js';

export const MADE_UP: readonly MadeUp[] = [
  { problem: 'regression', columns: 10, classes: 1, noise: 0.1, seed: 42 },
  { problem: 'regression', columns: 3, classes: 1, noise: 0, seed: 'grüße' },
  { problem: 'classes', columns: 20, classes: 2, noise: 1, seed: 42 },
  { problem: 'classes', columns: 5, classes: 3, noise: 0.5, majority: 0.8, seed: 7 },
];
const ROWS = { train: 33, test: 6 };

/** SHA-256 of numbers of 32 bits, little-endian. */
export function sha256Of(values: Float32Array | Uint32Array): string {
  const bytes = Buffer.alloc(4 * values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  bits.forEach((word, i) => {
    bytes.writeUInt32LE(word, 4 * i);
  });
  return createHash('sha256').update(bytes).digest('hex');
}

export function madeUpDataDocument() {
  return {
    data: MADE_UP.map((source) => ({
      ...source,
      ...Object.fromEntries(
        (['train', 'test'] as const).map((part) => {
          const { x, y } = makeUp(source, part, ROWS[part]);
          const first = Array.from(x.subarray(0, source.columns), hexOf);
          return [part, { rows: ROWS[part], firstRow: first, x: sha256Of(x), y: sha256Of(y) }];
        }),
      ),
    })),
    bootstraps: [1, 7, 100].map((rows) => ({ seed: 42, rows, drawn: [...bootstrap(42, rows)] })),
  };
}
