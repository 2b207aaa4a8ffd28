/** How far a benchmark is, on standard error: a bar on a terminal, a line for each part elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import type { BenchProgress } from '../bench/bench.js';

export interface BenchProgressView {
  update(progress: BenchProgress): void;
  /** Leaves the terminal in order. */
  stop(): void;
}

/** @param quiet Show nothing. */
export function benchProgressView({ quiet }: { readonly quiet: boolean }): BenchProgressView {
  if (quiet) return { update: () => {}, stop: () => {} };
  return process.stderr.isTTY ? new Bar() : new Lines();
}

class Bar implements BenchProgressView {
  #bar: SingleBar | null = null;

  update({ label, part, parts, round, rounds, done }: BenchProgress): void {
    const share = part - 1 + (done ? 1 : round / rounds);
    if (this.#bar === null) {
      this.#bar = new SingleBar({ format: '{bar} {percentage}%  {label}', barsize: 24 }, Presets.shades_classic);
      this.#bar.start(parts, share, { label });
    } else {
      this.#bar.update(share, { label });
    }
    if (done && part === parts) this.stop();
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}

class Lines implements BenchProgressView {
  update({ label, part, parts, done }: BenchProgress): void {
    if (done) process.stderr.write(`${String(part).padStart(String(parts).length)}/${parts}  ${label}\n`);
  }

  stop(): void {}
}
