/** What a session that streams trains on next. */
import type { StageTimes } from '../../data/stream/stage-clock.js';
import type { NativeData } from '../../native/network.js';
import type { StreamedRows, StreamOrder } from './streamed-rows.js';

/** Time of the stages of a streamed run. They overlap: their sum is more than what passes on the clock. */
export interface Stages extends Readonly<StageTimes> {
  /** Training, while it waits for rows: what faster reading and preparing would save. */
  readonly wait: number;
  /** Training, natively. */
  readonly train: number;
  /** All of the epochs, on the clock, without callbacks and validation. */
  readonly seconds: number;
}

export class EpochFeed {
  readonly #data: StreamedRows;
  readonly #order: StreamOrder;
  readonly #times: StageTimes = { read: 0, prepare: 0 };
  #wait = 0;
  #pieces: AsyncGenerator<NativeData, void, undefined> | null = null;
  #epoch = -1;
  /** Position in the epoch of the first row of `#piece`. */
  #position = 0;
  #piece: NativeData | null = null;

  constructor(data: StreamedRows, order: StreamOrder) {
    this.#data = data;
    this.#order = order;
  }

  /** The next rows of an epoch, in whole batches; those behind them are read and prepared meanwhile. */
  async next(epoch: number, position: number): Promise<NativeData> {
    const begun = performance.now();
    try {
      return await this.#at(epoch, position);
    } finally {
      this.#wait += (performance.now() - begun) / 1000;
    }
  }

  /** @param train Seconds of native training. */
  stages(train: number): Stages {
    return { ...this.#times, wait: this.#wait, train, seconds: this.#wait + train };
  }

  async close(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = null;
    this.#piece = null;
    await pieces?.return();
  }

  async #at(epoch: number, position: number): Promise<NativeData> {
    const piece = this.#piece;
    if (piece !== null && epoch === this.#epoch && position >= this.#position) {
      const done = position - this.#position;
      if (done < piece.rows) return rest(piece, done);
      if (done === piece.rows) return this.#read(position);
    }
    await this.close();
    this.#epoch = epoch;
    this.#pieces = this.#data.pieces(this.#order, { epoch, position }, this.#times);
    return this.#read(position);
  }

  async #read(position: number): Promise<NativeData> {
    const next = await (this.#pieces as AsyncGenerator<NativeData, void, undefined>).next();
    // The stream itself refuses a source that has fewer rows than it had.
    if (next.done === true) throw new TypeError('an epoch ended before its rows did');
    this.#position = position;
    this.#piece = next.value;
    return next.value;
  }
}

/** The rows behind the first `done`. */
function rest({ x, targets, rowWeights, rows }: NativeData, done: number): NativeData {
  const from = (values: { readonly length: number }): number => (values.length / rows) * done;
  return {
    x: x.subarray(from(x)),
    targets: targets?.subarray(from(targets)) ?? null,
    rows: rows - done,
    ...(rowWeights ? { rowWeights: rowWeights.subarray(done) } : {}),
  };
}
