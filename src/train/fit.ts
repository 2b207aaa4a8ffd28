/** The training loop: slices of native steps, and between them callbacks, validation, progress and abortion. */
import { SamebitsError } from '../errors.js';
import type { MetricName } from '../metrics/names.js';
import type { Optimizer } from '../model/optimizers.js';
import { monitorOf } from '../model/reduce-on-plateau.js';
import type { StepOrders, TrainResult } from '../native/network.js';
import type { Callbacks, CheckedFitOptions, Training, TrainingPlace } from './fit-options.js';
import { hasSchedule, lastRate, nextRate, rateMetric } from './learning-rate.js';
import type { LiveNetwork } from './live-network.js';
import type { MetricsOf, Validated } from './metrics-of.js';
import { joinOrders } from './recording.js';
import type { EpochMetrics, History, NonFinite, Run } from './run.js';
import type { RunKeeper, Standing } from './run-keeper.js';
import type { TrainingSession } from './session.js';
import { evaluateRows, type Rows } from './tabular/evaluate-rows.js';

/** Longest native call, and least time between two reports of progress: about ten a second. */
const SLICE_MILLISECONDS = 100;

/** The options that the loop needs. */
export type LoopOptions = Pick<
  CheckedFitOptions,
  'epochs' | 'batchSize' | 'batchLeaf' | 'freeGrain' | 'record' | 'onNonFinite' | 'signal' | 'callbacks' | 'onProgress'
>;

/** What the loop works on. */
export interface FitJob {
  readonly live: LiveNetwork;
  readonly session: TrainingSession;
  readonly options: LoopOptions;
  readonly metrics: MetricsOf;
  readonly optimizer: Optimizer;
  readonly threads: number;
  readonly validation: Rows | null;
  readonly keeper: RunKeeper;
  readonly from: FitStart;
}

/** What was done of a run before this call: nothing, or what a checkpoint says. */
export interface FitStart {
  readonly steps: number;
  /** Of the epochs that have ended. */
  readonly epochs: readonly EpochMetrics[];
  readonly nonFinite: NonFinite | null;
  /** A callback has ended it. */
  readonly stopped: boolean;
  /** Recorded orders of the steps. */
  readonly orders: StepOrders;
}

export const FROM_THE_BEGINNING: FitStart = {
  steps: 0,
  epochs: [],
  nonFinite: null,
  stopped: false,
  orders: new Uint32Array(0),
};

/** What the loop found out. */
export type FitOutcome = Omit<Run, 'fingerprint' | 'contract' | 'recipe' | 'execution' | 'initialEpoch' | 'folder'>;

/** Name of the tensor that a native call found not to be finite first. */
export function nonFiniteTensor(live: LiveNetwork, { layer, kind }: NonNullable<TrainResult['nonFinite']>): string {
  const parameters = live.parameters('training');
  return parameters.find((parameter) => parameter.layer === layer && parameter.kind === kind)?.name ?? kind;
}

/** The error for weights that are not finite. */
export function nonFiniteError({ step, tensor }: NonFinite): SamebitsError {
  return new SamebitsError(
    'ERR_SAMEBITS_NON_FINITE',
    `Expected finite weights for ${tensor} but received NaN or an infinite value in step ${step}: ` +
      "lower the learning rate, scale the data, or go on with onNonFinite: 'continue'",
    { step, tensor },
  );
}

/** Trains to the end of the job's epochs. */
export async function runFit(job: FitJob): Promise<FitOutcome> {
  const { signal } = job.options;
  const abort = (): void => job.session.network.abort();
  signal?.addEventListener('abort', abort);
  try {
    return await new FitLoop(job).run();
  } finally {
    signal?.removeEventListener('abort', abort);
    await job.session.close();
  }
}

class FitLoop {
  readonly #job: FitJob;
  readonly #callbacks: readonly Callbacks[];
  readonly #history: EpochMetrics[];
  readonly #orders: StepOrders[];
  readonly #rows: number;
  #steps: number;
  #samples = 0;
  #seconds = 0;
  #nonFinite: NonFinite | null;
  #stopped: boolean;
  #reportedAt = Number.NEGATIVE_INFINITY;
  /** Of the last step: what observes its epoch may have lowered it since. */
  #learningRate = 0;

  constructor(job: FitJob) {
    this.#job = job;
    this.#callbacks = job.options.callbacks;
    this.#rows = job.session.rows;
    const { epochs, steps, nonFinite, stopped, orders } = job.from;
    this.#history = [...epochs];
    this.#steps = steps;
    this.#nonFinite = nonFinite;
    this.#stopped = stopped;
    this.#orders = [orders];
  }

  async run(): Promise<FitOutcome> {
    const { keeper } = this.#job;
    try {
      await this.#train();
      await keeper.finish(this.#standing, this.#seconds);
    } catch (cause) {
      const aborted = this.#job.options.signal?.aborted && cause === this.#job.options.signal.reason;
      await keeper.stop(aborted ? 'interrupted' : 'failed', this.#seconds);
      throw cause;
    }
    return this.#outcome();
  }

  async #train(): Promise<void> {
    const { options, keeper, session, validation } = this.#job;
    const { epochs } = options;
    const observed = validation !== null || this.#monitor !== null;
    const perEpoch = observed || keeper.perEpoch || this.#has('onEpochBegin') || this.#has('onEpochEnd');
    if (this.#steps === 0) await keeper.begin();
    while (this.#history.length < epochs && !this.#stopped) {
      if (options.signal?.aborted) await this.#leave(options.signal.reason);
      if (this.#steps % session.stepsPerEpoch === 0) {
        const place = this.#place(this.#history.length, nextRate(this.#job.optimizer, session.network.getCounters()));
        await this.#call((callbacks) => callbacks.onEpochBegin?.(place.epoch, place));
      }
      await this.#slice(perEpoch);
    }
    await this.#call((callbacks) => callbacks.onTrainEnd?.(this.#history[this.#history.length - 1]));
  }

  get #standing(): Standing {
    return { step: this.#steps, nonFinite: this.#nonFinite, stopped: this.#stopped };
  }

  /** Ends an aborted run. Here all callbacks of the last step have been called: from here a run can go on. */
  async #leave(reason: unknown): Promise<never> {
    await this.#job.keeper.checkpoint(this.#standing);
    throw reason;
  }

  async #slice(perEpoch: boolean): Promise<void> {
    const { live, session, options, keeper } = this.#job;
    const first = this.#steps;
    const single = this.#has('onBatchEnd') || options.signal?.aborted;
    const result = await live.step(() =>
      session.advance({
        maxSteps: single ? 1 : keeper.stepsToCheckpoint(first),
        maxEpochs: options.epochs - this.#history.length,
        stopAtEpochEnd: perEpoch,
        maxMilliseconds: SLICE_MILLISECONDS,
      }),
    );
    this.#count(result);
    this.#learningRate = lastRate(this.#job.optimizer, session.network.getCounters());
    // Waiting costs more than a tiny network's epoch.
    if (keeper.perEpoch) await keeper.stepsMade(first, result);
    this.#checkFinite(result, first);
    const ended: EpochMetrics[] = [];
    for (let i = 0; i < result.epochLosses.length; i += 1) {
      const trained = this.#job.metrics.trained(result.epochLosses[i], result.epochHits[i], this.#rows);
      const rate = this.#rateAfter((this.#history.length + i + 1) * session.stepsPerEpoch);
      ended.push({ ...trained, ...(perEpoch ? await this.#validate() : {}), ...rate });
    }
    // Before any callback, which may save the model: what it remembers then has all epochs that it has counted.
    if (this.#monitor !== null && ended.length > 0) session.network.observe(ended[0][this.#monitor] as number);
    if (this.#has('onBatchEnd')) await this.#batchEnded(result, first % session.stepsPerEpoch);
    for (const metrics of ended) {
      if (perEpoch) await this.#epochEnded(metrics);
      else this.#history.push(metrics);
    }
    if (keeper.perEpoch) await keeper.boundary(this.#standing);
    this.#report(result);
  }

  #count(result: TrainResult): void {
    this.#steps += result.steps;
    this.#seconds += result.seconds;
    this.#samples = this.#samplesOf(this.#steps) - this.#samplesOf(this.#job.from.steps);
    if (result.recording !== null) this.#orders.push(result.recording);
  }

  #samplesOf(steps: number): number {
    const { session, options } = this.#job;
    const wholeEpochs = Math.floor(steps / session.stepsPerEpoch);
    return wholeEpochs * this.#rows + (steps % session.stepsPerEpoch) * options.batchSize;
  }

  #checkFinite({ nonFinite }: TrainResult, first: number): void {
    if (nonFinite === null || this.#nonFinite !== null) return;
    this.#nonFinite = { step: first + nonFinite.step + 1, tensor: nonFiniteTensor(this.#job.live, nonFinite) };
    if (this.#job.options.onNonFinite === 'stop') throw nonFiniteError(this.#nonFinite);
  }

  async #batchEnded({ stepLosses, stepHits }: TrainResult, batch: number): Promise<void> {
    const { batchSize } = this.#job.options;
    const rows = Math.min(batchSize, this.#rows - batch * batchSize);
    const metrics = {
      ...this.#job.metrics.trained(stepLosses[0], stepHits[0], rows),
      rows,
      ...(hasSchedule(this.#job.optimizer) ? { learning_rate: this.#learningRate } : {}),
    };
    const place = this.#place(this.#history.length, this.#learningRate);
    await this.#call((callbacks) => callbacks.onBatchEnd?.(batch, metrics, place));
  }

  async #epochEnded(metrics: EpochMetrics): Promise<void> {
    const epoch = this.#history.length;
    this.#history.push(metrics);
    await this.#job.keeper.epochEnded(epoch, this.#steps, metrics);
    let stopped = false;
    const training: Training = {
      ...this.#place(epoch, this.#learningRate),
      stop: () => {
        stopped = true;
      },
    };
    await this.#call((callbacks) => callbacks.onEpochEnd?.(epoch, metrics, training));
    // After the last epoch there is nothing to end.
    this.#stopped = stopped && this.#history.length < this.#job.options.epochs;
  }

  #place(epoch: number, learningRate: number): TrainingPlace {
    const { options, session } = this.#job;
    return { epoch, step: this.#steps, steps: options.epochs * session.stepsPerEpoch, learningRate };
  }

  /** The metric by whose course the learning rate is decided, or null. */
  get #monitor(): MetricName | null {
    return monitorOf(this.#job.optimizer.learningRate);
  }

  /** The rate of the run's step `step`, from 1, as a metric. */
  #rateAfter(step: number): Pick<EpochMetrics, 'learning_rate'> {
    const counters = this.#job.session.network.getCounters();
    return rateMetric(this.#job.optimizer, { ...counters, steps: counters.steps - (this.#steps - step) });
  }

  async #validate(): Promise<Validated> {
    const { validation, live, session, options, threads, metrics } = this.#job;
    if (validation === null) return {};
    const how = { threads, batchLeaf: options.batchLeaf, outputs: metrics.takesOutputs };
    const evaluated = await live.read('validation', () => evaluateRows(session.network, validation, how));
    return metrics.validated(evaluated, validation.rows);
  }

  #report({ stepLosses }: TrainResult): void {
    const { onProgress, epochs } = this.#job.options;
    if (onProgress === undefined) return;
    const steps = epochs * this.#job.session.stepsPerEpoch;
    const now = performance.now();
    if (this.#steps < steps && !this.#stopped && now - this.#reportedAt < SLICE_MILLISECONDS) return;
    this.#reportedAt = now;
    onProgress({
      step: this.#steps,
      steps,
      epoch: this.#history.length,
      epochs,
      seconds: this.#seconds,
      samplesPerSecond: this.#samples / this.#seconds,
      loss: stepLosses[stepLosses.length - 1],
      learningRate: this.#learningRate,
    });
  }

  #has(name: keyof Callbacks): boolean {
    return this.#callbacks.some((callbacks) => callbacks[name] !== undefined);
  }

  async #call(invoke: (callbacks: Callbacks) => unknown): Promise<void> {
    for (const callbacks of this.#callbacks) await invoke(callbacks);
  }

  #outcome(): FitOutcome {
    const { batchSize, freeGrain, record } = this.#job.options;
    const shape = { rows: this.#rows, batchSize, freeGrain, steps: this.#steps };
    return {
      history: historyOf(this.#history),
      steps: this.#steps,
      stopped: this.#stopped,
      seconds: this.#seconds,
      samplesPerSecond: this.#samples === 0 ? 0 : this.#samples / this.#seconds,
      recording: record ? { ...shape, orders: joinOrders(this.#orders) } : null,
      nonFinite: this.#nonFinite,
      trace: this.#job.keeper.trace,
      best: this.#job.keeper.best,
      stages: this.#job.session.stages,
    };
  }
}

/** One list per metric instead of one object per epoch. */
export function historyOf(epochs: readonly EpochMetrics[]): History {
  const names = Object.keys(epochs[0]) as (keyof EpochMetrics)[];
  return Object.fromEntries(names.map((name) => [name, epochs.map((epoch) => epoch[name])])) as unknown as History;
}
