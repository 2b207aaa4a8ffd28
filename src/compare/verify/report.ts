/** What `verify` gives: plain data, which the command's document carries as it is. */

/**
 * - `verified`: all that was computed again is what the folder has.
 * - `differs`: something is not, and {@link VerifyReport.difference} says where first.
 * - `cannot tell`: it could not be computed again, and {@link VerifyReport.missing} says why.
 */
export type VerifyVerdict = 'verified' | 'differs' | 'cannot tell';

/** Steps that were computed again in one go. */
export interface Stretch {
  /** It goes on from the checkpoint of this step; 0 for the beginning of the run. */
  readonly from: number;
  readonly to: number;
  readonly equal: boolean;
}

/** The first thing that is not what the run computes. */
export interface VerifyDifference {
  /** Step after which it was seen. */
  readonly step: number;
  /** Relative to the run's folder. */
  readonly file: string;
  /** What differs: a tensor's name, with its optimizer slot, or a metric's; null for a file that cannot be read. */
  readonly name: string | null;
  /** Row-major index of the first element of a tensor, where the file has elements. */
  readonly index: number | null;
  /** What the file has, and what was computed: numbers, marks or fingerprints. */
  readonly found: number | string | null;
  readonly computed: number | string | null;
  /** Bits of `found` and `computed`, where they are binary32. */
  readonly foundHex: string | null;
  readonly computedHex: string | null;
  /** The bit that is flipped, where it is one of one element. */
  readonly bit: number | null;
  /** What is wrong, for people. */
  readonly problem: string;
}

/** How much was compared. */
export interface VerifyCounts {
  readonly steps: number;
  /** Steps whose marks the trace has. */
  readonly marks: number;
  readonly checkpoints: number;
  /** Epochs whose metrics were compared. */
  readonly epochs: number;
  /** Whether the final weights were. */
  readonly weights: boolean;
}

/** What {@link verify} found out. */
export interface VerifyReport {
  readonly verdict: VerifyVerdict;
  /** As the caller wrote it. */
  readonly path: string;
  readonly status: string;
  readonly contract: number | string;
  /** Steps of the run. */
  readonly steps: number;
  /** Of the final weights, as the manifest has it; null for a run that is not complete. */
  readonly fingerprint: string | null;
  /** Seed that the stretches were drawn by; null where the whole run was computed. */
  readonly seed: number | string | null;
  readonly stretches: readonly Stretch[];
  readonly compared: VerifyCounts;
  readonly difference: VerifyDifference | null;
  /** What of the folder was not compared, and why. */
  readonly skipped: readonly string[];
  readonly missing: string | null;
  readonly sentence: string;
}
