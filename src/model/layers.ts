/** Layers as plain, serialisable descriptions. */
import * as v from 'valibot';
import { check, fields, flag, integer, oneOf, real, type Schema } from '../arguments.js';
import type { ActivationName } from '../native/addon.js';
import { type Initializer, initializerSchema } from './initializers.js';

export const ACTIVATIONS = [
  'linear',
  'relu',
  'tanh',
  'sigmoid',
  'softmax',
] as const satisfies readonly ActivationName[];

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Outputs of the layer, at least 1. */
  readonly units: number;
  /** @default 'linear' */
  readonly activation?: ActivationName;
  /** @default true */
  readonly useBias?: boolean;
  /** @default 'glorotUniform' */
  readonly kernelInitializer?: Initializer;
  /** @default 'zeros' */
  readonly biasInitializer?: Initializer;
  /** Columns of the data; in the first layer only. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
  /** Prefix of the names of its weights; no `/`. @default 'dense_<i>', counting the model's dense layers from 1 */
  readonly name?: string;
}

/** A fully connected layer: `activation(x · kernel + bias)`, kernel [inputs, units], bias [units]. */
export interface DenseLayer {
  readonly kind: 'dense';
  readonly name?: string;
  readonly units: number;
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly inputShape?: readonly [number];
}

/** Options of {@link rescaling}. */
export interface RescalingOptions {
  readonly scale: number;
  /** @default 0 */
  readonly offset?: number;
  /** Columns of the data. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
}

/** `x * scale + offset`, one rounding, made as the rows are read: 8-bit data stays 8-bit in memory. */
export interface RescalingLayer {
  readonly kind: 'rescaling';
  readonly scale: number;
  readonly offset: number;
  readonly inputShape?: readonly [number];
}

/** A layer of a model: what {@link dense} or {@link rescaling} gives. */
export type Layer = DenseLayer | RescalingLayer;

const inputShape = v.optional(
  v.custom<readonly [number]>(
    (value) => Array.isArray(value) && value.length === 1 && isColumns(value[0]),
    'an array of one integer of at least 1, the columns of the data,',
  ),
);

const denseEntries = {
  units: integer(1, 0x7fff_ffff),
  activation: v.optional(oneOf(ACTIVATIONS), 'linear'),
  useBias: v.optional(flag, true),
  kernelInitializer: v.optional(initializerSchema, 'glorotUniform'),
  biasInitializer: v.optional(initializerSchema, 'zeros'),
  inputShape,
  name: v.optional(
    v.custom<string>(
      (value) => typeof value === 'string' && /^[^/]{1,100}$/.test(value),
      'a string of 1 to 100 characters without /',
    ),
  ),
};

const rescalingEntries = { scale: real(), offset: v.optional(real(), 0), inputShape };

const denseOptions = fields(denseEntries);
const rescalingOptions = fields(rescalingEntries);

export const layerSchema: Schema<Layer> = v.variant(
  'kind',
  [
    fields({ kind: v.literal('dense'), ...denseEntries }),
    fields({ kind: v.literal('rescaling'), ...rescalingEntries }),
  ],
  "a layer of kind 'dense' or 'rescaling', as dense() and rescaling() give,",
);

/**
 * A fully connected layer.
 *
 * @example
 * dense({ units: 10, activation: 'softmax' })
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function dense(options: DenseOptions): DenseLayer {
  return withoutUndefined({ ...check(denseOptions, options, 'dense'), kind: 'dense' });
}

/**
 * Scales and shifts the data; the first layer of a model only.
 *
 * @example
 * rescaling({ scale: 1 / 255 }) // bytes to 0…1
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function rescaling(options: RescalingOptions): RescalingLayer {
  return withoutUndefined({ ...check(rescalingOptions, options, 'rescaling'), kind: 'rescaling' });
}

/** Keys that were given as undefined would not survive JSON: two equal descriptions would look different. */
function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

function isColumns(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 0x7fff_ffff;
}
