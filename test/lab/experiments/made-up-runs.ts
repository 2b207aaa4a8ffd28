/** Runs of known truth: predictions that are sums of effects, each a normal vector that its key alone decides. */
import type { Conclusion, Experiment } from '../../../dist/lab/experiment/experiment.js';
import type { TrainTask } from '../../../dist/lab/experiment/task.js';
import { Deviates } from '../../../dist/lab/statistics/deviates.js';
import { type FakeTrain, fakeGround, fakeResults } from './fake-results.js';

/** The experiments that only train, in the order of the list. */
export const TRAININGS = [
  'init-seed',
  'epochs',
  'initializer',
  'same-seed',
  'global-seed',
  'shuffle-seed',
  'shuffle-or-not',
  'mini-batches',
  'optimizer',
  'depth-width',
  'generator',
];

/** What moves a run: another key, other numbers of that size. */
export type Effect = readonly [key: string, size: number];

export interface MadeUpRun {
  /** On the predictions. */
  readonly predictions?: readonly Effect[];
  /** On the test accuracy and the test loss. */
  readonly metric?: readonly Effect[];
  /** Added to the accuracy, taken from the loss. @default 0 */
  readonly gain?: number;
}

/** Test rows of {@link fakeGround} and outputs of each. */
export const ROWS = 4;
export const OUTPUTS = 5;

/**
 * The result of a made-up training. Runs with the same effects have the same bits.
 *
 * @param truth Whose effects are the truth: `[[`weights ${seed}`, 1]]` says that weights alone move predictions.
 */
export function madeUpRun(truth: (task: TrainTask) => MadeUpRun): (task: TrainTask) => FakeTrain {
  return (task) => {
    const { predictions = [], metric = [], gain = 0 } = truth(task);
    const outputs = new Float32Array(ROWS * OUTPUTS);
    for (const [key, size] of predictions) {
      const deviates = new Deviates(key, 'effect');
      for (let i = 0; i < outputs.length; i += 1) outputs[i] += size * deviates.normal();
    }
    const moved = metric.reduce((sum, [key, size]) => sum + size * new Deviates(key, 'metric').normal(), gain);
    const name = JSON.stringify([predictions, metric, gain]);
    return {
      fingerprint: name,
      stateFingerprint: name,
      predictionsFingerprint: name,
      test: { loss: 0.5 - moved, accuracy: task.setting.recipe.loss === 'meanSquaredError' ? null : 0.9 + moved },
      classes: [0, 1, 2, 3].map((index) => ({ class: index, rows: 10, loss: 0.5, accuracy: 0.8 + moved })),
      predictions: outputs,
      weights: outputs,
    };
  };
}

/** What an experiment that only trains concludes where the truth is known. */
export function concludeFrom(
  experiment: Experiment,
  truth: (task: TrainTask) => MadeUpRun,
  repeats?: number,
): Conclusion {
  const ground = fakeGround(experiment, { repeats, data: { rows: 1437, classes: OUTPUTS } });
  return experiment.conclude(ground, fakeResults(experiment, ground, { train: madeUpRun(truth) }));
}
