/**
 * One timed run, in a worker thread. It trains in chunks; between two chunks, outside the clock, its weights are laid
 * down for the other runs (the baseline) or compared with what the baseline has laid down (all others).
 */
import type { StepOrders } from '../native/network.js';
import type { Recording } from '../runs/recording.js';
import { joinOrders } from '../train/recording.js';
import { distances, firstDifferingIndex, NO_DISTANCE, ulpHistogram } from './distances.js';
import type { DistanceSample, FirstDifference, LossSample } from './document.js';
import { describeDifference } from './locate.js';
import { differingPredictions } from './predictions.js';
import type { Measured, MeasureTask } from './task.js';
import { countElements, Trainee } from './trainee.js';

/**
 * @param onStep Called with the steps done, after each chunk.
 * @param signal Stops the run at a step boundary; its reason is thrown.
 */
export async function measure(
  task: MeasureTask,
  onStep: (step: number) => void,
  signal: AbortSignal,
): Promise<Measured> {
  await warmUp(task, signal);
  const record = task.execution.reduction === 'free';
  const trainee = new Trainee(task.recipe, task.data, task.execution, { record });
  try {
    return await new Measurement(task, trainee).run(onStep, signal);
  } finally {
    trainee.dispose();
  }
}

/** Starts the team and brings code and data into the caches, so that the first run is not timed slower than others. */
async function warmUp({ recipe, data, execution, warmUpSteps }: MeasureTask, signal: AbortSignal): Promise<void> {
  if (warmUpSteps === 0) return;
  const trainee = new Trainee(recipe, data, execution);
  try {
    await trainee.advance(warmUpSteps, signal);
  } finally {
    trainee.dispose();
  }
}

class Measurement {
  private readonly weights: Float32Array;
  private seconds = 0;
  private seen: FirstDifference | null = null;
  private readonly distance: DistanceSample[] = [];
  private readonly lossCurve: LossSample[] = [];
  private readonly orders: StepOrders[] = [];

  constructor(
    private readonly task: MeasureTask,
    private readonly trainee: Trainee,
  ) {
    this.weights = new Float32Array(countElements(trainee.weights));
  }

  async run(onStep: (step: number) => void, signal: AbortSignal): Promise<Measured> {
    let done = 0;
    for (const [index, step] of this.task.samples.entries()) {
      await this.chunk(step, step - done, signal);
      this.sample(step, this.snapshot(index));
      done = step;
      onStep(step);
    }
    return this.conclude();
  }

  private async chunk(end: number, steps: number, signal: AbortSignal): Promise<void> {
    const { seconds, stepLosses, orders } = await this.trainee.advance(steps, signal);
    this.seconds += seconds;
    const sum = stepLosses.reduce((total, loss) => total + loss, 0);
    this.lossCurve.push({ step: end, loss: sum / stepLosses.length });
    this.orders.push(...orders);
  }

  private sample(step: number, snapshot: Float32Array): void {
    if (this.isBaseline()) {
      this.trainee.read(this.trainee.weights, snapshot);
      return;
    }
    this.trainee.read(this.trainee.weights, this.weights);
    if (this.seen === null) {
      const at = firstDifferingIndex(snapshot, this.weights);
      if (at >= 0) this.seen = describeDifference(step, this.trainee.weights, at, snapshot, this.weights);
    }
    const { maxAbs, relativeL2, maxUlp } = this.seen === null ? NO_DISTANCE : distances(snapshot, this.weights);
    this.distance.push({ step, maxAbs, relativeL2, maxUlp });
  }

  private async conclude(): Promise<Measured> {
    const { task, trainee, weights, seconds, seen, distance, lossCurve } = this;
    const last = this.snapshot(task.samples.length - 1);
    const final = this.isBaseline() ? last : weights;
    const outputs = await trainee.predictTest();
    if (this.isBaseline()) task.predictions.set(outputs);
    return {
      seconds,
      fingerprint: trainee.fingerprint('weights'),
      stateFingerprint: trainee.fingerprint('state'),
      seen,
      distance,
      weightsDiffer: distances(last, final).differing / final.length,
      predictionsDiffer: differingPredictions(task.predictions, outputs, task.data.test.x.rows, task.recipe.loss),
      ulpHistogram: ulpHistogram(last, final),
      metrics: await trainee.evaluateTest(),
      lossCurve,
      recording: this.recording(),
    };
  }

  private snapshot(index: number): Float32Array {
    const count = this.weights.length;
    return this.task.snapshots.subarray(index * count, (index + 1) * count);
  }

  private isBaseline(): boolean {
    return this.task.role === 'baseline';
  }

  private recording(): Recording | null {
    if (this.orders.length === 0) return null;
    const { recipe, data, samples } = this.task;
    const { batchSize, freeGrain } = recipe.fit;
    const steps = samples[samples.length - 1];
    return { rows: data.train.x.rows, batchSize, freeGrain, steps, orders: joinOrders(this.orders) };
  }
}
