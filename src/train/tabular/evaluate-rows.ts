/** Loss, hits and outputs over rows in memory, or over rows that are read meanwhile: the same bits. */
import { joinArrays } from '../../data/join-arrays.js';
import type { EvaluateJob, NativeData, NativeNetwork } from '../../native/network.js';
import { IN_THEIR_ORDER, StreamedRows } from './streamed-rows.js';

/** Rows with their targets, in memory or not. */
export type Rows = NativeData | StreamedRows;

/** How rows are evaluated. */
export interface Evaluating {
  readonly threads: number;
  readonly batchLeaf: number;
  /** Whether outputs are wanted: another pass through the network, and memory for those of all rows. */
  readonly outputs: boolean;
}

/** Targets of rows, and the outputs for them. */
export interface Predicted {
  readonly targets: Uint32Array | Float32Array;
  readonly outputs: Float32Array;
}

export interface EvaluatedSums {
  /** Mean over all rows. */
  readonly loss: number;
  readonly hits: number;
  /** Where they were wanted. */
  readonly predicted: Predicted | null;
}

export async function evaluateRows(
  network: NativeNetwork,
  data: Rows,
  { outputs: wanted, ...how }: Evaluating,
): Promise<EvaluatedSums> {
  const predictionsOf = async ({ x, rows, targets }: NativeData): Promise<Predicted> => ({
    targets: targets as Predicted['targets'],
    outputs: await network.predict({ x, rows, threads: how.threads }),
  });
  if (!(data instanceof StreamedRows)) {
    const { loss, hits } = await network.evaluate({ ...data, ...how });
    return { loss, hits, predicted: wanted ? await predictionsOf(data) : null };
  }
  let before: NonNullable<EvaluateJob['before']> = { rows: 0, lossSums: new Float32Array(0) };
  let result = { loss: 0, hits: 0 };
  const pieces: Predicted[] = [];
  for await (const piece of data.pieces(IN_THEIR_ORDER, { epoch: 0, position: 0 })) {
    const { loss, hits, lossSums } = await network.evaluate({ ...piece, ...how, before });
    result = { loss, hits: result.hits + hits };
    before = { rows: before.rows + piece.rows, lossSums };
    if (wanted) pieces.push(await predictionsOf(piece));
  }
  return { ...result, predicted: wanted ? joined(pieces) : null };
}

function joined(pieces: readonly Predicted[]): Predicted {
  const [{ targets, outputs }] = pieces;
  return {
    targets: joinArrays(
      pieces.map((piece) => piece.targets),
      targets,
    ),
    outputs: joinArrays(
      pieces.map((piece) => piece.outputs),
      outputs,
    ),
  };
}
