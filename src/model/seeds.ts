/** Which seed each use of randomness has (docs/numerics.md, "Streams"): one for all, or some of their own. */
import * as v from 'valibot';
import { fields, type Schema } from '../arguments.js';
import { type Seed, seedSchema } from '../random/seed.js';

/** Seeds of single uses of randomness; null where the model's seed decides. */
export interface Seeds {
  /** Initial weights. @default null */
  readonly weights: Seed | null;
  /** The order of the rows in each epoch. @default null */
  readonly order: Seed | null;
  /** Masks of the dropout layers that have no seed of their own. @default null */
  readonly dropout: Seed | null;
  /** Gaussian noise of the layers that have no seed of their own. @default the model's seed decides */
  readonly noise?: Seed;
}

/** What a seed decides: a key of {@link Seeds}. */
export type SeedUse = keyof Seeds;

export const SEED_USES: readonly SeedUse[] = ['weights', 'order', 'dropout', 'noise'];

/** One seed for everything, but for the uses that have their own. */
export interface SeedChoice {
  readonly seed: Seed;
  readonly seeds: Seeds;
}

const ownSeed = v.optional(v.nullable(seedSchema), null);

export const seedsSchema: Schema<Seeds> = v.optional(
  // A recipe without noise does not speak of it.
  fields({ weights: ownSeed, order: ownSeed, dropout: ownSeed, noise: v.optional(seedSchema) }),
  {},
) as Schema<Seeds>;

/** The seed that decides `use`; a layer with a seed of its own does not ask. */
export function seedOf({ seed, seeds }: SeedChoice, use: SeedUse): Seed {
  return seeds[use] ?? seed;
}

/** The seeds that were given, as names and values. */
export function givenSeeds(seeds: Seeds): [SeedUse, Seed][] {
  return Object.entries(seeds).filter((entry): entry is [SeedUse, Seed] => entry[1] != null);
}
