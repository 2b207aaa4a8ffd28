/**
 * The JSON document of `samebits bench`: what `--json` prints, what `--output` writes, and what the table and the page
 * are made of. All times are in seconds where no other unit is named; a GFLOP is 10⁹ operations, a fused
 * multiply-add counts as two.
 */
import type { DocumentHead, ReductionOrder } from '../compare/document.js';

/** A number for each number of threads that was measured: `{ "1": 233, "2": 466 }`. */
export type ByThreads = Readonly<Record<string, number>>;

/** What the machine can do at most, measured before everything else. */
export interface BenchLimits {
  /** Independent fma chains in registers, by instruction set and threads, in GFLOP/s. */
  readonly peak: Readonly<Record<string, ByThreads>>;
  /**
   * The same chains with operands that come from the first-level cache, as those of a matrix product do: what loads cost,
   * also by the lower clock that some processors then run at.
   */
  readonly peakFromCache: Readonly<Record<string, ByThreads>>;
  /** Triad a = b + s·c over arrays larger than the caches, in 10⁹ bytes a second. */
  readonly bandwidth: ByThreads;
  /** One barrier of a team. */
  readonly barrierMicroseconds: ByThreads;
  /** Two threads that write to each other by turns: there and back. Null on a machine with one core. */
  readonly pingPongNanoseconds: number | null;
}

/** One case on one instruction set, with one number of threads and one order. */
export interface BenchCaseResult {
  /** Name of the case; `samebits bench --case NAME` measures it. */
  readonly name: string;
  /** The work in words, such as `784-512-512-10, sgd with momentum, batch 128`. */
  readonly work: string;
  readonly isa: string;
  readonly threads: number;
  readonly reduction: ReductionOrder;
  /** Of one product, one phase, one step of a whole batch, or one call. */
  readonly medianSeconds: number;
  /** Interquartile range over the median. */
  readonly spread: number;
  readonly gflops: number;
  /** Of `limits.peak` on the same instruction set and threads. */
  readonly fractionOfPeak: number;
  /** Of `limits.peakFromCache` likewise. */
  readonly fractionOfPeakFromCache: number;
  /** Rows trained or predicted a second; for products, rows of the result. */
  readonly samplesPerSecond: number;
  /** Times faster than on the fewest threads that were measured, and the same over the ratio of threads. */
  readonly speedUp: number;
  readonly efficiency: number;
  /** Samples that the median is taken over. */
  readonly samples: number;
  /** Samples thrown away because the machine was disturbed before or after them. */
  readonly discarded: number;
  /** False: too few undisturbed samples could be had, and the median is taken over all. */
  readonly undisturbed: boolean;
  /** SHA-256 of the weights after `steps` steps; null where nothing is trained, and in free order. */
  readonly fingerprint: string | null;
}

/** Time of fixed order over the time of other orders of the same work, by medians of ratios of neighboring samples. */
export interface PriceOfOrder {
  readonly name: string;
  readonly isa: string;
  readonly threads: number;
  /** Over one unbroken chain per output. Up to a batch of 64 both are the same work: the method's own noise. */
  readonly fixedOverChain: number;
  /** Over free order; null where that was not asked for. */
  readonly fixedOverFree: number | null;
}

/** Time on more threads than cores over the time on as many as there are cores, likewise. */
export interface PriceOfCrowding {
  readonly name: string;
  readonly isa: string;
  readonly threads: number;
  readonly cores: number;
  readonly ratio: number;
}

/** Time of steps that mark all weights over the time of the same without marks, likewise. */
export interface PriceOfMarks {
  readonly name: string;
  readonly isa: string;
  readonly threads: number;
  readonly ratio: number;
}

/** What the measurements come to. */
export interface BenchSummary {
  /** Whether each case ended with the same fixed-order bits on all threads and instruction sets. */
  readonly fixedIdentical: boolean;
  readonly samples: number;
  readonly discarded: number;
  /** The result in plain English. */
  readonly sentence: string;
}

/** The document of `samebits bench`. `recipe` has the recipes of the training cases, by name. */
export interface BenchDocument extends Omit<DocumentHead<'bench'>, 'data'> {
  readonly limits: BenchLimits;
  readonly cases: readonly BenchCaseResult[];
  readonly price: readonly PriceOfOrder[];
  readonly crowding: readonly PriceOfCrowding[];
  readonly marking: readonly PriceOfMarks[];
  readonly summary: BenchSummary;
}
