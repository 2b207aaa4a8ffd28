/** A model in training, as comparisons see it: it advances by steps, and its tensors are read as one flat array. */
import { SamebitsError } from '../errors.js';
import type { MetricName } from '../metrics/names.js';
import { type NamedTensor, outputUnits, type Parameter, slotsOf } from '../model/description.js';
import { decisionsOf, decisionsPerRow } from '../model/losses.js';
import { slotNames } from '../model/optimizers.js';
import type { Recipe } from '../model/recipe.js';
import { checkMonitor, monitorOf } from '../model/reduce-on-plateau.js';
import type { Counters, EpochState, NativeData, Slot, StepOrders, TrainResult } from '../native/network.js';
import type { Recording } from '../runs/recording.js';
import { type FingerprintScope, fingerprintNetwork } from '../train/fingerprint.js';
import { rateMetric } from '../train/learning-rate.js';
import { MetricsOf, type Validated } from '../train/metrics-of.js';
import { type NetworkState, writeState } from '../train/network.js';
import { type Plan, TrainingSession } from '../train/session.js';
import { type EvaluatedSums, evaluateRows } from '../train/tabular/evaluate-rows.js';
import type { StepPlace } from './anatomy/batch.js';
import type { ComparedData, ComparedRows } from './data.js';
import type { ComparedExecution } from './variants.js';

/** A tensor among others that lie one after the other. */
export interface FlatTensor extends Pick<Parameter, 'layer' | 'kind' | 'name' | 'shape' | 'size'> {
  readonly slot: Slot;
  /** Elements before it. */
  readonly offset: number;
}

/** Metrics over rows. */
export interface RowMetrics {
  readonly loss: number;
  /** NaN where the loss has none: a number that is near its target is neither a hit nor a miss. */
  readonly accuracy: number;
}

/** What a {@link Trainee.advance} gives. */
export interface Advanced {
  /** Of training alone. */
  readonly seconds: number;
  /** Mean loss of each step's batch. */
  readonly stepLosses: readonly number[];
  /** Of each epoch that ended: on the training rows, before each update. */
  readonly epochs: readonly RowMetrics[];
  /** In free order: how the steps were summed, call by call. */
  readonly orders: readonly StepOrders[];
  /** With `marks`: [steps, tensors in model order], call by call. */
  readonly marks: readonly BigUint64Array[];
  /** The first of these steps, from 1, after which weights were not finite, and which tensor first, in model order. */
  readonly nonFinite: { readonly step: number; readonly tensor: string } | null;
}

export interface TraineeOptions {
  /** Free order: keep how each step was summed. @default false */
  readonly record?: boolean;
  /** Free order: sum as recorded. @default null */
  readonly replay?: Recording | null;
  /** Go on from here. @default null, with the initial weights */
  readonly start?: RunState | null;
  /** @default 'auto' */
  readonly plan?: Plan;
  /** Mark all weights after each step. @default false */
  readonly marks?: boolean;
  /** Go on with weights that are infinite or NaN. @default false */
  readonly allowNonFinite?: boolean;
  /**
   * Of each epoch of the run, what its learning rate monitors, as it was when the run was made. @default computed, of validation on the
   * test rows
   */
  readonly observed?: readonly number[] | null;
}

/** A run between two steps: what a checkpoint holds of it. */
export interface RunState {
  /** Steps that the run had made. */
  readonly step: number;
  readonly network: NetworkState;
  readonly epoch: EpochState;
}

export class Trainee {
  /** Weights and biases, in model order. */
  readonly weights: readonly FlatTensor[];
  /** Those, then the optimizer's slots, in the fingerprint's order. */
  readonly state: readonly FlatTensor[];
  readonly #session: TrainingSession;
  readonly #parameters: readonly Parameter[];
  readonly #recipe: Recipe;
  readonly #rows: number;
  readonly #test: ComparedRows;
  readonly #execution: ComparedExecution;
  readonly #allowNonFinite: boolean;
  readonly #observed: readonly number[] | null;
  /** Of the last step: what observes its epoch may have lowered it since. */
  #rate: { readonly learning_rate?: number } = {};
  /** Steps of the run that were made. */
  #made: number;
  /** Where it started, and after how many steps of the run. */
  readonly #begin: StepPlace & { readonly run: number };

  constructor(recipe: Recipe, data: ComparedData, execution: ComparedExecution, options: TraineeOptions = {}) {
    const { x, y, weights: sampleWeights } = data.train;
    // Free order is wanted here, and compared: the promise of `deterministic` is not what this run is about.
    const { start = null, allowNonFinite = false, observed = null, ...rest } = options;
    checkMonitor(recipe, observed !== null || data.test !== data.train, 'recipe.optimizer');
    const started = TrainingSession.start(recipe, x, y, {
      ...execution,
      ...rest,
      ...(sampleWeights ? { sampleWeights } : {}),
      replayMayEnd: true,
      ...(start === null ? {} : { from: { steps: start.step, epoch: start.epoch } }),
      stopOnNonFinite: !allowNonFinite,
      deterministic: false,
    });
    this.#allowNonFinite = allowNonFinite;
    this.#observed = observed;
    this.#made = start?.step ?? 0;
    this.#session = started.session;
    this.#parameters = started.parameters;
    const { network } = started.session;
    if (start !== null) writeState(network, started.parameters, start.network);
    const { steps, epochs } = network.getCounters();
    this.#begin = { steps, epochs, position: network.getEpoch().position, run: start?.step ?? 0 };
    this.#recipe = recipe;
    this.#rows = x.rows;
    this.#test = data.test;
    this.#execution = execution;
    this.state = flatten(started.parameters, slotNames(recipe.optimizer));
    this.weights = this.state.filter(({ slot }) => slot === 0);
  }

  /**
   * Makes `steps` more steps.
   *
   * @throws `signal`'s reason after an abort; SamebitsError `ERR_SAMEBITS_NON_FINITE`.
   */
  async advance(steps: number, signal: AbortSignal): Promise<Advanced> {
    const { network } = this.#session;
    const monitor = monitorOf(this.#recipe.optimizer.learningRate);
    const stepLosses: number[] = [];
    const orders: StepOrders[] = [];
    const epochs: RowMetrics[] = [];
    const marks: BigUint64Array[] = [];
    let nonFinite: Advanced['nonFinite'] = null;
    let seconds = 0;
    const abort = (): void => network.abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      while (stepLosses.length < steps) {
        signal.throwIfAborted();
        const before = stepLosses.length;
        const result = await this.#session.advance({ maxSteps: steps - before, stopAtEpochEnd: monitor !== null });
        this.#made += result.steps;
        this.#rate = rateMetric(this.#recipe.optimizer, this.counters);
        // One by one: a chunk may have more steps than a call may have arguments.
        for (const loss of result.stepLosses) stepLosses.push(loss);
        result.epochLosses.forEach((loss, i) => {
          epochs.push(this.#metrics(loss, result.epochHits[i], this.#rows));
        });
        seconds += result.seconds;
        if (result.recording !== null) orders.push(result.recording);
        if (result.marks !== null) marks.push(result.marks);
        if (result.nonFinite !== null) {
          const tensor = this.#nameOf(result.nonFinite);
          if (!this.#allowNonFinite) throw this.#nonFiniteError(tensor);
          nonFinite ??= { step: before + result.nonFinite.step + 1, tensor };
        }
        if (monitor !== null && result.epochLosses.length > 0) {
          network.observe(await this.#monitored(monitor, epochs[epochs.length - 1]));
        }
      }
    } finally {
      signal.removeEventListener('abort', abort);
    }
    return { seconds, stepLosses, epochs, orders, marks, nonFinite };
  }

  /** Copies tensors, row-major, to their places in `into`. */
  read(tensors: readonly FlatTensor[], into: Float32Array): void {
    for (const { layer, kind, slot, offset } of tensors) {
      into.set(this.#session.network.getParameter(layer, kind, slot), offset);
    }
  }

  /** Copies of the weights, tensor by tensor. */
  readEach(): readonly (Pick<FlatTensor, 'layer' | 'kind'> & NamedTensor)[] {
    return this.weights.map(({ layer, kind, name, shape }) => ({
      layer,
      kind,
      name,
      shape,
      data: this.#session.network.getParameter(layer, kind, 0),
    }));
  }

  /** The mark of each tensor of the weights, in model order. */
  marks(): bigint[] {
    return this.weights.map(({ layer, kind, slot }) => this.#session.network.mark(layer, kind, slot));
  }

  get counters(): Counters {
    return this.#session.network.getCounters();
  }

  /** The learning rate of the last step, as a metric, where there is a schedule. */
  get rate(): { readonly learning_rate?: number } {
    return this.#rate;
  }

  get epoch(): EpochState {
    return this.#session.network.getEpoch();
  }

  /** The gradient of the last step, with plan 'stored'. */
  gradient({ layer, kind }: Pick<FlatTensor, 'layer' | 'kind'>): Float32Array {
    return this.#session.network.getGradient(layer, kind);
  }

  /** Where a step of the run (counted from 1) stands; it is after the one from which this run started. */
  placeOf(step: number): StepPlace {
    const { steps, epochs, position, run } = this.#begin;
    const { batchSize } = this.#recipe.fit;
    const { stepsPerEpoch } = this.#session;
    const later = step - run - 1;
    const inEpoch = position / batchSize + later;
    return {
      steps: steps + later,
      epochs: epochs + Math.floor(inEpoch / stepsPerEpoch),
      position: (inEpoch % stepsPerEpoch) * batchSize,
    };
  }

  fingerprint(scope: FingerprintScope): string {
    return fingerprintNetwork(this.#session.network, this.#parameters, scope, slotNames(this.#recipe.optimizer));
  }

  /** Outputs for the test rows, [rows, units]. */
  predictTest(): Promise<Float32Array> {
    const { data, rows } = this.#test.x;
    return this.#session.network.predict({ x: data, rows, threads: this.#execution.threads });
  }

  async evaluateTest(): Promise<RowMetrics> {
    const { loss, hits } = await this.#evaluate(false);
    return this.#metrics(loss, hits, this.#test.x.rows);
  }

  /** What an epoch that ended here has as metrics of validation, on the test rows. */
  async validate(): Promise<Validated> {
    const metrics = new MetricsOf(outputUnits(this.#recipe.model), this.#recipe);
    return metrics.validated(await this.#evaluate(metrics.takesOutputs), this.#test.x.rows);
  }

  #evaluate(outputs: boolean): Promise<EvaluatedSums> {
    const { x, y, weights = null } = this.#test;
    const data: NativeData = {
      x: x.data,
      targets: y instanceof Uint32Array ? y : (y.data as Float32Array),
      rows: x.rows,
      rowWeights: weights,
    };
    const { batchLeaf } = this.#recipe.fit;
    return evaluateRows(this.#session.network, data, { threads: this.#execution.threads, batchLeaf, outputs });
  }

  dispose(): void {
    this.#session.network.dispose();
  }

  #metrics(loss: number, hits: number, rows: number): RowMetrics {
    const { loss: kind, model } = this.#recipe;
    const accuracy =
      decisionsOf(kind) === null ? Number.NaN : hits / (rows * decisionsPerRow(kind, outputUnits(model)));
    return { loss, accuracy };
  }

  /** What the learning rate monitors, of the epoch that has just ended. */
  async #monitored(monitor: MetricName, trained: RowMetrics): Promise<number> {
    const recorded = this.#observed?.[this.#made / this.#session.stepsPerEpoch - 1];
    if (recorded !== undefined) return recorded;
    if (monitor === 'loss' || monitor === 'accuracy') return trained[monitor];
    return (await this.validate())[monitor] as number;
  }

  #nameOf({ layer, kind }: NonNullable<TrainResult['nonFinite']>): string {
    return (this.weights.find((tensor) => tensor.layer === layer && tensor.kind === kind) as FlatTensor).name;
  }

  #nonFiniteError(tensor: string): SamebitsError {
    const { steps: step } = this.#session.network.getCounters();
    return new SamebitsError(
      'ERR_SAMEBITS_NON_FINITE',
      `Expected finite weights but received infinite or NaN ones in ${tensor} after step ${step}: ` +
        'a smaller learning rate may help',
      { step, tensor },
    );
  }
}

function flatten(parameters: readonly Parameter[], slots: readonly string[]): FlatTensor[] {
  const tensors: FlatTensor[] = [];
  let offset = 0;
  const add = ({ layer, kind, name, shape, size }: Parameter, slot: number, suffix: string): void => {
    tensors.push({ layer, kind, shape, size, slot: slot as Slot, name: `${name}${suffix}`, offset });
    offset += size;
  };
  for (const parameter of parameters) add(parameter, 0, '');
  for (const parameter of parameters) {
    for (const [i, slot] of slotsOf(parameter, slots).entries()) add(parameter, i + 1, `/${slot}`);
  }
  return tensors;
}

/** Elements of tensors that lie one after the other. */
export function countElements(tensors: readonly FlatTensor[]): number {
  return tensors.reduce((sum, { size }) => sum + size, 0);
}
