/** The worker threads that runs are trained in. */
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { packageFile } from '../package-root.js';
import type { FirstDifference } from './document.js';
import { type Answer, type LocateTask, type Measured, type MeasureTask, type Progress, reviveFailure } from './task.js';

type WithoutPort<T> = Omit<T, 'port'>;

/** Two at most; while tasks are handed over one by one, it is one, and a run that is timed is alone. */
const MOST_WORKERS = 2;

export class CompareWorkers {
  private readonly pool = new Piscina({
    filename: packageFile('dist', 'compare', 'worker.js'),
    minThreads: 1,
    maxThreads: MOST_WORKERS,
  });

  constructor(private readonly signal: AbortSignal | undefined) {}

  measure(task: WithoutPort<MeasureTask>, where: string, onStep: (step: number) => void): Promise<Measured> {
    return this.perform<Measured>(task, where, onStep);
  }

  locate(task: WithoutPort<LocateTask>, where: string): Promise<FirstDifference | null> {
    return this.perform<FirstDifference | null>(task, where, () => {});
  }

  private async perform<T>(task: object, where: string, onStep: (step: number) => void): Promise<T> {
    const { signal } = this;
    signal?.throwIfAborted();
    const { port1: here, port2: port } = new MessageChannel();
    const abort = (): void => here.postMessage('abort');
    const thrown: unknown[] = [];
    here.on('message', ({ step }: Progress) => {
      try {
        onStep(step);
      } catch (error) {
        // Out of a listener it would end the process; as the reason of this promise it can be caught.
        thrown.push(error);
        abort();
      }
    });
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const answer: Answer<T> = await this.pool.run({ ...task, port }, { transferList: [port] });
      signal?.throwIfAborted();
      if (thrown.length > 0) throw thrown[0];
      if ('failure' in answer) throw reviveFailure(answer.failure, where);
      return answer.value;
    } finally {
      signal?.removeEventListener('abort', abort);
      here.close();
    }
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.pool.destroy();
  }
}
