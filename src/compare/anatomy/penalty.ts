/** What regularizers add to the loss, on the kernels and the hardware that train. */
import { emulationBits } from '../../model/emulation.js';
import { factorsOf, type Regularizer } from '../../model/regularizers.js';
import { addon } from '../../native/addon.js';
import type { Hardware } from '../../train/network.js';

/**
 * What a regularizer of `values` [inputs, units] adds to the loss: the loss of outputs that hit their targets, and of nothing
 * else.
 */
export async function penaltyOf(
  values: Float32Array,
  units: number,
  regularizer: Regularizer,
  { isa, emulate }: Hardware,
): Promise<number> {
  const inputs = values.length / units;
  const network = new (addon().Network)({
    isa,
    emulate: emulationBits(emulate),
    inputs,
    rescale: null,
    layers: [{ kind: 'dense', units, activation: 'linear', useBias: false, kernel: factorsOf(regularizer) }],
    loss: 'meanSquaredError',
    optimizer: null,
  });
  try {
    network.setParameter(0, 'kernel', 0, values);
    const nothing = { x: new Float32Array(inputs), targets: new Float32Array(units) };
    return (await network.evaluate({ ...nothing, rows: 1, threads: 1, batchLeaf: 1 })).loss;
  } finally {
    network.dispose();
  }
}
