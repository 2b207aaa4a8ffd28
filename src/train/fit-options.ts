/** Options of training, evaluation and prediction. */
import * as v from 'valibot';
import { callback, check, fields, flag, integer, oneOf, orNull, type Schema } from '../arguments.js';
import type { MatrixLike } from '../data/matrix.js';
import type { PrepareOptions } from '../data/prepare/options.js';
import type { DataChoice, DataSource } from '../data/source.js';
import { dataChoiceSchema, dataSourceSchema } from '../data/source-schema.js';
import type { Table } from '../data/table/table.js';
import type { TableSource } from '../data/table/table-source.js';
import { METRIC_NAMES, type MetricName } from '../metrics/names.js';
import type { ClassWeights } from '../model/class-weights.js';
import { type Emulation, emulationSchema } from '../model/emulation.js';
import { fitEntries, type Shuffle } from '../model/recipe.js';
import type { JsonValue } from '../runs/json.js';
import type { Recording } from '../runs/recording.js';
import type { TraceInterval } from '../runs/trace.js';
import { callbacksSchema } from './callbacks/callback-schema.js';
import { type ExecutionOptions, executionEntries } from './execution.js';
import type { SampleWeights } from './row-weights.js';
import type { BatchMetrics, EpochMetrics } from './run.js';
import type { Targets } from './samples.js';
import type { Plan } from './session.js';
import { isTabular } from './tabular/tabular.js';

/** Where a run stands when a callback is called. */
export interface TrainingPlace {
  /** The epoch, counted from 0 in this `fit`. */
  readonly epoch: number;
  /** Steps of the run that were made, and of all its epochs. */
  readonly step: number;
  readonly steps: number;
  /** Of the step that was just made; where an epoch begins, of the one that comes. */
  readonly learningRate: number;
}

/** What `onEpochEnd` may do with the run: as `stop_training` of Keras and `should_stop` of PyTorch Lightning. */
export interface Training extends TrainingPlace {
  /** Ends the run after the callbacks of this epoch. It is complete then, with fewer epochs than its recipe says. */
  stop(): void;
}

/**
 * Called while a model trains, between steps; each is awaited. A plain object has these keys only; an instance of a class may have
 * others, and its methods are called on it. Inside, the model may be read (`predict`, `evaluate`,
 * `getWeights`, `fingerprint`) but not trained or changed. An error that one throws rejects `fit`, and the model stays
 * usable as it is after the last whole step.
 */
export interface Callbacks {
  /**
   * An epoch begins.
   *
   * @param epoch Counted from 0 in this `fit`.
   * @param place Where the run stands.
   */
  readonly onEpochBegin?: (epoch: number, place: TrainingPlace) => unknown;
  /**
   * An epoch has ended.
   *
   * @param epoch Counted from 0 in this `fit`.
   * @param training Where the run stands; ends it: `training.stop()`.
   */
  readonly onEpochEnd?: (epoch: number, metrics: EpochMetrics, training: Training) => unknown;
  /**
   * Costs one native call per step.
   * @param batch Counted from 0 in its epoch.
   * @param place Where the run stands.
   */
  readonly onBatchEnd?: (batch: number, metrics: BatchMetrics, place: TrainingPlace) => unknown;
  /** After the last epoch, with its metrics. */
  readonly onTrainEnd?: (metrics: EpochMetrics) => unknown;
  /**
   * What these callbacks have to remember, as JSON; it goes into each checkpoint of a run folder, after the callbacks of its
   * step or epoch.
   */
  readonly getState?: () => JsonValue | Promise<JsonValue>;
  /** Takes it back when the run is resumed, before anything else is called. */
  readonly setState?: (state: JsonValue) => unknown;
  /** A metric of each epoch that these callbacks need: `fit` rejects before it begins where no epoch will have it. */
  readonly watches?: MetricName;
  /**
   * After a complete run the model gets the weights of the epoch that was best by this metric; `fit` keeps them, as with `best`.
   * The run itself, its fingerprint and its folder, ends with those of its last epoch.
   */
  readonly restoreBest?: MetricName;
}

/** Rows, their targets, and their weights if they have some. */
export type ValidationData = readonly [MatrixLike, Targets] | readonly [MatrixLike, Targets, SampleWeights];

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
  /** Learning rate of the last step. */
  readonly learningRate: number;
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
   * Rows that pass through the network at a time: `batchLeaf` times a power of two, in fixed order. The gradient of a step is still that
   * of its whole batch, and the bits are those without it; the memory for activations is that of so many rows, and for each
   * doubling of batchSize over it one more copy of the gradients is kept. Not with batch normalization, whose statistics are of whole
   * batches, nor with embeddings. @default whole batches
   */
  readonly microBatchSize?: number;
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
  /**
   * What each row's loss and gradients are multiplied by: numbers of at least 0, which join the run's data. A mean divides by the
   * rows all the same, as in Keras; metrics do not hear of it.
   * @default no row has a weight
   */
  readonly sampleWeights?: SampleWeights;
  /**
   * What each class weighs, by its number, 1 where it has no weight; or 'balanced', as scikit-learn: rows / (classes · rows of the
   * class), of the rows that are trained on. With sampleWeights their product. Only with crossentropies, of one unit if binary; part of
   * the recipe.
   * @default no class has a weight
   */
  readonly classWeights?: ClassWeights;
}

/** Options of `fit`. */
export interface FitOptions extends StepOptions {
  /** Passes over the data, at least 1. @default 1 */
  readonly epochs?: number;
  /** Rows of a step, at least 1; the last of an epoch may have fewer. @default 32 */
  readonly batchSize?: number;
  /**
   * Present the rows of each epoch in a random order, decided by seed and epoch. `stratified`: every batch has the classes in
   * the proportions of the data, as near as whole rows allow; only with crossentropies: other targets have none.
   * @default true
   */
  readonly shuffle?: Shuffle;
  /**
   * With `shuffle: true`: draw each row among so many that come next, as streams do, instead of among all. Of a stream: rows that
   * are held in memory.
   * @default none; 10,000 where the rows are streamed
   */
  readonly shuffleBuffer?: number;
  /** Rows, targets and maybe weights of the rows, to evaluate on after each epoch. */
  readonly validationData?: ValidationData;
  /**
   * Share of the rows, the last ones, above 0 and below 1, that is evaluated on after each epoch instead of trained on, as in Keras: of
   * `n` rows the first `floor(n · (1 − share))` are trained on. Instead of validationData.
   */
  readonly validationSplit?: number;
  /** Free order: keep how each step was summed, as `run.recording`. @default false */
  readonly record?: boolean;
  /** Free order: sum as recorded, for the bits of the recorded run. Its data and batches must be the same. */
  readonly replay?: Recording;
  /** Ends training at the next step boundary; `fit` rejects with the signal's reason and the model stays usable. */
  readonly signal?: AbortSignal;
  readonly callbacks?: Callbacks | readonly Callbacks[];
  /**
   * A new or empty folder to keep the run in (docs/run-folders.md): manifest, metrics, trace, checkpoints, weights. After a
   * crash, an abort or an error, `resume(folder, x, y)` goes on to the bits of the uninterrupted run.
   */
  readonly folder?: string;
  /**
   * Mark the weights after each epoch, or each step: in the folder, or without one as `run.trace`. Null for neither.
   * @default 'epoch' with a folder, null without
   */
  readonly trace?: TraceInterval | null;
  /** Steps between two checkpoints of the folder, at least 1; null for one at the end of each epoch. @default null */
  readonly checkpointEvery?: number | null;
  /** Checkpoints that stay in the folder, the newest, at least 1. @default 2 */
  readonly keepCheckpoints?: number;
  /**
   * Keep the weights of the epoch that is best by a metric, the lowest loss or the highest accuracy, as `run.best` and in the
   * folder. Of equal epochs the first, NaN never. @default null
   */
  readonly best?: MetricName | null;
  /** Where the data come from, for the folder's manifest. @default rows that a caller gave, known by their hash */
  readonly dataSource?: DataSource | DataChoice;
  /** Called at most about 10 times a second, and at the end; not awaited. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Options of `fit` on tables: what becomes of their columns, and all else as {@link FitOptions}. */
export interface TableFitOptions extends Omit<FitOptions, 'validationData' | 'sampleWeights'> {
  /**
   * Name of the column that is to be predicted. Needed by a model that has no preparation yet; later, the same.
   * @default the target of the model's preparation
   */
  readonly target?: string;
  /**
   * How the columns become features. It is learned at the first `fit`, of the training rows alone, and stays with the model.
   * @default {}
   */
  readonly prepare?: Omit<PrepareOptions, 'target'>;
  /**
   * Name of the column that says what each row's loss and gradients are multiplied by: finite numbers of at least 0. It is no input
   * of the model. Validation rows weigh too, where they have the column.
   * @default no row has a weight
   */
  readonly sampleWeights?: string;
  /** Rows to evaluate on after each epoch, with the target. */
  readonly validationData?: Table | TableSource;
  /**
   * Share of the rows, the last ones, above 0 and below 1, that is evaluated on after each epoch instead of trained on: of `n` rows the
   * first `floor(n · (1 − share))` are trained on. Of tables in memory.
   */
  readonly validationSplit?: number;
}

/**
 * Options of `resume`: what does not reach the bits. All else is in the run's manifest; what the run had of these, but for
 * threads and instruction set, it needs again.
 */
export type ResumeOptions = Pick<
  FitOptions,
  | 'threads'
  | 'validationSplit'
  | 'isa'
  | 'deterministic'
  | 'plan'
  | 'microBatchSize'
  | 'sampleWeights'
  | 'validationData'
  | 'replay'
  | 'signal'
  | 'callbacks'
  | 'onProgress'
>;

/** Options of `resume` with a table; the run's manifest says which column weighs its rows. */
export interface TableResumeOptions extends Omit<ResumeOptions, 'validationData' | 'sampleWeights'> {
  /** As the run had it. */
  readonly validationData?: Table | TableSource;
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** 1 to 256. Same bits. @default SAMEBITS_THREADS, or as many as the machine gives this process */
  readonly threads?: number;
  /** Rows whose losses are summed in one chain. @default 64 */
  readonly batchLeaf?: number;
  /** What each row's loss is multiplied by, as in `fit`. @default no row has a weight */
  readonly sampleWeights?: SampleWeights;
}

/** Options of `evaluate` with a table. */
export interface TableEvaluateOptions extends Omit<EvaluateOptions, 'sampleWeights'> {
  /** Name of the column that says what each row's loss is multiplied by, as in `fit`. @default no row has a weight */
  readonly sampleWeights?: string;
}

/** Options of `predict` and `predictSync`. */
export interface PredictOptions {
  /**
   * 1 to 256. Same bits.
   * @default for `predict` SAMEBITS_THREADS, or as many as the machine gives this process; for `predictSync` 1
   */
  readonly threads?: number;
}

const { batchLeaf, freeGrain, classWeights } = fitEntries;
const sampleWeights = v.optional(v.custom<SampleWeights>(() => true));
const { threads, isa, deterministic } = executionEntries;
const FOLDER = 'the path of a folder';

const stepEntries = {
  ...executionEntries,
  batchLeaf,
  freeGrain,
  classWeights,
  emulate: v.optional(emulationSchema, []),
  plan: v.optional(oneOf(['auto', 'stored', 'fused'] as const), 'auto'),
  microBatchSize: v.optional(integer(1, 0xffff_ffff)),
  onNonFinite: v.optional(oneOf(['stop', 'continue'] as const), 'stop'),
};

/** What `fit` and `resume` both take. */
const watchedEntries = {
  validationData: v.optional(
    v.custom<ValidationData>(
      (value) => Array.isArray(value) && (value.length === 2 || value.length === 3),
      'an array of rows and targets, [x, y], or with weights, [x, y, sampleWeights],',
    ),
  ),
  replay: v.optional(v.custom<Recording>(() => true)),
  signal: v.optional(v.instance(AbortSignal, 'an AbortSignal')),
  callbacks: v.optional(callbacksSchema, []),
  onProgress: v.optional(callback<NonNullable<FitOptions['onProgress']>>()),
};

const SHARE = 'a share above 0 and below 1';

const columnOfWeights = v.optional(v.string('the name of a column'));

/** What `fit` takes of tables beside, or instead. */
const tableEntries = {
  target: v.optional(v.string('the name of a column')),
  prepare: v.optional(v.custom<Omit<PrepareOptions, 'target'>>(isObject, 'an object')),
  sampleWeights: columnOfWeights,
  validationData: v.optional(v.custom<Table | TableSource>(isTabular, 'a table, or what openTable gives,')),
  validationSplit: v.optional(v.pipe(v.number(SHARE), v.gtValue(0, SHARE), v.ltValue(1, SHARE))),
};

const dataSource: Schema<DataSource | DataChoice> = v.lazy((value) =>
  typeof value === 'object' && value !== null && 'source' in value ? dataChoiceSchema : dataSourceSchema,
);

const allEntries = {
  ...fitEntries,
  ...stepEntries,
  ...watchedEntries,
  record: v.optional(flag, false),
  folder: v.optional(v.pipe(v.string(FOLDER), v.minLength(1, FOLDER))),
  trace: v.optional(orNull(oneOf(['epoch', 'step'] as const))),
  checkpointEvery: v.optional(orNull(integer(1)), null),
  keepCheckpoints: v.optional(integer(1), 2),
  best: v.optional(orNull(oneOf(METRIC_NAMES)), null),
  dataSource: v.optional(dataSource),
};
const { validationSplit } = tableEntries;
const fitSchema = fields({ ...allEntries, sampleWeights, validationSplit });
const tableFitSchema = fields({ ...allEntries, ...tableEntries });

const { plan, microBatchSize } = stepEntries;
const resumeEntries = { threads, isa, deterministic, plan, microBatchSize, ...watchedEntries };
const resumeSchema = fields({ ...resumeEntries, sampleWeights, validationSplit });
const tableResumeSchema = fields({ ...resumeEntries, validationData: tableEntries.validationData, validationSplit });

const stepSchema = fields({ ...stepEntries, sampleWeights });
const evaluateSchema = fields({ threads, batchLeaf, sampleWeights });
const tableEvaluateSchema = fields({ threads, batchLeaf, sampleWeights: columnOfWeights });
const predictSchema = fields({ threads });

/** {@link FitOptions} with the defaults filled in that no environment decides. */
export type CheckedFitOptions = ReturnType<typeof checkFitOptions>;

export const checkFitOptions = (options: FitOptions) => check(fitSchema, options, 'fit');
export const checkTableFitOptions = (options: TableFitOptions) => check(tableFitSchema, options, 'fit');
export const checkResumeOptions = (options: ResumeOptions) => check(resumeSchema, options, 'resume');
export const checkTableResumeOptions = (options: TableResumeOptions) => check(tableResumeSchema, options, 'resume');
export const checkStepOptions = (options: StepOptions) => check(stepSchema, options, 'trainOnBatch');
export const checkEvaluateOptions = (options: EvaluateOptions) => check(evaluateSchema, options, 'evaluate');
export const checkTableEvaluateOptions = (options: TableEvaluateOptions) =>
  check(tableEvaluateSchema, options, 'evaluate');
export const checkPredictOptions = (options: PredictOptions, what: string) => check(predictSchema, options, what);

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
