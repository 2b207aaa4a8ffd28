/**
 * Reads row groups of a Parquet file in a thread of its own: decoding goes on while the main thread prepares and trains, and
 * a file that takes too much memory ends this thread only.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openParquetFile } from './parquet-file.js';
import type { ParquetAnswer, ParquetRequest, ParquetStart } from './parquet-messages.js';

function answer(message: ParquetAnswer): void {
  const cells = message.kind === 'group' ? message.cells : [];
  const moved = cells.flatMap((column) => {
    if (column instanceof Float64Array) return [column.buffer as ArrayBuffer];
    return 'codes' in column ? [column.codes.buffer as ArrayBuffer] : [];
  });
  parentPort?.postMessage(message, moved);
}

function fail(error: unknown): void {
  answer({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
}

async function serve({ path, drop }: ParquetStart): Promise<void> {
  const { head, readGroup } = await openParquetFile(path, drop);
  parentPort?.on('message', (group: ParquetRequest) => {
    readGroup(group).then((cells) => answer({ kind: 'group', cells }), fail);
  });
  answer({ kind: 'head', ...head });
}

serve(workerData as ParquetStart).catch(fail);
