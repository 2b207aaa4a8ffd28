/** Rows of a source to train and to test on, without knowing how many it has (docs/numerics.md, "Splits"). */
import * as v from 'valibot';
import { check, fields, type Schema } from '../../arguments.js';
import { expected } from '../../errors.js';
import { addon } from '../../native/addon.js';
import { type Key, type Seed, seedKey, seedSchema, streamNumber } from '../../random/seed.js';
import type { RowChoice } from '../table/derived-cells.js';
import type { Table } from '../table/table.js';
import { TableSource } from '../table/table-source.js';
import { part, type RowSplit } from './split.js';

/** Rows that are drawn from together. */
const BLOCK = 1000;
const STREAM = 'split/stream';

/** Options of {@link splitSource}. */
export interface SourceSplitOptions {
  /** Share of the rows, from 0.001 to 0.999. @default 0.2 */
  readonly test?: number;
  /** Decides which rows are taken. */
  readonly seed: Seed;
}

/** The rows of a source, in the order in which they were. */
export interface SourceSplit {
  readonly train: TableSource;
  readonly test: TableSource;
}

const SHARE = 'a share from 0.001 to 0.999';
const share: Schema<number> = v.pipe(v.number(SHARE), v.minValue(0.001, SHARE), v.maxValue(0.999, SHARE));
const schema = fields({ test: v.optional(share, 0.2), seed: seedSchema });

/**
 * Parts of a source that may be larger than memory: of each 1000 rows that follow each other `test · 1000` are tested, drawn by the
 * seed. Which ones does not depend on how many rows there are. Each part reads the whole source, in steady memory.
 *
 * @example
 * const { train, test } = splitSource(await openTable('flights.csv'), { test: 0.1, seed: 42 });
 * await model.fit(train, { target: 'late', validationData: test });
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_STATE` for a source that can be read once only
 */
export function splitSource(source: TableSource, options: SourceSplitOptions): SourceSplit {
  if (!(source instanceof TableSource)) throw expected('a TableSource, such as openTable gives,', 'source', source);
  const { train, test } = blockDraw(check(schema, options, 'splitSource'));
  return { train: source.choose(train), test: source.choose(test) };
}

/** Which rows are whose. */
export function blockDraw({ test, seed }: Required<SourceSplitOptions>): {
  readonly train: RowChoice;
  readonly test: RowChoice;
} {
  const draw = new BlockDraw(seed, test);
  return { train: draw.side(false), test: draw.side(true) };
}

/** The same rows of a table in memory, by their numbers. */
export function splitRowsByBlocks({ rows }: Table, options: SourceSplitOptions): RowSplit {
  const { test: tested } = blockDraw(check(schema, options, 'split'));
  return part(
    rows,
    Array.from({ length: tested.before(rows) }, (_, place) => tested.row(place)),
  );
}

class BlockDraw {
  readonly #key: Key;
  /** Rows of each block that are tested. */
  readonly #count: number;
  #block = -1;
  readonly #tested = new Uint8Array(BLOCK);

  constructor(seed: Seed, test: number) {
    this.#key = seedKey(seed);
    this.#count = Math.floor(BLOCK * test + 0.5);
  }

  side(tests: boolean): RowChoice {
    const each = tests ? this.#count : BLOCK - this.#count;
    const wanted = Number(tests);
    const within = (block: number, end: number): number => {
      const tested = this.#of(block);
      let found = 0;
      for (let i = 0; i < end; i += 1) if (tested[i] === wanted) found += 1;
      return found;
    };
    return {
      has: (row) => this.#of(Math.floor(row / BLOCK))[row % BLOCK] === wanted,
      before: (row) => Math.floor(row / BLOCK) * each + within(Math.floor(row / BLOCK), row % BLOCK),
      row: (place) => {
        const block = Math.floor(place / each);
        const tested = this.#of(block);
        let left = place % each;
        let i = 0;
        while (tested[i] !== wanted || left > 0) {
          if (tested[i] === wanted) left -= 1;
          i += 1;
        }
        return block * BLOCK + i;
      },
    };
  }

  /** Which rows of a block are tested. */
  #of(block: number): Uint8Array {
    if (block === this.#block) return this.#tested;
    this.#block = block;
    this.#tested.fill(0);
    const order = addon().shuffle(this.#key, streamNumber(STREAM), block, BLOCK);
    for (const row of order.subarray(0, this.#count)) this.#tested[row] = 1;
    return this.#tested;
  }
}
