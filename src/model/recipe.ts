/**
 * A recipe: one plain object that says everything that decides the bits of a training run, beside the data. It
 * survives JSON, every command takes one, and every run has one.
 */
import * as v from 'valibot';
import { check, fields, integer, oneOf, type Schema, schemaEntry, written } from '../arguments.js';
import { shuffleBufferSchema } from '../data/stream/batch-stream.js';
import { expected } from '../errors.js';
import type { Reduction } from '../native/network.js';
import type { Loss } from '../native/network-description.js';
import { type Seed, seedSchema } from '../random/seed.js';
import { GENERATORS, type Generator } from '../random/words.js';
import { type ClassWeights, checkClassWeights, classWeightsSchema } from './class-weights.js';
import { describeModel, type ModelDescription, outputLayer, outputUnits } from './description.js';
import { type Emulation, emulationSchema } from './emulation.js';
import { checkFlippedBit, type FlippedBit, flippedBitSchema } from './flipped-bit.js';
import { checkLazyUpdates } from './lazy-updates.js';
import { checkLoss, checkShuffle, lossSchema } from './losses.js';
import { checkMetrics, type Metric, metricsSchema } from './metrics.js';
import { type Optimizer, optimizerSchema } from './optimizers.js';
import { type Seeds, seedsSchema } from './seeds.js';

/** Rows as they are, in random order, or in random order with each class spread evenly. */
export type Shuffle = boolean | 'stratified';

/** What `fit` does that reaches the weights. */
export interface FitRecipe {
  /** Passes over the data, at least 1. @default 1 */
  readonly epochs: number;
  /** Rows of a step, at least 1; the last of an epoch may have fewer. @default 32 */
  readonly batchSize: number;
  /** Present the rows of each epoch in a random order; `stratified`: each class evenly over the epoch. @default true */
  readonly shuffle: Shuffle;
  /** Draw each row among so many that come next, as a stream does, instead of among all; with `shuffle: true`. @default none */
  readonly shuffleBuffer?: number;
  /** Fixed order: rows that are summed in one chain. @default 64 */
  readonly batchLeaf: number;
  /** Free order: rows that a thread claims as one unit. @default 8 */
  readonly freeGrain: number;
  /** Absent without. */
  readonly classWeights?: ClassWeights;
}

/** Everything that decides the bits of a training run, beside the data. */
export interface Recipe {
  readonly model: ModelDescription;
  readonly seed: Seed;
  /** Seeds of weights, order, dropout or noise alone, where they are not `seed`. @default null for each */
  readonly seeds: Seeds;
  /** @default 'philox' */
  readonly generator: Generator;
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  /** @default [] */
  readonly metrics: readonly Metric[];
  readonly fit: FitRecipe;
  /** In `free` order the recipe decides the bits only together with a recording. @default 'fixed' */
  readonly reduction: Reduction;
  /** Other hardware, emulated: then the bits are not the contract's. @default [] */
  readonly emulate: readonly Emulation[];
  /** A bit of the initial weights that is inverted. @default null */
  readonly flippedBit: FlippedBit | null;
}

export const REDUCTIONS = ['fixed', 'free'] as const satisfies readonly Reduction[];

export const shuffleSchema: Schema<Shuffle> = written(
  v.custom<Shuffle>((value) => typeof value === 'boolean' || value === 'stratified', "true, false or 'stratified'"),
  { json: { enum: [true, false, 'stratified'] } },
);

/** The parts of `fit`'s options that a recipe keeps, with their defaults. */
export const fitEntries = {
  epochs: v.optional(integer(1, 0xffff_ffff), 1),
  batchSize: v.optional(integer(1, 0xffff_ffff), 32),
  shuffle: v.optional(shuffleSchema, true),
  shuffleBuffer: v.optional(shuffleBufferSchema),
  batchLeaf: v.optional(integer(1, 0xffff_ffff), 64),
  freeGrain: v.optional(integer(1, 0xffff_ffff), 8),
  classWeights: v.optional(classWeightsSchema),
};

export const generatorSchema: Schema<Generator> = oneOf(GENERATORS);
export const reductionSchema: Schema<Reduction> = oneOf(REDUCTIONS);

/** What `compile` takes. */
export const compileEntries = {
  optimizer: optimizerSchema,
  loss: lossSchema,
  metrics: v.optional(metricsSchema, []),
};

/** A recipe, but for what its model is: that is {@link modelSchema}. */
export const recipeSchema = fields({
  $schema: schemaEntry,
  model: v.unknown(),
  seed: seedSchema,
  seeds: seedsSchema,
  generator: v.optional(generatorSchema, 'philox'),
  ...compileEntries,
  fit: v.optional(fields(fitEntries), {}),
  reduction: v.optional(reductionSchema, 'fixed'),
  emulate: v.optional(emulationSchema, []),
  flippedBit: v.optional(flippedBitSchema, null),
});

/**
 * Refuses a shuffle buffer where another rule orders the rows.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function checkShuffleBuffer(
  { shuffle, shuffleBuffer }: Pick<FitRecipe, 'shuffle' | 'shuffleBuffer'>,
  generator: Generator,
  name: string,
): void {
  if (shuffleBuffer === undefined) return;
  if (shuffle !== true) throw expected('no shuffleBuffer, or shuffle: true with it,', `${name}.shuffle`, shuffle);
  if (generator !== 'philox') throw expected("generator 'philox' with a shuffleBuffer", 'generator', generator);
}

/**
 * Checks a recipe that comes from elsewhere (JSON, a file, another program) and fills in the defaults.
 *
 * @example
 * const recipe = parseRecipe(JSON.parse(text));
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, also for unknown keys, naming the nearest known one;
 * `ERR_SAMEBITS_LOSS` where the loss does not fit the last layer, or stratified batches the loss.
 */
export function parseRecipe(value: unknown): Recipe {
  const parsed = check(recipeSchema, value, 'recipe');
  const model = describeModel(parsed.model, 'recipe.model');
  checkLoss(parsed.loss, outputLayer(model));
  checkMetrics(parsed.metrics, parsed.loss, { units: outputUnits(model) }, 'recipe.metrics');
  checkLazyUpdates(parsed.optimizer, model, 'recipe.optimizer');
  checkShuffle(parsed.fit.shuffle, parsed.loss);
  checkShuffleBuffer(parsed.fit, parsed.generator, 'recipe.fit');
  checkClassWeights(parsed.fit.classWeights, parsed.loss, outputUnits(model));
  checkFlippedBit(parsed.flippedBit, model, 'recipe.flippedBit');
  const { $schema: _, ...recipe } = parsed;
  return { ...recipe, model };
}
