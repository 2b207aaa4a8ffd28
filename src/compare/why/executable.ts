/** Runs and candidates as something that can be executed here. */
import { isOfValidation } from '../../metrics/names.js';
import { monitorOf } from '../../model/reduce-on-plateau.js';
import type { InstructionSet } from '../../native/instruction-set.js';
import { resolveExecution } from '../../train/execution.js';
import type { ComparedRows } from '../data.js';
import type { Rerun } from '../task.js';
import type { RunState } from '../trainee.js';
import type { Candidate } from './factor.js';
import { type Found, reasonOf } from './found.js';

/** How to execute: none of it reaches the bits. */
export interface ExecutionHere {
  /** @default as `fit` */
  readonly threads?: number;
  /** @default as `fit` */
  readonly isa?: InstructionSet | 'auto';
}

/** The rows that a candidate trains on. */
export type RowsOf = (candidate: Candidate) => Promise<Found<ComparedRows>>;

/** Data of a candidate. */
export interface DataOf {
  readonly rowsOf: RowsOf;
  /** What it is validated on, or what was recorded of that; asked for where that decides its learning rate. */
  readonly validationOf: (candidate: Candidate) => Promise<Found<Validation>>;
}

/** What is missing where neither is at hand. */
export const VALIDATION = 'the validation data, which decided its learning rate';

/** Rows, or of each epoch what was monitored. */
export type Validation = { readonly rows: ComparedRows } | { readonly observed: readonly number[] };

/** @param start Where it goes on from; null to begin where the candidate does. */
export async function executable(
  candidate: Candidate,
  start: RunState | null,
  { rowsOf, validationOf }: DataOf,
  here: ExecutionHere,
): Promise<Found<Rerun>> {
  const { setting } = candidate;
  const { recipe } = setting;
  const data = await rowsOf(candidate);
  if ('missing' in data) return data;
  const rows = data.value;
  const monitor = monitorOf(recipe.optimizer.learningRate);
  const validation = monitor !== null && isOfValidation(monitor) ? await validationOf(candidate) : { value: {} };
  if ('missing' in validation) return validation;
  const { rows: test = rows, observed = null } = validation.value as {
    readonly rows?: ComparedRows;
    readonly observed?: readonly number[];
  };
  const recording = recordingFor(candidate, rows);
  if ('missing' in recording) return recording;
  try {
    const { threads, isa } = resolveExecution({ ...here, emulate: recipe.emulate });
    const { reduction } = recipe;
    // One thread in free order has one chain, without a recording too.
    const alone = reduction === 'free' && recording.value === null;
    const execution = { threads: alone ? 1 : threads, isa, reduction };
    return {
      value: {
        recipe,
        data: { train: rows, test },
        execution,
        recording: recording.value,
        start: start ?? candidate.start,
        observed,
      },
    };
  } catch (error) {
    return { missing: reasonOf(error) };
  }
}

function recordingFor({ setting, recording }: Candidate, { x }: ComparedRows): Found<Rerun['recording']> {
  const { recipe, execution } = setting;
  const { batchSize, freeGrain } = recipe.fit;
  if (recipe.reduction === 'fixed') return { value: null };
  const fits =
    recording !== null &&
    recording.rows === x.rows &&
    recording.batchSize === batchSize &&
    recording.freeGrain === freeGrain;
  if (fits) return { value: recording };
  if (execution.threads === 1) return { value: null };
  return {
    missing:
      recording === null
        ? `a recording: it summed in free order on ${execution.threads} threads and left none`
        : 'a recording: the one there is does not fit its batches',
  };
}
