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

/** What rows were asked for, and what came, row by row. */
export interface Answers {
  readonly targets: Uint32Array | Float32Array;
  readonly outputs: Float32Array;
}

export interface EvaluatedSums {
  /** Mean over all rows. */
  readonly loss: number;
  readonly hits: number;
  /** Where they were wanted. */
  readonly answers: Answers | null;
}

export async function evaluateRows(
  network: NativeNetwork,
  data: Rows,
  { outputs: wanted, ...how }: Evaluating,
): Promise<EvaluatedSums> {
  const answersTo = async ({ x, rows, targets }: NativeData): Promise<Answers> => ({
    targets: targets as Answers['targets'],
    outputs: await network.predict({ x, rows, threads: how.threads }),
  });
  if (!(data instanceof StreamedRows)) {
    const { loss, hits } = await network.evaluate({ ...data, ...how });
    return { loss, hits, answers: wanted ? await answersTo(data) : null };
  }
  let before: NonNullable<EvaluateJob['before']> = { rows: 0, lossSums: new Float32Array(0) };
  let result = { loss: 0, hits: 0 };
  const answers: Answers[] = [];
  for await (const piece of data.pieces(IN_THEIR_ORDER, { epoch: 0, position: 0 })) {
    const { loss, hits, lossSums } = await network.evaluate({ ...piece, ...how, before });
    result = { loss, hits: result.hits + hits };
    before = { rows: before.rows + piece.rows, lossSums };
    if (wanted) answers.push(await answersTo(piece));
  }
  return { ...result, answers: wanted ? joinAnswers(answers) : null };
}

function joinAnswers(answers: readonly Answers[]): Answers {
  return {
    targets: joinArrays(
      answers.map(({ targets }) => targets),
      answers[0].targets,
    ),
    outputs: joinArrays(
      answers.map(({ outputs }) => outputs),
      answers[0].outputs,
    ),
  };
}
