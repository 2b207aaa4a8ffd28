/**
 * Matchers for vitest: equal bits, distances in units in the last place, and noise.
 *
 * @example
 * import { matchers } from 'samebits/matchers';
 * import { expect } from 'vitest';
 *
 * expect.extend(matchers);
 * expect(model.getWeights()).toEqualBits(recorded);
 * expect(await model.predict(x)).toBeWithinUlp(4, recordedPredictions);
 * expect(accuracy).toBeWithinNoiseOf(noiseFloor(accuracies));
 *
 * @example
 * // Written by: samebits lab noise --recipe recipe.json --output noise.json
 * import noise from './noise.json' with { type: 'json' };
 *
 * expect(accuracy).toBeWithinNoiseOf(noise);
 *
 * @module samebits/matchers
 */

import type {} from 'vitest';
import { type BitValue, checkBitValue, type Part, partsOf } from './compare/bit-value.js';
import { sameBits } from './compare/distances.js';
import { hexOfBinary32, hexOfBinary64, ulpDistance } from './compare/ulp.js';
import { expected as wrong } from './errors.js';
import type { NoiseBand } from './lab/tolerance.js';

export type { BitMatrix, BitTensor, BitValue } from './compare/bit-value.js';
export type { NoiseBand } from './lab/tolerance.js';

/** What a matcher tells vitest. */
export interface MatcherResult {
  readonly pass: boolean;
  /** Says what was expected, and what is. */
  readonly message: () => string;
}

/** A report with a band in which one more run falls: of `noiseFloor` or `proposeTolerance`, or read from JSON. */
export interface ReportWithBand {
  readonly runs: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly band: NoiseBand;
}

/** What `samebits lab noise` and `samebits lab tolerance` write: the report, with the runs that it was made of. */
export interface DocumentWithReport {
  readonly report: ReportWithBand;
}

/** The matchers, as `expect` has them once it is extended. */
export interface SamebitsMatchers {
  /**
   * Every bit is the same; every NaN is one, and −0 is not +0. Tensors must have the same names in the same order,
   * matrices the same shape.
   */
  toEqualBits(expected: BitValue): void;
  /**
   * No element is more than `ulps` units in the last place of binary32 away.
   *
   * @param ulps At least 0; 0 is {@link toEqualBits}.
   */
  toBeWithinUlp(ulps: number, expected: BitValue): void;
  /**
   * A metric of one more run is where runs that differ by chance alone put it.
   *
   * @param report Of `noiseFloor` or `proposeTolerance`, or the document of `samebits lab noise` or `lab tolerance`.
   */
  toBeWithinNoiseOf(report: ReportWithBand | DocumentWithReport): void;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest's own declaration, which this one extends, says so.
  interface Matchers<T = any> extends SamebitsMatchers {}
}

/** See {@link SamebitsMatchers.toEqualBits}. */
export function toEqualBits(received: unknown, expected: unknown): MatcherResult {
  const a = checkBitValue(expected, 'expected');
  const b = checkBitValue(received, 'received');
  if (typeof a === 'number' && typeof b === 'number') return equalNumbers(b, a);
  const mismatch = mismatchOf(partsOf(a), partsOf(b));
  if (mismatch !== null) return { pass: false, message: () => `expected equal bits, but ${mismatch}` };
  return compareParts(partsOf(b), partsOf(a), 0, 'equal bits', 'have other bits');
}

/** See {@link SamebitsMatchers.toBeWithinUlp}. */
export function toBeWithinUlp(received: unknown, ulps: unknown, expected: unknown): MatcherResult {
  if (typeof ulps !== 'number' || !(ulps >= 0)) throw wrong('a number of at least 0', 'ulps', ulps);
  const a = partsOf(checkBitValue(expected, 'expected'));
  const b = partsOf(checkBitValue(received, 'received'));
  const what = `values within ${ulps} ULP`;
  const mismatch = mismatchOf(a, b);
  if (mismatch !== null) return { pass: false, message: () => `expected ${what}, but ${mismatch}` };
  return compareParts(b, a, ulps, what, 'are further away');
}

/** See {@link SamebitsMatchers.toBeWithinNoiseOf}. */
export function toBeWithinNoiseOf(received: unknown, report: unknown): MatcherResult {
  const { runs, mean, standardDeviation, band } = checkReport(report);
  if (typeof received !== 'number') throw wrong('a number', 'received', received);
  const pass = band.low <= received && received <= band.high;
  const noise = `the noise of ${runs} runs, ${band.low} to ${band.high}`;
  const about = `${mean} ± ${band.high - mean}; ${share(band.falseAlarm)} runs leaves it by chance`;
  const distance = Math.abs(received - mean);
  const deviations =
    standardDeviation === 0 ? '' : `, ${(distance / standardDeviation).toPrecision(3)} standard deviations`;
  return {
    pass,
    message: () =>
      pass
        ? `expected ${received} to be outside ${noise} (${about}), but it is within`
        : `expected ${received} to be within ${noise} (${about}), but it is ${distance} from the mean${deviations}`,
  };
}

/** For `expect.extend`. */
export const matchers = {
  /** See {@link SamebitsMatchers.toEqualBits}. */
  toEqualBits,
  /** See {@link SamebitsMatchers.toBeWithinUlp}. */
  toBeWithinUlp,
  /** See {@link SamebitsMatchers.toBeWithinNoiseOf}. */
  toBeWithinNoiseOf,
};

function equalNumbers(received: number, expected: number): MatcherResult {
  const pass = Object.is(received, expected);
  const areBinary32 = [received, expected].every((value) => Object.is(Math.fround(value), value));
  const hex = areBinary32 ? hexOfBinary32 : hexOfBinary64;
  const lines = [`  expected  ${show(expected)}  ${hex(expected)}`, `  received  ${show(received)}  ${hex(received)}`];
  if (areBinary32) lines.push(`  distance  ${ulpDistance(expected, received)} ULP`);
  return {
    pass,
    message: () =>
      pass
        ? `expected other bits than ${show(expected)}  ${hex(expected)}`
        : ['expected equal bits', ...lines].join('\n'),
  };
}

/** How the forms of two values differ, or null. */
function mismatchOf(expected: readonly Part[], received: readonly Part[]): string | null {
  const form = (parts: readonly Part[]): string =>
    parts.map(({ name, shape }) => `${name}[${shape.join(', ')}]`).join(', ');
  const [wanted, got] = [form(expected), form(received)];
  return wanted === got ? null : `the shapes differ\n  expected  ${wanted}\n  received  ${got}`;
}

/** Parts of the same names and shapes. */
function compareParts(
  received: readonly Part[],
  expected: readonly Part[],
  ulps: number,
  what: string,
  verb: string,
): MatcherResult {
  let [elements, beyond, largest] = [0, 0, 0];
  let first: { readonly part: number; readonly index: number } | null = null;
  for (const [part, { data }] of expected.entries()) {
    elements += data.length;
    const other = received[part].data;
    if (sameBits(data, other)) continue;
    for (let index = 0; index < data.length; index += 1) {
      const distance = ulpDistance(data[index], other[index]);
      largest = Math.max(largest, distance);
      if (distance <= ulps) continue;
      beyond += 1;
      first ??= { part, index };
    }
  }
  if (first === null) {
    return { pass: true, message: () => `expected anything but ${what}, but all ${elements} elements are that` };
  }
  const { part, index } = first;
  const { name, shape, data } = expected[part];
  const place = `${name === '' ? '' : `${name} `}${placeOf(index, shape)}`;
  const [x, y] = [data[index], received[part].data[index]];
  return {
    pass: false,
    message: () =>
      [
        `expected ${what}, but ${beyond} of ${elements} elements ${verb}, the first at ${place}`,
        `  expected  ${show(x)}  ${hexOfBinary32(x)}`,
        `  received  ${show(y)}  ${hexOfBinary32(y)}`,
        `  distance  ${ulpDistance(x, y)} ULP; the largest of all is ${largest} ULP`,
      ].join('\n'),
  };
}

function placeOf(index: number, shape: readonly number[]): string {
  if (shape.length < 2) return `index ${index}`;
  const columns = shape[shape.length - 1];
  return `index ${index} (row ${Math.floor(index / columns)}, column ${index % columns})`;
}

function show(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** `1 of 1000` */
function share(falseAlarm: number): string {
  return `1 of ${Number((1 / falseAlarm).toPrecision(3))}`;
}

function checkReport(report: unknown): ReportWithBand {
  const { report: inside } = Object(report) as Partial<DocumentWithReport>;
  const found = inside ?? report;
  const { runs, mean, standardDeviation, band } = Object(found) as Partial<ReportWithBand>;
  const numbers = [runs, mean, standardDeviation, band?.low, band?.high, band?.falseAlarm];
  if (!numbers.every((value) => typeof value === 'number')) {
    throw wrong('a report of noiseFloor, proposeTolerance or samebits lab noise', 'report', report);
  }
  return found as ReportWithBand;
}
