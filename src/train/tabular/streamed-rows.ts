/** Rows that are read and prepared while they are trained on: never all in memory. */
import type { Preparation } from '../../data/prepare/preparation.js';
import { BatchStream, type StreamBatch } from '../../data/stream/batch-stream.js';
import type { StageTimes } from '../../data/stream/stage-clock.js';
import type { TableSource } from '../../data/table/table-source.js';
import { hasClasses } from '../../model/class-weights.js';
import type { NativeData } from '../../native/network.js';
import type { Seed } from '../../random/seed.js';
import { checkTableIndices } from '../indices.js';
import { addClasses, type ClassCounts } from '../row-weights.js';
import { type ModelEnd, type ModelEnds, targetsFor } from './task.js';

/** A source whose rows a model trains or validates on. */
export interface StreamedSource {
  readonly source: TableSource;
  readonly preparation: Preparation;
  readonly end: ModelEnds;
  /** Name of the column that says what each row weighs, or null. */
  readonly sampleWeights: string | null;
  /** As counted before. */
  readonly rows: number;
  /** Rows of each class, where they were counted before; else null. */
  readonly classCounts: ClassCounts | null;
}

/** In which order rows come, and how many at a time. */
export interface StreamOrder {
  readonly seed: Seed;
  /** 1 for the order of the source. */
  readonly shuffleBuffer: number;
  /** Pieces are as many whole batches as are worth a native call. */
  readonly batchSize: number;
  /** Pieces are one batch. @default false */
  readonly exactly?: boolean;
}

/** The order of the source. */
export const IN_THEIR_ORDER = { seed: 0, shuffleBuffer: 1, batchSize: 1 } as const;

/** Rows of a piece, about, unless they are wide. */
const PIECE_ROWS = 8192;
const PIECE_ELEMENTS = 1 << 20;

export class StreamedRows {
  readonly rows: number;
  readonly columns: number;
  readonly #streamed: StreamedSource;
  #classCounts: ClassCounts | null;

  constructor(streamed: StreamedSource) {
    this.#streamed = streamed;
    this.#classCounts = streamed.classCounts;
    this.rows = streamed.rows;
    this.columns = streamed.preparation.features.length;
  }

  /**
   * Rows of each class, of targets that have classes: what the first pass over all rows has found, which this makes if none was made.
   * Rejects with the signal's reason, which ends that pass.
   */
  async classCounts(signal?: AbortSignal): Promise<ClassCounts> {
    if (this.#classCounts === null)
      for await (const _ of this.pieces(IN_THEIR_ORDER, { epoch: 0, position: 0 })) signal?.throwIfAborted();
    return this.#classCounts as unknown as ClassCounts;
  }

  /** The rows of epoch `epoch` from `position` on, in pieces of whole batches; ending it early closes the source. */
  async *pieces(
    { seed, shuffleBuffer, batchSize, exactly = false }: StreamOrder,
    { epoch, position }: { readonly epoch: number; readonly position: number },
    times?: StageTimes,
  ): AsyncGenerator<NativeData, void, undefined> {
    const { source, preparation, end, rows, sampleWeights } = this.#streamed;
    const most = Math.min(PIECE_ROWS, Math.floor(PIECE_ELEMENTS / this.columns), rows);
    const piece = exactly ? batchSize : Math.max(1, Math.floor(most / batchSize)) * batchSize;
    const stream = new BatchStream(
      source,
      { preparation, sampleWeights, seed, shuffleBuffer, batchSize: piece },
      {
        times,
        check: (x, firstRow) =>
          checkTableIndices(end.model, { x, features: preparation.features, firstRow, source: source.name }),
      },
    );
    const counts = position === 0 && this.#classCounts === null && hasClasses(end.loss, end.units) ? new Map() : null;
    for await (const batch of stream.from({ epoch, rows: position, total: rows })) {
      const piece = nativeRows(batch, end);
      if (counts !== null) addClasses(piece, end.loss, counts);
      yield piece;
    }
    this.#classCounts ??= counts;
  }
}

function nativeRows({ x, y, sampleWeights }: StreamBatch, end: ModelEnd): NativeData {
  const targets = targetsFor(y as NonNullable<StreamBatch['y']>, end);
  return {
    x: x.data,
    targets: targets instanceof Uint32Array ? targets : (targets.data as Float32Array),
    rows: x.rows,
    ...(sampleWeights === null ? {} : { rowWeights: sampleWeights }),
  };
}
