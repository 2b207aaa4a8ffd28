/** Pairs of runs that differ in next to nothing, and how they drift apart: what the experiments on rounding have in common. */
import type { Setting } from '../../causes/cause.js';
import { formatCount, formatMagnitude } from '../../format.js';
import type { Ground, Results } from '../experiment/experiment.js';
import type { PairResult, PairTask } from '../experiment/task.js';
import { type Growth, growth } from '../measures/growth.js';
import { type JackknifeInterval, jackknife } from '../statistics/jackknife.js';
import { mean } from '../statistics/moments.js';
import { spreadQuotient } from '../statistics/pair-table.js';
import { median } from '../statistics/quantiles.js';
import { requireCause, seedLevels, varied } from './varied.js';
import { percent } from './wording.js';

/** Steps at which two runs are compared. */
const SAMPLES = 100;
/** Test rows on which relu units are compared. */
const RELU_ROWS = 50;

/** Pairs of one kind. */
export interface PartingArm {
  /** In tables and pictures: `free order, 2 threads`. */
  readonly label: string;
  /** The pairs of each seed: seeds are what was sampled. */
  readonly seeds: readonly (readonly PairTask[])[];
}

/** How the pairs of one kind drifted apart. */
export interface Parting {
  readonly label: string;
  readonly pairs: readonly PairResult[];
  readonly growths: readonly Growth[];
  /** Pairs with the same weights to the end. */
  readonly equal: number;
  /** Of these, pairs whose optimizers remember other numbers: they would part later. */
  readonly equalButState: number;
  /** For each seed the mean absolute difference of the predictions at the end, over its pairs. */
  readonly distances: readonly number[];
  /** Mean share of the test rows that are of another class at the end; null for a regression. */
  readonly differing: number | null;
  /** The pair that parted first; null where none did. */
  readonly first: PairResult['firstDifference'];
  /** Median over the pairs of the steps in which their distance doubles; null where none has such a time. */
  readonly doublingSteps: number | null;
  /** Steps of a run. */
  readonly steps: number;
}

/**
 * The base with one seed for everything, 1 to the ground's repeats.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a recipe whose seeds are all of their own.
 */
export function seededBases({ base, repeats }: Ground): Setting[] {
  requireCause(base, 'seed');
  return seedLevels(repeats).map((seed) => varied(base, { seed }));
}

/** Two runs side by side. */
export function pair(a: Setting, b: Setting, repeat = 0): PairTask {
  return { kind: 'pair', a, b, repeat, samples: SAMPLES, reluRows: RELU_ROWS };
}

/** What the others are measured by: runs whose seeds are others altogether. */
export function otherSeeds(ground: Ground): PartingArm {
  return {
    label: 'another seed',
    seeds: seededBases(ground).map((setting, i) => [
      { ...pair(setting, varied(ground.base, { seed: ground.repeats + i + 1 })), reluRows: 0 },
    ]),
  };
}

export function* pairsOf(arms: readonly PartingArm[]): Generator<PairTask> {
  for (const { seeds } of arms) for (const tasks of seeds) yield* tasks;
}

export function measureParting(results: Results, { label, seeds }: PartingArm): Parting {
  const bySeed = seeds.map((tasks) => tasks.map((task) => results.get(task)));
  const pairs = bySeed.flat();
  const growths = pairs.map(({ samples }) =>
    growth(samples.map(({ step, relativeL2 }) => ({ step, distance: finite(relativeL2) }))),
  );
  const doublings = growths.flatMap(({ doublingSteps }) => (doublingSteps === null ? [] : [doublingSteps]));
  const shares = pairs.flatMap(({ predictions: { differing } }) => (differing === null ? [] : [differing]));
  return {
    label,
    pairs,
    growths,
    equal: pairs.filter(({ firstDifference }) => firstDifference === null).length,
    equalButState: pairs.filter(({ firstDifference, equalBits }) => firstDifference === null && !equalBits).length,
    distances: bySeed.map((found) => mean(found.map(({ predictions }) => predictions.meanAbs))),
    differing: shares.length === 0 ? null : mean(shares),
    first: pairs.reduce<PairResult['firstDifference']>(
      (least, { firstDifference: one }) => (one !== null && (least === null || one.step < least.step) ? one : least),
      null,
    ),
    doublingSteps: doublings.length === 0 ? null : median(doublings),
    steps: lastSample(pairs[0]).step,
  };
}

/** A distance as JSON may have lost it: what is no number is infinitely far. */
function finite(distance: number): number {
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
}

export function lastSample({ samples }: PairResult): PairResult['samples'][number] {
  return samples[samples.length - 1];
}

/**
 * How many times as far apart predictions end as those of another seed, with the jackknife's interval over seeds; 0,
 * exactly, where all bits are equal.
 */
export function farAsSeed(
  { distances }: Pick<Parting, 'distances'>,
  seeds: Pick<Parting, 'distances'>,
): JackknifeInterval {
  const interval = jackknife(
    [distances.length],
    (left) => spreadQuotient(meanWithout(distances, left?.unit), meanWithout(seeds.distances, left?.unit)),
    { scale: distances.every((distance) => distance > 0) ? 'log' : 'linear' },
  );
  // Where another seed moves nothing there is nothing to compare with.
  if (!Number.isFinite(interval.estimate)) return { ...interval, low: Number.NaN, high: Number.NaN };
  return { ...interval, low: Math.max(0, interval.low) };
}

/** From how much of another seed's distance on something is as far. */
export const AS_FAR = 0.8;

function meanWithout(values: readonly number[], left: number | undefined): number {
  return mean(values.filter((_, i) => i !== left));
}

/** `the weights parted at step 1 in dense_1/kernel by 1 ULP, the distance doubled every 14 steps` */
export function partingWords({ first, doublingSteps }: Parting): string {
  if (first === null) return 'the weights never parted';
  const where = first.step === 0 ? 'in the initial weights' : `at step ${formatCount(first.step)}`;
  return (
    `the weights parted ${where} in ${first.tensor} by ${formatMagnitude(first.ulp)} ULP, their distance ` +
    (doublingSteps === null ? 'did not grow steadily' : `doubled every ${formatMagnitude(doublingSteps, 2)} steps`)
  );
}

/** `after 900 steps 1.4 % of the test rows were read differently` */
export function endWords(parting: Parting): string {
  const after = `after ${formatCount(parting.steps)} steps`;
  if (parting.differing !== null)
    return `${after} ${shareWords(parting.differing)} of the test rows were read differently`;
  return `${after} predictions were ${formatMagnitude(mean(parting.distances))} apart on average`;
}

/** `none` or `1.4 %` */
export function shareWords(share: number): string {
  return share === 0 ? 'none' : percent(share);
}

/** What the jumps of the growth have to do with relu units. */
export function reluWords(partings: readonly Parting[]): string {
  const intervals = partings.flatMap(({ pairs, growths }) =>
    growths.flatMap((grown, i) => intervalsOf(pairs[i], grown)),
  );
  const jumps = intervals.filter(({ factor }) => factor !== null);
  if (jumps.length === 0) return 'No distance jumped: all growth was gradual.';
  const withEvent = jumps.filter(({ hasEvent }) => hasEvent);
  const gradual = intervals.filter(({ factor }) => factor === null);
  const [example] = withEvent.filter(({ event }) => event !== undefined);
  const shown =
    example?.event === undefined
      ? ''
      : `; the first: unit ${example.event.unit} of ${example.event.layer} at test row ${example.event.row}, by step ` +
        `${formatCount(example.event.step)}, as the distance grew ${formatMagnitude(example.factor ?? 1, 2)}-fold beyond its trend`;
  return (
    `Distances jumped ${formatCount(jumps.length)} times. At ${percent(withEvent.length / jumps.length)} of the jumps a relu unit ` +
    `was on in one run and off in the other, on ${RELU_ROWS} test rows; elsewhere in the growth at ` +
    `${gradual.length === 0 ? 'none' : percent(gradual.filter(({ hasEvent }) => hasEvent).length / gradual.length)} of the ` +
    `steps looked at${shown}.`
  );
}

interface GrowthInterval {
  /** Of a jump; null where there is none. */
  readonly factor: number | null;
  readonly hasEvent: boolean;
  /** The first that is known. */
  readonly event: PairResult['events'][number] | undefined;
}

/** Neighboring samples of the growing phase. */
function intervalsOf({ samples, events }: PairResult, { phase, jumps }: Growth): GrowthInterval[] {
  if (phase === null) return [];
  return samples
    .filter(({ step }) => step > phase.from && step <= phase.to)
    .map(({ step: by, reluEvents }) => ({
      factor: jumps.find((jump) => jump.by === by)?.factor ?? null,
      hasEvent: reluEvents > 0,
      event: events.find(({ step }) => step === by),
    }));
}
