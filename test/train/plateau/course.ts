/** A course of training whose learning rate falls, and what its rates must be. */
import { adam, type Optimizer, type ReduceOnPlateauOptions, reduceOnPlateau } from 'samebits';

/** Keras 3's callback, line by line, but for a rate in binary64. */
export function kerasRates(options: ReduceOnPlateauOptions, values: readonly number[]): number[] {
  const { initialLearningRate, monitor = 'val_loss', factor = 0.1, patience = 10, minDelta = 1e-4 } = options;
  const { cooldown = 0, minLearningRate = 0, mode = 'auto' } = options;
  const min = mode === 'min' || (mode === 'auto' && !/acc|r2/.test(monitor));
  let [rate, best, wait, counter] = [initialLearningRate, min ? Infinity : -Infinity, 0, 0];
  return values.map((current) => {
    if (counter > 0) [counter, wait] = [counter - 1, 0];
    if (min ? current < best - minDelta : current > best + minDelta) [best, wait] = [current, 0];
    else if (counter <= 0) {
      wait += 1;
      if (wait >= patience && rate > minLearningRate) {
        [rate, counter, wait] = [Math.max(rate * factor, minLearningRate), cooldown, 0];
      }
    }
    return rate;
  });
}

/** A network whose loss and accuracy move a little and stay, in 12 epochs of 2 steps. */
export const SHORT = { batchSize: 80, batchLeaf: 16 } as const;

export function course(options: Partial<ReduceOnPlateauOptions> = {}): Optimizer {
  const learningRate = reduceOnPlateau({
    initialLearningRate: 0.02,
    factor: 0.5,
    patience: 1,
    minDelta: 0.05,
    cooldown: 1,
    ...options,
  });
  return adam({ learningRate });
}

export const split = { validationSplit: 0.3 } as const;
