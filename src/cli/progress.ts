/** How far a comparison is, on standard error: a bar per run on a terminal, a line per run elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import type { CompareProgress } from '../compare/runs.js';

export interface ProgressView {
  update(progress: CompareProgress): void;
  /** Leaves the terminal in order, also in the middle of a run. */
  stop(): void;
}

/** @param quiet Show nothing. */
export function progressView({ quiet }: { readonly quiet: boolean }): ProgressView {
  if (quiet) return { update: () => {}, stop: () => {} };
  return process.stderr.isTTY ? new Bars() : new Lines();
}

function label({ run, runs, threads, reduction, isa }: CompareProgress): string {
  const width = String(runs).length;
  const size = threads === 1 ? '1 thread ' : `${threads} threads`;
  return `run ${String(run).padStart(width)}/${runs}  ${reduction.padEnd(5)}  ${size.padStart(11)}  ${isa}`;
}

function seconds(value: number | null): string {
  return value === null ? '' : `${value.toFixed(2)} s`;
}

class Bars implements ProgressView {
  private bar: SingleBar | null = null;

  update(progress: CompareProgress): void {
    const { step, steps, seconds: time } = progress;
    if (step === 0) {
      this.bar = new SingleBar({ format: '{label}  {bar} {percentage}%  {time}', barsize: 24 }, Presets.shades_classic);
      this.bar.start(steps, 0, { label: label(progress), time: '' });
      return;
    }
    this.bar?.update(step, { time: seconds(time) });
    if (time !== null) this.stop();
  }

  stop(): void {
    this.bar?.stop();
    this.bar = null;
  }
}

class Lines implements ProgressView {
  update(progress: CompareProgress): void {
    const { seconds: time } = progress;
    if (time !== null) process.stderr.write(`${label(progress)}  ${seconds(time)}\n`);
  }

  stop(): void {}
}
