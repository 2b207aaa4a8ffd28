/** A network of the addon: its tensors, the jobs that it does, and what they give. */

/** The order of sums over rows: one fixed tree, or the order in which threads arrive. */
export type Reduction = 'fixed' | 'free';

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

/** What a schedule that observes epochs remembers: docs/numerics.md, section 5, "On a plateau". */
export interface PlateauState {
  /** The rate now. */
  learningRate: number;
  /** The best value so far; infinite, the worst there is, before the first. */
  best: number;
  /** Epochs without a better one. */
  wait: number;
  /** Epochs to come in which none is counted. */
  cooldown: number;
}

/** What training goes on from, beside weights and optimizer state. */
export interface Counters {
  steps: number;
  epochs: number;
  beta1Power: number;
  beta2Power: number;
  /** Steps made before the learning rate's schedule began; absent where that is none. */
  firstStep?: number;
  /** Of a learning rate that is reduced on plateaus; absent with others. */
  plateau?: PlateauState;
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

/** The batch of a step that is taken apart. */
export interface AnatomyJob extends NativeData {
  readonly threads: number;
  readonly batchLeaf: number;
  /** Steps made before: what is drawn is that of the next one. */
  readonly step: number;
}

/** A step on the way from the data to the losses. A residual layer is all between a branch and a sum. */
export type NodeKind =
  | 'lookUp'
  | 'dense'
  | 'activation'
  | 'dropout'
  | 'batchNormalization'
  | 'layerNormalization'
  | 'gaussianNoise'
  | 'branch'
  | 'sum';

/** What a node makes of a batch; null where it makes nothing. Matrices are [rows, units] row-major. */
export interface NodeResults {
  readonly kind: NodeKind;
  /** Of a node that changes what it takes in. */
  readonly outputs: Float32Array | null;
  /** At its outputs; of the last activation, where the loss takes logits, at what it takes in. Null where nothing before it learns. */
  readonly gradient: Float32Array | null;
  /** What a layer of noise adds. */
  readonly noise: Float32Array | null;
  /** 1 for what a dropout keeps, else 0. */
  readonly kept: Uint32Array | null;
  /** Of a batch [2, units]: means and variances. Of rows [rows]: `inverse` of docs/numerics.md, "Layer normalization". */
  readonly statistics: Float32Array | null;
}

/** What `takeApart` gives. */
export interface BatchResults {
  /** [rows, columns], where the data are rescaled. */
  readonly inputs: Float32Array | null;
  /**
   * In the order in which rows pass them. A layer is one node; a dense one with an activation that is not linear is two, a residual one
   * those of its layers between a branch and a sum; rescaling and a layer that is a linear activation are none.
   */
  readonly nodes: readonly NodeResults[];
  /** Of the rows, with their weights, without penalties. */
  readonly losses: Float32Array;
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
  /** After an epoch: what its learning rate monitors came to. */
  observe(value: number): void;
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
  /**
   * What each node makes of a batch in the step after `step` others, forwards and back, with the weights as they are. Changes nothing;
   * refused as `evaluate`. The bits of a step of `train`, whatever its order, its plan, its threads and its micro-batches are.
   */
  takeApart(job: AnatomyJob): Promise<BatchResults>;
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
