/** Sums over the rows of a batch: one tree in fixed order, recorded chains in free order (sections 2 and 9). */
import { add } from './arithmetic.js';
import { tree } from './sums.js';

/** The sum over `rows` rows, `extend(acc, row)` adding one row to a chain that starts at +0. */
export type RowSum = (rows: number, extend: (acc: number, row: number) => number) => number;

export const fixedRows =
  (batchLeaf: number): RowSum =>
  (rows, extend) =>
    tree(rows, batchLeaf, extend);

/** How one step was summed: the units that each chain took, in order, and which chain was added to which. */
export interface StepOrder {
  readonly chains: readonly (readonly number[])[];
  readonly merges: readonly { readonly into: number; readonly from: number }[];
}

export const freeRows =
  ({ chains, merges }: StepOrder, grain: number): RowSum =>
  (rows, extend) => {
    const sums = chains.map((units) => {
      let acc = 0;
      for (const unit of units) {
        const end = Math.min((unit + 1) * grain, rows);
        for (let row = unit * grain; row < end; row++) acc = extend(acc, row);
      }
      return acc;
    });
    const waiting = new Set(sums.keys());
    for (const { into, from } of merges) {
      sums[into] = add(sums[into], sums[from]);
      waiting.delete(from);
    }
    const [last] = waiting;
    return sums[last];
  };

/**
 * Step after step: number of chains c; c times the number of units and the units; c − 1 times (into, from). Throws where
 * a step is no order of its `unitsOf(step)` units: each taken once, merges that leave one chain.
 */
export function parseOrders(words: ArrayLike<number>, unitsOf: (step: number) => number): StepOrder[] {
  const orders: StepOrder[] = [];
  let at = 0;
  const next = (): number => {
    if (at >= words.length) throw new Error(`the recording ends within step ${orders.length}`);
    return words[at++];
  };
  while (at < words.length) {
    const step = orders.length;
    const count = next();
    const chains = Array.from({ length: count }, () => Array.from({ length: next() }, next));
    const merges = Array.from({ length: count - 1 }, () => ({ into: next(), from: next() }));
    const taken = chains.flat().sort((a, b) => a - b);
    if (taken.length !== unitsOf(step) || taken.some((unit, i) => unit !== i)) {
      throw new Error(`step ${step} does not take each of its ${unitsOf(step)} units once`);
    }
    const waiting = new Set(chains.keys());
    for (const { into, from } of merges) {
      if (into === from || !waiting.has(into) || !waiting.has(from)) {
        throw new Error(`step ${step} merges chain ${from} into ${into}, which are not both waiting`);
      }
      waiting.delete(from);
    }
    orders.push({ chains, merges });
  }
  return orders;
}

export function formatOrders(orders: readonly StepOrder[]): number[] {
  return orders.flatMap(({ chains, merges }) => [
    chains.length,
    ...chains.flatMap((units) => [units.length, ...units]),
    ...merges.flatMap(({ into, from }) => [into, from]),
  ]);
}
