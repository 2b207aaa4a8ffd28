/** Where a stream spends its time. */

/** Seconds of the stages of a stream, added up. */
export interface StageTimes {
  /** Until the next rows of the source were there. */
  read: number;
  /** Making features of rows, and shuffling them. */
  prepare: number;
}

/** Cuts the time of one pass into stages. */
export class StageClock {
  readonly #times: StageTimes;
  #since = performance.now();

  /** @param times What it adds to. */
  constructor(times: StageTimes = { read: 0, prepare: 0 }) {
    this.#times = times;
  }

  /** What passed since the last call belongs to this stage; null: to none. */
  lap(stage: keyof StageTimes | null): void {
    const now = performance.now();
    if (stage !== null) this.#times[stage] += (now - this.#since) / 1000;
    this.#since = now;
  }
}
