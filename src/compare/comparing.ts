/** The course of a comparison: every run in turn, then the exact place where runs part. */
import { totalmem } from 'node:os';
import { SamebitsError } from '../errors.js';
import { outputUnits, parametersOf } from '../model/description.js';
import type { Recipe } from '../model/recipe.js';
import type { ComparedData } from './data.js';
import type { CompareRun, FirstDifference } from './document.js';
import type { CompareOptions, Comparison } from './runs.js';
import { sampleSteps } from './sample-steps.js';
import type { Measured, Rerun } from './task.js';
import { type ComparedExecution, describeExecution } from './variants.js';
import type { CompareWorkers } from './workers.js';

/** Memory that the baseline's weights may take, in bytes: so many steps are compared on the way. */
const SNAPSHOT_BUDGET = 256 * 1024 * 1024;
const MOST_SAMPLES = 48;
/** Copies of the weights that there are at once, at least: network, optimizer, baseline, and one to compare. */
const FEWEST_COPIES = 5;
const WARM_UP_STEPS = 8;

/** A run that was made. */
interface MadeRun {
  /** Index of its variant. */
  readonly variant: number;
  readonly execution: ComparedExecution;
  readonly repeat: number;
  readonly measured: Measured;
}

export class Comparing {
  private readonly steps: number;
  private readonly samples: readonly number[];
  /** The baseline's weights after each sampled step. */
  private readonly snapshots: Float32Array;
  /** The baseline's outputs for the test rows. */
  private readonly predictions: Float32Array;

  constructor(
    private readonly recipe: Recipe,
    private readonly data: ComparedData,
    private readonly workers: CompareWorkers,
    private readonly onProgress: NonNullable<CompareOptions['onProgress']>,
  ) {
    const { rows, columns } = data.train.x;
    const weights = parametersOf(recipe.model, columns).reduce((sum, { size }) => sum + size, 0);
    checkMemory(weights);
    const affordable = Math.max(1, Math.floor(SNAPSHOT_BUDGET / (4 * weights)));
    this.steps = recipe.fit.epochs * Math.ceil(rows / recipe.fit.batchSize);
    this.samples = sampleSteps(this.steps, Math.min(affordable, MOST_SAMPLES));
    this.snapshots = sharedFloats(this.samples.length * weights);
    this.predictions = sharedFloats(data.test.x.rows * outputUnits(recipe.model));
  }

  async compare(executions: readonly ComparedExecution[], repeats: number): Promise<Comparison> {
    const first = Math.max(
      0,
      executions.findIndex(({ reduction }) => reduction === 'fixed'),
    );
    // The baseline comes before what is compared with it; then round and round, so that noise hits all alike.
    const order = [first, ...[...executions.keys()].filter((variant) => variant !== first)];
    const made: MadeRun[] = [];
    for (let repeat = 1; repeat <= repeats; repeat += 1) {
      for (const variant of order) {
        const execution = executions[variant];
        const measured = await this.measure(execution, repeat, made.length + 1, order.length * repeats);
        made.push({ variant, execution, repeat, measured });
      }
    }
    // Nothing is timed any more: these may run side by side.
    const runs = await Promise.all(made.map(async (run) => ({ run, result: await this.conclude(run, made[0]) })));
    runs.sort((a, b) => a.run.variant - b.run.variant || a.run.repeat - b.run.repeat);
    return {
      steps: this.steps,
      runs: runs.map(({ result }) => result),
      baseline: runs.findIndex(({ run }) => run === made[0]),
    };
  }

  private async measure(execution: ComparedExecution, repeat: number, run: number, runs: number): Promise<Measured> {
    const { recipe, data, samples, snapshots, predictions, steps } = this;
    const tell = (step: number, seconds: number | null): void =>
      this.onProgress({ ...execution, run, runs, repeat, step, steps, seconds });
    tell(0, null);
    const measured = await this.workers.measure(
      {
        kind: 'measure',
        recipe,
        data,
        execution,
        role: run === 1 ? 'baseline' : 'variant',
        warmUpSteps: repeat === 1 ? Math.min(WARM_UP_STEPS, steps) : 0,
        samples,
        snapshots,
        predictions,
      },
      `run ${run} of ${runs}: ${describeExecution(execution)}`,
      (step) => {
        // The end is told once, with its time.
        if (step < steps) tell(step, null);
      },
    );
    tell(steps, measured.seconds);
    return measured;
  }

  private async conclude(run: MadeRun, baseline: MadeRun): Promise<CompareRun> {
    const { execution, repeat, measured } = run;
    const { seconds, fingerprint, distance, weightsDiffer, predictionsDiffer, ulpHistogram, metrics, lossCurve } =
      measured;
    const identical = measured.seen === null && measured.stateFingerprint === baseline.measured.stateFingerprint;
    return {
      ...execution,
      repeat,
      seconds,
      samplesPerSecond: (this.recipe.fit.epochs * this.data.train.x.rows) / seconds,
      fingerprint,
      identical,
      firstDifference: identical ? null : await this.firstDifference(run, baseline),
      maxUlp: largest(distance.map(({ maxUlp }) => maxUlp as number)),
      maxAbs: largest(distance.map(({ maxAbs }) => maxAbs as number)),
      relativeL2: largest(distance.map(({ relativeL2 }) => relativeL2 as number)),
      weightsDiffer,
      predictionsDiffer,
      ulpHistogram,
      metrics,
      lossCurve,
      distance,
    };
  }

  private async firstDifference(run: MadeRun, baseline: MadeRun): Promise<FirstDifference | null> {
    const { seen } = run.measured;
    // Weights that are equal at all samples although the state differs: then the state is compared, from the start.
    const sample = seen === null ? this.samples.length - 1 : this.samples.indexOf(seen.step);
    const located = await this.workers.locate(
      {
        kind: 'locate',
        baseline: this.rerun(baseline),
        variant: this.rerun(run),
        from: seen === null || sample === 0 ? 0 : this.samples[sample - 1],
        to: this.samples[sample],
        scope: seen === null ? 'state' : 'weights',
      },
      `looking for the first difference: ${describeExecution(run.execution)}`,
    );
    // A difference that does not come again was no matter of the order of sums; it is reported where it was seen.
    return located ?? seen;
  }

  private rerun({ execution, measured }: MadeRun): Rerun {
    return { recipe: this.recipe, data: this.data, execution, recording: measured.recording };
  }
}

/** 0 of nothing; NaN where any is. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

/** Said here, because what runs out of memory later says less, and may take the process with it. */
function checkMemory(weights: number): void {
  const bytes = 4 * weights * FEWEST_COPIES;
  if (bytes <= totalmem()) return;
  throw new SamebitsError(
    'ERR_SAMEBITS_RESOURCES',
    `Expected a network that fits into this machine's ${totalmem()} bytes of memory but received one of ` +
      `${weights} weights, which takes ${bytes} bytes and more`,
  );
}

function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length));
}
