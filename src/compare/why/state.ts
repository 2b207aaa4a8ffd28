/** Checkpoints as states that training goes on from, and whether two of them are the same. */
import { declaredInputs, parametersOf } from '../../model/description.js';
import { slotNames } from '../../model/optimizers.js';
import type { Recipe } from '../../model/recipe.js';
import type { Checkpoint } from '../../runs/checkpoint.js';
import { countersText } from '../../runs/counters.js';
import { fingerprintNetwork } from '../../train/fingerprint.js';
import { createNetwork, writeState } from '../../train/network.js';
import { sameBits } from '../distances.js';
import type { RunState } from '../trainee.js';

/** What a checkpoint holds of a run. */
export function stateOf({ step, counters, weights, optimizer, epoch }: Checkpoint): RunState {
  const tensors = weights.map(({ data }, i) => [data, ...Object.values(optimizer[i])]);
  return { step, network: { tensors, counters }, epoch };
}

/** But for what a schedule has observed. */
export function withoutObserved({ network, ...rest }: RunState): RunState {
  const { plateau: _, ...counters } = network.counters;
  return { ...rest, network: { ...network, counters } };
}

/** Whether training that is the same goes on from both to the same bits. */
export function sameState(a: RunState, b: RunState): boolean {
  const [x, y] = [a.network, b.network];
  return (
    countersText(x.counters) === countersText(y.counters) &&
    a.epoch.position === b.epoch.position &&
    x.tensors.length === y.tensors.length &&
    x.tensors.every((slots, i) => {
      const others = y.tensors[i];
      return slots.length === others.length && slots.every((values, slot) => sameTensor(values, others[slot]));
    })
  );
}

function sameTensor(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && sameBits(a, b);
}

/** State fingerprint of a checkpoint's tensors and counters, computed anew. */
export function fingerprintState(recipe: Recipe, { network: state }: RunState): string {
  const inputs = declaredInputs(recipe.model) as number;
  const parameters = parametersOf(recipe.model, inputs);
  const network = createNetwork(recipe, inputs, { isa: 'scalar', emulate: [] }, recipe);
  try {
    writeState(network, parameters, state);
    return fingerprintNetwork(network, parameters, 'state', slotNames(recipe.optimizer));
  } finally {
    network.dispose();
  }
}
