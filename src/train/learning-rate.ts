/** The learning rate of single steps, and where its schedule begins. */
import type { Optimizer } from '../model/optimizers.js';
import { addon } from '../native/addon.js';
import type { Counters } from '../native/network.js';

/** Whether the learning rate is another from step to step. */
export function hasSchedule({ learningRate }: Optimizer): boolean {
  return typeof learningRate !== 'number';
}

/** The counters of a model whose optimizer starts anew: its schedule begins with the next step. */
export function countersAnew({ steps, epochs }: Counters, optimizer: Optimizer | undefined): Counters {
  const anew = { steps, epochs, beta1Power: 1, beta2Power: 1 };
  return optimizer !== undefined && hasSchedule(optimizer) && steps > 0 ? { ...anew, firstStep: steps } : anew;
}

/** The learning rate of the last step that was made, at least one, before anything has observed the epoch that it ended. */
export function lastRate({ learningRate }: Optimizer, { steps, firstStep = 0, plateau }: Counters): number {
  return addon().learningRate(learningRate, steps - firstStep - 1, plateau?.learningRate);
}

/** The learning rate of the step that comes. */
export function nextRate({ learningRate }: Optimizer, { steps, firstStep = 0, plateau }: Counters): number {
  return addon().learningRate(learningRate, steps - firstStep, plateau?.learningRate);
}

/** {@link lastRate} as a metric, where there is a schedule. */
export function rateMetric(optimizer: Optimizer, counters: Counters): { readonly learning_rate?: number } {
  return hasSchedule(optimizer) ? { learning_rate: lastRate(optimizer, counters) } : {};
}
