/** What layers of Keras and tfjs say of themselves. Keys that are not known here are errors: they may mean anything. */
import * as v from 'valibot';
import { fields, flag, integer, type Schema } from '../../arguments.js';

const number = v.pipe(v.number('a finite number'), v.finite('a finite number'));
const anything = v.optional(v.unknown());
const nothing = v.optional(v.null('null, as nothing else is supported here,'));

/** Of every layer. Its type of number is binary32 here, whatever it was. */
const common = {
  name: v.optional(v.string('a string')),
  trainable: v.optional(v.literal(true, 'true, as all layers are trained here,')),
  dtype: anything,
  batch_input_shape: anything,
  batch_shape: anything,
  sparse: v.optional(v.literal(false, 'false')),
  ragged: v.optional(v.literal(false, 'false')),
};

const factor = v.optional(v.nullable(number), 0);

const l1l2 = v.object(
  {
    class_name: v.picklist(['L1L2', 'L1', 'L2'], "'L1L2', 'L1' or 'L2'"),
    config: v.object({ l1: factor, l2: factor }, 'an object'),
  },
  'null, or an L1L2 regularizer,',
);

const regularizer = v.optional(v.nullable(l1l2));

const maxNorm = v.object({
  class_name: v.literal('MaxNorm'),
  // Of each unit's incoming weights.
  config: v.object({ max_value: number, axis: v.optional(v.literal(0), 0) }),
});
const nonNegative = v.object({ class_name: v.literal('NonNeg', "'NonNeg'") }, "null, or 'NonNeg',");

/** Layers without anything to say. */
export const plainConfig = fields({ ...common, data_format: anything, optional: anything });

export const denseConfig = fields({
  ...common,
  units: integer(1),
  activation: anything,
  use_bias: v.optional(flag, true),
  kernel_initializer: anything,
  bias_initializer: anything,
  kernel_regularizer: regularizer,
  bias_regularizer: regularizer,
  activity_regularizer: nothing,
  kernel_constraint: v.optional(v.nullable(v.union([maxNorm, nonNegative], "null, 'MaxNorm' of axis 0 or 'NonNeg',"))),
  bias_constraint: v.optional(v.nullable(nonNegative)),
  lora_rank: nothing,
  quantization_config: nothing,
});

export const activationConfig = fields({ ...common, activation: v.unknown() });

export const reluConfig = fields({
  ...common,
  max_value: nothing,
  negative_slope: v.optional(v.nullable(number), 0),
  threshold: v.optional(v.nullable(v.literal(0, '0, as no other threshold is supported,'))),
});

export const leakyReluConfig = fields({ ...common, alpha: v.optional(number), negative_slope: v.optional(number) });
export const eluConfig = fields({ ...common, alpha: v.optional(number, 1) });
export const softmaxConfig = fields({ ...common, axis: v.optional(v.picklist([-1, 1], '-1 or 1'), -1) });

export const dropoutConfig = fields({
  ...common,
  rate: number,
  noise_shape: nothing,
  seed: v.optional(v.nullable(integer(0))),
});

export const gaussianNoiseConfig = fields({
  ...common,
  stddev: number,
  seed: v.optional(v.nullable(integer(0))),
});

export const rescalingConfig = fields({ ...common, scale: number, offset: v.optional(number, 0) });

const axis: Schema<unknown> = v.optional(
  v.custom<unknown>(
    (value) => [-1, 1].includes(Array.isArray(value) && value.length === 1 ? value[0] : value),
    '-1 or 1',
  ),
  -1,
);

const normalization = {
  ...common,
  axis,
  epsilon: v.optional(number, 1e-3),
  center: v.optional(flag, true),
  scale: v.optional(flag, true),
  beta_initializer: anything,
  gamma_initializer: anything,
  beta_regularizer: nothing,
  gamma_regularizer: nothing,
  beta_constraint: nothing,
  gamma_constraint: nothing,
};

export const batchNormalizationConfig = fields({
  ...normalization,
  momentum: v.optional(number, 0.99),
  moving_mean_initializer: anything,
  moving_variance_initializer: anything,
  synchronized: v.optional(v.literal(false, 'false')),
});

export const layerNormalizationConfig = fields(normalization);
