/**
 * The typed interface of the addon: exactly what native/binding exports, and nothing about models. Arguments are checked
 * by the callers in this package (with the names that users know) and once more, without names, by the binding: whatever
 * comes in, it throws and never crashes.
 *
 * Arrays that are passed in are kept alive and read until the returned promise settles; they must not be changed
 * meanwhile. Arrays that come back are fresh copies.
 */
import { SamebitsError } from '../errors.js';
import type { InstructionSet } from './instruction-set.js';
import { loadAddon } from './load.js';
import type { Execution, NativeNetwork } from './network.js';
import type { Loss, NativeActivation, NativeHardware, NetworkDescription } from './network-description.js';
import type { LearningRate } from './schedule.js';

export type ElementaryFunction = 'exp' | 'expm1' | 'log' | 'log1p' | 'tanh' | 'sigmoid' | 'erf' | 'sinpi' | 'cospi';

export interface KernelOptions extends Execution {
  readonly isa: InstructionSet;
}

/** What the timing functions have in common: each resolves to the seconds of every repetition. */
export interface Timing {
  readonly threads: number;
  readonly repetitions: number;
}

/**
 * One phase of a step, alone. `product`: row-major operands and result, packing included. `forward`: rows times packed
 * weights, bias and relu. `inputGradient`: through transposed weights and a relu. `weightGradient`: in fixed order.
 */
export type Phase = 'product' | 'forward' | 'inputGradient' | 'weightGradient';

export interface PhaseJob extends Timing {
  readonly isa: InstructionSet;
  readonly phase: Phase;
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
  /** For `weightGradient`: what is done with a finished sum; `store` writes it. */
  readonly update: 'store' | 'sgd' | 'momentum' | 'adam';
  /** For `weightGradient`: leaf length along rows. */
  readonly batchLeaf: number;
  /** Repetitions before those that are counted. */
  readonly warmUps: number;
}

/** A thread of a team, while a job runs. */
export interface TeamThread {
  /** MXCSR or FPCR. */
  readonly controlWord: number;
  /** The operating system's number of the thread; on Linux a folder in /proc/self/task. */
  readonly thread: number;
}

/** What `samebits doctor` asks. */
export interface Diagnostics {
  readonly build: { readonly compiler: string; readonly optimized: boolean; readonly fastMath: boolean };
  /** The control word under which everything is computed. */
  readonly contractWord: number;
  /** That of the calling thread as it is. */
  controlWord(): number;
  /** Calls `body` with another control word on this thread (exceptions masked), and puts the old one back. */
  withControlWord<T>(word: number, body: () => T): T;
  /** Runs a job on a team that this thread leads; all its threads are in it at once. */
  teamThreads(threads: number): TeamThread[];
}

export interface Addon {
  /** Version of the numerics contract. */
  readonly contract: number;
  /** The class of what the addon throws: `new errorClass(code, message)`. */
  setErrorClass(errorClass: typeof SamebitsError): void;
  readonly Network: new (description: NetworkDescription) => NativeNetwork;

  /** `available`, best last, is what this machine can run of what is compiled. */
  instructionSets(): { compiled: InstructionSet[]; available: InstructionSet[] };
  /** Element by element, correctly rounded. */
  elementary(name: ElementaryFunction, x: Float32Array, isa: InstructionSet): Float32Array;
  /** Fills `out` with words of Philox4x32-10: block firstBlock + floor(i / 4), word i mod 4. */
  philox(
    key: readonly [number, number],
    stream: number,
    epoch: number,
    attempt: number,
    firstBlock: number,
    out: Uint32Array,
  ): void;
  /** The learning rate of the step after `step` others, as binary64. */
  /** `reduced`: what has become of a rate that is reduced on plateaus. @default as it begins */
  learningRate(rate: LearningRate, step: number, reduced?: number): number;
  /** The permutation of `rows` rows in one epoch (docs/numerics.md, "Shuffle"). */
  shuffle(key: readonly [number, number], stream: number, epoch: number, rows: number): Uint32Array;

  /** Row-major; `bias` null for none. [rows, units]. */
  denseForward(
    x: Float32Array,
    weights: Float32Array,
    bias: Float32Array | null,
    rows: number,
    inputs: number,
    units: number,
    activation: NativeActivation,
    options: KernelOptions,
  ): Promise<Float32Array>;
  /** Sums, no mean. Row-major. */
  denseBackward(
    x: Float32Array,
    weights: Float32Array,
    outputGradient: Float32Array,
    rows: number,
    inputs: number,
    units: number,
    options: KernelOptions & { readonly batchLeaf: number; readonly freeGrain: number },
  ): Promise<{ inputGradient: Float32Array; weightGradient: Float32Array; biasGradient: Float32Array }>;
  /** The loss of each row: from the logits `z` for a crossentropy, from the outputs for the other losses, which are given them as `z`. */
  rowLosses(
    loss: Loss,
    z: Float32Array,
    targets: Uint32Array | Float32Array,
    units: number,
    hardware: NativeHardware,
  ): Float32Array;
  /** The vector rule over all of `values` (fixed), or chains by claim (free). */
  sum(values: Float32Array, options: KernelOptions): Promise<number>;
  dot(a: Float32Array, b: Float32Array, options: KernelOptions): Promise<number>;

  /** The mark of a tensor (see the contract, "Fingerprint"), as a BigInt below 2^64. `isa` defaults to the best there is. */
  mark(values: Float32Array, isa?: InstructionSet): bigint;

  /** FLOPs of one round of `timeFmaChains` on one thread. */
  fmaFlopsPerRound(isa: InstructionSet): number;
  /**
   * Each thread runs `rounds` rounds of independent fma chains: the peak of an instruction set. `fed`: with operands from
   * the first-level cache, as products have them.
   */
  timeFmaChains(
    job: Timing & { readonly isa: InstructionSet; readonly rounds: number; readonly fed: boolean },
  ): Promise<Float64Array>;
  /** a = b + s·c over arrays of `floats` floats that the threads divide: 12 bytes a float. */
  timeTriad(job: Timing & { readonly floats: number }): Promise<Float64Array>;
  /** `barriers` barriers of a team, one after another. */
  timeBarriers(job: Timing & { readonly barriers: number }): Promise<Float64Array>;
  /** Two threads that write to each other by turns, `trips` times there and back. */
  timePingPong(job: Omit<Timing, 'threads'> & { readonly trips: number }): Promise<Float64Array>;
  /** A phase of a step on operands that are made and packed once, without JavaScript between repetitions. */
  timePhase(job: PhaseJob): Promise<Float64Array>;
  readonly diagnostics: Diagnostics;

  /** The slow text of the contract, for tests: row-major, one thread. */
  readonly reference: {
    denseForward(
      x: Float32Array,
      weights: Float32Array,
      bias: Float32Array | null,
      rows: number,
      inputs: number,
      units: number,
    ): Float32Array;
    denseBackward(
      x: Float32Array,
      weights: Float32Array,
      outputGradient: Float32Array,
      rows: number,
      inputs: number,
      units: number,
      batchLeaf: number,
    ): { inputGradient: Float32Array; weightGradient: Float32Array; biasGradient: Float32Array };
    sum(values: Float32Array): number;
    mark(values: Float32Array): bigint;
  };
}

let loaded: Addon | null = null;

/** The addon of this environment, loaded on first use. Throws ERR_SAMEBITS_NO_BINARY where there is none. */
export function addon(): Addon {
  if (loaded === null) {
    loaded = loadAddon() as Addon;
    loaded.setErrorClass(SamebitsError);
  }
  return loaded;
}
