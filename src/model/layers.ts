/** Layers as plain, serialisable descriptions. */
import * as v from 'valibot';
import { check, fields, flag, integer, real, type Schema } from '../arguments.js';
import { type Seed, seedSchema } from '../random/seed.js';
import { type Activation, type ActivationOption, activationSchema } from './activations.js';
import { embeddingSchema, type LookUpLayer, tableInputSchema } from './embeddings.js';
import { type Initializer, initializerSchema } from './initializers.js';
import { inputShape, name, withoutUndefined } from './layer-entries.js';
import { type Regularizer, regularizerSchema } from './regularizers.js';

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Outputs of the layer, at least 1. */
  readonly units: number;
  /** A name, or `{ name, …parameters }`: `{ name: 'elu', alpha: 0.5 }`. @default 'linear' */
  readonly activation?: ActivationOption;
  /** @default true */
  readonly useBias?: boolean;
  /** @default 'glorotUniform' */
  readonly kernelInitializer?: Initializer;
  /** @default 'zeros' */
  readonly biasInitializer?: Initializer;
  /** @default none */
  readonly kernelRegularizer?: Regularizer | Regularizer['name'];
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
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer?: Regularizer;
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

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Share of the inputs that are dropped, from 0 to below 1. */
  readonly rate: number;
  /** Decides the masks alone. @default the model's seed */
  readonly seed?: Seed;
  /** Columns of the data; in the first layer only. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
  /** Name of its random stream; no `/`. @default 'dropout_<i>', counting the model's dropout layers from 1 */
  readonly name?: string;
}

/** Sets a random share of its inputs to 0 in training and scales the others by `1 / (1 − rate)`; else does nothing. */
export interface DropoutLayer {
  readonly kind: 'dropout';
  readonly name?: string;
  readonly rate: number;
  readonly seed?: Seed;
  readonly inputShape?: readonly [number];
}

/** A layer of a model: what {@link dense}, {@link dropout}, {@link rescaling}, {@link embedding} or {@link tableInput} gives. */
export type Layer = DenseLayer | DropoutLayer | RescalingLayer | LookUpLayer;

const denseEntries = {
  units: integer(1, 0x7fff_ffff),
  activation: v.optional(activationSchema, 'linear'),
  useBias: v.optional(flag, true),
  kernelInitializer: v.optional(initializerSchema, 'glorotUniform'),
  biasInitializer: v.optional(initializerSchema, 'zeros'),
  kernelRegularizer: v.optional(regularizerSchema),
  inputShape,
  name,
};

const dropoutEntries = {
  rate: real('a number from 0 to below 1', (value) => value >= 0 && value < 1),
  seed: v.optional(seedSchema),
  inputShape,
  name,
};

const rescalingEntries = { scale: real(), offset: v.optional(real(), 0), inputShape };

const denseOptions = fields(denseEntries);
const dropoutOptions = fields(dropoutEntries);
const rescalingOptions = fields(rescalingEntries);

export const layerSchema: Schema<Layer> = v.variant(
  'kind',
  [
    fields({ kind: v.literal('dense'), ...denseEntries }),
    fields({ kind: v.literal('dropout'), ...dropoutEntries }),
    fields({ kind: v.literal('rescaling'), ...rescalingEntries }),
    embeddingSchema,
    tableInputSchema,
  ],
  "a layer of kind 'dense', 'dropout', 'rescaling', 'embedding' or 'tableInput', as dense(), dropout(), rescaling(), embedding() and tableInput() give,",
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
 * Dropout of the inputs of the dense layer after it, in training only (Srivastava and others, "Dropout: A Simple Way to
 * Prevent Neural Networks from Overfitting", 2014). Which are dropped is decided by seed, layer, step, row and unit alone,
 * always by Philox.
 *
 * @example
 * dropout({ rate: 0.2 })
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function dropout(options: DropoutOptions): DropoutLayer {
  return withoutUndefined({ ...check(dropoutOptions, options, 'dropout'), kind: 'dropout' });
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
