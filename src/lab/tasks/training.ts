/** A setting in training. */
import type { Setting } from '../../causes/cause.js';
import type { ComparedData } from '../../compare/data.js';
import { type RowMetrics, Trainee } from '../../compare/trainee.js';
import { resolveExecution } from '../../train/execution.js';
import type { FinalMetrics } from '../experiment/task.js';
import type { TaskContext } from './outcome.js';
import { PreparedData } from './prepared-data.js';

/** Of this environment. */
const prepared = new PreparedData();

/** The rows of a setting. */
export function rowsOf(setting: Setting, context: TaskContext): ComparedData {
  return prepared.of(setting, context.dataOf(setting.data.source));
}

/** A fresh model of a setting, with its data. The caller disposes it. */
export function startTraining(setting: Setting, context: TaskContext) {
  const { recipe } = setting;
  const data = rowsOf(setting, context);
  const { threads, reduction, isa } = resolveExecution({
    ...setting.execution,
    reduction: recipe.reduction,
    emulate: recipe.emulate,
  });
  const trainee = new Trainee(recipe, data, { threads, reduction, isa });
  return { trainee, data, steps: stepsOf(setting, data) };
}

/** Steps that a setting's training has. */
export function stepsOf({ recipe: { fit } }: Setting, data: ComparedData): number {
  return fit.epochs * Math.ceil(data.train.x.rows / fit.batchSize);
}

export function finalMetrics({ loss, accuracy }: RowMetrics): FinalMetrics {
  return { loss, accuracy: Number.isNaN(accuracy) ? null : accuracy };
}
