/** How much work a task is, and how much it leaves: for batches of bounded size, and for the time that is left. */
import type { Setting } from '../causes/cause.js';
import { outputUnits, parametersOf } from '../model/description.js';
import type { Task } from './experiment/task.js';
import { epochsOf } from './tasks/stages.js';

/** Rows and columns of a setting's data. */
export interface DataSize {
  readonly rows: number;
  readonly testRows: number;
  readonly columns: number;
}

/** Operations that a task takes before it trains: a network, its weights, hashes. */
const SETUP = 2e6;
/** That a step takes beside its arithmetic. */
const STEP = 5e4;

/** In floating-point operations, roughly. */
export function costOf(task: Task, sizeOf: (setting: Setting) => DataSize): number {
  switch (task.kind) {
    case 'train':
      return trainingCost(task.setting, sizeOf(task.setting));
    case 'stages':
      return trainingCost(task.setting, sizeOf(task.setting), epochsOf(task.stages));
    case 'pair':
      return 2 * (trainingCost(task.a, sizeOf(task.a)) + trainingCost(task.b, sizeOf(task.b)));
    case 'forward': {
      const { calls, threads, isas, batches, setting } = task;
      const size = sizeOf(setting);
      const rows = batches.reduce((sum, batch) => sum + batch, 0);
      const eachWay = calls * (batches.length * STEP + rows * 2 * weightsOf(setting, size));
      return trainingCost(setting, size) + threads.length * isas.length * eachWay;
    }
    case 'sum':
      return task.numbers * (task.orders * 200 + task.workers.length * (10 + task.repeats));
  }
}

/** Bytes of the arrays that a task leaves. */
export function bytesOf(task: Task, sizeOf: (setting: Setting) => DataSize): number {
  if (task.kind !== 'train') return 0;
  const { setting, keep } = task;
  const size = sizeOf(setting);
  const predictions = keep.includes('predictions') ? size.testRows * outputUnits(setting.recipe.model) : 0;
  return 4 * (predictions + (keep.includes('weights') ? weightsOf(setting, size) : 0));
}

/** Native threads that a task starts at once. */
export function threadsOf(task: Task): number {
  switch (task.kind) {
    case 'pair':
      return Math.max(task.a.execution.threads, task.b.execution.threads);
    case 'forward':
      return Math.max(task.setting.execution.threads, ...task.threads);
    case 'sum':
      return Math.max(1, ...task.workers);
    default:
      return task.setting.execution.threads;
  }
}

function trainingCost(setting: Setting, size: DataSize, epochs = setting.recipe.fit.epochs): number {
  const { batchSize } = setting.recipe.fit;
  const rows = setting.data.rows ?? size.rows;
  const steps = epochs * Math.ceil(rows / batchSize);
  return SETUP + steps * STEP + (6 * epochs * rows + 4 * size.testRows) * weightsOf(setting, size);
}

function weightsOf({ recipe }: Setting, { columns }: DataSize): number {
  return parametersOf(recipe.model, columns).reduce((sum, { size }) => sum + size, 0);
}
