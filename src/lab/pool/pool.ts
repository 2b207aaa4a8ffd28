/** The worker threads of the lab, and the cores that they share. */
import { availableParallelism } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { packageFile } from '../../package-root.js';
import type { BatchAnswer, BatchMessage } from './message.js';

/** Tasks that need equally many native threads each. */
export interface Batch extends Omit<BatchMessage, 'port'> {
  /** Native threads that its tasks start, one task at a time. */
  readonly threads: number;
}

/**
 * Runs batches beside each other as long as their native threads have cores. One that wants more threads than there are
 * cores runs alone.
 */
export class LabPool {
  readonly cores: number;
  readonly #pool: Piscina<BatchMessage, BatchAnswer>;
  #free: number;
  /** Woken where cores become free. */
  #wake: (() => void) | null = null;

  constructor(cores = availableParallelism()) {
    this.cores = cores;
    this.#free = cores;
    this.#pool = new Piscina({
      filename: packageFile('dist', 'lab', 'pool', 'worker.js'),
      minThreads: 1,
      maxThreads: cores,
    });
  }

  /**
   * Carries out batches in order of arrival; the next one is taken from `batches` when there are cores for one.
   *
   * @param signal Ends all of them at a step boundary. What was finished by then is still handed over.
   * @param onAnswer Called in the order in which batches end. An error that it throws ends the others too.
   * @throws The signal's reason, after the last batch has ended; what `batches` or `onAnswer` threw first.
   */
  async run<B extends Batch>(
    batches: AsyncIterable<B>,
    onAnswer: (batch: B, answer: BatchAnswer) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const controller = new AbortController();
    const stop = signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
    const active = new Set<Promise<void>>();
    const thrown: unknown[] = [];
    const begin = async (batch: B): Promise<boolean> => {
      const cores = Math.min(batch.threads, this.cores);
      while (this.#free < cores && !stop.aborted) await this.#freed();
      if (stop.aborted) return false;
      this.#free -= cores;
      const work = this.#perform(batch, stop)
        .then((answer) => onAnswer(batch, answer))
        .catch((error: unknown) => {
          thrown.push(error);
          controller.abort(error);
        })
        .finally(() => {
          this.#free += cores;
          active.delete(work);
          this.#wake?.();
        });
      active.add(work);
      return true;
    };
    try {
      for await (const batch of batches) if (!(await begin(batch))) break;
    } catch (error) {
      // Those that have begun are not left behind.
      thrown.push(error);
      controller.abort(error);
    }
    await Promise.all(active);
    if (thrown.length > 0) throw thrown[0];
    signal?.throwIfAborted();
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }

  #freed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #perform({ tasks, data }: Batch, signal: AbortSignal): Promise<BatchAnswer> {
    const { port1: here, port2: port } = new MessageChannel();
    const abort = (): void => here.postMessage('abort');
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      return await this.#pool.run({ tasks, data, port }, { transferList: [port] });
    } finally {
      signal.removeEventListener('abort', abort);
      here.close();
    }
  }
}
