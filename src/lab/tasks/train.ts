/** One training from initial weights. */
import type { ComparedRows } from '../../compare/data.js';
import { countElements, type Trainee } from '../../compare/trainee.js';
import type { Loss } from '../../native/network-description.js';
import { fingerprintPredictions } from '../../train/fingerprint.js';
import type { ClassMetrics, TrainTask } from '../experiment/task.js';
import { runMetrics } from '../measures/class-metrics.js';
import type { Outcome, TaskContext, TrainRecord } from './outcome.js';
import { finalMetrics, startTraining } from './training.js';

export async function train({ setting, keep }: TrainTask, context: TaskContext): Promise<Outcome<TrainRecord>> {
  const { trainee, data, steps } = startTraining(setting, context);
  try {
    const { epochs } = await trainee.advance(steps, context.signal);
    const outputs = await trainee.predictTest();
    const { rows } = data.test.x;
    const history = epochs.map(finalMetrics);
    const isRated = history.every(({ accuracy }) => accuracy !== null);
    return {
      result: {
        fingerprint: trainee.fingerprint('weights'),
        stateFingerprint: trainee.fingerprint('state'),
        predictionsFingerprint: fingerprintPredictions(outputs, rows, outputs.length / rows),
        steps,
        train: history[history.length - 1],
        test: finalMetrics(await trainee.evaluateTest()),
        classes: keep.includes('classes') ? classesOf(outputs, data.test, setting.recipe.loss) : null,
        history: keep.includes('history')
          ? {
              loss: history.map(({ loss }) => loss),
              accuracy: isRated ? history.map(({ accuracy }) => Number(accuracy)) : null,
            }
          : null,
      },
      arrays: {
        ...(keep.includes('predictions') ? { predictions: outputs } : {}),
        ...(keep.includes('weights') ? { weights: weightsOf(trainee) } : {}),
      },
    };
  } finally {
    trainee.dispose();
  }
}

function classesOf(data: Float32Array, { x, y }: ComparedRows, loss: Loss): readonly ClassMetrics[] {
  const predictions = { data, rows: x.rows, columns: data.length / x.rows };
  const targets = y instanceof Uint32Array ? y : (y.data as Float32Array);
  return runMetrics(predictions, targets, loss).classes.map(({ count, class: index, ...metrics }) => ({
    class: index,
    rows: count,
    ...metrics,
  }));
}

export function weightsOf(trainee: Trainee): Float32Array {
  const weights = new Float32Array(countElements(trainee.weights));
  trainee.read(trainee.weights, weights);
  return weights;
}
