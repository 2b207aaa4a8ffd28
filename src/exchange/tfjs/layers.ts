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
  gaussianNoiseConfig,
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

interface RegularizerConfig {
  readonly config: { readonly l1: number | null; readonly l2: number | null };
}

type ConstraintConfig =
  | { readonly class_name: 'NonNeg' }
  | { readonly class_name: 'MaxNorm'; readonly config: { readonly max_value: number } };

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
    Dense: reader(denseConfig, (config, at) => ({
      kind: 'dense',
      name: config.name,
      units: config.units,
      useBias: config.use_bias,
      activation: activationNamed(config.activation ?? 'linear', `${at}.activation`),
      ...regularizer('kernelRegularizer', config.kernel_regularizer),
      ...regularizer('biasRegularizer', config.bias_regularizer),
      ...constraint('kernelConstraint', config.kernel_constraint),
      ...constraint('biasConstraint', config.bias_constraint),
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
    GaussianNoise: reader(gaussianNoiseConfig, ({ name, stddev, seed }) => ({
      kind: 'gaussianNoise',
      name,
      stddev,
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

/** With one factor its own name: equal recipes are then equal texts. */
function regularizer(option: string, given: RegularizerConfig | null | undefined): object {
  const l1 = given?.config.l1 ?? 0;
  const l2 = given?.config.l2 ?? 0;
  if (l1 === 0 && l2 === 0) return {};
  if (l1 === 0) return { [option]: { name: 'l2', l2 } };
  return { [option]: l2 === 0 ? { name: 'l1', l1 } : { name: 'l1l2', l1, l2 } };
}

function constraint(option: string, given: ConstraintConfig | null | undefined): object {
  if (given == null) return {};
  if (given.class_name === 'NonNeg') return { [option]: { name: 'nonNegative' } };
  return { [option]: { name: 'maxNorm', maxValue: given.config.max_value } };
}
