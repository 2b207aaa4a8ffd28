/** The plan of an experiment, task by task, with the keys under which results are kept. */
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

/** Each different task once, in the order of the plan; its data are loaded if their content is a part of the key. */
export async function* plannedTasks(
  experiment: Plan,
  ground: Ground,
  library: DataLibrary,
  { part, parts }: Shard = { part: 1, parts: 1 },
): AsyncGenerator<PlannedTask, void, undefined> {
  const seen = new Set<string>();
  for (const task of experiment.plan(ground)) {
    for (const { data } of settingsOf(task)) {
      if (data.source.kind !== 'madeUp') await library.load(data.source);
    }
    const key = taskKey(task, library.hashOf);
    if (seen.has(key)) continue;
    seen.add(key);
    if ((seen.size - 1) % parts === part - 1) yield { task, key };
  }
}
