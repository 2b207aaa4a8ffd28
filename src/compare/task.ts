/** What travels between `compareRuns` and its worker threads. Shared memory is shared; the rest is copied. */
import type { MessagePort } from 'node:worker_threads';
import { SamebitsError, type SamebitsErrorCode } from '../errors.js';
import type { Recipe } from '../model/recipe.js';
import type { Recording } from '../runs/recording.js';
import type { ComparedData } from './data.js';
import type { DistanceSample, FirstDifference, LossSample, UlpBin } from './document.js';
import type { RunState } from './trainee.js';
import type { ComparedExecution } from './variants.js';

/** What every task needs to train. */
export interface Subject {
  readonly recipe: Recipe;
  readonly data: ComparedData;
}

/** Train once, timed, and compare with the baseline on the way, or lay down the baseline. */
export interface MeasureTask extends Subject {
  readonly kind: 'measure';
  readonly execution: ComparedExecution;
  readonly role: 'baseline' | 'variant';
  /** Untimed steps of a throw-away model before the run. */
  readonly warmUpSteps: number;
  /** Steps after which weights are compared, ascending; the last ends the run. */
  readonly samples: readonly number[];
  /** The baseline's weights after each of them: [samples, weights]. Shared. */
  readonly snapshots: Float32Array;
  /** The baseline's outputs for the test rows. Shared. */
  readonly predictions: Float32Array;
  /** Carries {@link Progress} out and the word `abort` in. */
  readonly port: MessagePort;
}

/** Train two runs again, side by side, and find the step at which they part. */
export interface LocateTask {
  readonly kind: 'locate';
  readonly baseline: Rerun;
  readonly variant: Rerun;
  /** The runs are equal after this step … */
  readonly from: number;
  /** … and different after this one. */
  readonly to: number;
  /** Compare weights only, or optimizer state too. */
  readonly scope: 'weights' | 'state';
  readonly port: MessagePort;
}

/** A run that can be had again: in fixed order by itself, in free order from its recording. */
export interface Rerun extends Subject {
  readonly execution: ComparedExecution;
  /** Null in fixed order. */
  readonly recording: Recording | null;
  /** Where it begins. @default null, with the initial weights */
  readonly start?: RunState | null;
  /** Of each epoch, what the learning rate monitors, as it was recorded. @default computed */
  readonly observed?: readonly number[] | null;
}

export type Task = MeasureTask | LocateTask;

/** Steps done of a {@link MeasureTask}. */
export interface Progress {
  readonly step: number;
}

/** What a {@link MeasureTask} gives. Distances are zeros for the baseline itself. */
export interface Measured {
  readonly seconds: number;
  readonly fingerprint: string;
  readonly stateFingerprint: string;
  /** At the first sample that differs from the baseline's, as found there. */
  readonly seen: FirstDifference | null;
  readonly distance: readonly DistanceSample[];
  readonly weightsDiffer: number;
  readonly predictionsDiffer: number;
  readonly ulpHistogram: readonly UlpBin[];
  readonly metrics: { readonly loss: number; readonly accuracy: number };
  readonly lossCurve: readonly LossSample[];
  /** Null in fixed order. */
  readonly recording: Recording | null;
}

/** An answer: errors keep their code, which a copy of the error itself would lose on the way. */
export type Answer<T> = { readonly value: T } | { readonly failure: Failure };

export interface Failure {
  readonly message: string;
  readonly stack?: string;
  readonly code: SamebitsErrorCode | null;
  readonly step?: number;
  readonly tensor?: string;
}

export function describeFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), code: null };
  const { message, stack } = error;
  if (!(error instanceof SamebitsError)) return { message, stack, code: null };
  return { message, stack, code: error.code, step: error.step, tensor: error.tensor };
}

/**
 * The error again, in the thread that asked.
 *
 * @param where Words that say which run it was.
 */
export function reviveFailure({ message, stack, code, step, tensor }: Failure, where: string): Error {
  const text = `${message} (${where})`;
  const error = code === null ? new Error(text) : new SamebitsError(code, text, { step, tensor });
  if (stack !== undefined) error.stack = stack;
  return error;
}
