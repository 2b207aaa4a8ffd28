/**
 * The typed interface of the addon: exactly what native/binding exports, and nothing about models. Arguments are checked
 * by the callers in this package (with the names that users know) and once more, without names, by the binding: whatever
 * comes in, it throws and never crashes.
 *
 * Arrays that are passed in are kept alive and read until the returned promise settles; they must not be changed
 * meanwhile. Arrays that come back are fresh copies.
 */
import { SamebitsError } from '../errors.js';
import { loadAddon } from './load.js';
import type { LearningRate } from './schedule.js';

/** Instruction sets that a kernel table exists for; which of them can run here is `instructionSets().available`. */
export type InstructionSet = 'scalar' | 'avx2' | 'avx512' | 'neon';

/** The order of sums over rows: one fixed tree, or the order in which threads arrive. */
export type Reduction = 'fixed' | 'free';

export type ElementaryFunction = 'exp' | 'expm1' | 'log' | 'log1p' | 'tanh' | 'sigmoid' | 'erf' | 'sinpi' | 'cospi';

/** Name of an activation (docs/numerics.md, "Activations"). */
export type ActivationName =
  | 'linear'
  | 'relu'
  | 'leakyRelu'
  | 'elu'
  | 'selu'
  | 'gelu'
  | 'silu'
  | 'softplus'
  | 'softsign'
  | 'hardSigmoid'
  | 'tanh'
  | 'sigmoid'
  | 'softmax';

/** `leakyRelu` and `elu` with their parameter, the others by name. */
export type NativeActivation =
  | Exclude<ActivationName, 'leakyRelu' | 'elu'>
  | { readonly name: 'leakyRelu' | 'elu'; readonly alpha: number };

/** Name of a loss (docs/numerics.md, "Losses"). */
export type LossName =
  | 'sparseCategoricalCrossentropy'
  | 'categoricalCrossentropy'
  | 'binaryCrossentropy'
  | 'meanSquaredError'
  | 'meanAbsoluteError'
  | 'huber'
  | 'logCosh'
  | 'hinge'
  | 'poisson'
  | 'klDivergence'
  | 'quantile';

/** Huber, "Robust Estimation of a Location Parameter", 1964. */
export interface Huber {
  readonly name: 'huber';
  /** The error up to which it is a squared one. Above 0. @default 1 */
  readonly delta: number;
}

/** The pinball loss (Koenker and Bassett, "Regression Quantiles", 1978). */
export interface Quantile {
  readonly name: 'quantile';
  /** The quantile that is estimated, above 0 and below 1. @default 0.5 */
  readonly quantile: number;
}

/** Losses that are computed from logits. */
export type CrossentropyName = 'sparseCategoricalCrossentropy' | 'categoricalCrossentropy' | 'binaryCrossentropy';

/** A crossentropy with smoothed labels (Szegedy and others, "Rethinking the Inception Architecture for Computer Vision", 2016). */
export interface SmoothedCrossentropy {
  readonly name: CrossentropyName;
  /** The share of a target that all classes have alike. Above 0, below 1. */
  readonly labelSmoothing: number;
}

/** A loss: its name, or its name with its parameter. */
export type Loss = Exclude<LossName, 'huber' | 'quantile'> | SmoothedCrossentropy | Huber | Quantile;

/** A dense layer of a network, with its activation. */
export interface NativeDense {
  readonly kind: 'dense';
  readonly units: number;
  readonly activation: NativeActivation;
  readonly useBias: boolean;
  /** @default {} */
  readonly kernel?: NativeRules;
  /** @default {} */
  readonly bias?: NativeRules;
}

/** What is done to a tensor beside the optimizer's update; 0 and false are none. */
export interface NativeRules {
  /** Factor of the magnitudes of its elements in the loss. @default 0 */
  readonly l1?: number;
  /** Factor of their squares. @default 0 */
  readonly l2?: number;
  /** Most that the norm of a kernel's column may be; of kernels only. @default 0 */
  readonly maxNorm?: number;
  /** @default false */
  readonly nonNegative?: boolean;
}

/** In training only. Masks by Philox: key, stream, and the steps made before. */
export interface NativeDropout {
  readonly kind: 'dropout';
  /** From 0 to below 1. */
  readonly rate: number;
  readonly key: readonly [number, number];
  readonly stream: number;
}

export interface NativeActivationLayer {
  readonly kind: 'activation';
  readonly activation: NativeActivation;
}

export interface NativeBatchNormalization {
  readonly kind: 'batchNormalization';
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
}

/** A layer of a network, one of those that are at least one dense. */
export type NativeLayer = NativeDense | NativeActivationLayer | NativeBatchNormalization | NativeDropout;

/** Optimizer with its binary64 options; those that an optimizer does not have are ignored. */
export interface NativeOptimizer {
  readonly kind: 'sgd' | 'momentum' | 'nesterov' | 'rmsprop' | 'adam' | 'amsgrad' | 'nadam' | 'adagrad';
  readonly learningRate: LearningRate;
  readonly momentum?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly rho?: number;
  readonly initialAccumulatorValue?: number;
  /** Share of kernels that each step takes off them, times the learning rate. @default 0 */
  readonly weightDecay?: number;
  /** Of all others too. @default false */
  readonly decayBiases?: boolean;
  /** At most one of the three is above 0. @default 0 */
  readonly clipValue?: number;
  readonly clipNorm?: number;
  readonly globalClipNorm?: number;
  /** Adds a slot, the last one. @default null */
  readonly movingAverage?: { readonly momentum: number; readonly overwriteEvery?: number } | null;
}

/** What computes. */
export interface NativeHardware {
  readonly isa: InstructionSet;
  /**
   * Other hardware, emulated, with isa 'scalar' only: the sum of 1 (no fma), 2 (subnormals flushed) and 4 (ordinary
   * elementary functions). Not the contract's bits. @default 0
   */
  readonly emulate?: number;
}

/** Tables whose rows columns of x look up. */
export interface NativeLookUp {
  readonly tables: readonly { readonly categories: number; readonly units: number }[];
  /** Of each column of x: its table, or null for a number. Every table has a column. */
  readonly columns: readonly (number | null)[];
}

export interface NetworkDescription extends NativeHardware {
  /** Columns of x. */
  readonly inputs: number;
  /** What stands before the first layer, without `rescale`. @default null */
  readonly lookUp?: NativeLookUp | null;
  /** `x' = fma(x, scale, offset)` before the first layer; both rounded to binary32. */
  readonly rescale: { readonly scale: number; readonly offset: number } | null;
  readonly layers: readonly NativeLayer[];
  /** Null for a network that only predicts. */
  readonly loss: Loss | null;
  readonly optimizer: NativeOptimizer | null;
}

/**
 * What a tensor is in its layer, in the order in which a layer has them. Of the last two, which are not trained, a step makes
 * moving averages.
 */
export type ParameterKind = 'kernel' | 'bias' | 'embeddings' | 'gamma' | 'beta' | 'movingMean' | 'movingVariance';
/**
 * 0: the weights; 1: momentum, Adam's m, or the v of RMSprop and Adagrad; 2: Adam's v, or RMSprop's momentum; 3: AMSGrad's vMax;
 * after those that the optimizer has: the moving average of the weights.
 */
export type Slot = 0 | 1 | 2 | 3 | 4;

/** What training goes on from, beside weights and optimizer state. */
export interface Counters {
  steps: number;
  epochs: number;
  beta1Power: number;
  beta2Power: number;
  /** Steps made before the learning rate's schedule began; absent where that is none. */
  firstStep?: number;
}

/**
 * Where training stands in an epoch (docs/numerics.md, "In the middle of an epoch"): with it, the weights, the optimizer
 * state and the counters, training goes on in another network to the same bits.
 */
export interface EpochState {
  /** Rows of the current epoch that are done; 0 at its start. */
  readonly position: number;
  /** Their hits. */
  readonly hits: number;
  /** Leaf length of the sum of their losses. At position 0 it says nothing. */
  readonly batchLeaf: number;
  /** Partial sums of their losses; position and batchLeaf say how many. */
  readonly lossSums: Float32Array;
}

/** Rows with their targets. `x` is [rows, columns] row-major. */
export interface NativeData {
  readonly x: Float32Array | Uint8Array;
  /** Labels (sparse loss), or [rows, units] row-major (the others). Null where only outputs are wanted. */
  readonly targets: Uint32Array | Float32Array | null;
  readonly rows: number;
  /** What losses and gradients of rows are multiplied by. @default null, no row has a weight */
  readonly rowWeights?: Float32Array | null;
}

export interface Execution {
  /** Size of the team, 1 to 256; the threads are really started. */
  readonly threads: number;
  readonly reduction: Reduction;
}

export interface TrainJob extends NativeData, Execution {
  readonly batchSize: number;
  /** Leaf length along rows. */
  readonly batchLeaf: number;
  /** Rows of a unit in free order. */
  readonly freeGrain: number;
  /** `auto` lets the plan choose; the others are forced. Same bits. */
  readonly plan: 'auto' | 'stored' | 'fused';
  /** Rows that pass through the network at a time: batchLeaf times a power of two, in fixed order. @default null, whole batches */
  readonly microBatchSize?: number | null;
  /** Philox shuffle of every epoch, made natively. */
  readonly shuffle: { readonly key: readonly [number, number]; readonly stream: number } | null;
  /** A permutation of the rows for the current epoch (then a call never passes the epoch's end); instead of shuffle. */
  readonly order: Uint32Array | null;
  /**
   * Rows of the whole epoch, of which the data are the next ones, in whole batches: the call ends with them. Neither shuffle nor
   * order go with it. @default those of the data
   */
  readonly epochRows?: number;
  /** False for `trainOnBatch`: the rows are one batch, and epoch counter, position and sums are left alone. */
  readonly inEpoch: boolean;
  /** The call ends after this many steps (a positive integer or Infinity, as the two below), … */
  readonly maxSteps: number;
  /** … or at the end of the current epoch, … */
  readonly stopAtEpochEnd: boolean;
  /** … or after this many epochs have ended, … */
  readonly maxEpochs: number;
  /** … or at the first step boundary after this time. At least one step is made. */
  readonly maxMilliseconds: number;
  /** End the call after the first step that leaves an infinite or NaN weight. */
  readonly stopOnNonFinite: boolean;
  /** Free order: return how each step was summed (see `StepOrders`). */
  readonly record: boolean;
  /** Mark all weights after each step. @default false */
  readonly marks?: boolean;
  /** Free order: sum the steps of this call as recorded; the recording starts with this call's first step. */
  readonly replay: Uint32Array | null;
  /** For tests: microseconds that thread i waits after each claim (free order). */
  readonly delays?: readonly number[];
}

/**
 * Recorded orders, step after step. For each step: number of chains c; then c times: number of units, and the units in
 * the order taken; then c - 1 merges: (into, from), meaning chain `into` becomes `into + from`.
 */
export type StepOrders = Uint32Array;

export interface TrainResult {
  /** Steps made in this call. */
  readonly steps: number;
  /** Mean loss of each step's batch. */
  readonly stepLosses: Float32Array;
  /** Hits (accuracy) of each step's batch. */
  readonly stepHits: Float64Array;
  /** Mean loss and hits of each epoch that ended in this call. */
  readonly epochLosses: Float32Array;
  readonly epochHits: Float64Array;
  /** Rows of the current epoch that are done; 0 at an epoch's start. */
  readonly position: number;
  /** First step (of this call, from 0) after which a weight was not finite, and which tensor first, in model order. */
  readonly nonFinite: { readonly step: number; readonly layer: number; readonly kind: ParameterKind } | null;
  /** Ended by `abort()`. */
  readonly aborted: boolean;
  /** Seconds between the first step's start and the last step's end. */
  readonly seconds: number;
  readonly recording: StepOrders | null;
  /**
   * [steps, parameters in model order] row-major: after each step of the call, the mark of each parameter's weights (see
   * `mark`). Null if not asked for.
   */
  readonly marks: BigUint64Array | null;
}

export interface EvaluateJob extends NativeData {
  readonly threads: number;
  readonly batchLeaf: number;
  /** The sum of losses goes on over so many rows before these, from what a call for them gave. @default none */
  readonly before?: { readonly rows: number; readonly lossSums: Float32Array };
}

/** What `evaluate` gives. */
export interface NativeEvaluation {
  /** Mean over all rows, those before included. */
  readonly loss: number;
  /** Of the job's own rows; an integer, see the contract. */
  readonly hits: number;
  /** Partial sums of the losses, for a call with the rows that follow. */
  readonly lossSums: Float32Array;
}

export interface PredictJob {
  readonly x: Float32Array | Uint8Array;
  readonly rows: number;
  readonly threads: number;
}

/** A network with its weights and optimizer state, in the kernels' layout. Freed with its JavaScript object. */
export interface NativeNetwork {
  /** `layer` counts the layers that have parameters. Row-major: kernels [inputs, units], biases [1, units]. All rows, or `rows` of them from `firstRow` on. */
  getParameter(layer: number, kind: ParameterKind, slot: Slot, firstRow?: number, rows?: number): Float32Array;
  /** `values` are whole rows, from `firstRow` (default 0) on. */
  setParameter(layer: number, kind: ParameterKind, slot: Slot, values: Float32Array, firstRow?: number): void;
  /** The mark (see the contract, "Fingerprint") of what `getParameter` gives, taken where it is stored. */
  mark(layer: number, kind: ParameterKind, slot: Slot): bigint;
  /**
   * The gradient in the last step as its optimizer took it but for clipping (`g` of docs/numerics.md, "Optimizers": after the
   * mean and the regularizer), row-major as `getParameter`. Throws ERR_SAMEBITS_STATE if no step was made, or the last one not with plan
   * 'stored', which clipping by norms always has.
   */
  getGradient(layer: number, kind: ParameterKind): Float32Array;
  getCounters(): Counters;
  setCounters(counters: Counters): void;
  getEpoch(): EpochState;
  /**
   * Goes on from there. A `train` in the epoch then throws ERR_SAMEBITS_SHAPE where its data has no rows left at the position,
   * and ERR_SAMEBITS_ARGUMENT where its batchLeaf is another.
   */
  setEpoch(epoch: EpochState): void;
  /** Forgets the position in the epoch and its sums: the next step starts an epoch. */
  startEpoch(): void;
  /** Rejects with ERR_SAMEBITS_BUSY while another `train` of this network is under way. Runs off the event loop. */
  train(job: TrainJob): Promise<TrainResult>;
  /** Asks the running `train` to end at the next step boundary. */
  abort(): void;
  /** Waits for no training: refused while one is under way. */
  evaluate(job: EvaluateJob): Promise<NativeEvaluation>;
  /** [rows, units of the last layer] row-major. Several may run beside each other. */
  predict(job: PredictJob): Promise<Float32Array>;
  predictSync(job: PredictJob): Float32Array;
  /** Bytes of native memory that it holds: weights, optimizer state, activations. */
  memory(): number;
  /** Frees the memory now; later calls throw ERR_SAMEBITS_STATE. Refused (ERR_SAMEBITS_BUSY) while a job runs. */
  dispose(): void;
}

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
  learningRate(rate: LearningRate, step: number): number;
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
  /**
   * The gradient [rows, units] at an activation's arguments from that at its outputs, `dy`; `from` are its arguments for gelu
   * and silu, and its outputs for the others.
   */
  activationGradient(
    activation: NativeActivation,
    from: Float32Array,
    dy: Float32Array,
    units: number,
    hardware: NativeHardware,
  ): Float32Array;
  /**
   * The loss of each row and its gradient [rows, units]: at the logits `z` for a crossentropy, at the outputs for the other
   * losses, which are given them as `z`.
   */
  rowLosses(
    loss: Loss,
    z: Float32Array,
    targets: Uint32Array | Float32Array,
    units: number,
    hardware: NativeHardware,
  ): { readonly losses: Float32Array; readonly gradient: Float32Array };
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
