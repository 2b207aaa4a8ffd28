/** Activations as plain, serialisable descriptions (docs/numerics.md, "Activations"). */
import * as v from 'valibot';
import { choice, fields, real, type Schema } from '../arguments.js';
import type { ActivationName } from '../native/network-description.js';

/** `z < 0 ? alpha · z : z` (Maas and others, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013). */
export interface LeakyRelu {
  readonly name: 'leakyRelu';
  /** Above 0. @default 0.2, as Keras's function and tf.leakyRelu have it (their layers have 0.3, PyTorch 0.01) */
  readonly alpha: number;
}

/** `z < 0 ? alpha · (e^z − 1) : z` (Clevert and others, "Fast and Accurate Deep Network Learning by ELUs", 2016). */
export interface Elu {
  readonly name: 'elu';
  /** Above 0. @default 1 */
  readonly alpha: number;
}

/** What a layer has: a name, or a name with its parameters. */
export type Activation = Exclude<ActivationName, 'leakyRelu' | 'elu'> | LeakyRelu | Elu;

/**
 * What may be given: a name (with the defaults of its parameters), or `{ name, …parameters }`. `gelu` is the exact one, by
 * erf; `silu` is also called swish; `hardSigmoid` is Keras 3's, `z / 6 + ½` cut off at 0 and 1.
 */
export type ActivationOption = ActivationName | { readonly name: 'leakyRelu' | 'elu'; readonly alpha?: number };

export const ACTIVATIONS = [
  'linear',
  'relu',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'silu',
  'softplus',
  'softsign',
  'hardSigmoid',
  'tanh',
  'sigmoid',
  'softmax',
] as const satisfies readonly ActivationName[];

const PHRASE = `one of ${ACTIVATIONS.map((name) => `'${name}'`).join(', ')}, or { name, alpha } of 'leakyRelu' or 'elu',`;

const alpha = real('a number above 0', (value) => Math.fround(value) > 0);

const activationObject: Schema<Activation> = v.variant(
  'name',
  [
    fields({ name: v.literal('leakyRelu'), alpha: v.optional(alpha, 0.2) }),
    fields({ name: v.literal('elu'), alpha: v.optional(alpha, 1) }),
  ],
  PHRASE,
);

const activationName: Schema<Activation> = v.pipe(v.picklist(ACTIVATIONS, PHRASE), v.transform(activationOf));

export const activationSchema: Schema<Activation> = choice([activationName, activationObject], (value) =>
  typeof value === 'object' ? activationObject : activationName,
);

/** The activation of this name, with the defaults of its parameters. */
export function activationOf(name: ActivationName): Activation {
  if (name === 'leakyRelu') return { name, alpha: 0.2 };
  if (name === 'elu') return { name, alpha: 1 };
  return name;
}

/** Whether the gradient is taken from the layer's weighted sums, and not from its outputs. */
export function gradientTakesLogits(activation: Activation): boolean {
  return activation === 'gelu' || activation === 'silu';
}

export function activationText(activation: Activation): string {
  return typeof activation === 'string' ? activation : `${activation.name} ${activation.alpha}`;
}
