/** The JSON document of `samebits train`. */
import type { DocumentHead, JsonNumber } from '../compare/document.js';

export interface TrainDocument extends Omit<DocumentHead<'train'>, 'data'> {
  /** The hash is that of the run folder's manifest where rows are streamed, and null without a folder: nobody read them for it. */
  readonly data: Omit<DocumentHead<'train'>['data'], 'hash'> & { readonly hash: string | null };
  /** SHA-256 of the final weights. */
  readonly fingerprint: string;
  /** Epochs that were made, also those before the run was resumed. */
  readonly epochs: number;
  /** Whether it ended before all of them, because the loss did not get better (`--patience`). */
  readonly stopped: boolean;
  /** With `--patience`: the best epoch, counted from 0, whose weights the model has; else null. */
  readonly best: { readonly metric: string; readonly epoch: number; readonly value: JsonNumber } | null;
  /** Time that this command spent training, without validation. */
  readonly seconds: number;
  /** Of the last epoch, by name: `loss`, `accuracy`, and those of the validation rows, `val_loss`, `val_accuracy`. */
  readonly metrics: Readonly<Record<string, JsonNumber>>;
  /** Path of the model's file; null where none was kept. */
  readonly model: string | null;
}
