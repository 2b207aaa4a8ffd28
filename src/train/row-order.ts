/** In which order a session presents its rows, epoch by epoch (docs/numerics.md, "Shuffle"). */
import { bufferOrder } from '../data/stream/buffer-order.js';
import { SHUFFLE_STREAM } from '../model/description.js';
import type { FitRecipe } from '../model/recipe.js';
import { addon } from '../native/addon.js';
import type { NativeData, TrainJob } from '../native/network.js';
import type { Loss } from '../native/network-description.js';
import { type Seed, seedKey, streamNumber } from '../random/seed.js';
import { permutation } from '../random/shuffle.js';
import { stratifiedPattern, stratify } from '../random/stratified.js';
import type { Generator } from '../random/words.js';
import { targetClasses } from './target-classes.js';

/** What an order of rows depends on. */
export interface RowOrderOptions {
  readonly fit: Pick<FitRecipe, 'shuffle' | 'shuffleBuffer'>;
  /** Of the order alone. */
  readonly seed: Seed;
  readonly generator: Generator;
  readonly data: NativeData;
  readonly loss: Loss;
}

export class RowOrder {
  /** A shuffle that is made natively, inside the training call; null where there is none, or {@link of} gives the order. */
  readonly native: TrainJob['shuffle'];
  readonly #options: RowOrderOptions;
  #strata: { readonly classes: Uint32Array; readonly pattern: Uint32Array } | null = null;
  #current: { readonly epoch: number; readonly rows: Uint32Array } | null = null;

  constructor(options: RowOrderOptions) {
    this.#options = options;
    const { fit, generator } = options;
    const native = fit.shuffle === true && fit.shuffleBuffer === undefined && generator === 'philox';
    this.native = native ? this.#philox() : null;
  }

  /** The rows as epoch `epoch` (counted from 0 over the model's life) presents them; null where native code decides. */
  of(epoch: number): Uint32Array | null {
    if (this.#options.fit.shuffle === false || this.native !== null) return null;
    if (this.#current?.epoch !== epoch) this.#current = { epoch, rows: this.#make(epoch) };
    return this.#current.rows;
  }

  #make(epoch: number): Uint32Array {
    const { fit, seed, generator, data, loss } = this.#options;
    if (fit.shuffleBuffer !== undefined) return bufferOrder(seed, epoch, fit.shuffleBuffer, data.rows);
    const shuffled = generator === 'philox' ? this.#shuffled(epoch) : permutation(seed, generator, epoch, data.rows);
    if (fit.shuffle !== 'stratified') return shuffled;
    if (this.#strata === null) {
      const classes = targetClasses(data.targets as Uint32Array | Float32Array, data.rows, loss);
      this.#strata = { classes, pattern: stratifiedPattern(classes) };
    }
    return stratify(shuffled, this.#strata.classes, this.#strata.pattern);
  }

  #shuffled(epoch: number): Uint32Array {
    const { key, stream } = this.#philox();
    return addon().shuffle(key, stream, epoch % 2 ** 32, this.#options.data.rows);
  }

  #philox() {
    return { key: seedKey(this.#options.seed), stream: streamNumber(SHUFFLE_STREAM) };
  }
}
