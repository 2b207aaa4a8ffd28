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
  /** Outputs of a layer. */
  | 'forward'
  /** Losses of the rows; they reach no weight. */
  | 'loss'
  /** What the kernels' regularizers add to the loss; it reaches no weight. */
  | 'penalty'
  /** Gradient at the last layer's weighted sums. */
  | 'outputGradient'
  /** Gradient at a layer's inputs, the product with its weights. */
  | 'inputGradient'
  /** Gradient at a layer's weighted sums: through dropout and activation. */
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
   * Which layer with tensors, counted from 0, each table of embeddings as one; null for the batch as a whole and for what a layer of
   * embeddings gives.
   */
  readonly layer: number | null;
  /** Of a gradient, optimizer state or weights. */
  readonly parameter: ParameterKind | null;
  readonly shape: readonly number[];
  /** Row-major. Numbers of rows, labels and masks are integers. */
  readonly values: Float32Array | Uint32Array;
}

/** The same operation of two runs has the same key. */
export function operationKey({ kind, place }: Operation): string {
  return `${kind} ${place}`;
}
