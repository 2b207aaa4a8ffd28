/** What `why` gives: plain data, which the command's document carries as it is. */
import type { OperationDifference } from '../anatomy/compare.js';
import type { DamagedElements } from './damage.js';
import type { RunLabel } from './examined.js';
import type { FactorName } from './factor.js';
import type { RowDifference } from './rows.js';

/**
 * - `equal`: all that both runs have made is the same to the last bit.
 * - `explained`: they part, and with all that is named taken from one, they are equal.
 * - `not explained`: they part, and nothing in which they differ makes them equal.
 * - `cannot tell`: something is missing that it would take.
 */
export type WhyVerdict = 'equal' | 'explained' | 'not explained' | 'cannot tell';

/** A run, as its folder says. */
export interface WhyRun {
  /** As the caller wrote it. */
  readonly path: string;
  readonly status: string;
  readonly contract: number | string;
  /** Versions of the package that made it. */
  readonly versions: readonly string[];
  /** Platform, architecture and processor. */
  readonly machine: string;
  readonly threads: number;
  readonly isa: string;
  readonly reduction: string;
  /** Steps that were made. */
  readonly steps: number;
  /** Of the final weights; null for a run that is not complete. */
  readonly fingerprint: string | null;
  readonly trace: string | null;
  /** Steps of the checkpoints that are what they say. */
  readonly checkpoints: readonly number[];
  readonly dataHash: string;
}

/** Something in which the runs differ. */
export interface WhyFactor {
  readonly name: FactorName;
  readonly title: string;
  readonly kind: 'rounding' | 'random' | 'choice';
  readonly remedy: string | null;
  /** Levels, as JSON. */
  readonly a: unknown;
  readonly b: unknown;
  /** `explains`: with it, among others, the runs agree; `none`: they agree without it; `unknown`: that was not seen. */
  readonly effect: 'explains' | 'none' | 'unknown';
}

/** Where the runs part. */
export interface WhyParting {
  /** The first step that gave other bits, counted from 1; 0 for what they began with. */
  readonly step: number;
  /** Counted from 0, and the batch in it; by the first run's batches. */
  readonly epoch: number;
  readonly batch: number;
  /** The first tensor that differs after that step, in model order; null where the files do not tell. */
  readonly tensor: string | null;
  /** Where that was seen: in the files alone, where `step` is the first that they tell of, or in an execution. */
  readonly seenIn: 'files' | 'execution';
  /** The first operation with other results; null where the step could not be executed. */
  readonly operation: OperationDifference | null;
  /** All of them, in the order of the step. */
  readonly operations: readonly OperationDifference[];
}

/** One run with something of the other. */
export interface WhySwap {
  /** The run that was changed. */
  readonly changed: RunLabel;
  readonly factor: FactorName;
  /** What it had been given before, and kept. */
  readonly held: readonly FactorName[];
  /** Whether it then equals the other run, up to {@link WhyReport.through}. Null where it could not be executed. */
  readonly equal: boolean | null;
  /** Where they part then. */
  readonly parting: Pick<WhyParting, 'step' | 'operation'> | null;
  readonly missing: string | null;
}

/** A file that is not what its run wrote or computed. */
export interface WhyDamage {
  readonly run: RunLabel;
  readonly file: string;
  readonly problem: string;
  /** Which elements; null where that is unknown, or other things are damaged. */
  readonly elements: DamagedElements | null;
}

/** What {@link why} found out. */
export interface WhyReport {
  readonly verdict: WhyVerdict;
  readonly runs: { readonly a: WhyRun; readonly b: WhyRun };
  readonly factors: readonly WhyFactor[];
  /** The last step up to which both are known to be equal; null where none is. */
  readonly equalUpTo: number | null;
  readonly parting: WhyParting | null;
  readonly swaps: readonly WhySwap[];
  /** The last step of the swaps: runs are called equal up to here. Null without swaps. */
  readonly through: number | null;
  /** Where the data differ, if both are at hand. */
  readonly rows: RowDifference | null;
  readonly damage: readonly WhyDamage[];
  /** What it would take to tell more. */
  readonly missing: readonly string[];
  /** The answer in plain English. */
  readonly sentence: string;
}
