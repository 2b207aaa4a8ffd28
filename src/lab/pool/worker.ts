/** Entry point of the lab's worker threads: one batch of tasks at a time. */
import { describeFailure } from '../../compare/task.js';
import type { DataSet } from '../../data/data-set.js';
import { runTask } from '../tasks/run-task.js';
import type { BatchAnswer, BatchMessage } from './message.js';

export default async function run({ tasks, data, port }: BatchMessage): Promise<BatchAnswer> {
  const controller = new AbortController();
  port.once('message', () => controller.abort(new Error('interrupted')));
  const known = new Map<string, DataSet>(data.map((one) => [JSON.stringify(one.source), one.data]));
  const context = {
    dataOf: (source: object) => known.get(JSON.stringify(source)) as DataSet,
    signal: controller.signal,
  };
  const answers: BatchAnswer[number][] = [];
  try {
    for (const task of tasks) {
      try {
        context.signal.throwIfAborted();
        answers.push({ value: await runTask(task, context) });
      } catch (error) {
        if (!context.signal.aborted) answers.push({ failure: describeFailure(error) });
        break;
      }
    }
    return answers;
  } finally {
    port.close();
  }
}
