/**
 * Reads the order of a summation off its results, without looking inside.
 *
 * Put M at term i, −M at term j and 1 everywhere else, M so large that M + 1 = M. Every 1 that meets M or −M before
 * these two meet each other is lost; the others are counted by the result. So it tells how many terms are in the smallest
 * partial sum that has both i and j, and these numbers for enough pairs tell the whole tree. The method is that of
 * "FPRev: Revealing the Order of Floating-Point Summation" (Xie, Gao and Xue, 2024), in its form for binary trees.
 */
import type { SumTree } from './sum-tree.js';

/** The sums of several inputs of the same length: [inputs]. */
export type Summation = (inputs: readonly Float32Array[]) => Promise<ArrayLike<number>> | ArrayLike<number>;

/** What was read: a tree, or why there is none. */
export type Revealed = { readonly tree: SumTree } | { readonly tree: null; readonly reason: string };

/**
 * 2^40: 1 is lost beside it in binary32, and so is any sum of fewer than 2^15 ones; in binary64 it would not be, and an
 * accumulator that is wider than binary32 shows.
 */
const MASK = 1_099_511_627_776;

/** Sums that are asked for at most, for each term. Usual orders take 2 to 10; one that takes more is reported as such. */
const MOST_SUMS_PER_TERM = 40;

/** @param count Terms, from 1 to 32,767. */
export async function revealOrder(summation: Summation, count: number): Promise<Revealed> {
  let left = MOST_SUMS_PER_TERM * count;

  /** The tree over `terms`, which are all terms of one partial sum, ascending. */
  async function build(terms: readonly number[]): Promise<SumTree> {
    const [first, ...others] = terms;
    left -= others.length;
    if (left < 0) throw new NoTree('an order that pairs of terms do not reveal in reasonable time');
    const sizes = await meetingSizes(summation, count, first, others);
    let tree: SumTree = first;
    let size = 1;
    for (const meeting of [...new Set(sizes)].sort((a, b) => a - b)) {
      const joining = others.filter((_, i) => sizes[i] === meeting);
      if (size + joining.length !== meeting) throw new NoTree('results that no order of binary32 additions gives');
      tree = [tree, await build(joining)];
      size = meeting;
    }
    return tree;
  }

  try {
    return { tree: await build(Array.from({ length: count }, (_, i) => i)) };
  } catch (error) {
    if (error instanceof NoTree) return { tree: null, reason: error.message };
    throw error;
  }
}

class NoTree extends Error {}

/** For each of `others`: terms of the smallest partial sum that has it and `first`. */
async function meetingSizes(
  summation: Summation,
  count: number,
  first: number,
  others: readonly number[],
): Promise<number[]> {
  if (others.length === 0) return [];
  const inputs = others.map((other) => {
    const input = new Float32Array(count).fill(1);
    input[first] = MASK;
    input[other] = -MASK;
    return input;
  });
  return Array.from(await summation(inputs), (sum) => count - sum);
}
