/** Loss and hits over rows in memory, or over rows that are read meanwhile: the same bits. */
import type { EvaluateJob, NativeData, NativeNetwork } from '../../native/network.js';
import { IN_THEIR_ORDER, StreamedRows } from './streamed-rows.js';

/** Rows with their targets, in memory or not. */
export type Rows = NativeData | StreamedRows;

/** How rows are evaluated. */
export interface Evaluating {
  readonly threads: number;
  readonly batchLeaf: number;
}

export async function evaluateRows(
  network: NativeNetwork,
  data: Rows,
  how: Evaluating,
): Promise<{ readonly loss: number; readonly hits: number }> {
  if (!(data instanceof StreamedRows)) return network.evaluate({ ...data, ...how });
  let before: NonNullable<EvaluateJob['before']> = { rows: 0, lossSums: new Float32Array(0) };
  let result = { loss: 0, hits: 0 };
  for await (const piece of data.pieces(IN_THEIR_ORDER, { epoch: 0, position: 0 })) {
    const { loss, hits, lossSums } = await network.evaluate({ ...piece, ...how, before });
    result = { loss, hits: result.hits + hits };
    before = { rows: before.rows + piece.rows, lossSums };
  }
  return result;
}
