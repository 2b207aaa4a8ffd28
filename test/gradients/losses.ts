/** Losses in binary64, by Keras's definitions. */
import type { Activation, CrossentropyName, Loss } from 'samebits';
import { ACTIVATIONS } from './activations.js';

const EPSILON = 1e-7;

/** A row's loss of its outputs. */
export function rowLoss(loss: Loss, outputs: readonly number[], targets: readonly number[]): number {
  if (typeof loss === 'object' && 'labelSmoothing' in loss) return smoothedLoss(loss, outputs, targets);
  const total = (term: (output: number, target: number) => number): number =>
    outputs.reduce((sum, output, unit) => sum + term(output, targets[unit]), 0);
  const mean = (term: (output: number, target: number) => number): number => total(term) / outputs.length;
  if (typeof loss === 'object' && loss.name === 'huber') {
    const { delta } = loss;
    return mean((a, t) => {
      const error = Math.abs(a - t);
      return error <= delta ? 0.5 * error * error : delta * error - 0.5 * delta * delta;
    });
  }
  if (typeof loss === 'object' && loss.name === 'quantile') {
    return mean((a, t) => Math.max(loss.quantile * (t - a), (loss.quantile - 1) * (t - a)));
  }
  switch (loss) {
    case 'sparseCategoricalCrossentropy':
      return -Math.log(outputs[targets[0]]);
    case 'categoricalCrossentropy':
      return -total((a, t) => t * Math.log(a));
    case 'binaryCrossentropy':
      return -mean((a, t) => t * Math.log(a) + (1 - t) * Math.log(1 - a));
    case 'meanSquaredError':
      return mean((a, t) => (a - t) ** 2);
    case 'meanAbsoluteError':
      return mean((a, t) => Math.abs(a - t));
    case 'logCosh':
      return mean((a, t) => Math.log(Math.cosh(a - t)));
    case 'hinge':
      return mean((a, t) => Math.max(1 - (t === 0 ? -1 : t) * a, 0));
    case 'poisson':
      return mean((a, t) => a - t * Math.log(a + EPSILON));
    case 'klDivergence':
      return total((a, t) => clipped(t) * Math.log(clipped(t) / clipped(a)));
    default:
      throw new Error(`No definition of ${loss}`);
  }
}

interface Smoothed {
  readonly name: CrossentropyName;
  readonly labelSmoothing: number;
}

/** That share of each target is shared out among all classes, or both. */
function smoothedLoss(
  { name, labelSmoothing }: Smoothed,
  outputs: readonly number[],
  targets: readonly number[],
): number {
  const classes = name === 'binaryCrossentropy' ? 2 : outputs.length;
  const oneHot = name === 'sparseCategoricalCrossentropy' ? outputs.map((_, j) => Number(j === targets[0])) : targets;
  const smooth = oneHot.map((t) => t * (1 - labelSmoothing) + labelSmoothing / classes);
  return rowLoss(name === 'sparseCategoricalCrossentropy' ? 'categoricalCrossentropy' : name, outputs, smooth);
}

function clipped(share: number): number {
  return Math.min(1, Math.max(EPSILON, share));
}

export interface LossCase {
  readonly loss: Loss;
  readonly targets: 'numbers' | 'labels' | 'bits' | 'counts' | 'shares';
  /** The activations that the last layer may have. */
  readonly last: readonly Activation[];
}

/** Every loss, and through what it may be taken. */
export const LOSSES: readonly LossCase[] = [
  { loss: 'sparseCategoricalCrossentropy', targets: 'labels', last: ['softmax'] },
  { loss: 'categoricalCrossentropy', targets: 'shares', last: ['softmax'] },
  { loss: 'binaryCrossentropy', targets: 'bits', last: ['sigmoid'] },
  { loss: { name: 'sparseCategoricalCrossentropy', labelSmoothing: 0.2 }, targets: 'labels', last: ['softmax'] },
  { loss: { name: 'categoricalCrossentropy', labelSmoothing: 0.2 }, targets: 'shares', last: ['softmax'] },
  { loss: { name: 'binaryCrossentropy', labelSmoothing: 0.2 }, targets: 'bits', last: ['sigmoid'] },
  { loss: 'meanSquaredError', targets: 'numbers', last: ACTIVATIONS },
  { loss: 'meanAbsoluteError', targets: 'numbers', last: ACTIVATIONS },
  { loss: { name: 'huber', delta: 0.25 }, targets: 'numbers', last: ACTIVATIONS },
  { loss: 'logCosh', targets: 'numbers', last: ACTIVATIONS },
  { loss: 'hinge', targets: 'bits', last: ACTIVATIONS },
  { loss: 'poisson', targets: 'counts', last: ['softplus', 'relu', 'sigmoid', 'hardSigmoid', 'softmax'] },
  { loss: 'klDivergence', targets: 'shares', last: ['softmax', 'sigmoid', 'hardSigmoid'] },
  { loss: { name: 'quantile', quantile: 0.9 }, targets: 'numbers', last: ACTIVATIONS },
];
