/** The contract's trees of sums, one binary32 addition at a time (docs/numerics.md, "Fixed order"). */

const VECTOR_LEAF = 256;
const LANES = 16;

const add = (a: number, b: number): number => Math.fround(a + b);

/** Neighbors are added level by level, an odd last one is carried up; +0 for none. */
export function combine(values: readonly number[]): number {
  let level = values;
  while (level.length > 1) {
    const next: number[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(add(level[i], level[i + 1]));
    if (level.length % 2 === 1) next.push(level[level.length - 1]);
    level = next;
  }
  return level[0] ?? 0;
}

/** The tree of plain terms; +0 for none. */
export function treeOf(terms: ArrayLike<number>, leaf: number): number {
  const leaves: number[] = [];
  for (let begin = 0; begin < terms.length; begin += leaf) {
    let sum = 0;
    const end = Math.min(begin + leaf, terms.length);
    for (let i = begin; i < end; i += 1) sum = add(sum, terms[i]);
    leaves.push(sum);
  }
  return combine(leaves);
}

/**
 * The vector rule over `count` terms.
 *
 * @param extend A lane's sum with term `i`.
 */
export function vectorRule(count: number, extend: (sum: number, i: number) => number): number {
  const leaves: number[] = [];
  for (let begin = 0; begin < count; begin += VECTOR_LEAF) {
    const lanes: number[] = new Array(LANES).fill(0);
    const end = Math.min(begin + VECTOR_LEAF, count);
    for (let i = begin; i < end; i += 1) {
      const lane = (i - begin) % LANES;
      lanes[lane] = extend(lanes[lane], i);
    }
    leaves.push(combine(lanes));
  }
  return combine(leaves);
}
