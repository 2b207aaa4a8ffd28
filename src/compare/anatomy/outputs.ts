/** Gradients through losses and activations, on the kernels and the hardware that train (docs/numerics.md, sections 3 and 4). */
import { gradientTakesLogits } from '../../model/activations.js';
import { emulationBits } from '../../model/emulation.js';
import { lossRules } from '../../model/losses.js';
import { addon } from '../../native/addon.js';
import type { Loss, NativeDense, NativeHardware } from '../../native/network-description.js';
import type { Bench } from './hardware.js';

/** A layer with what it gave for the rows of a batch, [rows, units]. */
export interface LayerResult {
  readonly description: NativeDense;
  readonly a: Float32Array;
  /** Its weighted sums, where a gradient is taken from them. */
  readonly z: Float32Array | null;
}

/**
 * The gradient at the last layer's weighted sums.
 *
 * @param targets A label for each row, or [rows, units].
 * @param weighed Gives a gradient [rows, units] the weights of its rows.
 */
export function outputGradient(
  loss: Loss,
  last: LayerResult,
  targets: Uint32Array | Float32Array,
  bench: Bench,
  weighed: (gradient: Float32Array) => Float32Array,
): Float32Array {
  const { takesLogits } = lossRules(loss);
  const { units } = last.description;
  const { gradient } = addon().rowLosses(
    loss,
    takesLogits ? sumsOf(last) : last.a,
    targets,
    units,
    nativeHardware(bench),
  );
  const down = weighed(gradient);
  return takesLogits ? down : activationGradient(last, down, bench);
}

/** The gradient at a layer's weighted sums, from the gradient `dy` at its outputs. */
export function activationGradient(layer: LayerResult, dy: Float32Array, bench: Bench): Float32Array {
  const { activation, units } = layer.description;
  const from = gradientTakesLogits(activation) ? sumsOf(layer) : layer.a;
  return addon().activationGradient(activation, from, dy, units, nativeHardware(bench));
}

function sumsOf({ z }: LayerResult): Float32Array {
  if (z === null) throw new RangeError('a layer without its weighted sums');
  return z;
}

function nativeHardware({ hardware }: Bench): NativeHardware {
  return { isa: hardware.isa, emulate: emulationBits(hardware.emulate) };
}
