/** What splits.json holds, computed by the oracle. */
import { blockTestRows, bufferOrder, folds, type Method, testRows } from '../oracle/splits.js';
import { hash } from './made-up.js';
import { sha256Of } from './made-up-data.js';

export const METHODS: readonly Method[] = ['random', 'stratified', 'grouped', 'time'];

/** A column of `kinds` different values. */
export function splitValues(rows: number, kinds: number): number[] {
  return Array.from({ length: rows }, (_, i) => hash(i, 17) % kinds);
}

const SPLITS = [
  { rows: 10, kinds: 3, test: 2, seed: 42 },
  { rows: 97, kinds: 7, test: 24, seed: 'grüße' },
  { rows: 500, kinds: 40, test: 123, seed: 7 },
];
const FOLDS = [
  { rows: 20, kinds: 14, folds: 3, seed: 42 },
  { rows: 301, kinds: 50, folds: 5, seed: 'grüße' },
];
const BLOCKS = [
  { rows: 700, test: 0.2, seed: 42 },
  { rows: 1000, test: 0.001, seed: 'grüße' },
  { rows: 3456, test: 0.37, seed: 7 },
];
const BUFFERS = [
  { rows: 12, places: 1 },
  { rows: 12, places: 4 },
  { rows: 12, places: 12 },
  { rows: 12, places: 100 },
  { rows: 9000, places: 1000 },
];

export function splitsDocument() {
  const shown = (rows: readonly number[]): object => ({
    first: rows.slice(0, 12),
    sha256: sha256Of(Uint32Array.from(rows)),
  });
  return {
    splits: SPLITS.map(({ rows, kinds, test, seed }) => {
      const values = splitValues(rows, kinds);
      const drawn = METHODS.map((method) => [method, shown(testRows(method, values, test, seed))]);
      return { rows, kinds, test, seed, testRows: Object.fromEntries(drawn) };
    }),
    folds: FOLDS.map(({ rows, kinds, folds: k, seed }) => {
      const values = splitValues(rows, kinds);
      const parts = METHODS.map((method) => [
        method,
        folds(method, values, k, seed).map(([train, test]) => ({ train: shown(train), test: shown(test) })),
      ]);
      return { rows, kinds, folds: k, seed, parts: Object.fromEntries(parts) };
    }),
    blocks: BLOCKS.map(({ rows, test, seed }) => ({ rows, test, seed, testRows: shown(blockTestRows(rows, test, seed)) })),
    buffers: BUFFERS.flatMap(({ rows, places }) =>
      [0, 3].map((epoch) => ({ rows, places, seed: 42, epoch, order: shown(bufferOrder(rows, places, 42, epoch)) })),
    ),
  };
}
