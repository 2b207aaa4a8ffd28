/** Tasks: what worker threads do for experiments. Plain JSON, so that a task has a hash and its result a place. */
import type { Setting } from '../../causes/cause.js';
import type { Emulation } from '../../model/emulation.js';
import type { InstructionSet } from '../../native/instruction-set.js';
import type { Reduction } from '../../native/network.js';

/** What a training leaves beside its metrics and fingerprints, which every one leaves. */
export type Kept =
  /** Outputs for the test rows, as float32. */
  | 'predictions'
  /** Final weights in model order, as float32. */
  | 'weights'
  /** Metrics of each class. */
  | 'classes'
  /** Loss (and accuracy) of each epoch. */
  | 'history';

/** One training from initial weights. */
export interface TrainTask {
  readonly kind: 'train';
  readonly setting: Setting;
  /** Tells runs of one setting apart: free order gives other bits each time, fixed order is to show that it does not. */
  readonly repeat: number;
  readonly keep: readonly Kept[];
}

/** What a model goes through in one life, in order. */
export type Stage =
  /** `epochs` more, with a `compile` of the same objective before. */
  | { readonly do: 'compileAndFit'; readonly epochs: number }
  | { readonly do: 'fit'; readonly epochs: number }
  | { readonly do: 'reset' }
  /** Goes on with a clone in place of the model. */
  | { readonly do: 'clone' };

/** A model that is trained in several stages; predictions and metrics are kept after each fit. */
export interface StagesTask {
  readonly kind: 'stages';
  readonly setting: Setting;
  readonly stages: readonly Stage[];
}

/** Two trainings step by step beside each other: how their distance grows. */
export interface PairTask {
  readonly kind: 'pair';
  readonly a: Setting;
  readonly b: Setting;
  readonly repeat: number;
  /** Steps after which the two are compared, ascending, the first ones all; at most 200. */
  readonly samples: number;
  /** Count relu units that are on in one and off in the other, on at most so many test rows; 0: don't. */
  readonly reluRows: number;
}

/** One input through one model, many times. */
export interface ForwardTask {
  readonly kind: 'forward';
  readonly setting: Setting;
  readonly calls: number;
  readonly threads: readonly number[];
  readonly batches: readonly number[];
  readonly isas: readonly InstructionSet[];
}

/** Sums of made-up numbers. */
export interface SumTask {
  readonly kind: 'sum';
  readonly numbers: number;
  readonly seed: number;
  /** Orders in which the numbers are summed one after the other, the given one first; each in binary32 and binary64. */
  readonly orders: number;
  /** Parallel sums: by so many workers, each this often. */
  readonly workers: readonly number[];
  readonly repeats: number;
}

export type Task = TrainTask | StagesTask | PairTask | ForwardTask | SumTask;

export interface FinalMetrics {
  readonly loss: number;
  /** Null where nothing is right or wrong. */
  readonly accuracy: number | null;
}

export interface ClassMetrics {
  readonly class: number;
  readonly rows: number;
  readonly loss: number | null;
  readonly accuracy: number | null;
}

export interface TrainResult {
  /** SHA-256 of the final weights, of the whole state, and of the test predictions. */
  readonly fingerprint: string;
  readonly stateFingerprint: string;
  readonly predictionsFingerprint: string;
  readonly steps: number;
  /** On the training rows in the last epoch, and on the test rows. */
  readonly train: FinalMetrics;
  readonly test: FinalMetrics;
  /** Null where not kept. */
  readonly classes: readonly ClassMetrics[] | null;
  readonly history: { readonly loss: readonly number[]; readonly accuracy: readonly number[] | null } | null;
  /** Read from the store when asked; throw where not kept. */
  predictions(): Float32Array;
  weights(): Float32Array;
}

export interface StagesResult {
  /** After each stage that fitted. */
  readonly fits: readonly {
    readonly stage: number;
    readonly fingerprint: string;
    /** Loss of the first batch and of the last epoch: a fresh start begins high. */
    readonly firstLoss: number;
    readonly train: FinalMetrics;
    readonly test: FinalMetrics;
  }[];
}

export interface PairSample {
  /** Steps made. 0: initial weights. */
  readonly step: number;
  readonly relativeL2: number;
  readonly maxAbs: number;
  readonly meanAbs: number;
  readonly maxUlp: number;
  /** Share of the weights that differ. */
  readonly differing: number;
  /** For each tensor in model order, its largest ULP distance. */
  readonly tensors: readonly number[];
  /** Pairs of relu unit and test row that are on in one run and off in the other. */
  readonly reluEvents: number;
}

export interface PairResult {
  readonly equalBits: boolean;
  readonly tensorNames: readonly string[];
  readonly samples: readonly PairSample[];
  /** The first relu events, at most 100. */
  readonly events: readonly {
    readonly step: number;
    readonly layer: string;
    readonly unit: number;
    readonly row: number;
    readonly on: 'a' | 'b';
  }[];
  /** Exact; null where the runs never part. */
  readonly firstDifference: { readonly step: number; readonly tensor: string; readonly ulp: number } | null;
  readonly predictions: {
    readonly maxAbs: number;
    readonly meanAbs: number;
    readonly relativeL2: number;
    /** Share of test predictions that are of another class; null for a regression. */
    readonly differing: number | null;
  };
  readonly a: { readonly fingerprint: string; readonly test: FinalMetrics };
  readonly b: { readonly fingerprint: string; readonly test: FinalMetrics };
}

export interface ForwardResult {
  readonly calls: number;
  /** Different outputs seen, by their bits; 1 is what the contract promises. */
  readonly distinct: number;
  readonly ways: readonly {
    readonly threads: number;
    readonly batch: number;
    readonly isa: InstructionSet;
    readonly distinct: number;
  }[];
}

export interface SumOfOrder {
  readonly float32: number;
  readonly float64: number;
}

export interface ParallelSums {
  readonly workers: number;
  /** Cut into as many runs as workers, each summed in order, partial sums added in order of the workers. */
  readonly split: number;
  /** The contract's tree. */
  readonly tree: number;
  /** In the order of arrival: every sum seen, with how often. */
  readonly free: readonly { readonly sum: number; readonly count: number }[];
}

export interface SumResult {
  /** The exact sum, rounded once to binary64. */
  readonly exact: number;
  readonly orders: readonly SumOfOrder[];
  readonly parallel: readonly ParallelSums[];
  /** 0.1 + 0.2, and whether it is 0.3, in binary32 and binary64. */
  readonly tenths: {
    readonly float32: { readonly sum: number; readonly equal: boolean };
    readonly float64: { readonly sum: number; readonly equal: boolean };
  };
}

export type TaskResult<T extends Task> = T extends TrainTask
  ? TrainResult
  : T extends StagesTask
    ? StagesResult
    : T extends PairTask
      ? PairResult
      : T extends ForwardTask
        ? ForwardResult
        : SumResult;

/** Hardware and orders that tasks may ask for; named here so that an experiment needs no other import. */
export type { Emulation, Reduction };
