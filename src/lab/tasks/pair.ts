/** Two trainings beside each other, compared on the way. */

import { type Distances, distances, firstDifferingIndex } from '../../compare/distances.js';
import { differingPredictions } from '../../compare/predictions.js';
import { sampleSteps } from '../../compare/sample-steps.js';
import { countElements, type FlatTensor, type Trainee } from '../../compare/trainee.js';
import { expected } from '../../errors.js';
import { decisionsOf } from '../../model/losses.js';
import { resolveExecution } from '../../train/execution.js';
import type { FinalMetrics, PairResult, PairSample, PairTask } from '../experiment/task.js';
import { ReluEventLog } from '../measures/relu-events.js';
import type { Outcome, TaskContext } from './outcome.js';
import { ReluProbe } from './relu-probe.js';
import { finalMetrics, rowsOf, startTraining } from './training.js';

const MOST_EVENTS = 100;

export async function pair(task: PairTask, context: TaskContext): Promise<Outcome<PairResult>> {
  const pairing = new Pairing(task, context);
  try {
    return { result: await pairing.run(), arrays: {} };
  } finally {
    pairing.dispose();
  }
}

/** Steps that are compared: the initial weights, the first steps one by one, the rest spread as growth wants it. */
export function pairSteps(steps: number, samples: number): readonly number[] {
  if (samples >= steps + 1) return Array.from({ length: steps + 1 }, (_, step) => step);
  const first = Math.floor(samples / 2);
  const dense = Array.from({ length: first }, (_, step) => step);
  const spread = sampleSteps(steps, steps).filter((step) => step >= first);
  const left = samples - first;
  // The last is always among them.
  const chosen =
    spread.length <= left
      ? spread
      : Array.from({ length: left }, (_, i) => spread[Math.floor(((i + 1) * spread.length) / left) - 1]);
  return [...dense, ...chosen];
}

class Side {
  readonly weights: Float32Array;
  readonly steps: number;
  readonly trainee: Trainee;
  readonly probe: ReluProbe | null;
  #done = 0;

  constructor(setting: PairTask['a'], reluRows: number, context: TaskContext) {
    const started = startTraining(setting, context);
    this.trainee = started.trainee;
    this.steps = started.steps;
    this.weights = new Float32Array(countElements(this.trainee.weights));
    if (reluRows === 0) {
      this.probe = null;
      return;
    }
    const { x } = started.data.test;
    const rows = Math.min(reluRows, x.rows);
    const some = { ...x, data: x.data.subarray(0, rows * x.columns), rows };
    const { recipe, execution } = setting;
    const { isa, threads } = resolveExecution({ ...execution, emulate: recipe.emulate });
    this.probe = new ReluProbe(recipe, some, this.trainee.weights, { isa, emulate: recipe.emulate, threads });
  }

  async advanceTo(step: number, signal: AbortSignal): Promise<void> {
    if (step > this.#done) await this.trainee.advance(step - this.#done, signal);
    this.#done = step;
    this.trainee.read(this.trainee.weights, this.weights);
  }

  dispose(): void {
    this.trainee.dispose();
    this.probe?.dispose();
  }
}

class Pairing {
  readonly #task: PairTask;
  readonly #context: TaskContext;
  readonly #a: Side;
  readonly #b: Side;
  readonly #tensors: readonly FlatTensor[];
  readonly #samples: PairSample[] = [];
  readonly #events = new ReluEventLog(MOST_EVENTS);
  #first: PairResult['firstDifference'] = null;

  constructor(task: PairTask, context: TaskContext) {
    this.#task = task;
    this.#context = context;
    this.#a = new Side(task.a, task.reluRows, context);
    try {
      this.#b = new Side(task.b, task.reluRows, context);
    } catch (error) {
      this.#a.dispose();
      throw error;
    }
    this.#tensors = this.#a.trainee.weights;
  }

  async run(): Promise<PairResult> {
    this.#checkTensors();
    const { signal } = this.#context;
    const [a, b] = [this.#a, this.#b];
    const steps = Math.min(a.steps, b.steps);
    const samples = new Set(pairSteps(steps, this.#task.samples));
    for (let step = 0; step <= steps; step += 1) {
      // Until they part every step is compared: the first difference is the exact one.
      if (this.#first !== null && !samples.has(step)) continue;
      await a.advanceTo(step, signal);
      await b.advanceTo(step, signal);
      if (this.#first === null) this.#first = this.#partedAt(step);
      if (samples.has(step)) this.#samples.push(await this.#sample(step));
    }
    await a.advanceTo(a.steps, signal);
    await b.advanceTo(b.steps, signal);
    return this.#conclude();
  }

  dispose(): void {
    this.#a.dispose();
    this.#b.dispose();
  }

  #checkTensors(): void {
    const describe = (side: Side): string => side.trainee.weights.map(({ name, size }) => `${name} ${size}`).join(', ');
    const [a, b] = [describe(this.#a), describe(this.#b)];
    if (a !== b) throw expected(`the tensors of a (${a})`, 'b', b, 'ERR_SAMEBITS_SHAPE');
  }

  #partedAt(step: number): PairResult['firstDifference'] {
    if (firstDifferingIndex(this.#a.weights, this.#b.weights) < 0) return null;
    for (const tensor of this.#tensors) {
      const { maxUlp, differing } = this.#distancesOf(tensor);
      if (differing > 0) return { step, tensor: tensor.name, ulp: maxUlp };
    }
    return null;
  }

  #distancesOf({ offset, size }: FlatTensor): Distances {
    return distances(this.#a.weights.subarray(offset, offset + size), this.#b.weights.subarray(offset, offset + size));
  }

  async #sample(step: number): Promise<PairSample> {
    const { weights } = this.#a;
    const { relativeL2, maxAbs, meanAbs, maxUlp, differing } = distances(weights, this.#b.weights);
    return {
      step,
      relativeL2,
      maxAbs,
      meanAbs,
      maxUlp,
      differing: differing / weights.length,
      tensors: this.#tensors.map((tensor) => this.#distancesOf(tensor).maxUlp),
      reluEvents: await this.#reluEvents(step),
    };
  }

  async #reluEvents(step: number): Promise<number> {
    const [a, b] = [this.#a, this.#b];
    if (a.probe === null || b.probe === null) return 0;
    const activations = [await a.probe.of(a.weights), await b.probe.of(b.weights)] as const;
    return this.#events.add(step, ...activations).count;
  }

  async #conclude(): Promise<PairResult> {
    const [a, b] = [this.#a.trainee, this.#b.trainee];
    const outputs = [await a.predictTest(), await b.predictTest()] as const;
    const { maxAbs, meanAbs, relativeL2 } = distances(...outputs);
    const { loss } = this.#task.a.recipe;
    const { rows } = rowsOf(this.#task.a, this.#context).test.x;
    return {
      equalBits: this.#first === null && a.fingerprint('state') === b.fingerprint('state'),
      tensorNames: this.#tensors.map(({ name }) => name),
      samples: this.#samples,
      events: this.#events.get().events,
      firstDifference: this.#first,
      predictions: {
        maxAbs,
        meanAbs,
        relativeL2,
        differing: decisionsOf(loss) === null ? null : differingPredictions(...outputs, rows, loss),
      },
      a: await concluded(a),
      b: await concluded(b),
    };
  }
}

async function concluded(trainee: Trainee): Promise<{ readonly fingerprint: string; readonly test: FinalMetrics }> {
  return { fingerprint: trainee.fingerprint('weights'), test: finalMetrics(await trainee.evaluateTest()) };
}
