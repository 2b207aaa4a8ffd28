/**
 * A training session: a network, its data and how it is trained, advanced call by call. Each call runs natively, off the
 * event loop, over as many steps as its limits allow.
 */
import { asMatrix, type MatrixLike } from '../data/matrix.js';
import { checkClassWeights } from '../model/class-weights.js';
import { declaredInputs, outputUnits, type Parameter, parametersOf } from '../model/description.js';
import { checkShuffle } from '../model/losses.js';
import { checkShuffleBuffer, type FitRecipe, type Recipe } from '../model/recipe.js';
import { seedOf } from '../model/seeds.js';
import type { EpochState, NativeNetwork, TrainJob, TrainResult } from '../native/network.js';
import type { Loss } from '../native/network-description.js';
import type { Seed } from '../random/seed.js';
import type { Generator } from '../random/words.js';
import type { Recording } from '../runs/recording.js';
import { checkRepeatable, type ExecutionOptions, type ResolvedExecution, resolveExecution } from './execution.js';
import { checkIndices } from './indices.js';
import { createNetwork, initialize } from './network.js';
import { checkRecordable, checkRecording, endOfSteps } from './recording.js';
import type { SampleWeights } from './row-weights.js';
import { keepSamples, type Targets } from './samples.js';
import { type Supply, supplyOf } from './supply.js';
import type { Stages } from './tabular/epoch-feed.js';
import type { Rows } from './tabular/evaluate-rows.js';

/** How a step is computed: with its gradients stored and then applied, or fused. Same bits. */
export type Plan = TrainJob['plan'];

/** What a session trains, on what, and how. */
export interface SessionOptions {
  readonly network: NativeNetwork;
  readonly data: Rows;
  /** Of the order of the rows. */
  readonly seed: Seed;
  readonly generator: Generator;
  readonly loss: Loss;
  readonly fit: FitRecipe;
  readonly execution: Pick<ResolvedExecution, 'threads' | 'reduction'>;
  /** @default 'auto' */
  readonly plan?: Plan;
  /** Rows that pass through the network at a time. @default whole batches */
  readonly microBatchSize?: number;
  /** Free order: keep how each step was summed. @default false */
  readonly record?: boolean;
  /** Mark all weights after each step: `advance` returns the marks. @default false */
  readonly marks?: boolean;
  /** Free order: sum as recorded. @default null */
  readonly replay?: Recording | null;
  /** The recording may be of a run that did not end. @default false */
  readonly replayMayEnd?: boolean;
  /** End a call after the first step that leaves a weight infinite or NaN. @default true */
  readonly stopOnNonFinite?: boolean;
  /** Ends what is read before the first step. */
  readonly signal?: AbortSignal;
  /** Where a run that is resumed stands. @default at its first step */
  readonly from?: SessionStart;
  /** For tests: microseconds that thread i waits before it claims rows. */
  readonly delays?: readonly number[];
}

/** Steps of the session's run that were made before, and its position in the epoch. */
export interface SessionStart {
  readonly steps: number;
  readonly epoch: EpochState;
}

/** Where a call ends, whichever comes first; without limits it runs on. At least one step is made. */
export interface AdvanceLimits {
  readonly maxSteps?: number;
  readonly maxEpochs?: number;
  /** @default false */
  readonly stopAtEpochEnd?: boolean;
  readonly maxMilliseconds?: number;
}

/** Options of {@link TrainingSession.start}. */
export interface StartOptions
  extends ExecutionOptions,
    Pick<
      SessionOptions,
      'plan' | 'record' | 'replay' | 'replayMayEnd' | 'from' | 'marks' | 'stopOnNonFinite' | 'delays'
    > {
  readonly sampleWeights?: SampleWeights;
}

const UNLIMITED = Number.POSITIVE_INFINITY;

export class TrainingSession {
  readonly network: NativeNetwork;
  /** Of an epoch. */
  readonly rows: number;
  readonly stepsPerEpoch: number;
  readonly #options: SessionOptions;
  readonly #supply: Supply;
  /** Rows of the epoch that are done. */
  #position: number;
  /** Seconds of native training. */
  #trained = 0;
  /** Words of the recording that were replayed. */
  #replayed = 0;

  /** Goes on with a network as it is; a partial epoch is forgotten, unless the session starts in one. */
  constructor(options: SessionOptions) {
    this.#options = options;
    this.network = options.network;
    this.rows = options.data.rows;
    this.stepsPerEpoch = Math.ceil(options.data.rows / options.fit.batchSize);
    checkShuffleBuffer(options.fit, options.generator, 'fit');
    this.#supply = supplyOf(options);
    checkRecordable(options.execution.reduction, options.record ?? false, options.replay ?? null);
    if (options.replay) {
      const { batchSize, freeGrain, epochs } = options.fit;
      const steps = options.replayMayEnd ? options.replay.steps : epochs * this.stepsPerEpoch;
      checkRecording(options.replay, { rows: options.data.rows, batchSize, freeGrain, steps });
    }
    const { from } = options;
    this.#position = from?.epoch.position ?? 0;
    if (from === undefined || from.epoch.position === 0) options.network.startEpoch();
    else options.network.setEpoch(from.epoch);
    if (options.replay && from) this.#replayed = endOfSteps(options.replay.orders, 0, from.steps);
  }

  /**
   * A fresh network with the initial weights of a recipe, ready to train on `x` and `y`.
   *
   * @throws SamebitsError as `fit` does.
   */
  static start(
    recipe: Recipe,
    x: MatrixLike,
    y: Targets,
    options: StartOptions = {},
  ): { session: TrainingSession; parameters: readonly Parameter[]; execution: ResolvedExecution } {
    const { emulate } = recipe;
    const execution = resolveExecution({ ...options, reduction: options.reduction ?? recipe.reduction, emulate });
    checkRepeatable(execution, { seedDrawn: false, replays: Boolean(options.replay) });
    const { model, loss, generator, fit } = recipe;
    checkShuffle(fit.shuffle, loss);
    checkClassWeights(fit.classWeights, loss, outputUnits(model));
    const matrix = asMatrix(x, 'x', declaredInputs(model));
    checkIndices(model, matrix, 'x');
    const data = keepSamples(matrix, y, { loss, units: outputUnits(model) }, undefined, options.sampleWeights);
    const network = createNetwork(recipe, matrix.columns, { isa: execution.isa, emulate }, recipe);
    initialize(network, recipe, matrix.columns);
    const session = new TrainingSession({
      ...options,
      network,
      data,
      seed: seedOf(recipe, 'order'),
      generator,
      loss,
      fit,
      execution,
    });
    return { session, parameters: parametersOf(model, matrix.columns), execution };
  }

  /** Trains until the first of the limits; rejects with `ERR_SAMEBITS_BUSY` while another call is under way. */
  async advance(limits: AdvanceLimits = {}): Promise<TrainResult> {
    const {
      fit,
      execution,
      plan = 'auto',
      microBatchSize = null,
      record = false,
      marks = false,
      stopOnNonFinite = true,
      delays,
    } = this.#options;
    const { maxSteps = UNLIMITED, maxEpochs = UNLIMITED, maxMilliseconds = UNLIMITED } = limits;
    const result = await this.network.train({
      ...(await this.#supply.next(this.network.getCounters().epochs, this.#position)),
      threads: execution.threads,
      reduction: execution.reduction,
      batchSize: fit.batchSize,
      batchLeaf: fit.batchLeaf,
      freeGrain: fit.freeGrain,
      plan,
      microBatchSize,
      inEpoch: true,
      maxSteps,
      stopAtEpochEnd: limits.stopAtEpochEnd ?? false,
      maxEpochs,
      maxMilliseconds,
      stopOnNonFinite,
      record,
      marks,
      replay: this.#replayFor(maxSteps),
      ...(delays === undefined ? {} : { delays }),
    });
    this.#position = result.position;
    this.#trained += result.seconds;
    const { replay } = this.#options;
    if (!replay) return result;
    const begin = this.#replayed;
    this.#replayed = endOfSteps(replay.orders, begin, result.steps);
    // Native code records what it decides, and here it decided nothing.
    return record ? { ...result, recording: replay.orders.slice(begin, this.#replayed) } : result;
  }

  /** Where the time went, of a run that streams its rows; else null. */
  get stages(): Stages | null {
    return this.#supply.stages(this.#trained);
  }

  /** Ends what reads ahead. */
  async close(): Promise<void> {
    await this.#supply.close();
  }

  /** The recorded orders of the next steps: of `maxSteps`, so that single steps do not each pass on all that is left. */
  #replayFor(maxSteps: number): Uint32Array | null {
    const { replay } = this.#options;
    if (!replay) return null;
    const end = maxSteps === UNLIMITED ? UNLIMITED : endOfSteps(replay.orders, this.#replayed, maxSteps);
    return replay.orders.subarray(this.#replayed, Math.min(end, replay.orders.length));
  }
}
