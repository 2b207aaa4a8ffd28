/** Two takings-apart of a step beside each other: which operations gave other bits. */
import { type ElementDifference, elementDifference, firstDifferingIndex } from '../distances.js';
import { ulpDistance } from '../ulp.js';
import { type Operation, operationKey } from './operation.js';

/** An element that differs, and where it stands in its operation's result. */
export interface DifferingElement extends Partial<Pick<ElementDifference, 'aHex' | 'bHex' | 'ulp'>> {
  /** Row-major, counted from 0. */
  readonly index: number;
  /** `index` by the shape: row and column, say. */
  readonly at: readonly number[];
  readonly a: number;
  readonly b: number;
}

/** An operation of which the two runs have other results. */
export interface OperationDifference extends Pick<Operation, 'kind' | 'place' | 'layer' | 'parameter'> {
  readonly shape: readonly number[];
  /** Of the second run, where it differs; null where it does not. */
  readonly otherShape: readonly number[] | null;
  /** Elements that differ; all, where the shapes do. */
  readonly differing: number;
  /** Elements in all. */
  readonly elements: number;
  /** The first that differs; null where the shapes do, or only one run has the operation. */
  readonly first: DifferingElement | null;
  /** The largest distance in units in the last place; null for integers, NaN where only one is NaN. */
  readonly maxUlp: number | null;
  /** Its place in the order of the step. */
  readonly rank: number;
}

/** All operations with other results, in the order of a step; those that only one run has come where that run has them. */
export function compareOperations(a: readonly Operation[], b: readonly Operation[]): OperationDifference[] {
  const others = new Map(b.map((operation) => [operationKey(operation), operation]));
  const ranks = rankOperations(a, b);
  const differences: OperationDifference[] = [];
  for (const operation of a) {
    const key = operationKey(operation);
    const difference = compareOne(operation, others.get(key) ?? null, ranks.get(key) as number);
    others.delete(key);
    if (difference !== null) differences.push(difference);
  }
  for (const [key, operation] of others) differences.push(alone(operation, ranks.get(key) as number));
  return differences.sort((x, y) => x.rank - y.rank);
}

/** One order for the operations of both: that of `b`, and what only `a` has before what follows it there. */
function rankOperations(a: readonly Operation[], b: readonly Operation[]): Map<string, number> {
  const ranks = new Map(b.map((operation, rank) => [operationKey(operation), rank]));
  let before = b.length;
  for (const operation of [...a].reverse()) {
    const key = operationKey(operation);
    const rank = ranks.get(key);
    if (rank === undefined) ranks.set(key, before - 0.5);
    else before = rank;
  }
  return ranks;
}

function compareOne(a: Operation, b: Operation | null, rank: number): OperationDifference | null {
  if (b === null) return alone(a, rank);
  if (a.shape.join() !== b.shape.join()) return { ...alone(a, rank), otherShape: b.shape };
  const { kind, place, layer, parameter, shape } = a;
  const common = { kind, place, layer, parameter, shape, otherShape: null, elements: a.values.length, rank };
  const counted =
    a.values instanceof Float32Array && b.values instanceof Float32Array
      ? countBits(a.values, b.values)
      : countIntegers(a.values, b.values);
  if (counted === null) return null;
  const { first } = counted;
  return { ...common, ...counted, first: { ...first, at: placeOf(first.index, shape) } };
}

interface Counted {
  readonly first: Omit<DifferingElement, 'at'>;
  readonly differing: number;
  readonly maxUlp: number | null;
}

function countBits(a: Float32Array, b: Float32Array): Counted | null {
  const index = firstDifferingIndex(a, b);
  if (index < 0) return null;
  let differing = 0;
  let maxUlp = 0;
  for (let i = index; i < a.length; i += 1) {
    const ulp = ulpDistance(a[i], b[i]);
    if (ulp === 0) continue;
    differing += 1;
    maxUlp = Math.max(maxUlp, ulp);
  }
  return { first: elementDifference(a, b, index), differing, maxUlp };
}

function countIntegers(a: ArrayLike<number>, b: ArrayLike<number>): Counted | null {
  let first: Counted['first'] | null = null;
  let differing = 0;
  for (let index = 0; index < a.length; index += 1) {
    if (a[index] === b[index]) continue;
    first ??= { index, a: a[index], b: b[index] };
    differing += 1;
  }
  return first === null ? null : { first, differing, maxUlp: null };
}

function alone({ kind, place, layer, parameter, shape, values }: Operation, rank: number): OperationDifference {
  const { length } = values;
  const nothing = { otherShape: null, differing: length, elements: length, first: null, maxUlp: null };
  return { kind, place, layer, parameter, shape, ...nothing, rank };
}

/** A row-major index by the lengths of the axes. */
function placeOf(index: number, shape: readonly number[]): number[] {
  const at: number[] = [];
  let rest = index;
  for (const length of [...shape].reverse()) {
    at.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return at;
}
