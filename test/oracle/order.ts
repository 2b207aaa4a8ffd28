/** The order in which an epoch presents its rows (docs/numerics.md, sections 7 and 8). */
import { indexOfLargest, type Loss, nameOf } from './losses.js';
import { type Seeds, type Source, shuffle } from './random.js';

export type Shuffle = boolean | 'stratified';

/** What an order depends on, beside rows and targets. */
export interface Ordered extends Source {
  readonly seeds?: Seeds;
  readonly loss: Loss;
}

/** Rows with a label each, or with as many targets each as there are units. */
export interface Classified {
  readonly rows: number;
  readonly targets: Float32Array | Uint32Array | Uint8Array;
}

export function epochOrder(recipe: Ordered, samples: Classified, kind: Shuffle, epoch: number): Uint32Array {
  const { seed, seeds, generator, loss } = recipe;
  const { rows } = samples;
  if (kind === false) return Uint32Array.from({ length: rows }, (_, i) => i);
  const shuffled = shuffle({ seed: seeds?.order ?? seed, generator }, epoch, rows);
  return kind === 'stratified' ? stratified(shuffled, classesOf(samples, loss)) : shuffled;
}

export function classesOf({ rows, targets }: Classified, loss: Loss): bigint[] {
  const units = targets.length / rows;
  const of = (i: number): bigint => classOf(Float32Array.from(targets.subarray(i * units, (i + 1) * units)), loss);
  return Array.from({ length: rows }, (_, i) => of(i));
}

function classOf(target: Float32Array, loss: Loss): bigint {
  switch (nameOf(loss)) {
    case 'sparseCategoricalCrossentropy':
      return BigInt(target[0]);
    case 'categoricalCrossentropy':
      return BigInt(indexOfLargest(target));
    case 'binaryCrossentropy':
      return target.reduce((number, t) => 2n * number + (t > 0.5 ? 1n : 0n), 0n);
    default:
      throw new Error('such targets have no classes');
  }
}

/** At each position, of the classes whose next row may come, the one that is due first; of equals the lowest. */
export function stratified(shuffled: Uint32Array, classes: readonly bigint[]): Uint32Array {
  const n = BigInt(classes.length);
  const waiting = [...new Set(classes)]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => Array.from(shuffled).filter((row) => classes[row] === name))
    .map((rows) => ({ rows, c: BigInt(rows.length), k: 0n }));
  return Uint32Array.from({ length: classes.length }, (_, position) => {
    let first: { due: bigint; of: (typeof waiting)[number] } | null = null;
    for (const of of waiting) {
      if (of.k === of.c || (of.k * n) / of.c > BigInt(position)) continue;
      const due = ((of.k + 1n) * n + of.c - 1n) / of.c;
      if (first === null || due < first.due) first = { due, of };
    }
    if (first === null) throw new Error(`no row may come at position ${position}`);
    if (BigInt(position) >= first.due) throw new Error(`the row at position ${position} is late`);
    const { rows, k } = first.of;
    first.of.k += 1n;
    return rows[Number(k)];
  });
}
