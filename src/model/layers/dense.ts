/** The fully connected layer. */
import * as v from 'valibot';
import { check, fields, flag, integer } from '../../arguments.js';
import { type Activation, type ActivationOption, activationSchema } from '../activations.js';
import { type Constraint, constraintSchema, type NonNegative, nonNegativeSchema } from '../constraints.js';
import { type Initializer, initializerSchema } from '../initializers.js';
import { inputShape, name, withoutUndefined } from '../layer-entries.js';
import { type Regularizer, regularizerSchema } from '../regularizers.js';

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
  /** @default none */
  readonly biasRegularizer?: Regularizer | Regularizer['name'];
  /** @default none */
  readonly kernelConstraint?: Constraint | Constraint['name'];
  /** @default none */
  readonly biasConstraint?: NonNegative | NonNegative['name'];
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
  readonly biasRegularizer?: Regularizer;
  readonly kernelConstraint?: Constraint;
  readonly biasConstraint?: NonNegative;
  readonly inputShape?: readonly [number];
}

const denseEntries = {
  units: integer(1, 0x7fff_ffff),
  activation: v.optional(activationSchema, 'linear'),
  useBias: v.optional(flag, true),
  kernelInitializer: v.optional(initializerSchema, 'glorotUniform'),
  biasInitializer: v.optional(initializerSchema, 'zeros'),
  kernelRegularizer: v.optional(regularizerSchema),
  biasRegularizer: v.optional(regularizerSchema),
  kernelConstraint: v.optional(constraintSchema),
  biasConstraint: v.optional(nonNegativeSchema),
  inputShape,
  name,
};

export const denseSchema = fields({ kind: v.literal('dense'), ...denseEntries });
const denseOptions = fields(denseEntries);

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
