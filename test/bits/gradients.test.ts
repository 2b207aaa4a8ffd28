/** The engine's gradients against finite differences of a forward pass in binary64. */
import { describe, expect, it } from 'vitest';
import {
  type ActivationName,
  addon,
  type Loss,
  type NativeActivation,
  type TrainJob,
} from '../../dist/native/addon.js';

const ROWS = 6;
const SIZES = [5, 7, 4, 3];
const BIAS = 0.1;

const wave = (count: number, step: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.fround(((i * step + 17) % 101) / 101 - 0.5));
const x = wave(ROWS * SIZES[0], 37);
const labels = Uint32Array.from({ length: ROWS }, (_, i) => i % SIZES[3]);
const vectors = Float32Array.from({ length: ROWS * SIZES[3] }, (_, i) => ((i * 7) % 11) / 11);

/** Zeros and ones for hinge. */
const targetsOf = (loss: Loss): Float32Array =>
  loss === 'hinge' ? vectors.map((value) => (value > 0.5 ? 1 : 0)) : vectors;

/** The series of erf, all of whose terms have one sign. */
function erf(x: number): number {
  let sum = 0;
  let term = x;
  for (let n = 1; n < 200; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

/** The definitions; leakyRelu's alpha is 0.3, elu's 0.75. */
const activate: Record<ActivationName, (z: number[]) => number[]> = {
  leakyRelu: (z) => z.map((v) => (v < 0 ? 0.3 * v : v)),
  elu: (z) => z.map((v) => (v < 0 ? 0.75 * (Math.exp(v) - 1) : v)),
  selu: (z) => z.map((v) => SELU.scale * (v < 0 ? SELU.alpha * (Math.exp(v) - 1) : v)),
  gelu: (z) => z.map((v) => (v * (1 + erf(v / Math.SQRT2))) / 2),
  silu: (z) => z.map((v) => v / (1 + Math.exp(-v))),
  softplus: (z) => z.map((v) => Math.log(1 + Math.exp(v))),
  softsign: (z) => z.map((v) => v / (1 + Math.abs(v))),
  hardSigmoid: (z) => z.map((v) => Math.min(1, Math.max(0, v / 6 + 0.5))),
  linear: (z) => z,
  relu: (z) => z.map((v) => Math.max(0, v)),
  tanh: (z) => z.map(Math.tanh),
  sigmoid: (z) => z.map((v) => 1 / (1 + Math.exp(-v))),
  softmax: (z) => {
    const e = z.map((v) => Math.exp(v - Math.max(...z)));
    const s = e.reduce((a, b) => a + b, 0);
    return e.map((v) => v / s);
  },
};

/** A row's loss by Keras's definitions, where it is taken from outputs. */
function outputLoss(loss: Loss, a: readonly number[], t: Float32Array): number {
  const mean = (term: (y: number, t: number) => number) => a.reduce((s, y, j) => s + term(y, t[j]), 0) / a.length;
  if (typeof loss === 'object') {
    if (loss.name === 'quantile') {
      return mean((y, target) => Math.max(loss.quantile * (target - y), (loss.quantile - 1) * (target - y)));
    }
    const { delta } = loss;
    return mean((y, target) => {
      const e = Math.abs(y - target);
      return e <= delta ? 0.5 * e * e : delta * e - 0.5 * delta * delta;
    });
  }
  switch (loss) {
    case 'meanAbsoluteError':
      return mean((y, target) => Math.abs(y - target));
    case 'logCosh':
      return mean((y, target) => Math.log(Math.cosh(y - target)));
    case 'hinge':
      return mean((y, target) => Math.max(1 - (target === 0 ? -1 : target) * y, 0));
    case 'poisson':
      return mean((y, target) => y - target * Math.log(y + 1e-7));
    case 'klDivergence':
      return a.length * mean((y, target) => Math.max(target, 1e-7) * Math.log(Math.max(target, 1e-7) / y));
    default:
      return 0;
  }
}

/** Mean loss in binary64, from the definitions. */
function lossOf(kernels: readonly Float64Array[], activations: readonly ActivationName[], loss: Loss): number {
  let total = 0;
  for (let row = 0; row < ROWS; row++) {
    let a = Array.from(x.subarray(row * SIZES[0], (row + 1) * SIZES[0]));
    kernels.forEach((kernel, l) => {
      const units = SIZES[l + 1];
      const z = Array.from({ length: units }, (_, j) => a.reduce((s, v, k) => s + v * kernel[k * units + j], BIAS));
      a = activate[activations[l]](z);
    });
    const t = targetsOf(loss).subarray(row * SIZES[3], (row + 1) * SIZES[3]);
    const units = a.length;
    if (loss === 'sparseCategoricalCrossentropy') total -= Math.log(a[labels[row]]);
    if (loss === 'categoricalCrossentropy') total -= a.reduce((s, p, j) => s + t[j] * Math.log(p), 0);
    if (loss === 'binaryCrossentropy') {
      total -= a.reduce((s, p, j) => s + t[j] * Math.log(p) + (1 - t[j]) * Math.log(1 - p), 0) / units;
    }
    if (loss !== 'meanSquaredError') total += outputLoss(loss, a, t);
    if (loss === 'meanSquaredError') total += a.reduce((s, y, j) => s + (y - t[j]) ** 2, 0) / units;
  }
  return total / ROWS;
}

function given(activation: ActivationName): NativeActivation {
  if (activation === 'leakyRelu') return { name: activation, alpha: 0.3 };
  return activation === 'elu' ? { name: activation, alpha: 0.75 } : activation;
}

/** With plain SGD and a learning rate of 1 the gradient is what a step takes off the weights. */
async function engineGradients(
  kernels: readonly Float32Array[],
  activations: readonly ActivationName[],
  loss: Loss,
): Promise<Float32Array[]> {
  const network = new (addon().Network)({
    isa: addon().instructionSets().available.at(-1) ?? 'scalar',
    inputs: SIZES[0],
    rescale: null,
    layers: activations.map((activation, l) => ({ units: SIZES[l + 1], activation: given(activation), useBias: true })),
    loss,
    optimizer: { kind: 'sgd', learningRate: 1 },
  });
  kernels.forEach((kernel, l) => {
    network.setParameter(l, 'kernel', 0, kernel);
    network.setParameter(l, 'bias', 0, new Float32Array(SIZES[l + 1]).fill(BIAS));
  });
  const job: TrainJob = {
    x,
    targets: loss === 'sparseCategoricalCrossentropy' ? labels : targetsOf(loss),
    rows: ROWS,
    threads: 2,
    reduction: 'fixed',
    batchSize: ROWS,
    batchLeaf: 4,
    freeGrain: 8,
    plan: 'auto',
    shuffle: null,
    order: null,
    inEpoch: false,
    maxSteps: 1,
    stopAtEpochEnd: false,
    maxEpochs: 1,
    maxMilliseconds: Infinity,
    stopOnNonFinite: true,
    record: false,
    replay: null,
  };
  const { stepLosses } = await network.train(job);
  expect(stepLosses[0]).toBeCloseTo(
    lossOf(
      kernels.map((k) => Float64Array.from(k)),
      activations,
      loss,
    ),
    5,
  );
  return kernels.map((kernel, l) => network.getParameter(l, 'kernel', 0).map((w, i) => kernel[i] - w));
}

const CASES: [Loss, ActivationName[]][] = [
  ['sparseCategoricalCrossentropy', ['relu', 'tanh', 'softmax']],
  ['categoricalCrossentropy', ['sigmoid', 'linear', 'softmax']],
  ['binaryCrossentropy', ['tanh', 'relu', 'sigmoid']],
  ['meanSquaredError', ['softmax', 'sigmoid', 'linear']],
  ['meanSquaredError', ['relu', 'softmax', 'tanh']],
  ['meanSquaredError', ['linear', 'tanh', 'relu']],
  ['meanSquaredError', ['tanh', 'tanh', 'softmax']],
  ['meanSquaredError', ['sigmoid', 'relu', 'sigmoid']],
  ['sparseCategoricalCrossentropy', ['leakyRelu', 'gelu', 'softmax']],
  ['binaryCrossentropy', ['elu', 'silu', 'sigmoid']],
  ['meanSquaredError', ['selu', 'softplus', 'softsign']],
  ['meanSquaredError', ['softsign', 'hardSigmoid', 'gelu']],
  ['meanSquaredError', ['silu', 'elu', 'softplus']],
  ['meanSquaredError', ['gelu', 'selu', 'hardSigmoid']],
  ['meanSquaredError', ['softplus', 'leakyRelu', 'leakyRelu']],
  ['meanAbsoluteError', ['tanh', 'gelu', 'linear']],
  [{ name: 'huber', delta: 0.25 }, ['tanh', 'sigmoid', 'linear']],
  [{ name: 'huber', delta: 2 }, ['silu', 'sigmoid', 'tanh']],
  ['logCosh', ['tanh', 'gelu', 'linear']],
  ['hinge', ['tanh', 'silu', 'tanh']],
  ['poisson', ['tanh', 'silu', 'softplus']],
  ['klDivergence', ['tanh', 'silu', 'softmax']],
  ['klDivergence', ['gelu', 'silu', 'sigmoid']],
  [{ name: 'quantile', quantile: 0.9 }, ['tanh', 'silu', 'linear']],
];

describe('gradients', () => {
  it.each(CASES)('of %j through %j', async (loss, activations) => {
    const kernels = activations.map((_, l) => wave(SIZES[l] * SIZES[l + 1], 53 + l));
    const found = await engineGradients(kernels, activations, loss);
    const STEP = 1e-6;
    kernels.forEach((kernel, l) => {
      for (let i = 0; i < kernel.length; i++) {
        const moved = (by: number): number => {
          const all = kernels.map((k) => Float64Array.from(k));
          all[l][i] += by;
          return lossOf(all, activations, loss);
        };
        const expected = (moved(STEP) - moved(-STEP)) / (2 * STEP);
        expect(found[l][i], `layer ${l}, element ${i}`).toBeCloseTo(expected, 5);
      }
    });
  });
});
