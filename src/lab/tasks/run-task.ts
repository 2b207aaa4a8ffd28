/** Tasks by kind. */
import type { Task } from '../experiment/task.js';
import { forward } from './forward.js';
import type { Outcome, TaskContext } from './outcome.js';
import { pair } from './pair.js';
import { stages } from './stages.js';
import { sum } from './sum.js';
import { train } from './train.js';

/**
 * Carries out one task.
 *
 * @throws SamebitsError as training does; the signal's reason after an abort.
 */
export function runTask(task: Task, context: TaskContext): Promise<Outcome> {
  switch (task.kind) {
    case 'train':
      return train(task, context);
    case 'stages':
      return stages(task, context);
    case 'pair':
      return pair(task, context);
    case 'forward':
      return forward(task, context);
    case 'sum':
      return sum(task, context);
  }
}
