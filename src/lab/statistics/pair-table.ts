/**
 * What all pairs of some runs say. n runs have n(n − 1)/2 pairs, but any two pairs with a run in common depend on each
 * other: intervals here leave runs out, never pairs.
 */
import { expected } from '../../errors.js';
import { type JackknifeInterval, type JackknifeOptions, jackknife } from './jackknife.js';
import { checkCount } from './sample.js';

/** A symmetric distance of each pair of some runs. */
export class PairTable {
  /** Runs. */
  readonly size: number;
  readonly #distances: Float64Array;

  /**
   * @param distance Of the runs `i` < `j`; asked once for each pair.
   * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
   */
  constructor(size: number, distance: (i: number, j: number) => number) {
    this.size = checkCount(size, 'size', 1);
    this.#distances = new Float64Array(size * size);
    for (let i = 0; i < size; i += 1) {
      for (let j = i + 1; j < size; j += 1) {
        const value = distance(i, j);
        this.#distances[i * size + j] = value;
        this.#distances[j * size + i] = value;
      }
    }
  }

  get(i: number, j: number): number {
    return this.#distances[i * this.size + j];
  }

  /**
   * Mean over the pairs that `counts` accepts, without those of run `left`; NaN where there is none.
   *
   * @param counts Asked for `i` < `j`. @default all
   */
  mean(left: number | null = null, counts: (i: number, j: number) => boolean = () => true): number {
    let sum = 0;
    let pairs = 0;
    for (let i = 0; i < this.size; i += 1) {
      if (i === left) continue;
      for (let j = i + 1; j < this.size; j += 1) {
        if (j === left || !counts(i, j)) continue;
        sum += this.get(i, j);
        pairs += 1;
      }
    }
    return pairs === 0 ? Number.NaN : sum / pairs;
  }

  /** The largest distance; 0 of one run. */
  get most(): number {
    return this.#distances.reduce((most, value) => Math.max(most, value), 0);
  }
}

/** The mean distance of two runs: a U-statistic of order 2, with its jackknife interval, not below 0. */
export function meanDistance(table: PairTable, options: Pick<JackknifeOptions, 'level'> = {}): JackknifeInterval {
  const interval = jackknife([table.size], (left) => table.mean(left?.unit), options);
  return { ...interval, low: Math.max(0, interval.low) };
}

/**
 * The mean distance in `b` over that in `a`: how many times as far apart two runs of the one kind are as two of the
 * other. The interval is that of its logarithm. Where both are 0 the ratio is 1.
 *
 * @param paired Whether run `i` of both belongs together (the same seed, say): then both are left out at once.
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` for pairs of other sizes.
 */
export function distanceRatio(
  a: PairTable,
  b: PairTable,
  { paired = false, level }: { readonly paired?: boolean } & Pick<JackknifeOptions, 'level'> = {},
): JackknifeInterval {
  if (paired) {
    if (a.size !== b.size) throw expected(`${a.size} runs`, 'b', b.size, 'ERR_SAMEBITS_SHAPE');
    return jackknife([a.size], (left) => spreadQuotient(b.mean(left?.unit), a.mean(left?.unit)), {
      level,
      scale: 'log',
    });
  }
  const without = (group: number, left: { group: number; unit: number } | null): number | null =>
    left?.group === group ? left.unit : null;
  return jackknife([a.size, b.size], (left) => spreadQuotient(b.mean(without(1, left)), a.mean(without(0, left))), {
    level,
    scale: 'log',
  });
}

/** Of what cannot be below 0. 0/0 is 1: neither moves, so they are alike; x/0 is infinite. */
export function spreadQuotient(part: number, whole: number): number {
  return part === 0 && whole === 0 ? 1 : part / whole;
}

/**
 * Excess of the mean distance in `b` over that in `a`, both of independent runs.
 */
export function distanceExcess(
  a: PairTable,
  b: PairTable,
  options: Pick<JackknifeOptions, 'level'> = {},
): JackknifeInterval {
  return jackknife(
    [a.size, b.size],
    (left) => b.mean(left?.group === 1 ? left.unit : null) - a.mean(left?.group === 0 ? left.unit : null),
    options,
  );
}
