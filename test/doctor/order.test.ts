/** The probe tells orders of summation apart: plain sums of known order, as JavaScript computes them. */
import { describe, expect, test } from 'vitest';
import { checkOrders } from '../../dist/doctor/order.js';
import { revealOrder, type Summation } from '../../dist/doctor/order-probe.js';
import { describeTree, type SumRule, type SumTree, sameTree, treeOf } from '../../dist/doctor/sum-tree.js';
import { SUMS } from '../../dist/doctor/sums.js';
import { addon } from '../../dist/native/addon.js';

const { fround } = Math;
/** Milliseconds for thousands of sums, on a busy machine. */
const SLOW = 120_000;
const each =
  (sum: (terms: Float32Array) => number): Summation =>
  (inputs) =>
    inputs.map(sum);

const sequential = (terms: Float32Array): number => terms.reduce((sum, term) => fround(sum + term), 0);
const backwards = (terms: Float32Array): number => sequential(terms.slice().reverse());
const halves = (terms: Float32Array): number => {
  if (terms.length === 1) return terms[0];
  const middle = Math.ceil(terms.length / 2);
  return fround(halves(terms.subarray(0, middle)) + halves(terms.subarray(middle)));
};
const neighbors = (terms: Float32Array): number => {
  let level = terms;
  while (level.length > 1) {
    const next = new Float32Array(Math.ceil(level.length / 2));
    for (let i = 0; i < next.length; i++) {
      next[i] = 2 * i + 1 < level.length ? fround(level[2 * i] + level[2 * i + 1]) : level[2 * i];
    }
    level = next;
  }
  return level[0];
};
const inLanes =
  (lanes: number) =>
  (terms: Float32Array): number => {
    const accumulators = new Float32Array(lanes);
    terms.forEach((term, i) => {
      accumulators[i % lanes] += term;
    });
    return neighbors(accumulators);
  };
const inLeaves =
  (leaf: number, ofLeaf: (terms: Float32Array) => number) =>
  (terms: Float32Array): number => {
    const count = Math.ceil(terms.length / leaf);
    return neighbors(Float32Array.from({ length: count }, (_, i) => ofLeaf(terms.subarray(i * leaf, (i + 1) * leaf))));
  };
const inDouble = (terms: Float32Array): number => fround(terms.reduce((sum, term) => sum + term, 0));
const compensated = (terms: Float32Array): number => {
  let sum = 0;
  let lost = 0;
  for (const term of terms) {
    const corrected = fround(term - lost);
    const next = fround(sum + corrected);
    lost = fround(fround(next - sum) - corrected);
    sum = next;
  }
  return sum;
};

async function orderOf(sum: (terms: Float32Array) => number, count: number): Promise<string> {
  const revealed = await revealOrder(each(sum), count);
  return revealed.tree === null ? revealed.reason : describeTree(revealed.tree, count);
}

describe('the probe reads the order of', () => {
  test.each([
    ['a chain', sequential, 'one chain'],
    ['neighbors in pairs', neighbors, 'pairs of neighbors'],
    ['4 lanes', inLanes(4), '4 lanes'],
    ['16 lanes', inLanes(16), '16 lanes'],
    ['leaves of 64', inLeaves(64, sequential), 'one chain in each leaf of 64'],
    ['leaves of 256 in 16 lanes', inLeaves(256, inLanes(16)), '16 lanes in each leaf of 256'],
    ['leaves of 256 in 8 lanes', inLeaves(256, inLanes(8)), '8 lanes in each leaf of 256'],
    ['a wider accumulator', inDouble, 'results that no order of binary32 additions gives'],
    // What it compensates is below the mask's last place: the check of rounding finds it.
    ['a compensated chain', compensated, 'one chain'],
    ['halves', halves, 'an order that is none of the usual ones'],
  ])('%s', async (_, sum, order) => {
    expect(await orderOf(sum, 599)).toBe(order);
  });

  test('a chain from the end, for few terms', async () => {
    const reversed = { tree: [0, [1, [2, [3, 4]]]] };
    expect(await revealOrder(each(backwards), 5)).toEqual(reversed);
  });

  test('a chain from the end, for many terms, by giving up', { timeout: SLOW }, async () => {
    expect(await orderOf(backwards, 599)).toMatch(/reasonable time/);
  });

  test('one term, and two', async () => {
    expect(await revealOrder(each(sequential), 1)).toEqual({ tree: 0 });
    expect(await revealOrder(each(sequential), 2)).toEqual({ tree: [0, 1] });
  });

  test('any tree', async () => {
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 4_294_967_296) * below);
    };
    const firstTerm = (tree: SumTree): number => (typeof tree === 'number' ? tree : firstTerm(tree[0]));
    const evaluate = (tree: SumTree, terms: Float32Array): number =>
      typeof tree === 'number' ? terms[tree] : fround(evaluate(tree[0], terms) + evaluate(tree[1], terms));
    for (let trial = 0; trial < 50; trial++) {
      const count = 2 + random(30);
      const forest: SumTree[] = Array.from({ length: count }, (_, i) => i);
      while (forest.length > 1) {
        const [a] = forest.splice(random(forest.length), 1);
        const [b] = forest.splice(random(forest.length), 1);
        forest.push(firstTerm(a) < firstTerm(b) ? [a, b] : [b, a]);
      }
      const revealed = await revealOrder(
        each((terms) => evaluate(forest[0], terms)),
        count,
      );
      expect(revealed).toEqual({ tree: forest[0] });
    }
  });
});

describe("the contract's tree", () => {
  test.each<[number, SumRule, SumTree]>([
    [3, { leaf: 4, lanes: 1 }, [[0, 1], 2]],
    [
      5,
      { leaf: 2, lanes: 1 },
      [
        [
          [0, 1],
          [2, 3],
        ],
        4,
      ],
    ],
    [
      6,
      { leaf: 8, lanes: 4 },
      [
        [
          [0, 4],
          [1, 5],
        ],
        [2, 3],
      ],
    ],
    [
      7,
      { leaf: 4, lanes: 2 },
      [
        [
          [0, 2],
          [1, 3],
        ],
        [[4, 6], 5],
      ],
    ],
  ])('%i terms, %o', (count, rule, tree) => {
    expect(treeOf(count, rule)).toEqual(tree);
    expect(sameTree(treeOf(count, rule), tree)).toBe(true);
  });

  test('differs from its neighbors', () => {
    const rule = { leaf: 256, lanes: 16 };
    for (const other of [
      { leaf: 128, lanes: 16 },
      { leaf: 256, lanes: 8 },
      { leaf: 256, lanes: 1 },
    ]) {
      expect(sameTree(treeOf(1061, rule), treeOf(1061, other))).toBe(false);
    }
  });
});

describe('the check', () => {
  const { available } = addon().instructionSets();
  const teams = available.map((isa) => ({ isa, threads: 2 }));

  test.each(SUMS)('is well with $name of this build', { timeout: SLOW }, async (sum) => {
    expect(await checkOrders([sum], teams)).toEqual([
      expect.objectContaining({ name: `order of ${sum.name}`, ok: true }),
    ]);
  });

  test('says which order another sum has', async () => {
    const [check] = await checkOrders([{ ...SUMS[0], on: () => each(inLanes(8)) }], teams);
    expect(check).toMatchObject({
      name: 'order of sum',
      ok: false,
      found: '8 lanes',
      expected: '16 lanes in each leaf of 256',
    });
  });

  test('finds one instruction set with another order among good ones', { timeout: SLOW }, async () => {
    const last = available[available.length - 1];
    const lying = {
      ...SUMS[0],
      on: (team: (typeof teams)[0]) => (team.isa === last ? each(sequential) : SUMS[0].on(team)),
    };
    const [check] = await checkOrders([lying], teams);
    expect(check).toMatchObject({
      ok: false,
      found: 'one chain',
      sentence: `Not as the contract has it: ${last}, 2 threads.`,
    });
  });
});
