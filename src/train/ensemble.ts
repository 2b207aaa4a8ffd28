/** Several trained models as one: the mean of their predictions (docs/numerics.md, "Ensembles"). */
import * as v from 'valibot';
import { check, fields } from '../arguments.js';
import { asMatrix, keepMatrix, type Matrix, type MatrixLike } from '../data/matrix.js';
import { expected, SamebitsError } from '../errors.js';
import type { DenseLayer } from '../model/layers.js';
import { checkLoss, type LossOption, lossSchema } from '../model/losses.js';
import { checkMetrics, type Metric, metricsSchema } from '../model/metrics.js';
import type { Loss } from '../native/network-description.js';
import { checkEvaluateOptions, checkPredictOptions, type EvaluateOptions, type PredictOptions } from './fit-options.js';
import { MetricsOf } from './metrics-of.js';
import { scoreOutputs } from './output-loss.js';
import type { Metrics, Predictions } from './run.js';
import { keepSamples, type Targets } from './samples.js';
import { Sequential } from './sequential.js';
import { treeOf } from './sum-tree.js';
import type { Predicted } from './tabular/evaluate-rows.js';

/** Models whose predictions are summed in one chain; beyond it the tree goes on. */
const MODEL_LEAF = 256;

/** Options of {@link ensemble}. */
export interface EnsembleOptions {
  /** What `evaluate` reports. @default the loss that all models were compiled with */
  readonly loss?: LossOption;
  /** @default the metrics of the first compiled model, or [] */
  readonly metrics?: readonly Metric[];
}

const ensembleSchema = fields({ loss: v.optional(lossSchema), metrics: v.optional(metricsSchema) });

/**
 * Models that predict together; {@link ensemble} makes one. They stay their owners': they may be trained on, and are
 * disposed one by one. Methods throw what the models' own throw.
 */
export class Ensemble {
  /** In the order in which predictions are summed. */
  readonly models: readonly Sequential[];
  readonly #loss: Loss | null;
  readonly #metrics: readonly Metric[];

  /** @internal */
  constructor(models: readonly Sequential[], loss: Loss | null, metrics: readonly Metric[]) {
    this.models = models;
    this.#loss = loss;
    this.#metrics = metrics;
  }

  /**
   * The mean of the models' predictions, [rows, units]; each row's bits are independent of the rows around it.
   *
   * @param x Rows [rows, inputs].
   */
  async predict(x: MatrixLike, options: PredictOptions = {}): Promise<Predictions> {
    checkPredictOptions(options, 'predict');
    const matrix = sharedCopy(this.#matrix(x));
    const predictions: Predictions[] = [];
    // One after the other: each has the whole team.
    for (const model of this.models) predictions.push(await model.predict(matrix, options));
    return meanPredictions(predictions);
  }

  /** As {@link predict}, at once: for a row or a few. Blocks the event loop. */
  predictSync(x: MatrixLike, options: PredictOptions = {}): Predictions {
    checkPredictOptions(options, 'predictSync');
    const matrix = this.#matrix(x);
    return meanPredictions(this.models.map((model) => model.predictSync(matrix, options)));
  }

  /**
   * Mean loss of the mean predictions over all rows, and the metrics.
   *
   * @throws SamebitsError `ERR_SAMEBITS_STATE` where no loss is known.
   */
  async evaluate(x: MatrixLike, y: Targets, options: EvaluateOptions = {}): Promise<Metrics> {
    const { batchLeaf, ...execution } = checkEvaluateOptions(options);
    const loss = this.#loss;
    if (loss === null) {
      throw new SamebitsError(
        'ERR_SAMEBITS_STATE',
        'Expected a loss for evaluate: compile the models with one loss, or pass loss to ensemble()',
      );
    }
    const matrix = sharedCopy(this.#matrix(x));
    const { units } = this.models[0];
    const data = keepSamples(matrix, y, { loss, units });
    const outputs = await this.predict(matrix, execution);
    const score = scoreOutputs(loss, { data: outputs.data, units }, data, batchLeaf);
    const predicted = { targets: data.targets as Predicted['targets'], outputs: outputs.data };
    return new MetricsOf(units, { loss, metrics: this.#metrics }).evaluated({ ...score, predicted }, data.rows);
  }

  #matrix(x: MatrixLike): Matrix {
    return asMatrix(x, 'x', this.models.find(({ inputs }) => inputs !== undefined)?.inputs);
  }
}

/**
 * Trained models as one that averages their predictions.
 *
 * @example
 * const five = ensemble(models);
 * (await five.evaluate(x, y)).accuracy;
 *
 * @param models At least one; with as many units in the last layer and, where known, as many inputs.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_SHAPE` for models of different shapes;
 * `ERR_SAMEBITS_LOSS` where the loss does not fit a model's last layer.
 */
export function ensemble(models: readonly Sequential[], options: EnsembleOptions = {}): Ensemble {
  const { loss, metrics } = check(ensembleSchema, options, 'ensemble');
  if (!Array.isArray(models) || models.length === 0 || !models.every((model) => model instanceof Sequential)) {
    throw expected('an array of at least one model, as sequential() gives,', 'models', models);
  }
  const [{ units }] = models as Sequential[];
  const inputs = models.find((model) => model.inputs !== undefined)?.inputs;
  models.forEach((model: Sequential, i) => {
    if (model.units !== units) throw shape(`${units} outputs, as models[0] has,`, `models[${i}].units`, model.units);
    if (inputs !== undefined && model.inputs !== undefined && model.inputs !== inputs) {
      throw shape(`${inputs} inputs, as the others have,`, `models[${i}].inputs`, model.inputs);
    }
  });
  const losses = models.map((model: Sequential) => model.compiled?.loss ?? null);
  const alike = losses.every((each) => JSON.stringify(each) === JSON.stringify(losses[0]));
  const common = alike ? losses[0] : null;
  const compiled = models.find((model: Sequential) => model.compiled !== null)?.compiled;
  const reported = { loss: loss ?? common, metrics: metrics ?? compiled?.metrics ?? [] };
  const { loss: known } = reported;
  if (known !== null) {
    for (const model of models) checkLoss(known, lastLayer(model));
    checkMetrics(reported.metrics, known, { units }, 'ensemble.metrics');
  }
  return new Ensemble([...models], known, reported.metrics);
}

function lastLayer({ layers }: Sequential): DenseLayer {
  return layers[layers.length - 1] as DenseLayer;
}

/** For each element the tree over the predictions in order, times 1/k. */
export function meanPredictions(predictions: readonly Predictions[]): Predictions {
  const [{ rows, columns }] = predictions;
  const share = Math.fround(1 / predictions.length);
  const data = new Float32Array(rows * columns);
  if (predictions.length <= MODEL_LEAF) {
    // One chain from +0: a Float32Array rounds each sum.
    for (const prediction of predictions) for (let i = 0; i < data.length; i += 1) data[i] += prediction.data[i];
  } else {
    const terms = new Float32Array(predictions.length);
    for (let i = 0; i < data.length; i += 1) {
      predictions.forEach((prediction, k) => {
        terms[k] = prediction.data[i];
      });
      data[i] = treeOf(terms, MODEL_LEAF);
    }
  }
  for (let i = 0; i < data.length; i += 1) data[i] *= share;
  return { data, rows, columns };
}

/** In shared memory the models take it as it is, instead of copying it once each. */
function sharedCopy({ data, rows, columns }: Matrix): Matrix {
  if (data.buffer instanceof SharedArrayBuffer) return keepMatrix({ data, rows, columns });
  const bytes = new SharedArrayBuffer(data.byteLength);
  const copy = data instanceof Float32Array ? new Float32Array(bytes) : new Uint8Array(bytes);
  copy.set(data);
  return { data: copy, rows, columns };
}

function shape(what: string, name: string, received: unknown): SamebitsError {
  return expected(what, name, received, 'ERR_SAMEBITS_SHAPE');
}
