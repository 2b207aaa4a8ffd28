/** Entry point of the worker threads: one task at a time. */
import { locate } from './locate.js';
import { measure } from './measure.js';
import { type Answer, describeFailure, type Progress, type Task } from './task.js';

export default async function run(task: Task): Promise<Answer<unknown>> {
  const { port } = task;
  const controller = new AbortController();
  port.once('message', () => controller.abort());
  try {
    return { value: await perform(task, controller.signal) };
  } catch (error) {
    return { failure: describeFailure(error) };
  } finally {
    port.close();
  }
}

function perform(task: Task, signal: AbortSignal): Promise<unknown> {
  if (task.kind === 'locate') return locate(task, signal);
  return measure(task, (step) => task.port.postMessage({ step } satisfies Progress), signal);
}
