/** Batches of tables that may be larger than memory, shuffled through a buffer. */
import * as v from 'valibot';
import { check, fields, integer, type Schema } from '../../arguments.js';
import { expected } from '../../errors.js';
import { type Seed, seedSchema, seedText } from '../../random/seed.js';
import type { Matrix } from '../matrix.js';
import { Preparation } from '../prepare/preparation.js';
import { TableSource } from '../table/table-source.js';
import { ahead } from './ahead.js';
import { BufferDraws } from './buffer-draws.js';
import { BufferedRows } from './buffered-rows.js';
import { PreparedRows, RowBuffer } from './row-buffer.js';
import { StageClock, type StageTimes } from './stage-clock.js';

/** Rows among which the next one is drawn, where nobody says. */
export const SHUFFLE_BUFFER = 10_000;
export const shuffleBufferSchema: Schema<number> = integer(1, 0x1000_0000);

/** Options of {@link batchStream}. */
export interface StreamOptions {
  /** Learned of training rows: see `fitPreparation`. */
  readonly preparation: Preparation;
  /** Rows of a batch; the last one of an epoch may be shorter. @default 32 */
  readonly batchSize?: number;
  /** Rows among which the next one is drawn; 1 for the order of the source. Memory is that of so many prepared rows. @default 10,000 */
  readonly shuffleBuffer?: number;
  /** Name of the column that says what each row weighs: `batch.sampleWeights`. @default none */
  readonly sampleWeights?: string | null;
  /** Decides the order, together with `shuffleBuffer` and the epoch. */
  readonly seed: Seed;
}

const STATE_FORMAT = 'samebits stream 1';

/** Where a stream stands, as JSON. */
export interface StreamState {
  readonly format: typeof STATE_FORMAT;
  readonly seed: Seed;
  readonly shuffleBuffer: number;
  readonly batchSize: number;
  /** From 0. */
  readonly epoch: number;
  /** Rows of the epoch that went out. */
  readonly rows: number;
  /** Rows of the source, once its end was seen; null before. */
  readonly total: number | null;
}

/** Some rows, prepared, in memory of their own. */
export interface StreamBatch {
  /** [rows, features], binary32. */
  readonly x: Matrix;
  /** Labels, or for a regression a matrix of one column; null without a target. */
  readonly y: Uint32Array | Matrix | null;
  /** What each row weighs, as `trainOnBatch` takes it; null where no column says. */
  readonly sampleWeights: Float32Array | null;
  /** What {@link BatchStream.resume} takes to go on behind this batch. */
  readonly state: StreamState;
}

const optionsSchema = fields({
  preparation: v.instance(Preparation, 'a Preparation'),
  batchSize: v.optional(integer(1, 0x7fff_ffff), 32),
  shuffleBuffer: v.optional(shuffleBufferSchema, SHUFFLE_BUFFER),
  sampleWeights: v.optional(v.nullable(v.string('the name of a column')), null),
  seed: seedSchema,
});
const MOST_EPOCH = 0xffff_ffff;
const stateSchema = v.pipe(
  fields({
    format: v.literal(STATE_FORMAT, `'${STATE_FORMAT}'`),
    seed: seedSchema,
    shuffleBuffer: integer(1),
    batchSize: integer(1),
    epoch: integer(0, MOST_EPOCH),
    rows: integer(0),
    total: v.nullable(integer(0)),
  }),
  v.check(({ rows, total }) => total === null || rows <= total, 'rows that are no more than total'),
);

/** Batches that are ready before they are asked for, so that reading and training go on side by side. */
const BATCHES_AHEAD = 2;

/**
 * Batches of a source, epoch after epoch. The order of its rows depends on the seed, the epoch and the size of the buffer, and
 * on nothing else; memory does not depend on the number of rows.
 *
 * @example
 * const stream = batchStream(source, { preparation, batchSize: 128, seed: 42 });
 * for await (const { x, y, state } of stream.epoch(0)) await model.trainOnBatch(x, y);
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function batchStream(source: TableSource, options: StreamOptions): BatchStream {
  if (!(source instanceof TableSource)) throw expected('a TableSource, such as openTable gives,', 'source', source);
  return new BatchStream(source, check(optionsSchema, options, 'batchStream'));
}

/** What else is done with rows on their way. */
interface Watch {
  readonly times?: StageTimes;
  /** Looks at rows as they are prepared, and throws; `firstRow` is the number of the first one in the source. */
  readonly check?: (x: Matrix, firstRow: number) => void;
}

/** What {@link batchStream} gives: the batches of any epoch. */
export class BatchStream {
  readonly #source: TableSource;
  readonly #options: Required<StreamOptions>;
  readonly #watch: Watch;

  /** Made by {@link batchStream}. */
  constructor(source: TableSource, options: Required<StreamOptions>, watch: Watch = {}) {
    this.#source = source;
    this.#options = options;
    this.#watch = watch;
  }

  /**
   * All rows, in the order of epoch `epoch` (from 0). Ending the loop early closes the source.
   *
   * @throws SamebitsError (from the loop) `ERR_SAMEBITS_ARGUMENT`, and what reading and preparing throw
   */
  epoch(epoch: number): AsyncGenerator<StreamBatch, void, undefined> {
    check(integer(0, MOST_EPOCH), epoch, 'epoch');
    return this.from({ epoch, rows: 0, total: null });
  }

  /** @internal The batches of an epoch behind its first `rows` rows. */
  from(place: Pick<StreamState, 'epoch' | 'rows' | 'total'>): AsyncGenerator<StreamBatch, void, undefined> {
    const { seed, shuffleBuffer, batchSize } = this.#options;
    return ahead(this.#from({ format: STATE_FORMAT, seed, shuffleBuffer, batchSize, ...place }), BATCHES_AHEAD);
  }

  /**
   * The batches behind the one that came with `state`, to the end of its epoch: those of the loop that was left. The source
   * is read from the first row on that is still to come.
   *
   * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for what is no state, and for one of a stream with other options; and (from
   * the loop) as {@link epoch}
   */
  resume(state: StreamState): AsyncGenerator<StreamBatch, void, undefined> {
    const checked = check(stateSchema, state, 'state');
    const { seed, shuffleBuffer, batchSize } = this.#options;
    if (seedText(checked.seed) !== seedText(seed))
      throw expected(`the stream's own, ${seed},`, 'state.seed', state.seed);
    for (const [name, own] of Object.entries({ shuffleBuffer, batchSize })) {
      const received = checked[name as 'batchSize'];
      if (received !== own) throw expected(`the stream's own, ${own},`, `state.${name}`, received);
    }
    return this.from(checked);
  }

  async *#from(start: StreamState): AsyncGenerator<StreamBatch, void, undefined> {
    const { batchSize, shuffleBuffer, seed } = this.#options;
    const draws = new BufferDraws(seed, start.epoch);
    const places = new BufferedRows(draws, shuffleBuffer, start.rows, start.total);
    const buffer = new RowBuffer(this.#options, shuffleBuffer);
    let out = start.rows;
    let gathered = new PreparedRows(this.#options, batchSize);
    const batch = (total: number | null): StreamBatch => {
      const taken = gathered.take();
      gathered = new PreparedRows(this.#options, batchSize);
      return { ...taken, state: { ...start, rows: out, total } };
    };

    // Rows that entered before, each to its place; those that went out are not in the list.
    const waiting = new Map(places.rows.map((row, place) => [row, place]));
    if (start.rows === 0) waiting.clear();
    const entered = start.rows === 0 ? 0 : places.next;
    const fromRow = Math.min(
      entered,
      places.rows.reduce((least, row) => Math.min(least, row), entered),
    );
    let row = fromRow;
    const clock = new StageClock(this.#watch.times);
    for await (const table of this.#source.batches({ fromRow })) {
      clock.lap('read');
      if (start.total !== null) checkTotal(Math.max(row + table.rows, start.total), start.total, this.#source.name);
      const rows = PreparedRows.of(this.#options, table, row);
      this.#watch.check?.(rows.matrix, row);
      for (let i = 0; i < table.rows; i += 1, row += 1) {
        if (row < entered) {
          const place = waiting.get(row);
          if (place !== undefined) buffer.put(place, rows, i);
        } else if (buffer.size < shuffleBuffer) {
          buffer.put(buffer.size, rows, i);
        } else {
          const place = draws.place(out, shuffleBuffer);
          buffer.moveTo(gathered, place);
          buffer.put(place, rows, i);
          out += 1;
          if (gathered.rows < batchSize) continue;
          clock.lap('prepare');
          yield batch(null);
          clock.lap(null);
        }
      }
      clock.lap('prepare');
    }
    checkTotal(row, start.total ?? Math.max(row, entered), this.#source.name);
    while (buffer.size > 0) {
      const place = draws.place(out, buffer.size);
      buffer.moveTo(gathered, place);
      buffer.dropPlace(place);
      out += 1;
      if (gathered.rows === batchSize) yield batch(row);
    }
    if (gathered.rows > 0) yield batch(row);
  }
}

/** A source that changed since a state was taken has not the rows of that state. */
function checkTotal(rows: number, wanted: number, name: string): void {
  if (rows !== wanted) throw expected(`${wanted} rows, as before,`, name, rows, 'ERR_SAMEBITS_DATA');
}
