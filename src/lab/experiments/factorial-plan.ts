/** Full factorials: every level of each cause with every level of all others. */
import type { CauseName, Setting } from '../../causes/cause.js';
import { causeNamed } from '../../causes/causes.js';
import type { Results } from '../experiment/experiment.js';
import type { Cell } from '../experiment/picture.js';
import type { Kept, TrainTask } from '../experiment/task.js';
import type { PartOptions, VarianceComponents } from '../statistics/factorial.js';
import { train, varied } from './varied.js';
import { percent } from './wording.js';

/** A cause with the levels that it takes. */
export interface Factor {
  readonly cause: CauseName;
  /** Causes that are moved with it, each to the same level. @default none */
  readonly beside?: readonly CauseName[];
  /** In sentences: `the initial weights`. */
  readonly words: string;
  readonly levels: readonly unknown[];
}

/** One combination of levels. */
export interface Combination {
  /** Index of the level of each factor. */
  readonly levels: readonly number[];
  readonly task: TrainTask;
}

/** All combinations, the last factor's levels changing fastest. */
export function combinations(base: Setting, factors: readonly Factor[], keep: readonly Kept[]): Combination[] {
  let settings: { readonly levels: readonly number[]; readonly setting: Setting }[] = [{ levels: [], setting: base }];
  for (const factor of factors) {
    settings = settings.flatMap(({ levels: before, setting }) =>
      factor.levels.map((level, i) => ({ levels: [...before, i], setting: moved(setting, factor, level) })),
    );
  }
  return settings.map(({ levels, setting }) => ({ levels, task: train(setting, keep) }));
}

function moved(setting: Setting, factor: Factor, level: unknown): Setting {
  return causesOf(factor).reduce((written, cause) => causeNamed(cause).write(written, level), setting);
}

function causesOf({ cause, beside = [] }: Factor): readonly CauseName[] {
  return [cause, ...beside];
}

/** Runs of a control, beside the one that is among the combinations. */
const CONTROLS = 4;

/** The first combination, over and over, at 1 and 2 threads: what is left when all causes are held. */
export function controlsOf([{ task }]: readonly Combination[]): TrainTask[] {
  return Array.from({ length: CONTROLS }, (_, i) =>
    train(varied(task.setting, { threads: 1 + (i % 2) }), task.keep, i + 1),
  );
}

/** How many runs had all causes held, and how many different weights they ended with. */
export function heldRuns(results: Results, runs: readonly Combination[]) {
  const fingerprints = [runs[0].task, ...controlsOf(runs)].map((task) => results.get(task).fingerprint);
  return { count: fingerprints.length, different: new Set(fingerprints).size };
}

/** The title of a factor's cause, or causes, as tables and pictures have it. */
export function titleOf(factor: Factor): string {
  return causesOf(factor)
    .map((cause) => causeNamed(cause).title)
    .join(' and ');
}

/** Parts that most factorials ask for: all that a factor has a part in, and what arises from several together. */
export function usualParts(factors: readonly Factor[]): PartOptions[] {
  return [
    ...factors.map(({ cause }) => ({
      name: `all of ${cause}`,
      of: (names: readonly string[]) => names.includes(cause),
    })),
    { name: 'together', of: (names: readonly string[]) => names.length > 1 },
  ];
}

/** The main effect of a factor. */
export function mainOf({ terms }: VarianceComponents, { cause }: Factor): VarianceComponents['terms'][number] {
  const term = terms.find(({ factors }) => factors.length === 1 && factors[0] === cause);
  if (term === undefined) throw new Error(`no term for ${cause}`);
  return term;
}

export function partNamed({ parts }: VarianceComponents, name: string): VarianceComponents['parts'][number] {
  const part = parts.find((one) => one.name === name);
  if (part === undefined) throw new Error(`no part ${name}`);
  return part;
}

/** For each factor, and for what several do together: share, its interval, and the share of all it has a part in. */
export function shareRows(components: VarianceComponents, factors: readonly Factor[]): Cell[][] {
  const together = partNamed(components, 'together');
  return [
    ...factors.map((factor): Cell[] => {
      const { share, interval } = mainOf(components, factor);
      return [
        titleOf(factor),
        factor.levels.length,
        share,
        interval.low,
        interval.high,
        partNamed(components, `all of ${factor.cause}`).share,
      ];
    }),
    ['several together', null, together.share, together.low, together.high, null],
  ];
}

/** Bars of the same shares. */
export function shareBars(components: VarianceComponents, factors: readonly Factor[]) {
  const together = partNamed(components, 'together');
  return [
    ...factors.map((factor) => {
      const { share, interval } = mainOf(components, factor);
      return { label: titleOf(factor), value: share, interval: { low: interval.low, high: interval.high } };
    }),
    { label: 'several together', value: together.share, interval: { low: together.low, high: together.high } },
  ];
}

/** Columns of {@link shareRows}. */
export const SHARE_COLUMNS = [
  { name: 'cause' },
  { name: 'levels', format: 'count' },
  { name: 'by itself', format: 'share' },
  { name: 'from', format: 'share' },
  { name: 'to', format: 'share' },
  { name: 'with others', format: 'share' },
] as const;

const ON_THE_SAME_ROWS = 'initial weights, rows held';

/**
 * The part of the initial weights in what varies while the rows are held: by themselves, and with the rows, which a run
 * does not choose.
 *
 * @param rows The cause that draws other rows.
 */
export function weightsOnTheSameRows(rows: CauseName): PartOptions {
  return {
    name: ON_THE_SAME_ROWS,
    of: (term) =>
      term.includes('initialWeights') && term.every((cause) => cause === 'initialWeights' || cause === rows),
    within: (term) => term.length > 1 || term[0] !== rows,
  };
}

/** What {@link weightsOnTheSameRows} asked for. */
export function sameRowsPart(components: VarianceComponents): VarianceComponents['parts'][number] {
  return partNamed(components, ON_THE_SAME_ROWS);
}

/** `16.1 % came from the initial weights, 3.0 % from the order of the data`; `of` stands before `came`. */
export function sharesInWords(components: VarianceComponents, factors: readonly Factor[], of = ''): string {
  return factors
    .map(
      (factor, i) => `${percent(mainOf(components, factor).share)} ${i === 0 ? `${of}came ` : ''}from ${factor.words}`,
    )
    .join(', ');
}
