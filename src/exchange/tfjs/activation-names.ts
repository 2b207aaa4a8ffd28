/** Names of activations in Keras and tfjs, in either way of writing them. */
import { expected } from '../../errors.js';
import type { ActivationOption } from '../../model/activations.js';

const NAMES: ReadonlyMap<unknown, ActivationOption> = new Map<unknown, ActivationOption>(
  Object.entries({
    linear: 'linear',
    relu: 'relu',
    // Of Keras's function; its layer has another.
    leaky_relu: { name: 'leakyRelu', alpha: 0.2 },
    elu: { name: 'elu', alpha: 1 },
    selu: 'selu',
    gelu: 'gelu',
    silu: 'silu',
    swish: 'silu',
    softplus: 'softplus',
    softsign: 'softsign',
    tanh: 'tanh',
    sigmoid: 'sigmoid',
    softmax: 'softmax',
  } satisfies Record<string, ActivationOption>),
);

/** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` */
export function activationNamed(name: unknown, at: string): ActivationOption {
  const known = NAMES.get(name);
  if (known !== undefined) return known;
  // 0.2 · z + 0.5 in tfjs and Keras 2, z / 6 + 0.5 in Keras 3 and here.
  const why = name === 'hard_sigmoid' || name === 'hardSigmoid' ? ' (its hardSigmoid has another slope)' : '';
  throw expected(`one of the activations ${[...NAMES.keys()].join(', ')}${why}`, at, name);
}
