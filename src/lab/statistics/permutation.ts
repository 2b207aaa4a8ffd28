/**
 * Permutation tests: R. A. Fisher, "The Design of Experiments", 1935. Exact where all arrangements can be counted,
 * otherwise by random ones, of which the sample's own is one more (B. Phipson and G. K. Smyth, "Permutation P-values
 * Should Never Be Zero", 2010).
 */
import { Deviates } from './deviates.js';
import { mean } from './moments.js';
import { checkCount, checkSample, pairDifferences, type Sample, type Seeded } from './sample.js';

/** Options of the permutation tests. */
export interface PermutationOptions extends Seeded {
  /** Arrangements that are drawn where there are more than `exactUpTo`. @default 9999 */
  readonly permutations?: number;
  /** Largest number of arrangements that are all counted. @default 20000 */
  readonly exactUpTo?: number;
}

/** The result of a permutation test. */
export interface PermutationTest {
  /** Of the samples as they are. */
  readonly statistic: number;
  /** Two-sided: the share of arrangements whose statistic is at least as far from 0. */
  readonly p: number;
  readonly exact: boolean;
  /** Arrangements counted, the samples' own among them. */
  readonly permutations: number;
}

/** A statistic of two samples that is 0 where they are alike. */
export type TwoSampleStatistic = (a: readonly number[], b: readonly number[]) => number;

/** Mean of b less mean of a. */
export const differenceOfMeans: TwoSampleStatistic = (a, b) => mean(b) - mean(a);

/** Statistics that rounding alone tells apart are equal: of the statistic, and, for means, of the largest value. */
const ROUNDING = 1e-12;
const ROUNDING_OF_MEANS = 1e-14;

/**
 * Are two independent samples from one distribution?
 *
 * @param statistic Its distance from 0 is what counts. @default the difference of the means
 * @throws SamebitsError `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_ARGUMENT`
 */
export function permutationTest(
  a: Sample,
  b: Sample,
  { statistic = differenceOfMeans, ...options }: PermutationOptions & { readonly statistic?: TwoSampleStatistic } = {},
): PermutationTest {
  const first = checkSample(a, 'a');
  const second = checkSample(b, 'b');
  const pooled = [...first, ...second];
  return compareArrangements(
    options,
    'permutation',
    statistic(first, second),
    statistic === differenceOfMeans ? pooled : [],
    {
      count: combinations(pooled.length, first.length),
      all: function* () {
        for (const chosen of subsets(pooled.length, first.length)) yield statistic(...split(pooled, chosen));
      },
      draw: (deviates) => {
        const shuffled = deviates.shuffle([...pooled]);
        return statistic(shuffled.slice(0, first.length), shuffled.slice(first.length));
      },
    },
  );
}

/**
 * Do pairs differ? Under the null hypothesis each difference might as well have the other sign; the statistic is the
 * mean of the differences b − a.
 *
 * @throws SamebitsError `ERR_SAMEBITS_DATA`, `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_SHAPE` for other lengths.
 */
export function signFlipTest(a: Sample, b: Sample, options: PermutationOptions = {}): PermutationTest {
  const differences = pairDifferences(a, b);
  const n = differences.length;
  const flipped = (isFlipped: (i: number) => boolean): number =>
    mean(differences.map((difference, i) => (isFlipped(i) ? -difference : difference)));
  return compareArrangements(options, 'sign flip', mean(differences), differences, {
    count: n < 53 ? powerOfTwo(n) : Number.POSITIVE_INFINITY,
    all: function* () {
      for (let signs = 0; signs < powerOfTwo(n); signs += 1) yield flipped((i) => ((signs >>> i) & 1) === 1);
    },
    draw: (deviates) => flipped(() => (deviates.word() & 1) === 1),
  });
}

interface Arrangements {
  /** How many there are. */
  readonly count: number;
  /** The statistic of each. */
  readonly all: () => Iterable<number>;
  /** The statistic of a random one. */
  readonly draw: (deviates: Deviates) => number;
}

function compareArrangements(
  { permutations = 9999, exactUpTo = 20_000, seed = 0 }: PermutationOptions,
  name: string,
  statistic: number,
  averaged: readonly number[],
  arrangements: Arrangements,
): PermutationTest {
  checkCount(permutations, 'permutations');
  checkCount(exactUpTo, 'exactUpTo', 0);
  const scale = averaged.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const threshold = Math.abs(statistic) * (1 - ROUNDING) - ROUNDING_OF_MEANS * scale;
  let atLeast = 0;
  if (arrangements.count <= Math.min(exactUpTo, 2 ** 31 - 1)) {
    for (const value of arrangements.all()) if (Math.abs(value) >= threshold) atLeast += 1;
    return { statistic, p: atLeast / arrangements.count, exact: true, permutations: arrangements.count };
  }
  const deviates = new Deviates(seed, name);
  for (let i = 0; i < permutations; i += 1) {
    if (Math.abs(arrangements.draw(deviates)) >= threshold) atLeast += 1;
  }
  return { statistic, p: (atLeast + 1) / (permutations + 1), exact: false, permutations: permutations + 1 };
}

/** Ways to choose `k` of `n`. */
export function combinations(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= Math.min(k, n - k); i += 1) count = Math.round((count * (n - i + 1)) / i);
  return count;
}

/** All ways to choose `k` of the indices below `n`, in lexicographic order. The array is the same each time. */
function* subsets(n: number, k: number): Generator<readonly number[]> {
  const chosen = Array.from({ length: k }, (_, i) => i);
  for (;;) {
    yield chosen;
    let place = k - 1;
    while (place >= 0 && chosen[place] === n - k + place) place -= 1;
    if (place < 0) return;
    chosen[place] += 1;
    for (let i = place + 1; i < k; i += 1) chosen[i] = chosen[i - 1] + 1;
  }
}

function split(values: readonly number[], chosen: readonly number[]): [number[], number[]] {
  const inside: number[] = [];
  const outside: number[] = [];
  let next = 0;
  values.forEach((value, i) => {
    if (chosen[next] === i) {
      inside.push(value);
      next += 1;
    } else {
      outside.push(value);
    }
  });
  return [inside, outside];
}

function powerOfTwo(n: number): number {
  let power = 1;
  for (let i = 0; i < n; i += 1) power *= 2;
  return power;
}
