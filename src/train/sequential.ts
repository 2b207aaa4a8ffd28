/** Models: what users build, train, ask and throw away. */
import { check } from '../arguments.js';
import { type MatrixLike } from '../data/matrix.js';
import type { Preparation } from '../data/prepare/preparation.js';
import type { Table } from '../data/table/table.js';
import type { TableSource } from '../data/table/table-source.js';
import { type ModelDescription, type NamedTensor, outputLayer, outputUnits } from '../model/description.js';
import { checkLazyUpdates } from '../model/lazy-updates.js';
import { checkLoss } from '../model/losses.js';
import { checkMetrics } from '../model/metrics.js';
import { slotNames } from '../model/optimizers.js';
import { checkMonitor } from '../model/reduce-on-plateau.js';
import type { Seeds } from '../model/seeds.js';
import { summaryText } from '../model/summary.js';
import type { Seed } from '../random/seed.js';
import type { Generator } from '../random/words.js';
import { readAveragedWeights } from './averaged-weights.js';
import { evaluateMatrix, evaluateTable } from './evaluate.js';
import { type FingerprintScope, fingerprintNetwork } from './fingerprint.js';
import {
  checkFitOptions,
  type EvaluateOptions,
  type FitOptions,
  type PredictOptions,
  type StepOptions,
  type TableEvaluateOptions,
  type TableFitOptions,
} from './fit-options.js';
import { LiveNetwork } from './live-network.js';
import { stepOnBatch } from './one-batch.js';
import { type AskedModel, predict, predictSync } from './predict.js';
import type { Metrics, Predictions, Run } from './run.js';
import { type Targets } from './samples.js';
import { modelBytes, type SavableModel, type SaveOptions, saveModel } from './save.js';
import {
  type Blueprint,
  type CloneOptions,
  type Compiled,
  type CompileOptions,
  cloneSchema,
  compileSchema,
  type SummaryOptions,
  scopeSchema,
  summarySchema,
} from './sequential-options.js';
import type { TablePredictions } from './tabular/labels.js';
import { ModelTables } from './tabular/model-tables.js';
import { isTabular, type TableRows } from './tabular/tabular.js';
import { fitData, type ModelParts, trainModel } from './train-model.js';
import { putWeights, readWeights, writeWeights } from './weights.js';

/**
 * A stack of layers with weights; {@link sequential} makes one. Every method throws (or rejects with) a `SamebitsError`:
 * `ERR_SAMEBITS_ARGUMENT` for arguments that are not what they should be, `ERR_SAMEBITS_SHAPE` and `ERR_SAMEBITS_DATA` for
 * data, `ERR_SAMEBITS_STATE` after {@link dispose} or before {@link compile}, and `ERR_SAMEBITS_BUSY` while a call is under
 * way that it cannot run beside.
 */
export class Sequential {
  readonly #blueprint: Blueprint;
  readonly #live: LiveNetwork;
  readonly #tables: ModelTables;
  #compiled: Compiled | null = null;

  /** @internal */
  constructor(blueprint: Blueprint) {
    this.#blueprint = blueprint;
    this.#live = new LiveNetwork(blueprint);
    this.#tables = new ModelTables(blueprint, this.#live);
  }

  get name(): string {
    return this.#blueprint.model.name;
  }

  /** Layers from the data to the outputs, with their names and defaults filled in. */
  get layers(): ModelDescription['layers'] {
    return this.#blueprint.model.layers;
  }

  /** Columns of the data, as soon as description or data have said it. */
  get inputs(): number | undefined {
    return this.#live.inputs;
  }

  /** Units of the last layer. */
  get units(): number {
    return outputUnits(this.#blueprint.model);
  }

  /** What {@link compile} was given last, with its defaults filled in, or null. */
  get compiled(): Compiled | null {
    return this.#compiled;
  }

  /** The seed that was given, or the one that was drawn. */
  get seed(): Seed {
    return this.#blueprint.seed;
  }

  /** The seeds of single uses of randomness that were given; null for the others. */
  get seeds(): Seeds {
    return this.#blueprint.seeds;
  }

  get generator(): Generator {
    return this.#blueprint.generator;
  }

  /** From rows of a table to rows of the network: what the model was made with, or what its first `fit` on a table learned. */
  get preparation(): Preparation | null {
    return this.#tables.preparation;
  }

  /**
   * Sets how the model is trained. Again: weights and epoch counter stay, the optimizer starts anew.
   *
   * @throws SamebitsError `ERR_SAMEBITS_LOSS` where the loss does not fit the last layer, or a metric the loss.
   */
  compile(options: CompileOptions): void {
    const compiled = check(compileSchema, options, 'compile');
    const { model } = this.#blueprint;
    checkLoss(compiled.loss, outputLayer(model));
    checkMetrics(compiled.metrics, compiled.loss, { units: outputUnits(model) }, 'compile.metrics');
    checkLazyUpdates(compiled.optimizer, model, 'compile.optimizer');
    checkMonitor(compiled, true, 'compile.optimizer');
    this.#live.setObjective(compiled, 'compile');
    this.#compiled = compiled;
  }

  /**
   * Trains off the event loop. A later call goes on: 2 and 3 epochs give the bits of 5.
   *
   * @param x Rows [rows, inputs]; copied once, unless on a SharedArrayBuffer.
   * @param y Targets, see {@link Targets}.
   * @throws SamebitsError also `ERR_SAMEBITS_NON_FINITE` (see `onNonFinite`), `ERR_SAMEBITS_NOT_DETERMINISTIC`,
   * `ERR_SAMEBITS_ISA`; the signal's reason after an abort; and whatever a callback throws.
   */
  async fit(x: MatrixLike, y: Targets, options?: FitOptions): Promise<Run>;
  /**
   * Trains on a table. The first call learns a {@link preparation} of the training rows, and keeps it. Rows of a source
   * (`openTable`) are read and prepared while others are trained on, and never all in memory; `shuffleBuffer` of them are.
   *
   * @param table In memory, or as it is read.
   * @throws SamebitsError as above; also `ERR_SAMEBITS_LOSS` where loss or last layer do not fit the target, and what preparing and
   * reading throw
   */
  async fit(table: Table | TableSource, options?: TableFitOptions): Promise<Run>;
  async fit(
    data: MatrixLike | Table | TableSource,
    second?: Targets | TableFitOptions,
    options: FitOptions = {},
  ): Promise<Run> {
    const parts = this.#parts('fit');
    this.#live.checkFree('fit');
    if (isTabular(data)) return this.#tables.fit(parts, data, (second ?? {}) as TableFitOptions);
    const { validationData, validationSplit, sampleWeights, ...checked } = checkFitOptions(options);
    const given = { validationData, validationSplit, sampleWeights };
    const makeData = () => fitData(parts, data, second as Targets, given);
    return trainModel(parts, checked, (validationData ?? validationSplit) !== undefined, makeData);
  }

  /**
   * One step on one batch; a loop over the batches of an epoch gives `fit`'s bits.
   *
   * @returns The batch's loss and accuracy, before the update.
   * @throws SamebitsError as {@link fit} does.
   */
  async trainOnBatch(x: MatrixLike, y: Targets, options: StepOptions = {}): Promise<Metrics> {
    return stepOnBatch(this.#parts('trainOnBatch'), x, y, options);
  }

  /** Mean loss over all rows, and accuracy if it was compiled in. */
  async evaluate(x: MatrixLike, y: Targets, options?: EvaluateOptions): Promise<Metrics>;
  /**
   * The same over the rows of a table, which has the column of the target too. Those of a source are never all in memory.
   *
   * @throws SamebitsError also `ERR_SAMEBITS_STATE` for a model without a preparation
   */
  async evaluate(table: Table | TableSource, options?: TableEvaluateOptions): Promise<Metrics>;
  async evaluate(
    data: MatrixLike | Table | TableSource,
    second?: Targets | TableEvaluateOptions,
    options: EvaluateOptions = {},
  ): Promise<Metrics> {
    const parts = this.#parts('evaluate');
    if (isTabular(data)) return evaluateTable(parts, this.#tables, data, (second ?? {}) as TableEvaluateOptions);
    return evaluateMatrix(parts, data, second as Targets, options);
  }

  /**
   * Outputs of the last layer, [rows, units]; each row's bits are independent of the rows around it.
   *
   * @param x Rows [rows, inputs], or one flat array of whole rows.
   */
  async predict(x: MatrixLike, options?: PredictOptions): Promise<Predictions>;
  /**
   * The same of rows as they stand in a table, prepared by the model's {@link preparation}, with the class that each row's outputs
   * say. Rows that are arrays are a matrix: of values that are prepared already.
   *
   * @param rows A table, an object of values by their columns' names, or an array of such objects.
   * @throws SamebitsError also `ERR_SAMEBITS_STATE` for a model without a preparation
   */
  async predict(rows: TableRows, options?: PredictOptions): Promise<TablePredictions>;
  async predict(x: MatrixLike | TableRows, options: PredictOptions = {}): Promise<Predictions> {
    return predict(this.#asked, x, options);
  }

  /** As {@link predict}, at once: for a row or a few. Blocks the event loop. */
  predictSync(x: MatrixLike, options?: PredictOptions): Predictions;
  /** As {@link predict}, at once: for a row or a few. */
  predictSync(rows: TableRows, options?: PredictOptions): TablePredictions;
  predictSync(x: MatrixLike | TableRows, options: PredictOptions = {}): Predictions {
    return predictSync(this.#asked, x, options);
  }

  /** Prints and returns a table of the layers, the number of weights, and the seed. */
  summary(options: SummaryOptions = {}): string {
    this.#live.checkUsable();
    const { print } = check(summarySchema, options, 'summary');
    const { model, ...facts } = this.#blueprint;
    const text = summaryText(model, { ...facts, inputs: this.#live.inputs });
    print(text);
    return text;
  }

  /** Copies of all weights in model order: each layer's kernel [inputs, units], then its bias [units] if it has one. */
  getWeights(): NamedTensor[] {
    this.#live.checkReadable('getWeights');
    return readWeights(this.#live.networkAsDeclared('getWeights'), this.#live.parameters('getWeights'));
  }

  /** Sets all weights, as {@link getWeights} gives them; optimizer state and counters stay. */
  setWeights(weights: readonly NamedTensor[]): void {
    this.#live.checkIdle('setWeights');
    this.#live.weightsSet();
    writeWeights(this.#live.networkAsDeclared('setWeights'), this.#live.parameters('setWeights'), weights);
  }

  /**
   * Copies of the moving averages of all weights, as {@link getWeights} gives those; before the first step they are the weights.
   *
   * @throws SamebitsError also `ERR_SAMEBITS_STATE` where the optimizer keeps none (`movingAverage`).
   */
  getAveragedWeights(): NamedTensor[] {
    return readAveragedWeights(this.#live);
  }

  /**
   * A model whose weights are the moving averages of this one's, to evaluate and predict with: compiled the same way, no step made.
   * This one keeps its weights, so that a `fit` goes on as if nothing had been asked; Keras puts the averages in their place
   * at the end of `fit`.
   *
   * @example
   * model.compile({ optimizer: adam({ movingAverage: { momentum: 0.999 } }), loss: 'meanSquaredError' });
   * await model.fit(x, y, { epochs: 20 });
   * const averaged = model.averaged();
   * await averaged.predict(xTest);
   *
   * @throws SamebitsError as {@link getAveragedWeights}.
   */
  averaged(): Sequential {
    const weights = this.getAveragedWeights();
    const copy = this.clone();
    copy.#live.weightsSet();
    const network = copy.#live.network(this.#live.knownInputs('averaged'));
    putWeights(network, copy.#live.parameters('averaged'), weights);
    return copy;
  }

  /** Number of weights. */
  countParams(): number {
    return this.#live.parameters('countParams').reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * SHA-256 of the weights, or of the full state (weights, optimizer, counters), as 64 hexadecimal digits: equal
   * exactly where all bits are equal.
   *
   * @param scope @default 'weights'
   */
  fingerprint(scope: FingerprintScope = 'weights'): string {
    check(scopeSchema, scope, 'scope');
    this.#live.checkReadable('fingerprint');
    const slots = slotNames(this.#live.objective?.optimizer);
    const network = this.#live.networkAsDeclared('fingerprint');
    return fingerprintNetwork(network, this.#live.parameters('fingerprint'), scope, slots);
  }

  /**
   * A fresh model of the same description, compiled the same way, with initial weights. With another `seed`, whatever was
   * given a seed of its own (in `seeds`, or a dropout layer's) keeps it. It has the preparation that this one was made with, not
   * one that was learned.
   */
  clone(options: CloneOptions = {}): Sequential {
    this.#live.checkUsable();
    const { seed } = check(cloneSchema, options, 'clone');
    const copy = new Sequential(seed === undefined ? this.#blueprint : { ...this.#blueprint, seed, seedDrawn: false });
    if (this.#compiled !== null) copy.compile(this.#compiled);
    return copy;
  }

  /**
   * Writes the model to a file that {@link loadModel} reads: weights, optimizer state, counters, seeds, description, preparation, and how it is
   * compiled. The file is there whole or not at all: a crash while it is written leaves the one that was there before.
   *
   * Safetensors, with the weights under the names and in the layout of a PyTorch `state_dict`.
   *
   * @example
   * await model.save('iris.safetensors');
   *
   * @throws SamebitsError also `ERR_SAMEBITS_FILE` where it cannot be written.
   */
  async save(path: string, options: SaveOptions = {}): Promise<void> {
    return saveModel(this.#savable, path, options);
  }

  /** The bytes of the file that {@link save} writes. */
  toSafetensors(options: SaveOptions = {}): Uint8Array {
    return modelBytes(this.#savable, options);
  }

  /** Back to the initial weights of the seed, counters and optimizer state at zero; a preparation that was learned is forgotten. */
  reset(): void {
    this.#live.forget('reset');
    this.#tables.forget();
  }

  /** Frees the native memory now rather than with the object. Again: nothing. */
  dispose(): void {
    this.#live.dispose();
  }

  /** @throws SamebitsError `ERR_SAMEBITS_STATE` before `compile`, and after `dispose`. */
  #parts(what: string): ModelParts {
    this.#live.compiled(what);
    return { ...this.#savable, compiled: this.#compiled as Compiled };
  }

  /** @internal What training works on. */
  get parts(): ModelParts {
    return this.#parts('fit');
  }

  /** @internal */
  get live(): LiveNetwork {
    return this.#live;
  }

  get #asked(): AskedModel {
    return { live: this.#live, tables: this.#tables, compiled: this.#compiled };
  }

  get #savable(): SavableModel {
    const { preparation } = this.#tables;
    return { live: this.#live, blueprint: this.#blueprint, compiled: this.#compiled, preparation };
  }
}
