/** An activation as a layer of its own. */
import * as v from 'valibot';
import { check, fields } from '../../arguments.js';
import { type Activation, type ActivationOption, activationSchema } from '../activations.js';
import { inputShape, name, withoutUndefined } from '../layer-entries.js';

/** Options of {@link activation}. */
export interface ActivationLayerOptions {
  /** A name, or `{ name, …parameters }`: `{ name: 'elu', alpha: 0.5 }`. */
  readonly activation: ActivationOption;
  /** Columns of the data; in the first layer only. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
  /** No `/`. @default 'activation_<i>', counting the model's activation layers from 1 */
  readonly name?: string;
}

/** `activation(x)`, for each row. */
export interface ActivationLayer {
  readonly kind: 'activation';
  readonly name?: string;
  readonly activation: Activation;
  readonly inputShape?: readonly [number];
}

const activationEntries = { activation: activationSchema, inputShape, name: name };
export const activationLayerSchema = fields({ kind: v.literal('activation'), ...activationEntries });
const activationOptions = fields(activationEntries);

/**
 * An activation as a layer of its own, where something stands between it and the dense layer: batch normalization, mostly.
 * After a dense layer without an activation it is the same as that layer's own.
 *
 * @example
 * [dense({ units: 128, useBias: false }), batchNormalization(), activation({ activation: 'relu' })]
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function activation(options: ActivationLayerOptions): ActivationLayer {
  return withoutUndefined({ ...check(activationOptions, options, 'activation'), kind: 'activation' });
}
