/** Causes: what may make two runs differ, each a value of one type that trainer, lab, commands and report share. */
import type { Schema } from '../arguments.js';
import type { DataChoice } from '../data/source.js';
import type { Recipe } from '../model/recipe.js';
import type { InstructionSet } from '../native/instruction-set.js';

export type { DataChoice };

/** How a setting is executed. In fixed order nothing of it reaches the bits. */
export interface ExecutionChoice {
  readonly threads: number;
  /** `auto`: the best of the machine. */
  readonly isa: InstructionSet | 'auto';
}

/** Everything that decides a run and its bits: plain, serialisable, and equal exactly where all causes are. */
export interface Setting {
  readonly recipe: Recipe;
  readonly data: DataChoice;
  readonly execution: ExecutionChoice;
}

/** Name of a cause (docs/causes.md). */
export type CauseName =
  /** `recipe.seed`: all seeds at once that have no value of their own. */
  | 'seed'
  /** `recipe.seeds.weights` */
  | 'initialWeights'
  /** Of all kernels. */
  | 'initializer'
  /** Of all tables of embeddings. */
  | 'embeddingsInitializer'
  | 'generator'
  /** `recipe.seeds.order` */
  | 'dataOrder'
  /** true, false, or 'stratified' */
  | 'shuffle'
  | 'batchSize'
  /** 'balanced', weights by class, or null for none. */
  | 'classWeights'
  /** `recipe.seeds.dropout` */
  | 'dropoutMasks'
  /** `recipe.seeds.noise` */
  | 'gaussianNoise'
  /** Rate of every dropout layer; 0 has none. */
  | 'dropoutRate'
  /** Factor of the magnitudes of all kernels; 0 has none. */
  | 'l1'
  /** Factor of the squares of all kernels; 0 has none. */
  | 'l2'
  /** Without learning rate, epsilon and weight decay. */
  | 'optimizer'
  /** Of all optimizers but sgd. */
  | 'epsilon'
  /** Of the optimizer; 0 has none. */
  | 'weightDecay'
  | 'learningRate'
  | 'epochs'
  /** Units of the hidden layers. */
  | 'width'
  /** Number of hidden layers. */
  | 'depth'
  /** Of the hidden layers. */
  | 'activation'
  | 'rows'
  /** Seed of a bootstrap of the training rows. */
  | 'dataSubset'
  /** Seed of made-up data. */
  | 'dataSeed'
  | 'threads'
  | 'reduction'
  | 'batchLeaf'
  | 'freeGrain'
  | 'isa'
  | 'flippedBit'
  /** Other hardware, emulated: `recipe.emulate`. */
  | 'hardware';

/**
 * A cause: a lens on a {@link Setting}. Setting a level moves nothing that another cause reads, with two exceptions, which
 * their texts say: `seed` moves every seed that has no value of its own; and where hidden layers differ from each other,
 * `depth` changes for how many layers the others have levels.
 */
export interface Cause<L = unknown> {
  readonly name: CauseName;
  /** For people: `order of the data`. */
  readonly title: string;
  /** Where it acts, in a sentence: what it changes and from which step on it can show. */
  readonly description: string;
  /** `rounding`: no more than roundings, or a bit; `random`: a stream of its own; `choice`: another recipe. */
  readonly kind: 'rounding' | 'random' | 'choice';
  /** What takes its effect away, as advice: `fix seeds.order`. */
  readonly remedy: string;
  readonly level: Schema<L>;
  /** Whether a setting has a place for it: no dropout layer, no masks. */
  applies(setting: Setting): boolean;
  /** The level that a setting has; JSON, so that levels can be compared by their text. */
  read(setting: Setting): L;
  /**
   * The setting with another level; the setting itself where the level is the same.
   *
   * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for what is no level, where the setting has no place for it, and where
   * the whole would not fit together any more (a flipped bit of a tensor that is gone); `ERR_SAMEBITS_LOSS` for stratified
   * batches of a regression.
   */
  write(setting: Setting, level: L): Setting;
}
