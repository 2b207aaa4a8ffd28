/** How training goes, on standard error: a line for each epoch, with a bar on a terminal and as plain text elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import { formatCount, formatDuration, formatMagnitude, formatPercent } from '../format.js';
import type { MetricName } from '../metrics/names.js';
import type { Callbacks, Progress } from '../train/fit-options.js';
import type { EpochMetrics } from '../train/run.js';

/** What the lines tell of. */
export interface TrainingShape {
  /** Training rows of an epoch. */
  readonly rows: number;
  readonly batchSize: number;
  /** In all, also those before this command. */
  readonly epochs: number;
  /** Names of the metrics of each epoch. */
  readonly metrics: readonly ShownMetric[];
}

export interface EpochProgress {
  readonly callbacks: Callbacks;
  readonly onProgress: (progress: Progress) => void;
  /** Leaves the terminal in order. */
  stop(): void;
}

/** There is no room for others. */
const HEADS = {
  loss: 'loss',
  accuracy: 'accuracy',
  val_loss: 'val loss',
  val_accuracy: 'val acc',
} as const;

/** A metric that has a column. */
export type ShownMetric = keyof typeof HEADS;

export function isShown(metric: MetricName): metric is ShownMetric {
  return Object.hasOwn(HEADS, metric);
}

const BAR = 10;
const METRIC = 8;

/** @param quiet Show nothing. */
export function epochProgress(shape: TrainingShape, { quiet }: { readonly quiet: boolean }): EpochProgress {
  if (quiet) return { callbacks: {}, onProgress: () => {}, stop: () => {} };
  return new EpochLines(shape, process.stderr.isTTY === true);
}

class EpochLines implements EpochProgress {
  readonly callbacks: Callbacks;
  readonly #shape: TrainingShape;
  readonly #bars: boolean;
  readonly #start = performance.now();
  readonly #stepsPerEpoch: number;
  #firstStep: number | null = null;
  #epochStart = performance.now();
  #bar: SingleBar | null = null;
  #headed = false;
  #shown = 0;

  constructor(shape: TrainingShape, bars: boolean) {
    this.#shape = shape;
    this.#bars = bars;
    this.#stepsPerEpoch = Math.ceil(shape.rows / shape.batchSize);
    this.callbacks = {
      onEpochBegin: (epoch) => this.#epochBegins(epoch),
      onEpochEnd: (epoch, metrics) => this.#epochEnded(epoch, metrics),
    };
  }

  readonly onProgress = ({ step, epoch, samplesPerSecond }: Progress): void => {
    this.#firstStep ??= step;
    const within = step - epoch * this.#stepsPerEpoch;
    if (within <= 0) return;
    this.#draw(epoch, within, this.#words(epoch, samplesPerSecond, step, null));
  };

  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #epochBegins(epoch: number): void {
    this.#epochStart = performance.now();
    this.#firstStep ??= epoch * this.#stepsPerEpoch;
    this.#draw(epoch, 0, this.#words(epoch, Number.NaN, epoch * this.#stepsPerEpoch, null));
  }

  #epochEnded(epoch: number, metrics: EpochMetrics): void {
    const seconds = (performance.now() - this.#epochStart) / 1000;
    const words = this.#words(epoch, this.#shape.rows / seconds, (epoch + 1) * this.#stepsPerEpoch, metrics);
    if (this.#bars) {
      this.#draw(epoch, this.#stepsPerEpoch, words);
      this.stop();
    } else {
      this.#head();
      process.stderr.write(`${words.epoch}  ${words.rest}\n`);
    }
  }

  #draw(epoch: number, step: number, words: { readonly epoch: string; readonly rest: string }): void {
    if (!this.#bars) return;
    this.#head();
    if (this.#bar === null || this.#shown !== epoch) {
      this.stop();
      const format = '{epoch}  {bar}  {rest}';
      this.#bar = new SingleBar({ format, barsize: BAR, linewrap: false }, Presets.shades_classic);
      this.#bar.start(this.#stepsPerEpoch, step, words);
      this.#shown = epoch;
    } else {
      this.#bar.update(step, words);
    }
  }

  /** Above the first line only. */
  #head(): void {
    if (this.#headed) return;
    this.#headed = true;
    const metrics = this.#shape.metrics.map((name) => HEADS[name].padStart(METRIC));
    const bar = this.#bars ? ['', ' '.repeat(BAR)] : [];
    process.stderr.write(
      `${['epoch'.padStart(this.#width), ...bar.slice(1), ...columns('rows/s', 'left'), ...metrics].join('  ')}\n`,
    );
  }

  get #width(): number {
    return Math.max('epoch'.length, 2 * String(this.#shape.epochs).length + 1);
  }

  #words(epoch: number, rate: number, step: number, metrics: EpochMetrics | null) {
    const cells = this.#shape.metrics.map((name) => cell(name, metrics?.[name]).padStart(METRIC));
    const rest = [...columns(Number.isFinite(rate) ? formatCount(rate) : '', this.#left(step)), ...cells]
      .join('  ')
      .trimEnd();
    return { epoch: `${epoch + 1}/${this.#shape.epochs}`.padStart(this.#width), rest };
  }

  /** By the steps that this command has made. */
  #left(step: number): string {
    const all = this.#stepsPerEpoch * this.#shape.epochs;
    const made = step - (this.#firstStep ?? step);
    if (made <= 0 || step >= all) return '';
    return formatDuration((((performance.now() - this.#start) / 1000) * (all - step)) / made);
  }
}

function columns(rate: string, left: string): string[] {
  return [rate.padStart(9), left.padStart(8)];
}

function cell(name: ShownMetric, value: number | undefined): string {
  if (value === undefined) return '';
  return name.endsWith('accuracy') ? `${formatPercent(value, 1)} %` : formatMagnitude(value);
}
