/** What travels between the lab and its worker threads. Data are shared; the rest is copied. */
import type { MessagePort } from 'node:worker_threads';
import type { Answer } from '../../compare/task.js';
import type { DataSet } from '../../data/data-set.js';
import type { DataSource } from '../../data/source.js';
import type { Task } from '../experiment/task.js';
import type { Outcome } from '../tasks/outcome.js';

/** Tasks that a worker carries out one after the other. */
export interface BatchMessage {
  readonly tasks: readonly Task[];
  /** Of every source that they name. */
  readonly data: readonly { readonly source: DataSource; readonly data: DataSet }[];
  /** Anything that comes in ends the batch at a step boundary. */
  readonly port: MessagePort;
}

/** One answer for each task, in order: fewer after an abort, none after a failure. */
export type BatchAnswer = readonly Answer<Outcome>[];
