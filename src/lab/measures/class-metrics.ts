/** Accuracy and loss of one run, overall and class by class, from its predictions. */
import { decisionsOf, lossName } from '../../model/losses.js';
import { addon } from '../../native/addon.js';
import { bestInstructionSet } from '../../native/instruction-set.js';
import type { Loss } from '../../native/network-description.js';
import { log } from '../statistics/elementary.js';
import type { PredictionMatrix } from './predictions.js';
import { checkTargets, classOf, mistakes, type TargetArray } from './targets.js';

/** Metrics of the rows of one class. */
export interface ClassMetrics {
  /** From 0; with binaryCrossentropy of one output 0 and 1, of several the output. */
  readonly class: number;
  /** Decisions about it. */
  readonly count: number;
  /** From 0 to 1; null without rows. */
  readonly accuracy: number | null;
  /** Mean over its rows; null without rows. */
  readonly loss: number | null;
}

/** Metrics of a run on some rows. */
export interface RunMetrics {
  /** null where the loss has none. */
  readonly accuracy: number | null;
  readonly loss: number;
  /** Empty where the loss has no accuracy. */
  readonly classes: readonly ClassMetrics[];
}

/** The least positive binary32: what a probability that was rounded to 0 is taken for. */
const LEAST = 2 ** -149;
/** Half the gap below 1: what 1 − p is taken for where p was rounded to 1. */
const LEAST_COMPLEMENT = 2 ** -25;

/**
 * Accuracy as the contract counts it, and the loss, from predictions. The contract computes a crossentropy from logits
 * in binary32; this one takes the probabilities, in binary64, so the two agree to rounding where no probability is 0 or
 * 1. Those are taken as 2^-149 and 1 − 2^-25: a loss stays finite.
 *
 * @param targets Labels, or a target for each output, row-major.
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE`
 */
export function runMetrics(predictions: PredictionMatrix, targets: TargetArray, loss: Loss): RunMetrics {
  checkTargets(predictions, targets, loss);
  const { data, rows, columns } = predictions;
  if (loss === 'meanSquaredError') {
    let sum = 0;
    for (let i = 0; i < data.length; i += 1) sum += (data[i] - targets[i]) * (data[i] - targets[i]);
    return { accuracy: null, loss: sum / data.length, classes: [] };
  }
  if (decisionsOf(loss) === null) {
    const losses = addon().rowLosses(loss, data, Float32Array.from(targets), columns, {
      isa: bestInstructionSet(),
    });
    return { accuracy: null, loss: losses.reduce((sum, value) => sum + value, 0) / rows, classes: [] };
  }
  const wrong = mistakes(predictions, targets, loss);
  const isBinary = decisionsOf(loss) === 'unit';
  const tally = new Tally(isBinary ? Math.max(2, columns) : columns);
  for (let decision = 0; decision < wrong.length; decision += 1) {
    if (isBinary) {
      const target = targets[decision];
      const classIndex = columns === 1 ? Number(target > 0.5) : decision % columns;
      tally.add(classIndex, wrong[decision], binaryLoss(data[decision], target));
    } else {
      const classIndex = classOf(targets, decision, columns, loss);
      tally.add(classIndex, wrong[decision], softmaxLoss(data, targets, decision, columns, loss, classIndex));
    }
  }
  return tally.get(isBinary ? rows * columns : rows);
}

function binaryLoss(output: number, target: number): number {
  return -(target * log(Math.max(output, LEAST)) + (1 - target) * log(Math.max(1 - output, LEAST_COMPLEMENT)));
}

function softmaxLoss(
  data: Float32Array,
  targets: TargetArray,
  row: number,
  columns: number,
  loss: Loss,
  label: number,
): number {
  if (lossName(loss) === 'sparseCategoricalCrossentropy') return -log(Math.max(data[row * columns + label], LEAST));
  let sum = 0;
  for (let i = row * columns; i < (row + 1) * columns; i += 1) {
    if (targets[i] !== 0) sum -= targets[i] * log(Math.max(data[i], LEAST));
  }
  return sum;
}

/** Counts and sums by class. */
class Tally {
  readonly #count: Float64Array;
  readonly #wrong: Float64Array;
  readonly #loss: Float64Array;

  constructor(classes: number) {
    this.#count = new Float64Array(classes);
    this.#wrong = new Float64Array(classes);
    this.#loss = new Float64Array(classes);
  }

  add(classIndex: number, wrong: number, loss: number): void {
    this.#count[classIndex] += 1;
    this.#wrong[classIndex] += wrong;
    this.#loss[classIndex] += loss;
  }

  get(decisions: number): RunMetrics {
    const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
    return {
      accuracy: (decisions - sum(this.#wrong)) / decisions,
      loss: sum(this.#loss) / decisions,
      classes: Array.from(this.#count, (count, i) => ({
        class: i,
        count,
        accuracy: count === 0 ? null : (count - this.#wrong[i]) / count,
        loss: count === 0 ? null : this.#loss[i] / count,
      })),
    };
  }
}
