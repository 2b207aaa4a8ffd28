/** Trains what PyTorch trained, from the same weights on the same batches, and measures how far apart both end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Layer, type LossOption, type Optimizer, type Sequential, sequential, type Targets } from 'samebits';
import { drawn, drawnData, drawnTargets, drawnWeights, type TargetKind } from './drawn.js';

/** A recipe, and what PyTorch made of it (test/fixtures/pytorch). */
export interface TorchCase {
  readonly group: string;
  readonly name: string;
  /** What does the same in PyTorch. */
  readonly torch: string;
  readonly layers: readonly Layer[];
  readonly loss: LossOption;
  readonly targets: TargetKind;
  readonly optimizer: Optimizer;
  /** Whether samples have weights. */
  readonly sampleWeights?: true;
  readonly classWeights?: Readonly<Record<string, number>>;
  readonly salt: number;
  /** Of each step, before its update; base64 of binary32. */
  readonly losses: string;
  /** After the last step, by name. */
  readonly weights: Readonly<Record<string, string>>;
}

export interface TorchFixture {
  readonly torch: string;
  readonly inputs: number;
  readonly batch: number;
  readonly steps: number;
  readonly cases: readonly TorchCase[];
}

/** How far two trainings are apart: the largest |a − b| / max(|b|, root mean square of b) of any element, b being PyTorch's. */
export interface Agreement {
  /** Of the weights after the last step, tensor by tensor. */
  readonly weights: number;
  /** Of the steps' losses. */
  readonly losses: number;
  /** How far the steps moved the weights, by the same measure: what there was to agree upon. */
  readonly moved: number;
}

export function readFixture(): TorchFixture {
  return JSON.parse(readFileSync(join(__dirname, '../fixtures/pytorch.json'), 'utf8'));
}

/** The agreement of one case. */
export async function agreementOf(fixture: TorchFixture, given: TorchCase): Promise<Agreement> {
  const { inputs, batch, steps } = fixture;
  const model = sequential({ layers: withShape(given.layers, inputs), seed: 0 });
  const initial = model.getWeights().map((tensor, place) => ({
    ...tensor,
    data: drawnWeights(tensor.name, given.salt + 2 + place, tensor.data.length),
  }));
  model.setWeights(initial);
  model.compile({ optimizer: given.optimizer, loss: given.loss });
  const x = drawnData(given.salt, steps * batch, inputs, given.layers[0]);
  const y = drawnTargets(given.targets, given.salt + 1, steps * batch, model.units);
  const weights = given.sampleWeights && drawn(given.salt + 60, steps * batch).map((u) => 2 * u);
  const { classWeights } = given;
  const width = y.length / (steps * batch);
  const losses: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const rows = x.subarray(step * batch * inputs, (step + 1) * batch * inputs);
    const targets = y.subarray(step * batch * width, (step + 1) * batch * width);
    const sampleWeights = weights?.subarray(step * batch, (step + 1) * batch);
    if (observes(given.optimizer)) losses.push(await epochOf(model, rows, targets, batch));
    else losses.push((await model.trainOnBatch(rows, targets, { sampleWeights, classWeights })).loss);
  }
  const final = model.getWeights();
  model.dispose();
  const torch = final.map(({ name }) => unpacked(given.weights[name]));
  return {
    weights: Math.max(...final.map(({ data }, i) => distance(data, torch[i]))),
    losses: distance(losses, unpacked(given.losses)),
    moved: Math.max(...initial.map(({ data }, i) => distance(data, torch[i]))),
  };
}

function observes({ learningRate }: Optimizer): boolean {
  return typeof learningRate !== 'number' && learningRate.name === 'reduceOnPlateau';
}

/** An epoch of one batch, which ends with a look at the learning rate. */
async function epochOf(model: Sequential, x: Float32Array, y: Targets, batchSize: number): Promise<number> {
  const { history } = await model.fit(x, y, { batchSize, shuffle: false });
  return history.loss[0];
}

function withShape([first, ...rest]: readonly Layer[], inputs: number): Layer[] {
  return [{ ...first, inputShape: [inputs] }, ...rest];
}

function unpacked(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

function distance(a: ArrayLike<number>, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  const scale = Math.sqrt(b.reduce((sum, value) => sum + value * value, 0) / b.length);
  return b.reduce((worst, value, i) => larger(worst, Math.abs(a[i] - value) / Math.max(Math.abs(value), scale)), 0);
}

/** Unlike Math.max, NaN is the largest and stays. */
function larger(a: number, b: number): number {
  return a >= b ? a : b;
}
