/** Initialisers of weights, as descriptions and as drawn tensors (docs/numerics.md, "Initialisers"). */
import * as v from 'valibot';
import { fields, real, type Schema } from '../arguments.js';
import type { Draws } from '../random/draws.js';

/**
 * Initialisers without parameters.
 *
 * - `zeros`: +0.
 * - `glorotUniform`, `glorotNormal`: Glorot and Bengio, "Understanding the difficulty of training deep feedforward
 *   neural networks", 2010, equation 16.
 * - `heUniform`, `heNormal`: He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", 2015, equation 10.
 *
 * The normal ones are truncated at two standard deviations and rescaled, as in Keras.
 */
export type PlainInitializer = 'zeros' | 'glorotUniform' | 'glorotNormal' | 'heUniform' | 'heNormal';

/** Normal numbers, not truncated. */
export interface RandomNormal {
  readonly name: 'randomNormal';
  /** @default 0 */
  readonly mean?: number;
  /** At least 0. @default 0.05 */
  readonly stddev?: number;
}

/** A name, or an object with the parameters of `randomNormal`. */
export type Initializer = PlainInitializer | 'randomNormal' | RandomNormal;

const PLAIN: readonly PlainInitializer[] = ['zeros', 'glorotUniform', 'glorotNormal', 'heUniform', 'heNormal'];
const PHRASE = `an initializer: one of ${PLAIN.map((name) => `'${name}'`).join(', ')}, 'randomNormal', or { name: 'randomNormal', mean, stddev }`;

const initializerName: Schema<Initializer> = v.pipe(
  v.picklist([...PLAIN, 'randomNormal'], PHRASE),
  v.transform((name) => (name === 'randomNormal' ? { name, mean: 0, stddev: 0.05 } : name)),
);

const randomNormal: Schema<RandomNormal> = fields({
  name: v.literal('randomNormal', PHRASE),
  mean: v.optional(real(), 0),
  stddev: v.optional(
    real('a number of at least 0', (value) => value >= 0),
    0.05,
  ),
});

export const initializerSchema: Schema<Initializer> = v.lazy((value) =>
  typeof value === 'object' ? randomNormal : initializerName,
);

/** Standard deviation of a standard normal number that is truncated at 2; Keras divides by it. */
const TRUNCATED_STDDEV = 0.87962566103423978;

/** Inputs and units of a kernel; for a bias both are its units. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The next `count` initial values of a tensor, row-major. */
export function initialValues(initializer: Initializer, draws: Draws, fans: Fans, count: number): Float32Array {
  const { fanIn, fanOut } = fans;
  if (typeof initializer === 'object') {
    return scaled(draws.normals(count), initializer.stddev ?? 0.05, initializer.mean ?? 0);
  }
  switch (initializer) {
    case 'zeros':
      return new Float32Array(count);
    case 'randomNormal':
      return scaled(draws.normals(count), 0.05, 0);
    case 'glorotUniform':
      return uniformWithin(Math.sqrt(6 / (fanIn + fanOut)), draws, count);
    case 'heUniform':
      return uniformWithin(Math.sqrt(6 / fanIn), draws, count);
    case 'glorotNormal':
      return truncated(Math.sqrt(2 / (fanIn + fanOut)) / TRUNCATED_STDDEV, draws, count);
    case 'heNormal':
      return truncated(Math.sqrt(2 / fanIn) / TRUNCATED_STDDEV, draws, count);
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
