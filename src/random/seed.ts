/**
 * From a seed to keys and stream numbers (docs/numerics.md, "Randomness"). Every use of randomness is a stream with a
 * name of its own, so that changing one never moves another.
 */
import { createHash, randomInt } from 'node:crypto';
import * as v from 'valibot';
import { type Schema, written } from '../arguments.js';
import { SamebitsError } from '../errors.js';

/** An integer from 0 to 2^53 - 1, or any string. `42` and `'42'` are the same seed. */
export type Seed = number | string;

/** Key of Philox: two words of 32 bits. */
export type Key = readonly [number, number];

export const seedSchema: Schema<Seed> = written(
  v.custom<Seed>(
    (value) => typeof value === 'string' || (Number.isSafeInteger(value) && (value as number) >= 0),
    'an integer from 0 to 2^53 - 1 or a string',
  ),
  { json: { anyOf: [{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, { type: 'string' }] } },
);

/** What a seed is hashed and named by: a number's shortest decimal form, or the string itself. */
export function seedText(seed: Seed): string {
  return String(Object.is(seed, -0) ? 0 : seed);
}

/** The first 64 bits of the SHA-256 of the seed's text. */
export function seedKey(seed: Seed): Key {
  const hash = createHash('sha256').update(seedText(seed), 'utf8').digest();
  return [hash.readUInt32LE(0), hash.readUInt32LE(4)];
}

/** The first 32 bits of the SHA-256 of the stream's name. */
export function streamNumber(stream: string): number {
  return createHash('sha256').update(stream, 'utf8').digest().readUInt32LE(0);
}

/** A seed below 2^48 - 1 from the operating system's randomness, for a model that was given none. */
export function drawSeed(): number {
  return randomInt(0xffff_ffff_ffff);
}

/**
 * Refuses streams that would draw the same words.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, naming both streams. One in 2^32 pairs of names collides.
 */
export function checkStreams(streams: readonly string[]): void {
  const taken = new Map<number, string>();
  for (const stream of streams) {
    const number = streamNumber(stream);
    const other = taken.get(number);
    if (other !== undefined) {
      throw new SamebitsError(
        'ERR_SAMEBITS_ARGUMENT',
        `Expected random streams with different numbers but ${other} and ${stream} are both ${number}: rename a layer`,
      );
    }
    taken.set(number, stream);
  }
}
