/** How much runs vary: metrics and predictions over any number of runs, in memory that does not grow with it. */

import { largestAt } from '../../compare/predictions.js';
import { expected } from '../../errors.js';
import { decisionsOf } from '../../model/losses.js';
import type { Loss } from '../../native/network-description.js';
import { type Moments, RunningMoments } from '../statistics/moments.js';
import type { RunMetrics } from './class-metrics.js';
import { checkSameShape, type PredictionMatrix } from './predictions.js';

/** Spread of the metrics of one class over the runs. */
export interface ClassSpread {
  readonly class: number;
  /** null where the class has no rows. */
  readonly accuracy: Moments | null;
  readonly loss: Moments | null;
}

/** Spread of metrics over runs. */
export interface MetricSpread {
  readonly runs: number;
  /** null where the loss has no accuracy. */
  readonly accuracy: Moments | null;
  readonly loss: Moments | null;
  readonly classes: readonly ClassSpread[];
}

/** Gathers the metrics of runs, one run at a time. */
export class MetricSpreads {
  readonly #accuracy = new RunningMoments();
  readonly #loss = new RunningMoments();
  readonly #classes: { readonly accuracy: RunningMoments; readonly loss: RunningMoments }[] = [];
  #runs = 0;

  /** Metrics of one more run, on the same rows as the others. */
  add({ accuracy, loss, classes }: RunMetrics): void {
    if (this.#runs === 0) {
      for (const _ of classes) this.#classes.push({ accuracy: new RunningMoments(), loss: new RunningMoments() });
    } else if (classes.length !== this.#classes.length) {
      throw expected(`${this.#classes.length} classes`, 'classes', classes.length, 'ERR_SAMEBITS_SHAPE');
    }
    this.#runs += 1;
    if (accuracy !== null) this.#accuracy.add(accuracy);
    this.#loss.add(loss);
    classes.forEach((metrics, i) => {
      if (metrics.accuracy !== null) this.#classes[i].accuracy.add(metrics.accuracy);
      if (metrics.loss !== null) this.#classes[i].loss.add(metrics.loss);
    });
  }

  get(): MetricSpread {
    return {
      runs: this.#runs,
      accuracy: this.#accuracy.get(),
      loss: this.#loss.get(),
      classes: this.#classes.map(({ accuracy, loss }, i) => ({ class: i, accuracy: accuracy.get(), loss: loss.get() })),
    };
  }
}

/** How differently runs predict the same rows. */
export interface PredictionSpread {
  readonly runs: number;
  /**
   * Mean, over all pairs of runs, of the share of rows that the two predict differently. null where the loss has no accuracy,
   * and for fewer than two runs.
   */
  readonly disagreement: number | null;
  /** Share of the rows that all runs predict alike; null where the loss has no accuracy. */
  readonly unanimous: number | null;
  /** Mean over all outputs of the standard deviation over runs; 0 for fewer than two runs. */
  readonly meanDeviation: number;
  /** Largest of these standard deviations. */
  readonly maxDeviation: number;
}

/** Gathers the predictions of runs, one run at a time: a mean, a sum of squares and the votes for each output. */
export class PredictionSpreads {
  readonly #loss: Loss;
  #first: PredictionMatrix | null = null;
  #runs = 0;
  #mean = new Float64Array(0);
  #squares = new Float64Array(0);
  /** Runs that vote for the output; with binaryCrossentropy, that put it above ½. */
  #votes = new Uint32Array(0);

  constructor(loss: Loss) {
    this.#loss = loss;
  }

  /**
   * Predictions of one more run.
   *
   * @throws SamebitsError `ERR_SAMEBITS_SHAPE` for another shape than the first run's.
   */
  add(predictions: PredictionMatrix): void {
    const { data, rows, columns } = predictions;
    if (this.#first === null) {
      this.#first = { data: new Float32Array(0), rows, columns };
      this.#mean = new Float64Array(data.length);
      this.#squares = new Float64Array(data.length);
      this.#votes = new Uint32Array(data.length);
    }
    checkSameShape(this.#first, predictions, 'predictions');
    this.#runs += 1;
    for (let i = 0; i < data.length; i += 1) {
      const before = data[i] - this.#mean[i];
      this.#mean[i] += before / this.#runs;
      this.#squares[i] += before * (data[i] - this.#mean[i]);
    }
    this.#vote(data, rows, columns);
  }

  get(): PredictionSpread {
    const runs = this.#runs;
    let sum = 0;
    let largest = 0;
    for (const squares of this.#squares) {
      const deviation = runs < 2 ? 0 : Math.sqrt(squares / (runs - 1));
      sum += deviation;
      largest = Math.max(largest, deviation);
    }
    return {
      runs,
      ...this.#agreement(),
      meanDeviation: runs === 0 ? 0 : sum / this.#mean.length,
      maxDeviation: largest,
    };
  }

  #vote(data: Float32Array, rows: number, columns: number): void {
    if (decisionsOf(this.#loss) === null) return;
    if (decisionsOf(this.#loss) === 'unit') {
      for (let i = 0; i < data.length; i += 1) if (data[i] > 0.5) this.#votes[i] += 1;
      return;
    }
    for (let row = 0; row < rows; row += 1) {
      this.#votes[row * columns + largestAt(data.subarray(row * columns, (row + 1) * columns))] += 1;
    }
  }

  /** Decisions are rows; with binaryCrossentropy, outputs. */
  #agreement(): Pick<PredictionSpread, 'disagreement' | 'unanimous'> {
    const runs = this.#runs;
    if (decisionsOf(this.#loss) === null || this.#first === null) return { disagreement: null, unanimous: null };
    const isBinary = decisionsOf(this.#loss) === 'unit';
    const { columns } = this.#first;
    const decisions = isBinary ? this.#votes.length : this.#first.rows;
    let unequalPairs = 0;
    let unanimous = 0;
    for (let decision = 0; decision < decisions; decision += 1) {
      const yes = this.#votes[decision];
      const votes = isBinary ? [yes, runs - yes] : this.#votes.subarray(decision * columns, (decision + 1) * columns);
      let equalPairs = 0;
      for (const count of votes) {
        equalPairs += (count * (count - 1)) / 2;
        if (count === runs) unanimous += 1;
      }
      unequalPairs += (runs * (runs - 1)) / 2 - equalPairs;
    }
    const pairs = (runs * (runs - 1)) / 2;
    return {
      disagreement: pairs === 0 ? null : unequalPairs / pairs / decisions,
      unanimous: unanimous / decisions,
    };
  }
}
