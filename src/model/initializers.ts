/** Initialisers of weights, as descriptions and as drawn tensors (docs/numerics.md, "Initialisers"). */
import * as v from 'valibot';
import { check, choice, fields, real, type Schema } from '../arguments.js';
import type { Draws } from '../random/draws.js';

/**
 * Initialisers without parameters.
 *
 * - `zeros`: +0.
 * - `glorotUniform`, `glorotNormal`: Glorot and Bengio, "Understanding the difficulty of training deep feedforward
 *   neural networks", 2010, equation 16.
 * - `heUniform`, `heNormal`: He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", 2015, equation 10.
 * - `lecunUniform`, `lecunNormal`: LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, equation 16.
 *
 * The normal ones are truncated at two standard deviations and rescaled, as in Keras.
 */
export type PlainInitializer =
  | 'zeros'
  | 'glorotUniform'
  | 'glorotNormal'
  | 'heUniform'
  | 'heNormal'
  | 'lecunUniform'
  | 'lecunNormal';

/** Normal numbers, not truncated. */
export interface RandomNormal {
  readonly name: 'randomNormal';
  /** @default 0 */
  readonly mean?: number;
  /** At least 0. @default 0.05 */
  readonly stddev?: number;
}

/** Numbers between two others, all equally likely. */
export interface RandomUniform {
  readonly name: 'randomUniform';
  /** @default -0.05 */
  readonly minval?: number;
  /** Above `minval`; it is not reached, but by rounding. @default 0.05 */
  readonly maxval?: number;
}

/** The same value everywhere. */
export interface Constant {
  readonly name: 'constant';
  /** @default 0 */
  readonly value?: number;
}

/** A name, or an object with the parameters of `randomNormal`, `randomUniform` or `constant`. */
export type Initializer = PlainInitializer | 'randomNormal' | 'randomUniform' | RandomNormal | RandomUniform | Constant;

const PLAIN: readonly PlainInitializer[] = [
  'zeros',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
];
const PHRASE = `an initializer: one of ${PLAIN.map((name) => `'${name}'`).join(', ')}, 'randomNormal', 'randomUniform', or { name: 'randomNormal', mean, stddev }, { name: 'randomUniform', minval, maxval } or { name: 'constant', value }`;

const initializerName: Schema<Initializer> = v.pipe(
  v.picklist([...PLAIN, 'randomNormal', 'randomUniform'], PHRASE),
  v.transform((name) => {
    if (name === 'randomNormal') return { name, mean: 0, stddev: 0.05 };
    return name === 'randomUniform' ? { name, minval: -0.05, maxval: 0.05 } : name;
  }),
);

const randomNormal = fields({
  name: v.literal('randomNormal', PHRASE),
  mean: v.optional(real(), 0),
  stddev: v.optional(
    real('a number of at least 0', (value) => value >= 0),
    0.05,
  ),
});

const randomUniform = v.pipe(
  fields({
    name: v.literal('randomUniform', PHRASE),
    minval: v.optional(real(), -0.05),
    maxval: v.optional(real(), 0.05),
  }),
  v.check(
    ({ minval, maxval }) => minval < maxval && Number.isFinite(Math.fround(maxval - minval)),
    'minval below maxval',
  ),
);

const constantObject = fields({ name: v.literal('constant', PHRASE), value: v.optional(real(), 0) });

const withParameters: Schema<RandomNormal | RandomUniform | Constant> = v.variant(
  'name',
  [randomNormal, randomUniform, constantObject],
  PHRASE,
);

export const initializerSchema: Schema<Initializer> = choice<Initializer>([initializerName, withParameters], (value) =>
  typeof value === 'object' ? withParameters : initializerName,
);

/**
 * An initializer that gives every weight the same value.
 *
 * @param value Rounded to binary32. @default 0
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function constant(value = 0): Constant {
  return check(constantObject, { name: 'constant', value }, 'constant');
}

/** Standard deviation of a standard normal number that is truncated at 2; Keras divides by it. */
const TRUNCATED_STDDEV = 0.87962566103423978;

/** Inputs and units of a kernel, categories and units of embeddings; for a bias both are its units. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The next `count` initial values of a tensor, row-major. */
export function initialValues(initializer: Initializer, draws: Draws, fans: Fans, count: number): Float32Array {
  const { fanIn, fanOut } = fans;
  if (typeof initializer === 'object') {
    if (initializer.name === 'constant') return new Float32Array(count).fill(initializer.value ?? 0);
    if (initializer.name === 'randomUniform') {
      const { minval = -0.05, maxval = 0.05 } = initializer;
      return scaled(draws.uniforms(count), maxval - minval, minval);
    }
    return scaled(draws.normals(count), initializer.stddev ?? 0.05, initializer.mean ?? 0);
  }
  switch (initializer) {
    case 'zeros':
      return new Float32Array(count);
    case 'randomNormal':
      return scaled(draws.normals(count), 0.05, 0);
    case 'randomUniform':
      return scaled(draws.uniforms(count), 0.05 - -0.05, -0.05);
    case 'glorotUniform':
      return uniformWithin(Math.sqrt(6 / (fanIn + fanOut)), draws, count);
    case 'heUniform':
      return uniformWithin(Math.sqrt(6 / fanIn), draws, count);
    case 'lecunUniform':
      return uniformWithin(Math.sqrt(3 / fanIn), draws, count);
    case 'glorotNormal':
      return truncated(Math.sqrt(2 / (fanIn + fanOut)) / TRUNCATED_STDDEV, draws, count);
    case 'heNormal':
      return truncated(Math.sqrt(2 / fanIn) / TRUNCATED_STDDEV, draws, count);
    case 'lecunNormal':
      return truncated(Math.sqrt(1 / fanIn) / TRUNCATED_STDDEV, draws, count);
  }
}

function uniformWithin(limit: number, draws: Draws, count: number): Float32Array {
  return scaled(draws.uniforms(count), 2 * limit, -limit);
}

function truncated(stddev: number, draws: Draws, count: number): Float32Array {
  const drawn = draws.truncatedNormals(count);
  const factor = Math.fround(stddev);
  for (let i = 0; i < count; i += 1) drawn[i] *= factor;
  return drawn;
}

/** `value · fl32(factor) + fl32(offset)`, two roundings, in place. */
function scaled(values: Float32Array, factor: number, offset: number): Float32Array {
  const factor32 = Math.fround(factor);
  const offset32 = Math.fround(offset);
  for (let i = 0; i < values.length; i += 1) values[i] = Math.fround(values[i] * factor32) + offset32;
  return values;
}
