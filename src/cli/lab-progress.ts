/** How far the experiments are, on standard error: a bar on a terminal, a line now and then elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import { formatDuration } from '../format.js';
import type { LabProgress } from '../lab/carry-out.js';

export interface LabProgressView {
  update(progress: LabProgress): void;
  /** Leaves the terminal in order. */
  stop(): void;
}

/** @param quiet Show nothing. */
export function labProgressView({ quiet }: { readonly quiet: boolean }): LabProgressView {
  if (quiet) return { update: () => {}, stop: () => {} };
  return process.stderr.isTTY ? new Bar() : new Lines();
}

/** Time left by the share of the work that is done: an estimate that gets better. */
class Clock {
  #name = '';
  #start = 0;

  /** Empty where nothing is known yet, or nothing is left. */
  left({ experiment, share }: LabProgress): string {
    const now = performance.now();
    if (experiment !== this.#name) {
      this.#name = experiment;
      this.#start = now;
    }
    if (share <= 0 || share >= 1) return '';
    return `${formatDuration(((now - this.#start) / 1000) * (1 / share - 1))} left`;
  }
}

class Bar implements LabProgressView {
  readonly #clock = new Clock();
  #bar: SingleBar | null = null;
  #experiment = '';

  update(progress: LabProgress): void {
    const { experiment, done, tasks } = progress;
    if (experiment !== this.#experiment) this.stop();
    this.#experiment = experiment;
    const left = this.#clock.left(progress);
    if (this.#bar === null) {
      const format = '{experiment}  {bar} {value}/{total}  {left}';
      this.#bar = new SingleBar({ format, barsize: 24 }, Presets.shades_classic);
      this.#bar.start(tasks, done, { experiment, left });
    } else {
      this.#bar.update(done, { experiment, left });
    }
    if (done === tasks) this.stop();
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
    this.#experiment = '';
  }
}

/** Lines are for logs: one at the beginning and at each tenth. */
const TENTH = 0.1;

class Lines implements LabProgressView {
  readonly #clock = new Clock();
  #experiment = '';
  #next = 0;

  update(progress: LabProgress): void {
    const { experiment, done, tasks, kept, share } = progress;
    if (experiment !== this.#experiment) this.#next = 0;
    this.#experiment = experiment;
    const left = this.#clock.left(progress);
    if (share < this.#next && done < tasks) return;
    this.#next = share + TENTH;
    const before = kept > 0 ? `  (${kept} were kept)` : '';
    process.stderr.write(`${experiment}  ${done}/${tasks}${before}${left === '' ? '' : `  ${left}`}\n`);
  }

  stop(): void {}
}
