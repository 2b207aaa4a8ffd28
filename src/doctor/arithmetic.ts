/** Rounding, contraction, padding and subnormals, seen from outside: single sums whose value tells them apart. */
import { type Addon, addon } from '../native/addon.js';
import { type Check, checkOf, type Finding } from './document.js';
import { describeTeam } from './order.js';
import type { Team } from './sums.js';

const ULP = 1.1920928955078125e-7; // 2^-23: of 1
const LEAST = 1.401298464324817e-45; // 2^-149: the smallest subnormal
const SMALL = 7.888609052210118e-31; // 2^-100

/** A number whose square lies halfway between two binary32: 1 + 2^-12. */
const FACTOR = 1 + ULP * 2048;
const PRODUCT = Math.fround(FACTOR * FACTOR);
/** What rounding takes from the square. Exact: both are binary64. */
const LOST = FACTOR * FACTOR - PRODUCT;

/** Sizes at which vectors, their rests and single elements of every instruction set take part. */
const OUTPUTS = 37;

/** What is looked into: the addon, or in tests something that breaks the contract. */
export type Operations = Pick<Addon, 'sum' | 'dot' | 'denseForward' | 'denseBackward' | 'elementary'>;

/** One value that the contract fixes. */
interface Probe {
  readonly what: string;
  readonly value: (team: Team, operations: Operations) => Promise<number>;
  readonly expected: number;
}

const ROUNDING: readonly Probe[] = [
  { what: '1 + 2^-24', value: sumOf(1, ULP / 2), expected: 1 },
  { what: '1 + 3·2^-25', value: sumOf(1, (ULP / 4) * 3), expected: 1 + ULP },
  { what: '(1 + 2^-23) + 2^-24', value: sumOf(1 + ULP, ULP / 2), expected: 1 + 2 * ULP },
  { what: '-1 - 3·2^-25', value: sumOf(-1, (-ULP / 4) * 3), expected: -1 - ULP },
  { what: '(1 + 2^-24) + 2^-24', value: sumOf(1, ULP / 2, ULP / 2), expected: 1 },
];

const SUBNORMALS: readonly Probe[] = [
  { what: '2^-149 + 2^-149', value: sumOf(LEAST, LEAST), expected: 2 * LEAST },
  { what: '2^-100 · 2^-49', value: forward([SMALL], [LEAST / SMALL]), expected: LEAST },
  { what: '2^-149 · 2^100', value: forward([LEAST], [1 / SMALL]), expected: LEAST / SMALL },
  { what: '2^-149 · 1 over rows', value: overRows([LEAST], [1]), expected: LEAST },
  { what: 'exp(-100)', value: elementary('exp', -100), expected: 27 * LEAST },
];

/** −fl(a·b) and then a·b: only a fused multiplication and addition gives what fl(a·b) lost. */
const FUSED: readonly Probe[] = [
  { what: 'dot', value: dotOf([-PRODUCT, FACTOR], [1, FACTOR]), expected: LOST },
  { what: 'forward', value: forward([-PRODUCT, FACTOR], [1, FACTOR]), expected: LOST },
  { what: 'input gradient', value: inputGradient([-PRODUCT, FACTOR], [1, FACTOR]), expected: LOST },
  { what: 'weight gradient', value: overRows([-PRODUCT, FACTOR], [1, FACTOR]), expected: LOST },
];

/** A bias is added after the product was rounded: fused with it, what fl(a·b) lost would be left. */
const APART: readonly Probe[] = [
  { what: 'a bias', value: forward([FACTOR], [FACTOR], -PRODUCT), expected: 0 },
  { what: 'a bias after two terms', value: forward([0, FACTOR], [1, FACTOR], -PRODUCT), expected: 0 },
];

/** Products that underflow to −0: one padded term, +0, would make the sum +0. */
const TINY = [SMALL, SMALL, SMALL];
const PADDING: readonly Probe[] = [
  { what: 'forward', value: forward(TINY, TINY.map(negated)), expected: -0 },
  { what: 'input gradient', value: inputGradient(TINY, TINY.map(negated)), expected: -0 },
  { what: 'weight gradient', value: overRows(TINY, TINY.map(negated)), expected: -0 },
];

/** The checks of single operations, on each of these teams. */
export async function checkArithmetic(teams: readonly Team[], operations: Operations = addon()): Promise<Check[]> {
  const check = (name: string, probes: readonly Probe[], well: string): Promise<Check> =>
    probe(name, probes, well, teams, operations);
  return [
    await check('rounding', ROUNDING, 'Sums are rounded to the nearest binary32, ties to even.'),
    await check('subnormals', SUBNORMALS, 'Subnormal numbers are read, kept and written; nothing flushes them.'),
    await check('fused', FUSED, 'Where the contract says fma, a product and its addition round once.'),
    await check('not contracted', APART, 'Where the contract has two roundings, no compiler made them one.'),
    await check('no padding', PADDING, 'No padded zero enters a sum: products that underflow to −0 stay −0.'),
  ];
}

async function probe(
  name: string,
  probes: readonly Probe[],
  well: string,
  teams: readonly Team[],
  operations: Operations,
): Promise<Check> {
  const findings: Finding[] = [];
  for (const team of teams) {
    for (const { what, value, expected } of probes) {
      findings.push({
        where: `${describeTeam(team)}, ${what}`,
        found: exactly(await value(team, operations)),
        expected: exactly(expected),
      });
    }
  }
  return checkOf(name, findings, well);
}

/** In decimal digits that name one binary64 only, with the sign of a zero. */
function exactly(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function negated(value: number): number {
  return -value;
}

type Value = Probe['value'];

function sumOf(...terms: number[]): Value {
  return ({ isa, threads }, operations) => operations.sum(inOneLane(terms), { isa, threads, reduction: 'fixed' });
}

function dotOf(a: readonly number[], b: readonly number[]): Value {
  return ({ isa, threads }, operations) =>
    operations.dot(inOneLane(a), inOneLane(b), { isa, threads, reduction: 'fixed' });
}

/** Terms 16 apart are one chain; beside each other, each would be a chain of its own. */
function inOneLane(terms: readonly number[]): Float32Array {
  const values = new Float32Array(16 * terms.length);
  terms.forEach((term, i) => {
    values[16 * i] = term;
  });
  return values;
}

function elementary(name: 'exp', argument: number): Value {
  return async ({ isa }, operations) => common(operations.elementary(name, repeated([argument], OUTPUTS), isa));
}

function forward(x: readonly number[], w: readonly number[], bias?: number): Value {
  return async ({ isa, threads }, operations) =>
    common(
      await operations.denseForward(
        repeated(x, OUTPUTS),
        eachRepeated(w, OUTPUTS),
        bias === undefined ? null : repeated([bias], OUTPUTS),
        OUTPUTS,
        x.length,
        OUTPUTS,
        'linear',
        { isa, threads, reduction: 'fixed' },
      ),
    );
}

function inputGradient(dz: readonly number[], w: readonly number[]): Value {
  return async ({ isa, threads }, operations) => {
    const x = new Float32Array(OUTPUTS * OUTPUTS);
    const gradients = await operations.denseBackward(
      x,
      repeated(w, OUTPUTS),
      repeated(dz, OUTPUTS),
      OUTPUTS,
      OUTPUTS,
      w.length,
      { isa, threads, reduction: 'fixed', batchLeaf: 64, freeGrain: 8 },
    );
    return common(gradients.inputGradient);
  };
}

function overRows(x: readonly number[], dz: readonly number[]): Value {
  return async ({ isa, threads }, operations) => {
    const gradients = await operations.denseBackward(
      eachRepeated(x, OUTPUTS),
      new Float32Array(OUTPUTS * OUTPUTS),
      eachRepeated(dz, OUTPUTS),
      x.length,
      OUTPUTS,
      OUTPUTS,
      { isa, threads, reduction: 'fixed', batchLeaf: 64, freeGrain: 8 },
    );
    return common(gradients.weightGradient);
  };
}

/** [times, values]. */
function repeated(values: readonly number[], times: number): Float32Array {
  return Float32Array.from({ length: values.length * times }, (_, i) => values[i % values.length]);
}

/** [values, times]. */
function eachRepeated(values: readonly number[], times: number): Float32Array {
  return Float32Array.from({ length: values.length * times }, (_, i) => values[Math.floor(i / times)]);
}

/** The value that all have; NaN where they differ. */
function common(values: Float32Array): number {
  return values.every((value) => Object.is(value, values[0])) ? values[0] : Number.NaN;
}
