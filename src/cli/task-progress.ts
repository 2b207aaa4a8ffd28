/** How far a task is, on standard error: a bar on a terminal; elsewhere a line when a task begins. */
import { Presets, SingleBar } from 'cli-progress';

export interface TaskProgress {
  /** For people. */
  readonly task: string;
  /** Done, and in all; 0 of 0 where that is not known. */
  readonly step: number;
  readonly steps: number;
}

export interface TaskProgressView {
  update(progress: TaskProgress): void;
  /** Leaves the terminal in order. */
  stop(): void;
}

/** @param quiet Show nothing. */
export function taskProgressView({ quiet }: { readonly quiet: boolean }): TaskProgressView {
  if (quiet) return { update: () => {}, stop: () => {} };
  return process.stderr.isTTY ? new Bar() : new Lines();
}

class Bar implements TaskProgressView {
  #bar: SingleBar | null = null;
  #task = '';

  update({ task, step, steps }: TaskProgress): void {
    if (task !== this.#task) this.stop();
    this.#task = task;
    if (steps === 0) return;
    if (this.#bar === null) {
      this.#bar = new SingleBar({ format: '{task}  {bar} {value}/{total}', barsize: 24 }, Presets.shades_classic);
      this.#bar.start(steps, step, { task });
    } else {
      this.#bar.update(step);
    }
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}

class Lines implements TaskProgressView {
  #task = '';

  update({ task }: TaskProgress): void {
    if (task === this.#task) return;
    this.#task = task;
    process.stderr.write(`${task}\n`);
  }

  stop(): void {}
}
