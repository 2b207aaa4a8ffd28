/** What is kept of a run while it trains: marks of its weights, the best of them, and its folder. */
import { SamebitsError } from '../errors.js';
import { moreIsBetter } from '../metrics/names.js';
import type { Parameter } from '../model/description.js';
import type { NativeNetwork, Slot, TrainResult } from '../native/network.js';
import type { EpochPosition, StateParts } from '../runs/checkpoint.js';
import type { JsonValue } from '../runs/json.js';
import type { BestEpoch, RunOptions } from '../runs/manifest.js';
import type { RunWriter, WrittenState } from '../runs/run-writer.js';
import { markText, type Trace, type TraceEntry } from '../runs/trace.js';
import { fingerprintNetwork } from './fingerprint.js';
import type { Callbacks } from './fit-options.js';
import { partsOf } from './network.js';
import type { BestWeights, EpochMetrics, NonFinite } from './run.js';
import { readWeights } from './weights.js';

/** A network whose state is kept. */
export interface KeptNetwork {
  readonly network: NativeNetwork;
  readonly parameters: readonly Parameter[];
  /** Names of the optimizer's slots. */
  readonly slots: readonly string[];
}

export interface KeeperOptions extends KeptNetwork {
  readonly callbacks: readonly Callbacks[];
  readonly options: Pick<RunOptions, 'trace' | 'best' | 'checkpointEvery'>;
  readonly writer: RunWriter | null;
  readonly stepsPerEpoch: number;
  /** Of the whole run. */
  readonly steps: number;
  /** Steps made before. */
  readonly firstStep: number;
  /** The best epoch so far. */
  readonly best: BestWeights | null;
}

/** How far a run is, between two steps. */
export interface Standing {
  readonly step: number;
  readonly nonFinite: NonFinite | null;
  /** A callback has ended it. */
  readonly stopped: boolean;
}

export class RunKeeper {
  readonly #options: KeeperOptions;
  readonly #writer: RunWriter | null;
  readonly #entries: TraceEntry[] = [];
  /** After the last step that was told. */
  #marks: readonly string[] = [];
  #best: BestWeights | null;
  /** Step of the newest checkpoint, or the one before which there is nothing to keep. */
  #checkpointed: number;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#writer = options.writer;
    this.#best = options.best;
    this.#checkpointed = options.firstStep;
  }

  /** Whether training has to stop at the end of each epoch. */
  get perEpoch(): boolean {
    const { trace, best } = this.#options.options;
    return this.#writer !== null || trace !== null || best !== null;
  }

  /** Whether each step's weights are to be marked. */
  get marks(): boolean {
    return this.#options.options.trace === 'step';
  }

  get best(): BestWeights | null {
    return this.#best;
  }

  /** The trace of a run without a folder. */
  get trace(): Trace | null {
    const { trace } = this.#options.options;
    if (trace === null || this.#writer !== null) return null;
    return { every: trace, tensors: this.#options.parameters.map(({ name }) => name), entries: this.#entries };
  }

  /** Steps after `step` at which a checkpoint is due, at the latest. */
  stepsToCheckpoint(step: number): number {
    const { checkpointEvery } = this.#options.options;
    if (this.#writer === null || checkpointEvery === null) return Number.POSITIVE_INFINITY;
    return checkpointEvery - (step % checkpointEvery);
  }

  /** Before the first step of all. */
  async begin(): Promise<void> {
    if (this.#options.options.trace === null) return;
    const fingerprint = this.#fingerprint('weights');
    await this.#addEntries([
      { kind: 'start', step: 0, epoch: null, loss: null, marks: this.#currentMarks(), fingerprint },
    ]);
  }

  /** After a call that made steps `first + 1` and those that follow. */
  async stepsMade(first: number, { steps, stepLosses, marks, recording }: TrainResult): Promise<void> {
    if (recording !== null) await this.#writer?.appendOrders(recording);
    if (marks === null || marks === undefined) return;
    const tensors = this.#options.parameters.length;
    const texts = Array.from(marks, markText);
    const entries = Array.from({ length: steps }, (_, i): TraceEntry => {
      const ofStep = texts.slice(i * tensors, (i + 1) * tensors);
      const loss = stepLosses[i];
      return { kind: 'step', step: first + i + 1, epoch: null, loss, marks: ofStep, fingerprint: null };
    });
    this.#marks = entries[entries.length - 1].marks;
    await this.#addEntries(entries);
  }

  /** After the last step of epoch `epoch` (from 0), with its metrics. */
  async epochEnded(epoch: number, step: number, metrics: EpochMetrics): Promise<void> {
    await this.#writer?.appendMetrics(epoch, metrics);
    if (this.#options.options.trace !== null) {
      const marks = this.marks ? this.#marks : this.#currentMarks();
      const fingerprint = this.#fingerprint('weights');
      await this.#addEntries([{ kind: 'epoch', step, epoch, loss: metrics.loss, marks, fingerprint }]);
    }
    const { best: metric } = this.#options.options;
    if (metric === null) return;
    const value = metrics[metric] as number;
    if (!isBetter(metric, value, this.#best?.value ?? null)) return;
    const { network, parameters } = this.#options;
    this.#best = { metric, epoch, value, weights: readWeights(network, parameters) };
  }

  /** Between two steps, after all callbacks: writes a checkpoint if one is due. */
  async boundary(standing: Standing): Promise<void> {
    const { options, stepsPerEpoch, steps } = this.#options;
    const interval = options.checkpointEvery ?? stepsPerEpoch;
    if (standing.step % interval === 0 || standing.step === steps || standing.stopped) await this.checkpoint(standing);
  }

  /** Writes a checkpoint, unless the newest is of this step. */
  async checkpoint(standing: Standing): Promise<void> {
    if (this.#writer === null || standing.step === this.#checkpointed) return;
    await this.#writer.checkpoint(await this.#written(standing));
    this.#checkpointed = standing.step;
  }

  /** After the last step and all callbacks. */
  async finish({ step, nonFinite }: Standing, seconds: number): Promise<void> {
    if (this.#writer === null) return;
    const fingerprints = { fingerprint: this.#fingerprint('weights'), stateFingerprint: this.#fingerprint('state') };
    const result = { steps: step, ...fingerprints, nonFinite, best: withoutWeights(this.#best) };
    const state = stateParts(this.#options.network);
    await this.#writer.finish({ result, state, bestWeights: this.#best?.weights ?? null }, seconds);
  }

  /** After an abort, with its checkpoint, or an error. Says so in the manifest where that is still possible. */
  async stop(status: 'interrupted' | 'failed', seconds: number): Promise<void> {
    // What stopped the run is what the caller has to hear of.
    await this.#writer?.stop(status, seconds).catch(() => {});
  }

  async #written({ step, nonFinite, stopped }: Standing): Promise<WrittenState> {
    const callbacks: JsonValue[] = [];
    for (const { getState } of this.#options.callbacks) callbacks.push(plainState(await getState?.()));
    // Callbacks that remember nothing leave no trace behind the last that does.
    while (callbacks.length > 0 && callbacks[callbacks.length - 1] === null) callbacks.pop();
    return writtenState(this.#options, { step, nonFinite, stopped, best: this.#best, callbacks });
  }

  async #addEntries(entries: readonly TraceEntry[]): Promise<void> {
    if (this.#writer !== null) return this.#writer.appendTrace(entries);
    // Not as arguments: a slice of tiny steps has more of them than a stack.
    for (const entry of entries) this.#entries.push(entry);
  }

  #fingerprint(scope: 'weights' | 'state'): string {
    const { network, parameters, slots } = this.#options;
    return fingerprintNetwork(network, parameters, scope, slots);
  }

  #currentMarks(): string[] {
    const { network, parameters } = this.#options;
    return parameters.map(({ layer, kind }) => markText(network.mark(layer, kind, 0)));
  }
}

/** What a checkpoint is made of. */
export function writtenState(
  { network, parameters, slots }: KeptNetwork,
  own: Standing & { readonly best: BestWeights | null; readonly callbacks: readonly JsonValue[] },
): WrittenState {
  const facts = {
    ...own,
    best: withoutWeights(own.best),
    counters: network.getCounters(),
    fingerprint: fingerprintNetwork(network, parameters, 'state', slots),
    epoch: positionOf(network),
  };
  return { facts, state: stateParts(network), bestWeights: own.best?.weights ?? null };
}

function positionOf(network: NativeNetwork): EpochPosition {
  const epoch = network.getEpoch();
  // At an epoch's start there is nothing to say, whatever the one before has left.
  return epoch.position === 0 ? { position: 0, hits: 0, batchLeaf: 1, lossSums: new Float32Array(0) } : epoch;
}

function stateParts(network: NativeNetwork): StateParts {
  return function* ({ layer, kind, shape, size }, slot) {
    for (const { firstRow, rows } of partsOf(shape, size)) {
      yield network.getParameter(layer, kind, slot as Slot, firstRow, rows);
    }
  };
}

function withoutWeights(best: BestWeights | null): BestEpoch | null {
  return best && { metric: best.metric, epoch: best.epoch, value: best.value };
}

/** NaN is better than nothing never; the first of equals stays. */
export function isBetter(metric: BestEpoch['metric'], value: number, best: number | null): boolean {
  if (best === null) return !Number.isNaN(value);
  return moreIsBetter(metric) ? value > best : value < best;
}

/** A callback's state as JSON has it. */
function plainState(state: JsonValue | undefined): JsonValue {
  if (state === undefined) return null;
  try {
    return JSON.parse(JSON.stringify(state)) as JsonValue;
  } catch (cause) {
    throw new SamebitsError('ERR_SAMEBITS_ARGUMENT', 'Expected JSON from getState of callbacks', { cause });
  }
}
