/** Layers of Keras and tfjs as layers of this package. */
import { check, type Schema } from '../../arguments.js';
import { expected } from '../../errors.js';
import type { ActivationOption } from '../../model/activations.js';
import { activationNamed } from './activation-names.js';
import {
  activationConfig,
  batchNormalizationConfig,
  denseConfig,
  dropoutConfig,
  eluConfig,
  layerNormalizationConfig,
  leakyReluConfig,
  plainConfig,
  reluConfig,
  rescalingConfig,
  softmaxConfig,
} from './configs.js';

/** A layer as `describeModel` takes it. */
export interface PlainLayer {
  readonly kind: string;
  readonly name?: string;
  readonly [option: string]: unknown;
}

/** A layer that was read. `activation` becomes part of a dense layer before it that has none. */
export type ReadLayer = PlainLayer | { readonly activation: ActivationOption; readonly name?: string } | null;

type Reader = (config: unknown, at: string) => ReadLayer;

function reader<T>(schema: Schema<T>, read: (config: T, at: string) => ReadLayer): Reader {
  return (config, at) => read(check(schema, config, at), at);
}

const NOTHING = reader(plainConfig, () => null);

const READERS: ReadonlyMap<string, Reader> = new Map(
  Object.entries({
    InputLayer: NOTHING,
    // Rows are flat here, in the order that it gives them.
    Flatten: NOTHING,
    Dense: reader(denseConfig, ({ name, units, use_bias, activation, kernel_regularizer }, at) => ({
      kind: 'dense',
      name,
      units,
      useBias: use_bias,
      activation: activationNamed(activation ?? 'linear', `${at}.activation`),
      ...regularizer(kernel_regularizer?.config, `${at}.kernel_regularizer`),
    })),
    Activation: reader(activationConfig, ({ name, activation }, at) => ({
      name,
      activation: activationNamed(activation, `${at}.activation`),
    })),
    ReLU: reader(reluConfig, ({ name, negative_slope }) => ({ name, activation: leaky(negative_slope ?? 0) })),
    LeakyReLU: reader(leakyReluConfig, ({ name, alpha, negative_slope }) => ({
      name,
      activation: leaky(negative_slope ?? alpha ?? 0.3),
    })),
    ELU: reader(eluConfig, ({ name, alpha }) => ({ name, activation: { name: 'elu', alpha } })),
    Softmax: reader(softmaxConfig, ({ name }) => ({ name, activation: 'softmax' })),
    Dropout: reader(dropoutConfig, ({ name, rate, seed }) => ({
      kind: 'dropout',
      name,
      rate,
      ...(seed == null ? {} : { seed }),
    })),
    Rescaling: reader(rescalingConfig, ({ scale, offset }) => ({ kind: 'rescaling', scale, offset })),
    BatchNormalization: reader(batchNormalizationConfig, ({ name, momentum, epsilon, center, scale }) => ({
      kind: 'batchNormalization',
      name,
      momentum,
      epsilon,
      center,
      scale,
    })),
    LayerNormalization: reader(layerNormalizationConfig, ({ name, epsilon, center, scale }) => ({
      kind: 'layerNormalization',
      name,
      epsilon,
      center,
      scale,
    })),
  }),
);

/**
 * @param at What errors call its configuration.
 * @returns null for a layer that does nothing.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function readLayer(className: string, config: unknown, at: string): ReadLayer {
  const read = READERS.get(className);
  if (read === undefined) throw expected(`one of the layers ${[...READERS.keys()].join(', ')}`, at, className);
  return read(config, at);
}

function leaky(alpha: number): ActivationOption {
  return alpha === 0 ? 'relu' : { name: 'leakyRelu', alpha };
}

function regularizer(
  given: { readonly l1: number | null; readonly l2: number | null } | undefined,
  at: string,
): object {
  const { l1, l2 } = given ?? { l1: 0, l2: 0 };
  if (l1) throw expected('l1 of 0, as only l2 is supported,', at, l1);
  return l2 ? { kernelRegularizer: { name: 'l2', l2 } } : {};
}
