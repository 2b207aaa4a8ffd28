/** What a training step is made of: the operations between the state before it and the state after it. */
import type { ParameterKind } from '../../native/network.js';

/** The operations of a step, at one of which two runs part. */
export type OperationKind =
  /** Which rows the batch has, and in which order. */
  | 'order'
  | 'data'
  | 'targets'
  /** Which inputs of a layer are dropped. */
  | 'mask'
  /** What a layer of Gaussian noise adds to its inputs. */
  | 'noise'
  /** What a normalization takes of its inputs: means and variances of a batch [2, units], or the 1 / sqrt(variance + epsilon) of rows. */
  | 'statistics'
  /** Outputs of a layer. */
  | 'forward'
  /** Losses of the rows; they reach no weight. */
  | 'loss'
  /** What the regularizer of a tensor adds to the loss; it reaches no weight. */
  | 'penalty'
  /** Gradient at the last layer's outputs, or where it has an activation at what that takes in. */
  | 'outputGradient'
  /** Gradient at a layer's inputs; of a residual one the sum of both ways. */
  | 'inputGradient'
  /** Gradient at what an activation takes in: a dense layer's weighted sums, or the inputs of an activation layer. */
  | 'activationGradient'
  /** Of weights or biases: the mean over the batch, with the regularizer's share. */
  | 'gradient'
  /** State of the optimizer after the step. */
  | 'optimizerState'
  /** Weights or biases after the step. */
  | 'weights';

/** Kinds whose values only a metric sees. */
export const WITHOUT_EFFECT: readonly OperationKind[] = ['loss', 'penalty'];

/** An operation with its result. */
export interface Operation {
  readonly kind: OperationKind;
  /** What it belongs to: `batch`, a layer's name such as `dense_2`, or a tensor's such as `dense_2/kernel`. */
  readonly place: string;
  /**
   * Which layer with tensors, counted from 0, each table of embeddings as one; of masks and noise the next one. Null for the batch as a
   * whole, and for a layer of embeddings or without tensors.
   */
  readonly layer: number | null;
  /** Of a penalty, gradient, optimizer state or weights. */
  readonly parameter: ParameterKind | null;
  readonly shape: readonly number[];
  /** Row-major. Numbers of rows, labels and masks are integers. */
  readonly values: Float32Array | Uint32Array;
}

/** The same operation of two runs has the same key. */
export function operationKey({ kind, place }: Operation): string {
  return `${kind} ${place}`;
}
