/** The sums of the addon, as things to put numbers into: each of its products reduced to sums of given terms. */
import { addon, type KernelOptions } from '../native/addon.js';
import type { InstructionSet } from '../native/instruction-set.js';
import type { Summation } from './order-probe.js';
import { FEATURE_RULE, type SumRule, VECTOR_RULE } from './sum-tree.js';

/** What runs: one instruction set, on a team of so many threads. */
export interface Team {
  readonly isa: InstructionSet;
  readonly threads: number;
}

/** One of the contract's sums. */
export interface Sum {
  readonly name: string;
  /** The order that the contract gives it. */
  readonly rule: SumRule;
  readonly on: (team: Team) => Summation;
}

/** Leaf of sums over rows here: the contract's default. */
const BATCH_LEAF = 64;
const ROW_RULE: SumRule = { leaf: BATCH_LEAF, lanes: 1 };

/** Columns beside each other that get the same terms: more than any vector has, and no multiple of one. */
const COLUMNS = 37;

export const SUMS: readonly Sum[] = [
  {
    name: 'sum',
    rule: VECTOR_RULE,
    on: (team) => oneByOne((terms) => addon().sum(terms, options(team))),
  },
  {
    name: 'dot',
    rule: VECTOR_RULE,
    on: (team) => oneByOne((terms) => addon().dot(terms, ones(terms.length), options(team))),
  },
  {
    name: 'forward',
    rule: FEATURE_RULE,
    on: (team) => async (inputs) => {
      const [rows, count] = [inputs.length, inputs[0].length];
      const weights = ones(count * COLUMNS);
      const x = asRows(inputs);
      const z = await addon().denseForward(x, weights, null, rows, count, COLUMNS, 'linear', options(team));
      return rowsAgree(z, rows);
    },
  },
  {
    name: 'input gradient',
    rule: FEATURE_RULE,
    on: (team) => async (inputs) => {
      const [rows, count] = [inputs.length, inputs[0].length];
      const weights = ones(COLUMNS * count);
      const x = ones(rows * COLUMNS);
      const backward = { ...options(team), batchLeaf: BATCH_LEAF, freeGrain: 8 };
      const dz = asRows(inputs);
      const { inputGradient } = await addon().denseBackward(x, weights, dz, rows, COLUMNS, count, backward);
      return rowsAgree(inputGradient, rows);
    },
  },
  {
    name: 'weight gradient',
    rule: ROW_RULE,
    on: (team) => async (inputs) => {
      const { weightGradient } = await overRows(inputs, team);
      return columnsAgree(weightGradient, inputs.length);
    },
  },
  {
    name: 'bias gradient',
    rule: ROW_RULE,
    on: (team) => async (inputs) => (await overRows(inputs, team)).biasGradient,
  },
];

function options({ isa, threads }: Team): KernelOptions {
  return { isa, threads, reduction: 'fixed' };
}

function ones(count: number): Float32Array {
  return new Float32Array(count).fill(1);
}

function oneByOne(sum: (terms: Float32Array) => Promise<number>): Summation {
  return async (inputs) => {
    const sums: number[] = [];
    for (const terms of inputs) sums.push(await sum(terms));
    return sums;
  };
}

/** Each input is a column of the output gradient. */
function overRows(inputs: readonly Float32Array[], team: Team) {
  const [units, rows] = [inputs.length, inputs[0].length];
  const dz = new Float32Array(rows * units);
  inputs.forEach((terms, j) => {
    for (let i = 0; i < rows; i += 1) dz[i * units + j] = terms[i];
  });
  const x = ones(rows * COLUMNS);
  const backward = { ...options(team), batchLeaf: BATCH_LEAF, freeGrain: 8 };
  return addon().denseBackward(x, ones(COLUMNS * units), dz, rows, COLUMNS, units, backward);
}

function asRows(inputs: readonly Float32Array[]): Float32Array {
  const count = inputs[0].length;
  const rows = new Float32Array(inputs.length * count);
  inputs.forEach((terms, i) => {
    rows.set(terms, i * count);
  });
  return rows;
}

/** The value that all columns of a row have; NaN where they don't agree, which no order explains. */
function rowsAgree(values: Float32Array, rows: number): Float32Array {
  return Float32Array.from({ length: rows }, (_, i) => {
    const row = values.subarray(i * COLUMNS, (i + 1) * COLUMNS);
    return row.every((value) => Object.is(value, row[0])) ? row[0] : Number.NaN;
  });
}

/** The same for [COLUMNS, columns]. */
function columnsAgree(values: Float32Array, columns: number): Float32Array {
  return Float32Array.from({ length: columns }, (_, j) => {
    for (let k = 1; k < COLUMNS; k += 1) {
      if (!Object.is(values[k * columns + j], values[j])) return Number.NaN;
    }
    return values[j];
  });
}
