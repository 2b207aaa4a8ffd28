/** Rows and targets as fingerprints. */
import { createHash } from 'node:crypto';
import { hashParts } from '../data/hash-parts.js';
import type { NativeData } from '../native/network.js';
import type { Rows } from './tabular/evaluate-rows.js';
import { IN_THEIR_ORDER, StreamedRows } from './tabular/streamed-rows.js';

/** Rows with their targets, as training takes them. */
export type HashedSamples = Pick<NativeData, 'x' | 'targets' | 'rows' | 'rowWeights'>;

/** Rows of which x and targets go into a hash together: so many are in memory. */
const BLOCK = 4096;

/** The hash of these parts, as that of a data set: of training rows alone, or of training and test rows. */
export function hashSamples(...parts: readonly HashedSamples[]): string {
  return hashParts(
    parts.map(({ x, targets, rows, rowWeights }) => ({
      x: { data: x, rows, columns: x.length / rows },
      y:
        targets instanceof Float32Array
          ? { data: targets, rows, columns: targets.length / rows }
          : (targets as Uint32Array),
      weights: rowWeights ?? null,
    })),
  );
}

/**
 * The hash of rows that are streamed (docs/run-folders.md, "Streams"): of rows in memory too, where a stream had them. Rejects with
 * the signal's reason, which ends the pass over a source.
 */
export async function hashStream(rows: Rows, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256').update('samebits stream 1\n');
  const add = ({ x, targets, rowWeights, rows: count }: HashedSamples, first: boolean): void => {
    const y = targets as Uint32Array | Float32Array;
    const [columns, width] = [x.length / count, y.length / count];
    if (first)
      hash.update(`${columns} ${y instanceof Uint32Array ? 'labels' : width}${rowWeights ? ' weights' : ''}\n`);
    hash.update(x).update(y);
    if (rowWeights) hash.update(rowWeights);
  };
  if (rows instanceof StreamedRows) {
    let first = true;
    for await (const piece of rows.pieces(
      { ...IN_THEIR_ORDER, batchSize: BLOCK, exactly: true },
      { epoch: 0, position: 0 },
    )) {
      signal?.throwIfAborted();
      add(piece, first);
      first = false;
    }
  } else {
    for (let begin = 0; begin < rows.rows; begin += BLOCK) add(block(rows, begin), begin === 0);
  }
  return hash.update(`${rows.rows} rows\n`).digest('hex');
}

/** As run folders keep it. */
export async function hashRows(rows: Rows, signal?: AbortSignal): Promise<string> {
  return rows instanceof StreamedRows ? hashStream(rows, signal) : hashSamples(rows);
}

function block({ x, targets, rowWeights, rows }: HashedSamples, begin: number): HashedSamples {
  const count = Math.min(BLOCK, rows - begin);
  const part = <T extends Float32Array | Uint8Array | Uint32Array>(values: T): T => {
    const width = values.length / rows;
    return values.subarray(begin * width, (begin + count) * width) as T;
  };
  return {
    x: part(x),
    targets: targets && part(targets),
    rows: count,
    ...(rowWeights ? { rowWeights: part(rowWeights) } : {}),
  };
}
