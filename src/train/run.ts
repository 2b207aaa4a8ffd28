/** What a training run gives back. */
import type { Matrix } from '../data/matrix.js';
import type { EvaluatedName } from '../metrics/names.js';
import type { NamedTensor } from '../model/description.js';
import type { Contract } from '../model/emulation.js';
import type { Recipe } from '../model/recipe.js';
import type { BestEpoch } from '../runs/manifest.js';
import type { ValidationMetrics } from '../runs/metrics.js';
import type { Recording } from '../runs/recording.js';
import type { Trace } from '../runs/trace.js';
import type { ResolvedExecution } from './execution.js';
import type { Plan } from './session.js';
import type { Stages } from './tabular/epoch-feed.js';

/** Outputs of the last layer, [rows, units]. */
export interface Predictions extends Matrix {
  readonly data: Float32Array;
}

/** Loss, and accuracy if it was compiled in, of rows that are trained on: taken before each update. */
export interface TrainedMetrics {
  readonly loss: number;
  /** From 0 to 1; only with 'accuracy' among the metrics. */
  readonly accuracy?: number;
}

/** What `evaluate` gives: loss, and the metrics that were compiled in. NaN where an output is not finite. */
export interface Metrics extends TrainedMetrics, EvaluatedMetrics {}

/** Metrics that are computed of outputs, each only if it was compiled in. */
export type EvaluatedMetrics = { readonly [Name in EvaluatedName]?: number };

/** {@link TrainedMetrics} of a batch. */
export interface BatchMetrics extends TrainedMetrics {
  /** Rows of the batch. */
  readonly rows: number;
  /** Of its step; only with a schedule. */
  readonly learning_rate?: number;
}

/** {@link TrainedMetrics} of an epoch, with {@link Metrics} of the validation data if there is any. Keras's names. */
export interface EpochMetrics extends TrainedMetrics, ValidationMetrics {
  readonly val_loss?: number;
  readonly val_accuracy?: number;
  /** Of the epoch's last step; only with a schedule. */
  readonly learning_rate?: number;
}

/** {@link EpochMetrics} of this run, each as one number per epoch. */
export interface History extends HistoryOfValidation {
  readonly loss: readonly number[];
  readonly accuracy?: readonly number[];
  readonly val_loss?: readonly number[];
  readonly val_accuracy?: readonly number[];
  readonly learning_rate?: readonly number[];
}

type HistoryOfValidation = { readonly [Name in keyof ValidationMetrics]: readonly number[] };

/** The first weights that became infinite or NaN. */
export interface NonFinite {
  /** Step of this run, counted from 1, after which it was found. */
  readonly step: number;
  /** The first such tensor in model order, e.g. `dense_1/kernel`. */
  readonly tensor: string;
}

/** The result of `fit`. */
export interface Run {
  readonly history: History;
  /**
   * SHA-256 of the weights after the last step: the same on every machine for the same recipe and data, in fixed order. Where
   * callbacks restore the best epoch, the model has `best.weights` instead.
   */
  readonly fingerprint: string;
  /** Version of the numerics contract whose bits these are; 'emulated' where other hardware was. */
  readonly contract: Contract;
  /** What this run trained and how; `recipe.fit.epochs` are those that it was to make, without those of earlier calls. */
  readonly recipe: Recipe;
  /** What it ran with. Nothing of this reaches the bits, except free order. */
  readonly execution: ResolvedExecution & { readonly plan: Plan };
  /** Epochs that the model had made before: 0 for a fresh one. */
  readonly initialEpoch: number;
  /** Steps of this run, also those before it was resumed. */
  readonly steps: number;
  /** Whether a callback ended it before its epochs were over. The history then has fewer than `recipe.fit.epochs`. */
  readonly stopped: boolean;
  /** Time that this call spent training, without callbacks and validation. */
  readonly seconds: number;
  /** Rows trained per second of that time; 0 where a run was complete already. */
  readonly samplesPerSecond: number;
  /** How each step was summed, with `record: true` in free order. */
  readonly recording: Recording | null;
  /** With `onNonFinite: 'continue'`, where weights stopped being finite. */
  readonly nonFinite: NonFinite | null;
  /** Marks of the weights, with `trace` and without a folder. */
  readonly trace: Trace | null;
  /** The epoch that was best, with `best`, and its weights. */
  readonly best: BestWeights | null;
  /** Where the time went, of a run whose rows were streamed. */
  readonly stages: Stages | null;
  /** The folder that the run was kept in, as an absolute path. */
  readonly folder: string | null;
}

/** The best epoch and the weights after it, in model order. */
export interface BestWeights extends BestEpoch {
  readonly weights: readonly NamedTensor[];
}
