/** Fixed order (docs/numerics.md, section 2): one tree for every sum. */
import { add, fma } from './arithmetic.js';

/** Neighbors are added level by level, an odd last one is carried up. The combination of nothing is +0. */
export function combine(values: readonly number[]): number {
  let level = [...values];
  while (level.length > 1) {
    const next: number[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(add(level[i], level[i + 1]));
    if (level.length % 2 === 1) next.push(level[level.length - 1]);
    level = next;
  }
  return level.length === 0 ? 0 : level[0];
}

/** The tree of `count` terms: `extend(acc, i)` adds term `i` to a leaf's chain, which starts at +0. */
export function tree(count: number, leaf: number, extend: (acc: number, i: number) => number): number {
  const leaves: number[] = [];
  for (let start = 0; start < count; start += leaf) {
    let acc = 0;
    const end = Math.min(start + leaf, count);
    for (let i = start; i < end; i++) acc = extend(acc, i);
    leaves.push(acc);
  }
  return combine(leaves);
}

export function treeOfTerms(terms: ArrayLike<number>, leaf: number): number {
  return tree(terms.length, leaf, (acc, i) => add(acc, terms[i]));
}

const VECTOR_LEAF = 256;
const LANES = 16;

function leavesOfVector(count: number, extend: (acc: number, i: number) => number): number[] {
  const leaves: number[] = [];
  for (let start = 0; start < count; start += VECTOR_LEAF) {
    const lanes = new Array<number>(LANES).fill(0);
    const end = Math.min(start + VECTOR_LEAF, count);
    for (let i = start; i < end; i++) {
      const lane = (i - start) % LANES;
      lanes[lane] = extend(lanes[lane], i);
    }
    leaves.push(combine(lanes));
  }
  return leaves;
}

function vectorRule(count: number, extend: (acc: number, i: number) => number): number {
  return combine(leavesOfVector(count, extend));
}

/** The leaves of `V(t)` over plain terms, which `combine` makes into it. */
export function vectorLeaves(terms: ArrayLike<number>): number[] {
  return leavesOfVector(terms.length, (acc, i) => add(acc, terms[i]));
}

/** `V(t)` over plain terms. */
export function vectorSum(terms: ArrayLike<number>): number {
  return vectorRule(terms.length, (acc, i) => add(acc, terms[i]));
}

/** `V` over the products `a[i]·b[i]`. */
export function vectorDot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return vectorRule(a.length, (acc, i) => fma(a[i], b[i], acc));
}
