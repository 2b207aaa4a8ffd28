/** One recipe under several executions: are the bits the same, and if not, from where on and how far apart? */
import * as v from 'valibot';
import { callback, check, fields, integer } from '../arguments.js';
import { parseRecipe, type Recipe } from '../model/recipe.js';
import { Comparing } from './comparing.js';
import { type DataOptions, shareData } from './data.js';
import type { CompareRun } from './document.js';
import { type ComparedExecution, resolveVariants, type Variant } from './variants.js';
import { CompareWorkers } from './workers.js';

/** Options of {@link compareRuns}. */
export interface CompareOptions extends DataOptions {
  /** Runs of each variant, from 1 to 1000. @default 1 */
  readonly repeats?: number;
  /** Called when a run begins, now and then while it trains, and when it ends. */
  readonly onProgress?: (progress: CompareProgress) => void;
  /** Ends the comparison at a step boundary; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How far a comparison is. */
export interface CompareProgress extends ComparedExecution {
  /** Which run this is of all, in the order of execution, counted from 1. */
  readonly run: number;
  readonly runs: number;
  /** Which repeat of its variant, counted from 1. */
  readonly repeat: number;
  /** Steps done of this run; 0 when it begins. */
  readonly step: number;
  /** Steps of each run. */
  readonly steps: number;
  /** Time spent training, once the run has ended. */
  readonly seconds: number | null;
}

/** What {@link compareRuns} gives. */
export interface Comparison {
  /** Steps of each run. */
  readonly steps: number;
  /** Variant by variant, and within a variant repeat by repeat. */
  readonly runs: readonly CompareRun[];
  /** Index into `runs` of the run that the others are compared with: the first one in fixed order, or the first. */
  readonly baseline: number;
}

const optionsSchema = fields({
  data: v.optional(v.unknown()),
  x: v.optional(v.unknown()),
  y: v.optional(v.unknown()),
  xTest: v.optional(v.unknown()),
  yTest: v.optional(v.unknown()),
  repeats: v.optional(integer(1, 1000), 1),
  onProgress: v.optional(callback<NonNullable<CompareOptions['onProgress']>>()),
  signal: v.optional(v.instance(AbortSignal, 'an AbortSignal')),
});

/**
 * Trains one recipe under several executions, each from the same initial weights, and compares every run with the
 * first one in fixed order (if there is none: with the first).
 *
 * Runs are made in worker threads on one copy of the data, one at a time, so that their times can be compared; repeats
 * are interleaved. Weights are compared after up to 48 steps, dense at the beginning, outside the clock. Where they
 * differ, both runs are executed again, side by side, to find the very step, tensor and element: in free order from
 * a recording.
 *
 * @example
 * const { runs } = await compareRuns(recipe, [{ threads: 1 }, { threads: 4 }, { threads: 4, reduction: 'free' }], {
 *   data: await digits(),
 * });
 * runs.map((run) => run.identical); // [true, true, false]
 *
 * @throws SamebitsError for wrong arguments, as `fit` does; `ERR_SAMEBITS_NON_FINITE`, saying which run.
 */
export async function compareRuns(
  recipe: Recipe,
  variants: readonly Variant[],
  options: CompareOptions,
): Promise<Comparison> {
  const checkedRecipe = parseRecipe(recipe);
  const executions = resolveVariants(variants, checkedRecipe);
  const { repeats, onProgress, signal } = check(optionsSchema, options, 'options');
  const data = shareData(checkedRecipe, options);
  signal?.throwIfAborted();
  const workers = new CompareWorkers(signal);
  try {
    const comparing = new Comparing(checkedRecipe, data, workers, onProgress ?? (() => {}));
    return await comparing.compare(executions, repeats);
  } finally {
    await workers.close();
  }
}
