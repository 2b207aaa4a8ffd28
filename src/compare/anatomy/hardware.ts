/** Dense layers one by one, on the kernels and the hardware that train them. */
import { emulationBits } from '../../model/emulation.js';
import { factorsOf, type Regularizer } from '../../model/regularizers.js';
import { addon } from '../../native/addon.js';
import type { Loss, NativeDense, NetworkDescription } from '../../native/network-description.js';
import type { Hardware } from '../../train/network.js';

/** A layer alone, with the weights that it has. */
export interface LoneLayer {
  readonly inputs: number;
  readonly description: NativeDense;
  /** [inputs, units] */
  readonly kernel: Float32Array;
  /** [units], or null for none. */
  readonly bias: Float32Array | null;
  /** Of the data, before the first layer. */
  readonly rescale: NetworkDescription['rescale'];
}

/** How lone layers are computed: bits depend on the hardware alone. */
export interface Bench {
  readonly hardware: Hardware;
  readonly threads: number;
}

/** Outputs [rows, units] for inputs [rows, inputs]. */
export async function layerOutputs(
  layer: LoneLayer,
  x: Float32Array,
  rows: number,
  bench: Bench,
): Promise<Float32Array> {
  const network = networkOf(layer, null, bench);
  try {
    return await network.predict({ x, rows, threads: bench.threads });
  } finally {
    network.dispose();
  }
}

/**
 * The gradient [rows, inputs] at a layer's inputs, from that at its weighted sums [rows, units]: the forward product with
 * the transposed kernel, which the contract sums by the same tree.
 */
export function inputGradient(layer: LoneLayer, dz: Float32Array, rows: number, bench: Bench): Promise<Float32Array> {
  const { inputs, description, kernel } = layer;
  const { units } = description;
  const transposed = new Float32Array(kernel.length);
  for (let k = 0; k < inputs; k += 1) {
    for (let j = 0; j < units; j += 1) transposed[j * inputs + k] = kernel[k * units + j];
  }
  const turned = { kind: 'dense', units: inputs, activation: 'linear', useBias: false } as const;
  return layerOutputs(
    { inputs: units, description: turned, kernel: transposed, bias: null, rescale: null },
    dz,
    rows,
    bench,
  );
}

/** The loss of each row alone, from the last layer's inputs [rows, inputs]; without penalties. */
export async function rowLosses(
  layer: LoneLayer,
  x: Float32Array,
  targets: Uint32Array | Float32Array,
  rows: number,
  loss: Loss,
  bench: Bench,
): Promise<Float32Array> {
  const network = networkOf(layer, loss, bench);
  const width = targets.length / rows;
  const losses = new Float32Array(rows);
  try {
    for (let row = 0; row < rows; row += 1) {
      const { loss: mean } = await network.evaluate({
        x: x.subarray(row * layer.inputs, (row + 1) * layer.inputs),
        targets: targets.subarray(row * width, (row + 1) * width),
        rows: 1,
        threads: 1,
        batchLeaf: 1,
      });
      // The mean of one row is its loss.
      losses[row] = mean;
    }
    return losses;
  } finally {
    network.dispose();
  }
}

/**
 * What a regularizer of `values` [inputs, units] adds to the loss: the loss of outputs that hit their targets, and of nothing
 * else.
 */
export async function penaltyOf(
  values: Float32Array,
  units: number,
  regularizer: Regularizer,
  bench: Bench,
): Promise<number> {
  const inputs = values.length / units;
  const description = {
    kind: 'dense',
    units,
    activation: 'linear',
    useBias: false,
    kernel: factorsOf(regularizer),
  } as const;
  const lone = { inputs, description, kernel: values, bias: null, rescale: null };
  const network = networkOf(lone, 'meanSquaredError', bench);
  try {
    const nothing = { x: new Float32Array(inputs), targets: new Float32Array(units) };
    return (await network.evaluate({ ...nothing, rows: 1, threads: 1, batchLeaf: 1 })).loss;
  } finally {
    network.dispose();
  }
}

function networkOf({ inputs, description, kernel, bias, rescale }: LoneLayer, loss: Loss | null, { hardware }: Bench) {
  const network = new (addon().Network)({
    isa: hardware.isa,
    emulate: emulationBits(hardware.emulate),
    inputs,
    rescale,
    layers: [description],
    loss,
    optimizer: null,
  });
  network.setParameter(0, 'kernel', 0, kernel);
  if (bias !== null) network.setParameter(0, 'bias', 0, bias);
  return network;
}
