/** Tables in Parquet files. */
import { Worker } from 'node:worker_threads';
import { SamebitsError } from '../../errors.js';
import { packageFile } from '../../package-root.js';
import { openRegular } from './bytes.js';
import { type CellBatch, type CellSource, CodedTexts, type OpenCells, sliceCells } from './cells.js';
import type { ParquetAnswer, ParquetRequest, ParquetStart } from './parquet-messages.js';
import { unknownColumn } from './table.js';

/** Rows that are handed on at once. */
const AT_ONCE = 8192;
/** Of the decoding thread: what a group of a million rows of many columns takes. */
const MOST_MEGABYTES = 1024;
/** After which a row group that is still being decoded is taken for a hostile one; far beyond what any other needs. */
const PATIENCE = 120_000;

/**
 * Flat columns only. Row groups are decoded one ahead, in another thread; those before `fromRow` are not read.
 *
 * @param patience Milliseconds to wait for a row group.
 * @param drop Columns that are left out: they are not decoded.
 */
export function parquetCells(path: string, patience: number = PATIENCE, drop: readonly string[] = []): CellSource {
  return {
    name: path,
    repeatable: true,
    open: async (fromRow): Promise<OpenCells> => {
      await (await openRegular(path)).close();
      const thread = new Decoder({ path, drop }, patience);
      try {
        const head = await thread.answer();
        if (head.kind !== 'head') throw new TypeError('the decoder says something else first');
        const { names, all, types, groups } = head;
        for (const name of drop) if (!all.includes(name)) throw unknownColumn(name, all);
        const rows = groups.reduce((sum, group) => sum + group, 0);
        return { names, texts: false, types, rows, batches: batches(thread, groups, fromRow) };
      } catch (error) {
        await thread.end();
        throw error;
      }
    },
  };
}

async function* batches(
  thread: Decoder,
  groups: readonly number[],
  fromRow: number,
): AsyncGenerator<CellBatch, void, undefined> {
  try {
    let firstRow = 0;
    let index = 0;
    while (index < groups.length && firstRow + groups[index] <= fromRow) {
      firstRow += groups[index];
      index += 1;
    }
    if (index < groups.length) thread.ask(index);
    for (; index < groups.length; index += 1) {
      const group = await thread.answer();
      if (group.kind !== 'group') throw new TypeError('the decoder says something else');
      if (index + 1 < groups.length) thread.ask(index + 1);
      const columns = group.cells.map((cells) => ('codes' in cells ? new CodedTexts(cells.codes, cells.texts) : cells));
      for (let start = 0; start < groups[index]; start += AT_ONCE) {
        const end = Math.min(start + AT_ONCE, groups[index]);
        yield {
          firstRow: firstRow + start,
          rows: end - start,
          cells: columns.map((cells) => sliceCells(cells, start, end)),
        };
      }
      firstRow += groups[index];
    }
  } finally {
    await thread.end();
  }
}

/** The decoding thread: it answers in the order in which it is asked. */
class Decoder {
  readonly #path: string;
  readonly #patience: number;
  readonly #worker: Worker;
  readonly #answers: ParquetAnswer[] = [];
  #failure: SamebitsError | null = null;
  #wake: () => void = () => {};

  constructor(start: ParquetStart, patience: number) {
    this.#path = start.path;
    this.#patience = patience;
    this.#worker = new Worker(packageFile('dist', 'data', 'table', 'parquet-worker.js'), {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    this.#worker.on('message', (answer: ParquetAnswer) => {
      if (answer.kind === 'error') this.#fail(answer.message);
      else this.#answers.push(answer);
      this.#wake();
    });
    this.#worker.on('error', (error: Error) => this.#fail(error.message, error));
    this.#worker.on('exit', () => this.#fail('the decoding thread ended'));
  }

  ask(group: ParquetRequest): void {
    this.#worker.postMessage(group);
  }

  async answer(): Promise<ParquetAnswer> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      if (this.#failure !== null) throw this.#failure;
      // Only who waits for an answer keeps the process alive: a loop that was forgotten does not.
      this.#worker.ref();
      const timer = setTimeout(
        () => this.#fail(`a row group that is not decoded after ${this.#patience} ms`),
        this.#patience,
      );
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      clearTimeout(timer);
      this.#worker.unref();
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(message: string, cause?: Error): void {
    const text = `Expected a Parquet file of flat columns for ${this.#path} but received: ${message}`;
    this.#failure ??= new SamebitsError('ERR_SAMEBITS_FILE', text, cause === undefined ? {} : { cause });
    this.#wake();
  }
}
