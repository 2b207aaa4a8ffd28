/** A `fit`, from its arguments to its result; and its continuation, where a run is resumed. */
import { asMatrix, type MatrixLike } from '../data/matrix.js';
import type { Preparation } from '../data/prepare/preparation.js';
import { expected } from '../errors.js';
import type { MetricName } from '../metrics/names.js';
import { checkClassWeights } from '../model/class-weights.js';
import { outputUnits } from '../model/description.js';
import { contractOf } from '../model/emulation.js';
import { checkShuffle } from '../model/losses.js';
import { checkWatched, type Metric } from '../model/metrics.js';
import { slotNames } from '../model/optimizers.js';
import { checkShuffleBuffer, type Recipe } from '../model/recipe.js';
import { checkMonitor } from '../model/reduce-on-plateau.js';
import { seedOf } from '../model/seeds.js';
import type { NativeNetwork } from '../native/network.js';
import type { RunOptions } from '../runs/manifest.js';
import { RunWriter } from '../runs/run-writer.js';
import { checkRepeatable, type ResolvedExecution, resolveExecution } from './execution.js';
import { fingerprintNetwork } from './fingerprint.js';
import { type FitStart, FROM_THE_BEGINNING, runFit } from './fit.js';
import type { Callbacks, CheckedFitOptions } from './fit-options.js';
import { checkIndices } from './indices.js';
import type { LiveNetwork } from './live-network.js';
import { manifestOf } from './manifest-of.js';
import { MetricsOf } from './metrics-of.js';
import { checkMicroBatchSize } from './micro-batches.js';
import type { BestWeights, Run } from './run.js';
import { type KeptNetwork, RunKeeper, writtenState } from './run-keeper.js';
import { keepSamples, splitSamples, type Targets } from './samples.js';
import type { Blueprint, Compiled } from './sequential-options.js';
import { type SessionStart, TrainingSession } from './session.js';
import type { Rows } from './tabular/evaluate-rows.js';
import { putWeights } from './weights.js';

/** What a model is made of, for those who train it. */
export interface ModelParts {
  readonly live: LiveNetwork;
  readonly blueprint: Blueprint;
  readonly compiled: Compiled;
}

/** Rows to train on and to validate on, checked. */
export interface FitData {
  readonly columns: number;
  readonly train: Rows;
  readonly validation: Rows | null;
  /** What made them of tables, if they are of tables. */
  readonly preparation: Preparation | null;
  /** Of tables: the column that says what rows weigh, if one does. */
  readonly sampleWeights?: string;
}

/** What a resumed run goes on with; its network has the checkpoint's state already. */
export interface Continuation {
  readonly from: FitStart;
  readonly session: SessionStart;
  readonly best: BestWeights | null;
  readonly initialEpoch: number;
  readonly openWriter: () => Promise<RunWriter>;
}

/** What options say of rows. */
export type GivenRows = Pick<CheckedFitOptions, 'sampleWeights' | 'validationData' | 'validationSplit'>;

/** @throws SamebitsError as `fit` does, for data. */
export function fitData(
  { live, blueprint, compiled }: ModelParts,
  x: MatrixLike,
  y: Targets,
  { sampleWeights, validationData: validation, validationSplit }: GivenRows,
): FitData {
  const outputs = { loss: compiled.loss, units: outputUnits(blueprint.model) };
  const matrix = asMatrix(x, 'x', live.inputs);
  checkIndices(blueprint.model, matrix, 'x');
  const train = keepSamples(matrix, y, outputs, undefined, sampleWeights);
  if (validationSplit !== undefined) {
    if (validation !== undefined) {
      throw expected('validationData or a validationSplit, not both', 'fit.validationSplit', validationSplit);
    }
    return { columns: matrix.columns, ...splitSamples(train, validationSplit), preparation: null };
  }
  if (validation === undefined) return { columns: matrix.columns, train, validation: null, preparation: null };
  const names = { x: 'validationData[0]', y: 'validationData[1]', weights: 'validationData[2]' };
  const rows = asMatrix(validation[0], names.x, matrix.columns);
  checkIndices(blueprint.model, rows, names.x);
  const kept = keepSamples(rows, validation[1], outputs, names, validation[2]);
  return { columns: matrix.columns, train, validation: kept, preparation: null };
}

/** Options of `fit` without its data. */
export type TrainingOptions = Omit<CheckedFitOptions, keyof GivenRows>;

/**
 * Trains a model on new data, from where it is.
 *
 * @param validated Whether there will be validation data.
 * @param makeData Called once the options are known to be good, with the model held.
 */
export async function trainModel(
  model: ModelParts,
  given: TrainingOptions,
  validated: boolean,
  makeData: () => FitData | Promise<FitData>,
): Promise<Run> {
  const options = { ...given, best: bestMetric(given.callbacks, given.best) };
  const execution = resolveExecution(options);
  checkRepeatable(execution, { seedDrawn: model.blueprint.seedDrawn, replays: options.replay !== undefined });
  checkShuffle(options.shuffle, model.compiled.loss);
  checkClassWeights(options.classWeights, model.compiled.loss, outputUnits(model.blueprint.model));
  checkShuffleBuffer(options, model.blueprint.generator, 'fit');
  options.signal?.throwIfAborted();
  checkCallbackMetrics(options, model.compiled.metrics, validated, 'fit');
  checkMonitor(model.compiled, validated, 'optimizer');
  return model.live.hold('fit', async () => trainHeld(model, await makeData(), options, execution, null));
}

/**
 * The metric whose best epoch is kept: that of the options, or the one by which callbacks restore.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` where they are two.
 */
export function bestMetric(callbacks: readonly Callbacks[], best: MetricName | null): MetricName | null {
  let metric = best;
  for (const [index, { restoreBest }] of callbacks.entries()) {
    metric ??= restoreBest ?? null;
    if (restoreBest !== undefined && restoreBest !== metric) {
      throw expected(`'${metric}', by which the best epoch is kept,`, `callbacks[${index}].restoreBest`, restoreBest);
    }
  }
  return metric;
}

/**
 * Refuses to keep the best epoch by a metric that no epoch will have, and callbacks that watch one.
 *
 * @param validated Whether epochs have metrics of validation.
 * @param place What the caller calls the options.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function checkCallbackMetrics(
  { best, callbacks }: Pick<TrainingOptions, 'best' | 'callbacks'>,
  metrics: readonly Metric[],
  validated: boolean,
  place: string,
): void {
  for (const [index, { watches }] of callbacks.entries()) {
    if (watches !== undefined) checkWatched(watches, metrics, validated, `${place}.callbacks[${index}].watches`);
  }
  if (best !== null) checkWatched(best, metrics, validated, `${place}.best`);
}

/** As {@link trainModel}, for a model that is held. */
export async function trainHeld(
  model: ModelParts,
  data: FitData,
  options: TrainingOptions,
  execution: ResolvedExecution,
  continuation: Continuation | null,
): Promise<Run> {
  const { live, blueprint, compiled } = model;
  const { epochs, batchSize, shuffle, shuffleBuffer, batchLeaf, freeGrain } = options;
  const { emulate, plan, microBatchSize, record, replay = null } = options;
  const place = { reduction: execution.reduction, batchLeaf, model: blueprint.model };
  checkMicroBatchSize(microBatchSize, place, continuation ? 'resume' : 'fit');
  const buffered = shuffleBuffer === undefined ? {} : { shuffleBuffer };
  const weighed = options.classWeights === undefined ? {} : { classWeights: options.classWeights };
  const fit = { epochs, batchSize, shuffle, ...buffered, batchLeaf, freeGrain, ...weighed };
  const recipe = recipeOf(model, data.columns, { fit, reduction: execution.reduction, emulate });
  const isInitial = live.isInitial;
  const network = await live.step(async () => live.network(data.columns, { isa: execution.isa, emulate }));
  const initialEpoch = continuation?.initialEpoch ?? network.getCounters().epochs;
  const kept = keptNetwork(model, network);
  const runOptions = runOptionsOf(options);
  const session = new TrainingSession({
    network,
    data: data.train,
    seed: seedOf(blueprint, 'order'),
    generator: blueprint.generator,
    loss: compiled.loss,
    fit,
    execution,
    plan,
    ...(microBatchSize === undefined ? {} : { microBatchSize }),
    record,
    replay,
    stopOnNonFinite: options.onNonFinite === 'stop',
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    marks: runOptions.trace === 'step',
    ...(continuation === null ? {} : { from: continuation.session }),
  });
  const executed = { ...execution, plan };
  let writer: RunWriter | null = null;
  if (continuation !== null) writer = await continuation.openWriter();
  else if (options.folder !== undefined) {
    const manifest = await manifestOf({ recipe, data, isInitial, initialEpoch, executed, options, runOptions });
    const start = isInitial
      ? null
      : writtenState(kept, { step: 0, nonFinite: null, stopped: false, best: null, callbacks: [] });
    writer = await RunWriter.create(options.folder, manifest, start, data.preparation);
  }
  try {
    const from = continuation?.from ?? FROM_THE_BEGINNING;
    const keeper = new RunKeeper({
      ...kept,
      callbacks: options.callbacks,
      options: runOptions,
      writer,
      stepsPerEpoch: session.stepsPerEpoch,
      steps: session.stepsPerEpoch * epochs,
      firstStep: from.steps,
      best: continuation?.best ?? null,
    });
    const metrics = new MetricsOf(outputUnits(blueprint.model), compiled);
    const { validation } = data;
    const outcome = await runFit({
      live,
      session,
      options,
      metrics,
      optimizer: compiled.optimizer,
      threads: execution.threads,
      validation,
      keeper,
      from,
    });
    const run = {
      ...outcome,
      fingerprint: fingerprintNetwork(network, kept.parameters, 'weights'),
      contract: contractOf(recipe),
      recipe,
      execution: executed,
      initialEpoch,
      folder: writer?.folder ?? null,
    };
    if (run.best !== null && restoresBest(options.callbacks)) {
      putWeights(network, kept.parameters, run.best.weights);
      live.weightsSet();
    }
    return run;
  } finally {
    await writer?.close();
  }
}

/** Whether the model gets the weights of the best epoch in the end. */
export function restoresBest(callbacks: readonly Callbacks[]): boolean {
  return callbacks.some(({ restoreBest }) => restoreBest !== undefined);
}

export function keptNetwork({ live, compiled }: ModelParts, network: NativeNetwork): KeptNetwork {
  return { network, parameters: live.parameters('fit'), slots: slotNames(compiled.optimizer) };
}

/** What the folder is kept with, or what would be in one. */
function runOptionsOf(options: TrainingOptions): RunOptions {
  const { folder, trace, checkpointEvery, keepCheckpoints, best, record, replay, onNonFinite } = options;
  const marked = trace === undefined ? (folder === undefined ? null : 'epoch') : trace;
  return { trace: marked, checkpointEvery, keepCheckpoints, best, record, replay: replay !== undefined, onNonFinite };
}

/** With the inputs that the data decided, so that the recipe alone builds the same model. */
function recipeOf(
  { blueprint, compiled }: ModelParts,
  inputs: number,
  training: Pick<Recipe, 'fit' | 'reduction' | 'emulate'>,
): Recipe {
  const { model, seed, seeds, generator, flippedBit } = blueprint;
  const inputShape = [inputs] as const;
  const layers = model.layers.map((layer, index) => (index === 0 ? { ...layer, inputShape } : layer));
  return { model: { ...model, layers }, seed, seeds, generator, flippedBit, ...compiled, ...training };
}
