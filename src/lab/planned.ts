/** The plan of an experiment, task by task, with the keys under which results are kept. */
import { setImmediate } from 'node:timers/promises';
import { expected } from '../errors.js';
import type { DataLibrary } from './data-library.js';
import { settingsOf } from './data-library.js';
import type { Ground, Plan } from './experiment/experiment.js';
import type { Task } from './experiment/task.js';
import { taskKey } from './store/task-key.js';

/** A part of the work: the tasks whose number in the plan, from 0, is `part − 1` modulo `parts`. */
export interface Shard {
  /** From 1. */
  readonly part: number;
  readonly parts: number;
}

export interface PlannedTask {
  readonly task: Task;
  readonly key: string;
}

const AT_ONCE = 256;
/** Their keys are in memory. */
const MOST_TASKS = 4_000_000;

/** Each different task once, in the order of the plan; its data are loaded if their content is a part of the key. */
export async function* plannedTasks(
  experiment: Plan,
  ground: Ground,
  library: DataLibrary,
  { part, parts }: Shard = { part: 1, parts: 1 },
): AsyncGenerator<PlannedTask, void, undefined> {
  const seen = new Set<string>();
  for (const task of experiment.plan(ground)) {
    // A long plan lets interrupts through, and timers.
    if (seen.size % AT_ONCE === 0) await setImmediate();
    for (const { data } of settingsOf(task)) {
      if (data.source.kind !== 'madeUp') await library.load(data.source);
    }
    const key = taskKey(task, library.hashOf);
    if (seen.has(key)) continue;
    if (seen.size >= MOST_TASKS) throw expected(`at most ${MOST_TASKS} tasks`, experiment.name, 'more');
    seen.add(key);
    if ((seen.size - 1) % parts === part - 1) yield { task, key };
  }
}
