/** How many runs it takes to see a difference. */
import { expected } from '../../errors.js';
import { checkCount, checkLevel } from './sample.js';
import { noncentralStudentBeyond, studentCritical } from './student-t.js';
import { welchDegreesOfFreedom } from './welch.js';

/** A difference of two means, and how the values vary. */
export interface Contrast {
  /** True difference of the means. */
  readonly difference: number;
  /** Standard deviation of single values of the one recipe. */
  readonly deviationA: number;
  /** And of the other. */
  readonly deviationB: number;
}

/** Options of {@link runsToDetect}. */
export interface PowerOptions {
  /** Coverage of the interval that is to exclude 0; 1 − level is the test's α. @default 0.95 */
  readonly level?: number;
  /** Probability with which the difference is to be found. @default 0.8 */
  readonly power?: number;
}

/** Beyond this, nobody makes the runs. */
const MOST_RUNS = 1_000_000;

/**
 * Probability that Welch's test finds the difference with `runs` values of each: P(|T| > t) for a noncentral T. With
 * equal deviations this is the power of the usual t test (J. Cohen, "Statistical Power Analysis for the Behavioral
 * Sciences", 1988; R's `power.t.test(strict = TRUE)`).
 *
 * @param runs At least 2.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function powerOf(runs: number, contrast: Contrast, level = 0.95): number {
  checkCount(runs, 'runs', 2);
  checkContrast(contrast);
  const u = (contrast.deviationA * contrast.deviationA) / runs;
  const w = (contrast.deviationB * contrast.deviationB) / runs;
  if (u + w === 0) return contrast.difference === 0 ? 0 : 1;
  return powerOfShift(contrast.difference / Math.sqrt(u + w), welchDegreesOfFreedom(u, runs, w, runs), level);
}

/**
 * As {@link powerOf}, for `runs` pairs whose differences have the given deviation.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function powerOfPairs(runs: number, difference: number, deviation: number, level = 0.95): number {
  checkCount(runs, 'runs', 2);
  checkContrast({ difference, deviationA: deviation, deviationB: 0 });
  if (deviation === 0) return difference === 0 ? 0 : 1;
  return powerOfShift((difference / deviation) * Math.sqrt(runs), runs - 1, level);
}

function powerOfShift(shift: number, degreesOfFreedom: number, level: number): number {
  const critical = studentCritical(1 - checkLevel(level), degreesOfFreedom);
  return noncentralStudentBeyond(critical, degreesOfFreedom, shift);
}

/**
 * The fewest runs of each recipe with which Welch's test finds the difference with the wanted probability.
 *
 * @returns At least 2; null where a million would not do (a difference of 0 among them).
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function runsToDetect(contrast: Contrast, { level = 0.95, power = 0.8 }: PowerOptions = {}): number | null {
  checkLevel(power, 'power');
  return fewestRuns((runs) => powerOf(runs, contrast, level) >= power);
}

/**
 * The fewest pairs with which Student's test of the differences finds their mean with the wanted probability.
 *
 * @returns At least 2; null where a million would not do.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function pairsToDetect(
  difference: number,
  deviation: number,
  { level = 0.95, power = 0.8 }: PowerOptions = {},
): number | null {
  checkLevel(power, 'power');
  return fewestRuns((runs) => powerOfPairs(runs, difference, deviation, level) >= power);
}

/** Doubles until there are enough, then halves the gap: power grows with the number of runs. */
function fewestRuns(isEnough: (runs: number) => boolean): number | null {
  let enough = 2;
  while (!isEnough(enough)) {
    if (enough >= MOST_RUNS) return null;
    enough = Math.min(2 * enough, MOST_RUNS);
  }
  let tooFew = Math.floor(enough / 2);
  while (enough - tooFew > 1) {
    const middle = Math.floor((enough + tooFew) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

function checkContrast({ difference, deviationA, deviationB }: Contrast): void {
  if (!Number.isFinite(difference)) throw expected('a finite number', 'difference', difference);
  for (const [name, value] of Object.entries({ deviationA, deviationB })) {
    if (!(Number.isFinite(value) && value >= 0)) throw expected('a finite number of at least 0', name, value);
  }
}
