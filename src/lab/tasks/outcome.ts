/** What carrying out a task needs and leaves. */
import type { DataSet } from '../../data/data-set.js';
import type { DataSource } from '../../data/source.js';
import type { Kept, TrainResult } from '../experiment/task.js';

/** Large results, which are kept in binary. */
export type ArrayName = Extract<Kept, 'predictions' | 'weights'>;

/** A finished task: plain JSON, and arrays beside it. */
export interface Outcome<R = object> {
  readonly result: R;
  readonly arrays: Partial<Readonly<Record<ArrayName, Float32Array>>>;
}

/** What is kept of a training as JSON. */
export type TrainRecord = Omit<TrainResult, ArrayName>;

/** What tasks are given. */
export interface TaskContext {
  /** The data of a source that the task names, in shared memory. */
  dataOf(source: DataSource): DataSet;
  /** Ends the task at a step boundary; its reason is thrown. */
  readonly signal: AbortSignal;
}
