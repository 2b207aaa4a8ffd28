// Decodes Parquet files one after another, as the reader's own thread does one.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const { openParquetFile } = createRequire(import.meta.url)(workerData);

parentPort.on('message', async (path) => {
  let cells = null;
  let close = () => {};
  try {
    const { head, readGroup, ...file } = await openParquetFile(path);
    close = file.close;
    cells = 0;
    for (const index of head.groups.keys()) {
      for (const column of await readGroup(index)) {
        const { length } = column.codes ?? column;
        if (length !== head.groups[index]) throw new TypeError(`${length} cells for ${head.groups[index]} rows`);
        cells += length;
      }
    }
  } catch (error) {
    if (error instanceof TypeError && error.message.includes('cells for')) throw error;
    cells = null;
  } finally {
    close();
  }
  parentPort.postMessage(cells);
});
