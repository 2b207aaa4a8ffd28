/** A run folder: is it what its recipe and data compute? */
import * as v from 'valibot';
import { callback, check, fields, integer } from '../../arguments.js';
import { drawSeed, type Seed, seedSchema } from '../../random/seed.js';
import { openRun } from '../../runs/open-run.js';
import { executionEntries, resolveExecution } from '../../train/execution.js';
import type { ExecutionHere } from '../why/executable.js';
import { type GivenRows, givenSchema } from '../why/given.js';
import type { VerifyReport } from './report.js';
import { Verification } from './verification.js';

/** How far a verification is. */
export interface VerifyProgress {
  /** Steps that were computed again, and how many will be. */
  readonly step: number;
  readonly steps: number;
}

/** Options of {@link verify}. None of them reaches the answer but the data. */
export interface VerifyOptions extends ExecutionHere {
  /** What the run was trained on. @default what its manifest says, if that can be loaded */
  readonly data?: GivenRows;
  /**
   * What it was validated on; metrics of validation are compared with these alone.
   * @default the test rows of `data`, or of what its manifest says
   */
  readonly validationData?: GivenRows;
  /** Compute only so many of the stretches between two checkpoints, drawn by `seed`. @default all of the run */
  readonly sample?: number;
  /** @default one that is drawn; the report has it */
  readonly seed?: Seed;
  /** Called now and then. */
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Ends the work at a step boundary; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const optionsSchema = fields({
  data: v.optional(givenSchema),
  validationData: v.optional(givenSchema),
  sample: v.optional(integer(1)),
  seed: v.optional(seedSchema),
  threads: executionEntries.threads,
  isa: executionEntries.isa,
  onProgress: v.optional(callback<NonNullable<VerifyOptions['onProgress']>>()),
  signal: v.optional(v.instance(AbortSignal, 'an AbortSignal')),
});

/**
 * Computes a run again, at any thread count and on any instruction set, and compares it with its folder on the way: marks and
 * losses of the trace, metrics, checkpoints, final weights and fingerprints. The whole takes about as long as the run
 * took; with `sample`, stretches between two checkpoints are computed side by side.
 *
 * @example
 * const { verdict, sentence } = await verify('runs/a', { data: await digits() });
 *
 * @param path Folder of a run, finished or not.
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for a folder that is no run's or whose manifest is damaged;
 * `ERR_SAMEBITS_ARGUMENT` for wrong options. Other damage is a difference, and what is missing makes the verdict 'cannot tell'.
 */
export async function verify(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { data, validationData, sample, seed, threads, isa, onProgress, signal } = check(
    optionsSchema,
    options,
    'verify',
  );
  signal?.throwIfAborted();
  // What is wrong with them, or with SAMEBITS_THREADS, is no fault of a run.
  resolveExecution({ threads, isa });
  const verification = new Verification(
    path,
    await openRun(path),
    { training: data ?? null, validation: validationData ?? data ?? null },
    { threads, isa },
    onProgress,
    signal,
  );
  return verification.report(sample === undefined ? null : { count: sample, seed: seed ?? drawSeed() });
}
