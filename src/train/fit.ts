/** The training loop: slices of native steps, and between them callbacks, validation, progress and abortion. */
import { SamebitsError } from '../errors.js';
import { type ModelDescription, outputUnits } from '../model/description.js';
import { decisionsPerRow, type Metric } from '../model/losses.js';
import type { LossName, NativeData, StepOrders, TrainResult } from '../native/addon.js';
import type { Recording } from '../runs/recording.js';
import type { Callbacks, CheckedFitOptions } from './fit-options.js';
import type { LiveNetwork } from './live-network.js';
import { joinOrders } from './recording.js';
import type { EpochMetrics, History, Metrics, NonFinite } from './run.js';
import type { TrainingSession } from './session.js';

/** Longest native call, and least time between two reports of progress: about ten a second. */
const SLICE_MILLISECONDS = 100;

/** What the loop works on. */
export interface FitJob {
  readonly live: LiveNetwork;
  readonly session: TrainingSession;
  readonly options: CheckedFitOptions;
  readonly metrics: MetricsOf;
  readonly threads: number;
  readonly validation: NativeData | null;
}

/** What the loop found out. */
export interface FitOutcome {
  readonly history: History;
  readonly steps: number;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly recording: Recording | null;
  readonly nonFinite: NonFinite | null;
}

/** Turns native sums into the metrics that were compiled. */
export class MetricsOf {
  readonly #decisions: number;
  readonly #accuracy: boolean;

  constructor(model: ModelDescription, loss: LossName, metrics: readonly Metric[]) {
    this.#decisions = decisionsPerRow(loss, outputUnits(model));
    this.#accuracy = metrics.includes('accuracy');
  }

  of(loss: number, hits: number, rows: number): Metrics {
    return this.#accuracy ? { loss, accuracy: hits / (rows * this.#decisions) } : { loss };
  }
}

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
  }
}

class FitLoop {
  readonly #job: FitJob;
  readonly #callbacks: readonly Callbacks[];
  readonly #history: EpochMetrics[] = [];
  readonly #orders: StepOrders[] = [];
  readonly #rows: number;
  #steps = 0;
  #samples = 0;
  #seconds = 0;
  #nonFinite: NonFinite | null = null;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(job: FitJob) {
    this.#job = job;
    this.#callbacks = job.options.callbacks;
    this.#rows = job.session.data.rows;
  }

  async run(): Promise<FitOutcome> {
    const { epochs } = this.#job.options;
    const perEpoch = this.#job.validation !== null || this.#has('onEpochBegin') || this.#has('onEpochEnd');
    while (this.#history.length < epochs) {
      if (this.#steps % this.#job.session.stepsPerEpoch === 0) {
        await this.#call((callbacks) => callbacks.onEpochBegin?.(this.#history.length));
      }
      await this.#slice(perEpoch);
    }
    await this.#call((callbacks) => callbacks.onTrainEnd?.(this.#history[epochs - 1]));
    return this.#outcome();
  }

  async #slice(perEpoch: boolean): Promise<void> {
    const { live, session, options } = this.#job;
    options.signal?.throwIfAborted();
    const first = this.#steps;
    const result = await live.step(() =>
      session.advance({
        ...(this.#has('onBatchEnd') ? { maxSteps: 1 } : {}),
        maxEpochs: options.epochs - this.#history.length,
        stopAtEpochEnd: perEpoch,
        maxMilliseconds: SLICE_MILLISECONDS,
      }),
    );
    this.#count(result);
    this.#checkFinite(result, first);
    options.signal?.throwIfAborted();
    if (this.#has('onBatchEnd')) await this.#batchEnded(result, first % session.stepsPerEpoch);
    for (let i = 0; i < result.epochLosses.length; i += 1) {
      const metrics = this.#job.metrics.of(result.epochLosses[i], result.epochHits[i], this.#rows);
      // Waiting costs more than a tiny network's epoch.
      if (perEpoch) await this.#epochEnded(metrics);
      else this.#history.push(metrics);
    }
    this.#report(result);
  }

  #count(result: TrainResult): void {
    const { session, options } = this.#job;
    this.#steps += result.steps;
    this.#seconds += result.seconds;
    const wholeEpochs = Math.floor(this.#steps / session.stepsPerEpoch);
    this.#samples = wholeEpochs * this.#rows + (this.#steps % session.stepsPerEpoch) * options.batchSize;
    if (result.recording !== null) this.#orders.push(result.recording);
  }

  #checkFinite({ nonFinite }: TrainResult, first: number): void {
    if (nonFinite === null || this.#nonFinite !== null) return;
    this.#nonFinite = { step: first + nonFinite.step + 1, tensor: nonFiniteTensor(this.#job.live, nonFinite) };
    if (this.#job.options.onNonFinite === 'stop') throw nonFiniteError(this.#nonFinite);
  }

  async #batchEnded({ stepLosses, stepHits }: TrainResult, batch: number): Promise<void> {
    const { batchSize } = this.#job.options;
    const rows = Math.min(batchSize, this.#rows - batch * batchSize);
    const metrics = { ...this.#job.metrics.of(stepLosses[0], stepHits[0], rows), rows };
    await this.#call((callbacks) => callbacks.onBatchEnd?.(batch, metrics));
  }

  async #epochEnded(trained: Metrics): Promise<void> {
    const epoch = this.#history.length;
    const metrics = { ...trained, ...(await this.#validate()) };
    this.#history.push(metrics);
    await this.#call((callbacks) => callbacks.onEpochEnd?.(epoch, metrics));
  }

  async #validate(): Promise<Pick<EpochMetrics, 'val_loss' | 'val_accuracy'>> {
    const { validation, live, session, options, threads } = this.#job;
    if (validation === null) return {};
    const job = { ...validation, threads, batchLeaf: options.batchLeaf };
    const { loss, hits } = await live.read('validation', () => session.network.evaluate(job));
    const { accuracy } = this.#job.metrics.of(loss, hits, validation.rows);
    return accuracy === undefined ? { val_loss: loss } : { val_loss: loss, val_accuracy: accuracy };
  }

  #report({ stepLosses }: TrainResult): void {
    const { onProgress, epochs } = this.#job.options;
    if (onProgress === undefined) return;
    const steps = epochs * this.#job.session.stepsPerEpoch;
    const now = performance.now();
    if (this.#steps < steps && now - this.#reportedAt < SLICE_MILLISECONDS) return;
    this.#reportedAt = now;
    onProgress({
      step: this.#steps,
      steps,
      epoch: this.#history.length,
      epochs,
      seconds: this.#seconds,
      samplesPerSecond: this.#samples / this.#seconds,
      loss: stepLosses[stepLosses.length - 1],
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
      seconds: this.#seconds,
      samplesPerSecond: this.#samples / this.#seconds,
      recording: record ? { ...shape, orders: joinOrders(this.#orders) } : null,
      nonFinite: this.#nonFinite,
    };
  }
}

/** One list per metric instead of one object per epoch. */
function historyOf(epochs: readonly EpochMetrics[]): History {
  const names = Object.keys(epochs[0]) as (keyof EpochMetrics)[];
  return Object.fromEntries(names.map((name) => [name, epochs.map((epoch) => epoch[name])])) as unknown as History;
}
