/** Two run folders: where do their bits part, and what makes them? */
import * as v from 'valibot';
import { callback, check, fields } from '../../arguments.js';
import { executionEntries, resolveExecution } from '../../train/execution.js';
import { examineRun } from './examined.js';
import type { ExecutionHere } from './executable.js';
import { type GivenRows, givenSchema } from './given.js';
import { Inquiry } from './inquiry.js';
import type { WhyReport } from './report.js';

/** How far the answer is. */
export interface WhyProgress {
  /** For people: what is being done. */
  readonly task: string;
  /** Steps that are done, and in all; 0 of 0 where that is not known. */
  readonly step: number;
  readonly steps: number;
}

/** Options of {@link why}. None of them reaches the answer but the data. */
export interface WhyOptions extends ExecutionHere {
  /** What both were trained on. @default what their manifests say, if that can be loaded */
  readonly data?: GivenRows;
  /** What the first was trained on. @default data */
  readonly dataA?: GivenRows;
  /** What the second was trained on. @default data */
  readonly dataB?: GivenRows;
  /** Called now and then. */
  readonly onProgress?: (progress: WhyProgress) => void;
  /** Ends the work at a step boundary; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const optionsSchema = fields({
  data: v.optional(givenSchema),
  dataA: v.optional(givenSchema),
  dataB: v.optional(givenSchema),
  threads: executionEntries.threads,
  isa: executionEntries.isa,
  onProgress: v.optional(callback<NonNullable<WhyOptions['onProgress']>>()),
  signal: v.optional(v.instance(AbortSignal, 'an AbortSignal')),
});

/**
 * Says why two runs differ, from their folders: compares their manifests, traces and checkpoints, executes at most one
 * checkpoint interval of each again to find the first step, tensor and operation with other bits, and gives one run the
 * other's causes, one at a time, until the bits agree.
 *
 * @example
 * const { sentence, parting } = await why('runs/a', 'runs/b', { data: await digits() });
 *
 * @param a Folder of a run, finished or not.
 * @param b Another.
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for a folder that is no run's or whose manifest is damaged;
 * `ERR_SAMEBITS_ARGUMENT` for wrong options. What else is damaged or missing is said in the report.
 */
export async function why(a: string, b: string, options: WhyOptions = {}): Promise<WhyReport> {
  const { data, dataA, dataB, threads, isa, onProgress, signal } = check(optionsSchema, options, 'why');
  signal?.throwIfAborted();
  // What is wrong with them, or with SAMEBITS_THREADS, is no fault of a run.
  resolveExecution({ threads, isa });
  onProgress?.({ task: 'reading both folders', step: 0, steps: 0 });
  const [first, second] = [await examineRun(a), await examineRun(b)];
  const given = { a: dataA ?? data ?? null, b: dataB ?? data ?? null };
  const inquiry = await Inquiry.of({ a: first, b: second }, given, { threads, isa }, onProgress, signal);
  return inquiry.report();
}
