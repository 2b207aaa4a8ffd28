/** All causes by name. Those that shape a network, or choose an optimizer, stand before those that speak of its parts. */
import { nearest } from '../arguments.js';
import { expected } from '../errors.js';
import type { Cause, CauseName } from './cause.js';
import * as data from './data.js';
import type { Lens } from './lens.js';
import * as network from './network.js';
import * as rounding from './rounding.js';
import * as seeds from './seeds.js';
import * as training from './training.js';

/** @internal */
export const LENSES = {
  seed: seeds.seed,
  initialWeights: seeds.initialWeights,
  dataOrder: seeds.dataOrder,
  dropoutMasks: seeds.dropoutMasks,
  gaussianNoise: seeds.gaussianNoise,
  generator: seeds.generator,
  depth: network.depth,
  width: network.width,
  activation: network.activation,
  initializer: network.initializer,
  embeddingsInitializer: network.embeddingsInitializer,
  dropoutRate: network.dropoutRate,
  l1: network.l1,
  l2: network.l2,
  optimizer: training.optimizer,
  learningRate: training.learningRate,
  epsilon: training.epsilon,
  weightDecay: training.weightDecay,
  shuffle: training.shuffle,
  batchSize: training.batchSize,
  classWeights: training.classWeights,
  epochs: training.epochs,
  rows: data.rows,
  dataSubset: data.dataSubset,
  dataSeed: data.dataSeed,
  threads: rounding.threads,
  reduction: rounding.reduction,
  batchLeaf: rounding.batchLeaf,
  freeGrain: rounding.freeGrain,
  isa: rounding.isa,
  flippedBit: rounding.flippedBit,
  hardware: rounding.hardware,
} as const satisfies { readonly [N in CauseName]: Lens<never> | Lens<unknown> };

/** The level that a cause has: `Level<'batchSize'>` is a number. */
export type Level<N extends CauseName> = (typeof LENSES)[N] extends Cause<infer L> ? L : never;

/**
 * Every cause by its name.
 *
 * @example
 * const other = CAUSES.initialWeights.write(setting, 8);
 */
export const CAUSES: { readonly [N in CauseName]: Cause<Level<N>> } = LENSES;

/** Names of all causes, in the order of {@link CAUSES}. */
export const CAUSE_NAMES = Object.keys(LENSES) as readonly CauseName[];

/**
 * The cause of this name, for names that come from users.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for any other, with the nearest.
 */
export function causeNamed(name: string): Cause {
  if (Object.hasOwn(LENSES, name)) return LENSES[name as CauseName] as Cause;
  const near = nearest(name, CAUSE_NAMES);
  throw expected(
    `one of ${CAUSE_NAMES.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`,
    'cause',
    name,
  );
}
