/** How fast two runs drift apart. */
import { linearRegression } from 'simple-statistics';
import { expected } from '../../errors.js';
import { exp, log2 } from '../statistics/elementary.js';
import { mean } from '../statistics/moments.js';
import { median } from '../statistics/quantiles.js';
import { checkLevel, type Interval } from '../statistics/sample.js';
import { studentCritical } from '../statistics/student-t.js';

/** Distance of two runs after a step. */
export interface DistanceAtStep {
  /** Counted from 1; 0 for the initial weights. */
  readonly step: number;
  /** Of the weights, e.g. their relative L2 distance; at least 0. */
  readonly distance: number;
}

/** A rise between two sampled steps that is more than the trend's. */
export interface GrowthJump {
  /** The jump happened after this step … */
  readonly after: number;
  /** … and by the end of this one. */
  readonly by: number;
  /** By what factor the distance grew beyond the trend. */
  readonly factor: number;
}

/** Why there is no doubling time. */
export type NoGrowth = 'no difference' | 'too few samples' | 'less than two doublings' | 'not growing';

/** The growth of a difference. */
export interface Growth {
  /** The growing phase, both ends included; null where the runs never differ. */
  readonly phase: { readonly from: number; readonly to: number; readonly samples: number } | null;
  /** Distances at both ends of the phase. */
  readonly first: number | null;
  readonly last: number | null;
  /** Largest finite distance. */
  readonly largest: number;
  /** Steps in which the distance doubles; null with a reason in `why`. */
  readonly doublingSteps: number | null;
  /** Of the slope, in doublings per step; null where `doublingSteps` is. */
  readonly doublingsPerStep: (Interval & { readonly estimate: number }) | null;
  /** Share of the variance of log distance in the phase that the line explains. */
  readonly rSquared: number | null;
  readonly why: NoGrowth | null;
  readonly jumps: readonly GrowthJump[];
}

/** Increments from which on the trend is known well enough to tell jumps from it. */
const FEWEST_INCREMENTS = 5;
/** A jump is at least one doubling at once, … */
const LEAST_JUMP = 1;
/** … and this many deviations of the increments, as estimated from their median absolute deviation. */
const JUMP_DEVIATIONS = 5;
/** The standard deviation of a normal distribution over its median absolute deviation. */
const DEVIATION_OF_MAD = 1.4826;

/**
 * Doubling time and jumps of a distance over steps.
 *
 * The growing phase: what follows a sample that is not finite is left out. Its end is the first sample whose distance
 * is at least half of the largest; beyond, differences no longer grow, they only wander. Its start is the first sample
 * after the last zero before the end. The doubling time is 1 over the slope of the least-squares line through log2 of
 * the distance in the phase, if that has at least 3 samples and the distance grows by at least a factor of 4 in it.
 *
 * A jump is a pair of neighboring samples of the phase between which log2 of the distance rises by more than the trend
 * (the median slope of all neighbors), by at least 1 and by 5 robust deviations of that excess; told from 5 increments
 * on.
 *
 * The interval is that of the slope by Student's t. Distances at neighboring steps depend on each other, so it is a
 * lower bound of what is not known.
 *
 * @param samples In the order of their steps.
 * @throws SamebitsError `ERR_SAMEBITS_DATA` for steps out of order and negative distances; `ERR_SAMEBITS_ARGUMENT`
 */
export function growth(samples: readonly DistanceAtStep[], { level = 0.95 }: { readonly level?: number } = {}): Growth {
  checkLevel(level);
  checkSamples(samples);
  const wild = samples.findIndex(({ distance }) => !Number.isFinite(distance));
  const finite = wild < 0 ? samples : samples.slice(0, wild);
  const largest = finite.reduce((most, { distance }) => Math.max(most, distance), 0);
  const nothing = { doublingSteps: null, doublingsPerStep: null, rSquared: null, jumps: [] };
  if (largest === 0) return { phase: null, first: null, last: null, largest, ...nothing, why: 'no difference' };
  const phase = growingPhase(finite, largest);
  const [from, to] = [phase[0], phase[phase.length - 1]];
  const found = {
    phase: { from: from.step, to: to.step, samples: phase.length },
    first: from.distance,
    last: to.distance,
    largest,
  };
  const jumps = findJumps(phase);
  if (phase.length < 3) return { ...found, ...nothing, why: 'too few samples' };
  if (to.distance < 4 * from.distance) return { ...found, ...nothing, jumps, why: 'less than two doublings' };
  const { rSquared, slope } = lineThrough(phase, level);
  if (slope.estimate <= 0) return { ...found, ...nothing, jumps, why: 'not growing' };
  return { ...found, doublingSteps: 1 / slope.estimate, doublingsPerStep: slope, rSquared, why: null, jumps };
}

function growingPhase(samples: readonly DistanceAtStep[], largest: number): readonly DistanceAtStep[] {
  const end = samples.findIndex(({ distance }) => distance >= largest / 2);
  const zero = samples.slice(0, end).findLastIndex(({ distance }) => distance === 0);
  return samples.slice(zero + 1, end + 1);
}

function lineThrough(phase: readonly DistanceAtStep[], level: number) {
  const points = phase.map(({ step, distance }) => [step, log2(distance)]);
  const { m, b } = linearRegression(points);
  const center = mean(points.map(([x]) => x));
  const middle = mean(points.map(([, y]) => y));
  let squares = 0;
  let residual = 0;
  let total = 0;
  for (const [x, y] of points) {
    squares += (x - center) * (x - center);
    residual += (y - b - m * x) * (y - b - m * x);
    total += (y - middle) * (y - middle);
  }
  const degreesOfFreedom = points.length - 2;
  const half = studentCritical(1 - level, degreesOfFreedom) * Math.sqrt(residual / degreesOfFreedom / squares);
  return { slope: { estimate: m, low: m - half, high: m + half, level }, rSquared: 1 - residual / total };
}

function findJumps(phase: readonly DistanceAtStep[]): readonly GrowthJump[] {
  if (phase.length - 1 < FEWEST_INCREMENTS) return [];
  const increments = phase.slice(1).map(({ step, distance }, i) => ({
    after: phase[i].step,
    by: step,
    rise: log2(distance) - log2(phase[i].distance),
  }));
  const trend = median(increments.map(({ after, by, rise }) => rise / (by - after)));
  const excesses = increments.map(({ after, by, rise }) => rise - trend * (by - after));
  const center = median(excesses);
  const deviation = DEVIATION_OF_MAD * median(excesses.map((excess) => Math.abs(excess - center)));
  const threshold = Math.max(LEAST_JUMP, JUMP_DEVIATIONS * deviation);
  return increments.flatMap(({ after, by }, i) =>
    excesses[i] < threshold ? [] : [{ after, by, factor: exp(excesses[i] * Math.LN2) }],
  );
}

function checkSamples(samples: readonly DistanceAtStep[]): void {
  samples.forEach(({ step, distance }, i) => {
    if (!Number.isSafeInteger(step) || (i > 0 && step <= samples[i - 1].step)) {
      throw expected('an integer above the step before', `samples[${i}].step`, step, 'ERR_SAMEBITS_DATA');
    }
    if (typeof distance !== 'number' || distance < 0) {
      throw expected('a number of at least 0', `samples[${i}].distance`, distance, 'ERR_SAMEBITS_DATA');
    }
  });
}
