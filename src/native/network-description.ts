/** What the addon makes a network of: layers, a loss, an optimizer, the hardware. */
import type { InstructionSet } from './instruction-set.js';
import type { LearningRate } from './schedule.js';

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

/** In training only. Normal numbers by Philox, as masks. */
export interface NativeGaussianNoise {
  readonly kind: 'gaussianNoise';
  /** At least 0. */
  readonly stddev: number;
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

export interface NativeLayerNormalization {
  readonly kind: 'layerNormalization';
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
}

/** `x + f(x)`: layers, at least one, that give as many units as they take in, and a way around them. */
export interface NativeResidual {
  readonly kind: 'residual';
  readonly layers: readonly NativeLayer[];
}

/** A layer of a network, at least one of which, or of those in blocks, is dense. */
export type NativeLayer =
  | NativeDense
  | NativeActivationLayer
  | NativeBatchNormalization
  | NativeLayerNormalization
  | NativeDropout
  | NativeResidual
  | NativeGaussianNoise;

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
