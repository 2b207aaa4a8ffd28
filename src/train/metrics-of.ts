/** What native sums, and outputs of rows that are evaluated, come to as the metrics that were compiled. */
import type { Matrix } from '../data/matrix.js';
import { type EvaluatedMetric, evaluatedMetric } from '../metrics/evaluated.js';
import { validationName } from '../metrics/names.js';
import { decisionsPerRow } from '../model/losses.js';
import { evaluatedMetrics, type Metric, metricName, thresholdOf } from '../model/metrics.js';
import type { Loss } from '../native/network-description.js';
import type { EpochMetrics, Metrics, TrainedMetrics } from './run.js';
import type { EvaluatedSums } from './tabular/evaluate-rows.js';

/** What metrics are of. */
export interface Compilation {
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
}

/** Metrics of validation. */
export type Validated = Omit<EpochMetrics, keyof TrainedMetrics | 'learning_rate'>;

export class MetricsOf {
  readonly #loss: Loss;
  readonly #units: number;
  readonly #accuracy: boolean;
  readonly #evaluated: readonly EvaluatedMetric[];

  /** @param units Outputs of a row. */
  constructor(units: number, { loss, metrics }: Compilation) {
    this.#loss = loss;
    this.#units = units;
    this.#accuracy = metrics.includes('accuracy');
    this.#evaluated = evaluatedMetrics(metrics);
  }

  /** Whether {@link evaluated} needs the outputs themselves. */
  get takesOutputs(): boolean {
    return this.#evaluated.length > 0;
  }

  /** Of rows that were trained on: outputs are not kept. */
  trained(loss: number, hits: number, rows: number): TrainedMetrics {
    return this.#accuracy ? { loss, accuracy: hits / (rows * decisionsPerRow(this.#loss, this.#units)) } : { loss };
  }

  /**
   * Of rows that were evaluated, with their outputs where {@link takesOutputs}. Metrics of outputs are NaN where one is not finite.
   */
  evaluated({ loss, hits, predicted }: EvaluatedSums, rows: number): Metrics {
    const counted = this.trained(loss, hits, rows);
    if (predicted === null) return counted;
    const { targets, outputs } = predicted;
    const matrix = (data: Float32Array): Matrix => ({ data, rows, columns: this.#units });
    const evaluated = {
      targets: targets instanceof Uint32Array ? targets : matrix(targets),
      outputs: matrix(outputs),
      threshold: thresholdOf(this.#loss),
    };
    const finite = outputs.every(Number.isFinite);
    const value = (metric: EvaluatedMetric): number => (finite ? evaluatedMetric(metric, evaluated) : Number.NaN);
    return {
      ...counted,
      ...Object.fromEntries(this.#evaluated.map((metric) => [metricName(metric), value(metric)])),
    };
  }

  /** The same of rows that are validated on, by their names among those of an epoch. */
  validated(evaluated: EvaluatedSums, rows: number): Validated {
    const values = Object.entries(this.evaluated(evaluated, rows));
    return Object.fromEntries(values.map(([name, value]) => [validationName(name), value]));
  }
}
