/**
 * The JSON document of `samebits compare`: what `--json` prints, what `--output` writes, and what the table and the
 * page are made of. It is plain data; nothing in it refers to a live model.
 */
import type { MachineDescription } from '../native/machine.js';

export type { MachineDescription };

/** A number as JSON can carry it: the three values that JSON has no word for are strings. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** The order in which sums over the rows of a batch were formed. */
export type ReductionOrder = 'fixed' | 'free';

/** What was trained on. */
export interface DataDescription {
  readonly name: string;
  /** Training rows. */
  readonly rows: number;
  readonly testRows: number;
  /** Features per row. */
  readonly columns: number;
  /** SHA-256 over training and test data, as hexadecimal digits. */
  readonly hash: string;
}

/** The fields with which every document of every command begins. */
export interface DocumentHead<Command extends string> {
  readonly schemaVersion: 1;
  readonly command: Command;
  /** Version of the package that wrote the document. */
  readonly version: string;
  /** Version of the numerics contract. */
  readonly contract: number | string;
  readonly machine: MachineDescription;
  /** The recipe as plain JSON: seed, layers, optimizer, loss, metrics, fit. Opaque to reports, which only print it. */
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly data: DataDescription;
  /** The line that repeats this command. */
  readonly commandLine: string;
}

/** Where a run first has other bits than the baseline. */
export interface FirstDifference {
  /** Training step after which the difference stands in the weights, counted from 1; 0 means the initial weights. */
  readonly step: number;
  /** Name of the first tensor that differs, in model order. */
  readonly tensor: string;
  /** Row-major index of the first element that differs, counted from 0. */
  readonly index: number;
  /** The baseline's value. */
  readonly a: JsonNumber;
  /** This run's value. */
  readonly b: JsonNumber;
  /** Bits of `a` as binary32: `0x` and eight hexadecimal digits. */
  readonly aHex: string;
  /** Bits of `b`, likewise. */
  readonly bHex: string;
  /** Distance of `a` and `b` in units in the last place; `NaN` where exactly one of them is NaN. */
  readonly ulp: JsonNumber;
}

/** Distance of a run's weights from the baseline's after one step. */
export interface DistanceSample {
  /** Training step, counted from 1. */
  readonly step: number;
  /** Largest absolute difference of two weights. */
  readonly maxAbs: JsonNumber;
  /** L2 norm of the difference over the L2 norm of the baseline's weights. */
  readonly relativeL2: JsonNumber;
  /** Largest distance of two weights in units in the last place. */
  readonly maxUlp: JsonNumber;
}

/** One point of a loss curve. */
export interface LossSample {
  /** Training steps done, counted from 1. */
  readonly step: number;
  /** Training loss. */
  readonly loss: JsonNumber;
}

/** One bar of the histogram of final weights over their distance from the baseline's. */
export interface UlpBin {
  /** The bin holds distances above the previous bin's `upTo` and up to this one, in units in the last place. */
  readonly upTo: number | string;
  /** Weights in the bin. */
  readonly count: number;
}

/** One training run of the recipe. */
export interface CompareRun {
  readonly threads: number;
  readonly reduction: ReductionOrder;
  /** Instruction set whose kernels ran. */
  readonly isa: string;
  /** Which of the repeats of the same threads, order and instruction set, counted from 1. */
  readonly repeat: number;
  /** Wall time of training, without loading and comparing. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** SHA-256 of the final weights as the contract defines it. */
  readonly fingerprint: string;
  /** Whether every weight has the baseline's bits at every sampled step, and all state (optimizer too) at the end. */
  readonly identical: boolean;
  readonly firstDifference: FirstDifference | null;
  /** Largest over the sampled steps. */
  readonly maxUlp: JsonNumber;
  /** Largest over the sampled steps. */
  readonly maxAbs: JsonNumber;
  /** Largest over the sampled steps. */
  readonly relativeL2: JsonNumber;
  /** Share of the final weights that differ from the baseline's, 0 to 1. */
  readonly weightsDiffer: number;
  /** Share of the test rows whose predicted class differs from the baseline's, 0 to 1. */
  readonly predictionsDiffer: number;
  readonly ulpHistogram: readonly UlpBin[];
  /** On the test data. */
  readonly metrics: { readonly loss: JsonNumber; readonly accuracy: JsonNumber };
  readonly lossCurve: readonly LossSample[];
  /** Over the sampled steps; empty, or zeros, for an identical run. */
  readonly distance: readonly DistanceSample[];
}

/** Time of fixed order over time of free order, on one number of threads. */
export interface PriceOfFixedOrder {
  readonly threads: number;
  /** Median seconds in fixed order divided by median seconds in free order. */
  readonly ratio: number;
}

/** What the runs come to. */
export interface CompareSummary {
  /** Index into `runs` of the run that the others are compared with. */
  readonly baseline: number;
  /** Whether all fixed-order runs have the same bits. */
  readonly fixedIdentical: boolean;
  /** Whether any free-order run has other bits than the baseline. */
  readonly freeDiverged: boolean;
  /** For each number of threads that ran in both orders. */
  readonly priceOfFixedOrder: readonly PriceOfFixedOrder[];
  /** The result in plain English. */
  readonly sentence: string;
}

/** The document of `samebits compare`. */
export interface CompareDocument extends DocumentHead<'compare'> {
  /** Training steps of each run. */
  readonly steps: number;
  readonly runs: readonly CompareRun[];
  readonly summary: CompareSummary;
}
