/** Options of making, compiling, cloning and printing a model. */
import * as v from 'valibot';
import { callback, fields, oneOf } from '../arguments.js';
import { Preparation } from '../data/prepare/preparation.js';
import type { ModelDescription } from '../model/description.js';
import { type FlippedBit, flippedBitSchema } from '../model/flipped-bit.js';
import type { Layer } from '../model/layers.js';
import type { LossOption } from '../model/losses.js';
import type { Metric } from '../model/metrics.js';
import type { Optimizer, OptimizerName } from '../model/optimizers.js';
import { compileEntries, generatorSchema } from '../model/recipe.js';
import { type SeedChoice, type Seeds, seedsSchema } from '../model/seeds.js';
import type { Loss } from '../native/network-description.js';
import { type Seed, seedSchema } from '../random/seed.js';
import type { Generator } from '../random/words.js';

/** Options of `sequential`. */
export interface SequentialOptions {
  /** From the data to the outputs; at least one dense layer. */
  readonly layers: readonly Layer[];
  /**
   * Decides initial weights, shuffling, dropout and noise: an integer from 0 to 2^53 - 1, or a string.
   * @default drawn, and shown by `summary()` and in `run.recipe`
   */
  readonly seed?: Seed;
  /** Seeds of weights, order, dropout or noise alone: to move one of them and hold the others. @default none */
  readonly seeds?: Partial<Seeds>;
  /** Where random words come from. @default 'philox' */
  readonly generator?: Generator;
  /** A bit of the initial weights to invert, for experiments. @default null */
  readonly flippedBit?: FlippedBit | null;
  /** How tables become rows of this model. @default null; the first `fit` on a table learns one */
  readonly preparation?: Preparation | null;
  /** @default 'sequential' */
  readonly name?: string;
}

/** Options of `compile`. */
export interface CompileOptions {
  /** What `sgd()`, `rmsprop()`, `adam()`, `nadam()` or `adagrad()` gives, or a name for its defaults. */
  readonly optimizer: Optimizer | OptimizerName;
  /** A name, or `{ name, …parameters }`: `{ name: 'huber', delta: 2 }`. */
  readonly loss: LossOption;
  /** @default [] */
  readonly metrics?: readonly Metric[];
}

/** What a model is made of: its description, and where its randomness comes from. */
export interface Blueprint extends SeedChoice {
  readonly model: ModelDescription;
  /** No seed was given, so one was drawn, and something depends on it. */
  readonly seedDrawn: boolean;
  readonly generator: Generator;
  readonly flippedBit: FlippedBit | null;
  /** What it was made with: what it learns later is the model's. @default null */
  readonly preparation?: Preparation | null;
}

/** How a model is trained: what `compile` was given, with the defaults filled in. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
}

/** Options of `clone`. */
export interface CloneOptions {
  /** In place of the model's `seed`; the `seeds` that it was given stay. @default the model's own */
  readonly seed?: Seed;
}

/** Options of `summary`. */
export interface SummaryOptions {
  /** Takes the text. @default console.log */
  readonly print?: (text: string) => void;
}

export const sequentialSchema = fields({
  layers: v.unknown(),
  seed: v.optional(seedSchema),
  seeds: seedsSchema,
  generator: v.optional(generatorSchema, 'philox'),
  flippedBit: v.optional(flippedBitSchema, null),
  preparation: v.optional(v.nullable(v.instance(Preparation, 'a Preparation')), null),
  name: v.optional(v.unknown()),
});

export const compileSchema = fields(compileEntries);
export const cloneSchema = fields({ seed: v.optional(seedSchema) });
export const summarySchema = fields({
  print: v.optional(callback<(text: string) => void>(), () => console.log),
});
export const scopeSchema = oneOf(['weights', 'state'] as const);
