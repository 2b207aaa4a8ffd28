/** The order of a sum as a tree: a leaf is the number of a term, a node the addition of two sums. */

/** Addition commutes: a node's first child is the one with the smaller first term. */
export type SumTree = number | readonly [SumTree, SumTree];

/** Leaves of so many terms, each in so many lanes, combined by the contract's tree. */
export interface SumRule {
  readonly leaf: number;
  readonly lanes: number;
}

/** The contract's vector rule, and its chains over features. */
export const VECTOR_RULE: SumRule = { leaf: 256, lanes: 16 };
export const FEATURE_RULE: SumRule = { leaf: 256, lanes: 1 };

/** docs/numerics.md, "Fixed order", for `count` terms. */
export function treeOf(count: number, { leaf, lanes }: SumRule): SumTree {
  const leaves: SumTree[] = [];
  for (let start = 0; start < count; start += leaf) {
    const end = Math.min(start + leaf, count);
    // A lane without terms stays +0, and no order is to be seen from adding that.
    const used = Math.min(lanes, end - start);
    const chains = Array.from({ length: used }, (_, lane) => chain(start + lane, end, lanes));
    leaves.push(combine(chains));
  }
  return combine(leaves);
}

function chain(from: number, end: number, stride: number): SumTree {
  let tree: SumTree = from;
  for (let term = from + stride; term < end; term += stride) tree = [tree, term];
  return tree;
}

function combine(values: readonly SumTree[]): SumTree {
  if (values.length === 1) return values[0];
  const next: SumTree[] = [];
  for (let i = 0; i < values.length; i += 2) {
    next.push(i + 1 < values.length ? [values[i], values[i + 1]] : values[i]);
  }
  return combine(next);
}

export function sameTree(a: SumTree, b: SumTree): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return sameTree(a[0], b[0]) && sameTree(a[1], b[1]);
}

/** Lengths of leaves and numbers of lanes that programs have. */
const USUAL = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** The order in words; that of a tree which is none of the usual ones too. */
export function describeTree(tree: SumTree, count: number): string {
  for (const leaf of [count, ...USUAL.filter((length) => length < count)]) {
    for (const lanes of USUAL.filter((width) => width === 1 || width < leaf)) {
      if (sameTree(tree, treeOf(count, { leaf, lanes }))) return describeRule(count, { leaf, lanes });
    }
  }
  return 'an order that is none of the usual ones';
}

export function describeRule(count: number, { leaf, lanes }: SumRule): string {
  if (leaf === 1) return 'pairs of neighbors';
  const inLeaf = lanes === 1 ? 'one chain' : `${lanes} lanes`;
  return leaf >= count ? inLeaf : `${inLeaf} in each leaf of ${leaf}`;
}
