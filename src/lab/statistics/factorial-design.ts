/** Crossed and balanced designs: every level of each factor with every level of all others, equally often. */
import { expected } from '../../errors.js';

/** The levels of a run, and where it stands among the runs. */
export interface Cell {
  /** The level of each factor, in the order of the factors. */
  readonly levels: readonly (string | number)[];
}

/** Runs in the order of their levels. */
export interface Arranged {
  /** Levels of each factor. */
  readonly sizes: readonly number[];
  readonly replicates: number;
  /** Indices of the runs, row-major by levels (each factor's in the order of first appearance), replicates innermost. */
  readonly order: readonly number[];
}

const MOST_FACTORS = 10;

/**
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for a design that is not crossed and balanced, and for factors with one level;
 * `ERR_SAMEBITS_SHAPE` for runs with more or fewer levels than factors; `ERR_SAMEBITS_ARGUMENT` for the factors.
 */
export function arrange(factors: readonly string[], runs: readonly Cell[]): Arranged {
  if (factors.length < 1 || factors.length > MOST_FACTORS || new Set(factors).size !== factors.length) {
    throw expected(`1 to ${MOST_FACTORS} different names`, 'factors', factors);
  }
  const places = factors.map(() => new Map<string | number, number>());
  for (const [r, { levels }] of runs.entries()) {
    if (levels.length !== factors.length) {
      throw expected(`${factors.length} levels`, `runs[${r}].levels`, levels, 'ERR_SAMEBITS_SHAPE');
    }
    levels.forEach((name, i) => {
      if (!places[i].has(name)) places[i].set(name, places[i].size);
    });
  }
  const sizes = places.map((known, i) => {
    if (known.size < 2) throw expected('at least 2 levels', `factor ${factors[i]}`, known.size, 'ERR_SAMEBITS_DATA');
    return known.size;
  });
  const cells = Array.from({ length: product(sizes, (size) => size) }, () => [] as number[]);
  for (const [r, { levels }] of runs.entries()) {
    cells[levels.reduce<number>((cell, name, i) => cell * sizes[i] + Number(places[i].get(name)), 0)].push(r);
  }
  const replicates = cells[0].length;
  const wanted = Math.max(1, replicates);
  const uneven = cells.findIndex((cell) => cell.length !== wanted);
  if (uneven >= 0) {
    const name = `the number of runs with ${nameCell(factors, places, uneven)}`;
    const what = `${wanted}, the same for every combination of levels,`;
    throw expected(what, name, cells[uneven].length, 'ERR_SAMEBITS_DATA');
  }
  return { sizes, replicates, order: cells.flat() };
}

/** `seed = 3, order = free` */
function nameCell(factors: readonly string[], places: readonly Map<string | number, number>[], cell: number): string {
  let rest = cell;
  const names = factors.map(() => '');
  for (let i = factors.length - 1; i >= 0; i -= 1) {
    names[i] = `${factors[i]} = ${[...places[i].keys()][rest % places[i].size]}`;
    rest = Math.floor(rest / places[i].size);
  }
  return names.join(', ');
}

/** Subsets of the factors as bits, bit i for factor i: by size, then in the order of the factors. */
export function subsetsOf(count: number): readonly number[] {
  const size = (subset: number): number => [...Array(count).keys()].filter((i) => has(subset, i)).length;
  const reversed = (subset: number): number =>
    [...Array(count).keys()].reduce((sum, i) => sum * 2 + (has(subset, i) ? 1 : 0), 0);
  return Array.from({ length: (1 << count) - 1 }, (_, i) => i + 1).sort(
    (a, b) => size(a) - size(b) || reversed(b) - reversed(a),
  );
}

/** Whether a subset has a factor. */
export function has(subset: number, factor: number): boolean {
  return ((subset >> factor) & 1) === 1;
}

/** The product over all factors. */
export function product(sizes: readonly number[], of: (size: number, i: number) => number): number {
  return sizes.reduce((total, size, i) => total * of(size, i), 1);
}
