/** Options of training, evaluation and prediction. */
import * as v from 'valibot';
import { callback, check, fields, flag, oneOf, type Schema } from '../arguments.js';
import type { MatrixLike } from '../data/matrix.js';
import { type Emulation, emulationSchema } from '../model/emulation.js';
import { fitEntries, type Shuffle } from '../model/recipe.js';
import type { Recording } from '../runs/recording.js';
import { type ExecutionOptions, executionEntries } from './execution.js';
import type { EpochMetrics, Metrics } from './run.js';
import type { Targets } from './samples.js';
import type { Plan } from './session.js';

/**
 * Called while a model trains, between steps; each is awaited. Inside, the model may be read (`predict`, `evaluate`,
 * `getWeights`, `fingerprint`) but not trained or changed. An error that one throws rejects `fit`, and the model stays
 * usable as it is after the last whole step.
 */
export interface Callbacks {
  /** @param epoch Counted from 0 in this `fit`. */
  readonly onEpochBegin?: (epoch: number) => unknown;
  /** @param epoch Counted from 0 in this `fit`. */
  readonly onEpochEnd?: (epoch: number, metrics: EpochMetrics) => unknown;
  /**
   * Costs one native call per step.
   * @param batch Counted from 0 in its epoch.
   */
  readonly onBatchEnd?: (batch: number, metrics: Metrics & { readonly rows: number }) => unknown;
  /** After the last epoch, with its metrics. */
  readonly onTrainEnd?: (metrics: EpochMetrics) => unknown;
}

/** How far a `fit` is. */
export interface Progress {
  /** Steps made, and in all. */
  readonly step: number;
  readonly steps: number;
  /** Epochs that are complete, and in all. */
  readonly epoch: number;
  readonly epochs: number;
  /** Time spent training so far. */
  readonly seconds: number;
  /** Rows trained per second of that time. */
  readonly samplesPerSecond: number;
  /** Mean loss of the last batch. */
  readonly loss: number;
}

/** Options of a single step and of `fit`. */
export interface StepOptions extends ExecutionOptions {
  /** Fixed order: rows that are summed in one chain; part of the recipe. @default 64 */
  readonly batchLeaf?: number;
  /** Free order: rows that a thread claims as one unit; part of the recipe. @default 8 */
  readonly freeGrain?: number;
  /** Whether gradients are stored and then applied, or both at once. Same bits. @default 'auto' */
  readonly plan?: Plan;
  /**
   * Other hardware, emulated in scalar code, for experiments: part of the recipe. The run's contract is then 'emulated', and
   * the model predicts and evaluates on it until it is trained without. @default []
   */
  readonly emulate?: readonly Emulation[];
  /**
   * What a weight that becomes infinite or NaN does: reject with `ERR_SAMEBITS_NON_FINITE` after that step, leaving the
   * weights as they are for inspection, or nothing.
   * @default 'stop'
   */
  readonly onNonFinite?: 'stop' | 'continue';
}

/** Options of `fit`. */
export interface FitOptions extends StepOptions {
  /** Passes over the data, at least 1. @default 1 */
  readonly epochs?: number;
  /** Rows of a step, at least 1; the last of an epoch may have fewer. @default 32 */
  readonly batchSize?: number;
  /**
   * Present the rows of each epoch in a random order, decided by seed and epoch. `stratified`: every batch has the classes in
   * the proportions of the data, as near as whole rows allow; not with `meanSquaredError`, whose targets have none.
   * @default true
   */
  readonly shuffle?: Shuffle;
  /** Rows and targets to evaluate on after each epoch. */
  readonly validationData?: readonly [MatrixLike, Targets];
  /** Free order: keep how each step was summed, as `run.recording`. @default false */
  readonly record?: boolean;
  /** Free order: sum as recorded, for the bits of the recorded run. Its data and batches must be the same. */
  readonly replay?: Recording;
  /** Ends training at the next step boundary; `fit` rejects with the signal's reason and the model stays usable. */
  readonly signal?: AbortSignal;
  readonly callbacks?: Callbacks | readonly Callbacks[];
  /** Called at most about 10 times a second, and at the end; not awaited. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** 1 to 256. Same bits. @default SAMEBITS_THREADS, or as many as the machine gives this process */
  readonly threads?: number;
  /** Rows whose losses are summed in one chain. @default 64 */
  readonly batchLeaf?: number;
}

/** Options of `predict` and `predictSync`. */
export interface PredictOptions {
  /**
   * 1 to 256. Same bits.
   * @default for `predict` SAMEBITS_THREADS, or as many as the machine gives this process; for `predictSync` 1
   */
  readonly threads?: number;
}

const { batchLeaf, freeGrain } = fitEntries;
const { threads } = executionEntries;

const stepEntries = {
  ...executionEntries,
  batchLeaf,
  freeGrain,
  emulate: v.optional(emulationSchema, []),
  plan: v.optional(oneOf(['auto', 'stored', 'fused'] as const), 'auto'),
  onNonFinite: v.optional(oneOf(['stop', 'continue'] as const), 'stop'),
};

const callbackSchema = fields({
  onEpochBegin: v.optional(callback<NonNullable<Callbacks['onEpochBegin']>>()),
  onEpochEnd: v.optional(callback<NonNullable<Callbacks['onEpochEnd']>>()),
  onBatchEnd: v.optional(callback<NonNullable<Callbacks['onBatchEnd']>>()),
  onTrainEnd: v.optional(callback<NonNullable<Callbacks['onTrainEnd']>>()),
});

const callbacksSchema: Schema<readonly Callbacks[]> = v.lazy((value) =>
  Array.isArray(value)
    ? v.array(callbackSchema)
    : v.pipe(
        callbackSchema,
        v.transform((one) => [one]),
      ),
);

const fitSchema = fields({
  ...fitEntries,
  ...stepEntries,
  validationData: v.optional(
    v.custom<readonly [MatrixLike, Targets]>(
      (value) => Array.isArray(value) && value.length === 2,
      'an array of rows and targets, [x, y],',
    ),
  ),
  record: v.optional(flag, false),
  replay: v.optional(v.custom<Recording>(() => true)),
  signal: v.optional(v.instance(AbortSignal, 'an AbortSignal')),
  callbacks: v.optional(callbacksSchema, []),
  onProgress: v.optional(callback<NonNullable<FitOptions['onProgress']>>()),
});

const stepSchema = fields(stepEntries);
const evaluateSchema = fields({ threads, batchLeaf });
const predictSchema = fields({ threads });

/** {@link FitOptions} with the defaults filled in that no environment decides. */
export type CheckedFitOptions = ReturnType<typeof checkFitOptions>;

export const checkFitOptions = (options: FitOptions) => check(fitSchema, options, 'fit');
export const checkStepOptions = (options: StepOptions) => check(stepSchema, options, 'trainOnBatch');
export const checkEvaluateOptions = (options: EvaluateOptions) => check(evaluateSchema, options, 'evaluate');
export const checkPredictOptions = (options: PredictOptions, what: string) => check(predictSchema, options, what);
