/** What every optimizer can have beside its own rule (docs/numerics.md, "Optimizers"). */
import * as v from 'valibot';
import { fields, flag, integer, real } from '../arguments.js';

/** Options that every optimizer takes. At most one of `clipValue`, `clipNorm` and `globalClipNorm`. */
export interface UpdateOptions {
  /**
   * Decoupled weight decay: each step first takes `learningRate · weightDecay` of each kernel off it (Loshchilov and Hutter,
   * "Decoupled Weight Decay Regularization", 2019). At least 0; 0 is none. @default 0; 0.004 with adamw
   */
  readonly weightDecay?: number;
  /** Decay biases, and a batch normalization's gamma and beta, too, as Keras and PyTorch do unless told otherwise. @default false */
  readonly decayBiases?: boolean;
  /** Gradients below `−clipValue` or above `clipValue` become that. Above 0. @default none */
  readonly clipValue?: number;
  /** The gradient of a tensor whose norm is larger is scaled to this norm. Above 0. @default none */
  readonly clipNorm?: number;
  /** Where the norm of all gradients together is larger, all are scaled alike, to this norm. Above 0. @default none */
  readonly globalClipNorm?: number;
  /** Keep a moving average of the weights, see `Sequential.averaged`. @default none */
  readonly movingAverage?: MovingAverageOptions;
}

/** Options of a moving average of weights, Keras's `use_ema`. */
export interface MovingAverageOptions {
  /** Share of the average that a step keeps: `average = momentum · average + (1 − momentum) · w`. At least 0, below 1. @default 0.99 */
  readonly momentum?: number;
  /** Steps after which, each time, the average becomes the weights. At least 1. @default never */
  readonly overwriteEvery?: number;
}

/** {@link UpdateOptions} as an optimizer's description has them: those that do something. */
export interface Updates {
  readonly weightDecay?: number;
  readonly decayBiases?: true;
  readonly clipValue?: number;
  readonly clipNorm?: number;
  readonly globalClipNorm?: number;
  readonly movingAverage?: MovingAverage;
}

/** A moving average of the weights: Keras's `use_ema`, `ema_momentum` and `ema_overwrite_frequency`. */
export interface MovingAverage {
  readonly momentum: number;
  readonly overwriteEvery?: number;
}

const positive = real('a number above 0', (value) => Math.fround(value) > 0);
const share = real('a number from 0 to below 1', (value) => value >= 0 && value < 1);

export const decaySchema = real('a number of at least 0', (value) => value >= 0);

export const updateEntries = {
  weightDecay: v.optional(decaySchema),
  decayBiases: v.optional(flag),
  clipValue: v.optional(positive),
  clipNorm: v.optional(positive),
  globalClipNorm: v.optional(positive),
  movingAverage: v.optional(
    fields({ momentum: v.optional(share, 0.99), overwriteEvery: v.optional(integer(1, 0xffff_ffff)) }),
  ),
};

type Given = { readonly [Name in keyof UpdateOptions]: UpdateOptions[Name] | undefined };

/** Whether gradients would be clipped in two ways. */
export function clipsTwice({ clipValue, clipNorm, globalClipNorm }: Given): boolean {
  return [clipValue, clipNorm, globalClipNorm].filter((value) => value !== undefined).length > 1;
}

/** Of each of a union's types. */
type RuleOf<T> = T extends unknown ? Omit<T, keyof UpdateOptions> : never;

/** An optimizer that does not speak of what it does not do, as those made before there was any of it. */
export function withoutIdle<T extends Given>(optimizer: T): RuleOf<T> & Updates {
  const { weightDecay, decayBiases, clipValue, clipNorm, globalClipNorm, movingAverage, ...rule } = optimizer;
  const decays = weightDecay !== undefined && weightDecay > 0;
  return {
    ...(rule as RuleOf<T>),
    ...(decays && { weightDecay }),
    ...(decays && decayBiases === true && { decayBiases }),
    ...(clipValue !== undefined && { clipValue }),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(globalClipNorm !== undefined && { globalClipNorm }),
    ...(movingAverage !== undefined && { movingAverage: averageOf(movingAverage) }),
  };
}

/** What an optimizer does beside its own rule. */
export function updatesOf(optimizer: Updates): Updates {
  const { weightDecay, decayBiases, clipValue, clipNorm, globalClipNorm, movingAverage } = optimizer;
  return withoutIdle({ weightDecay, decayBiases, clipValue, clipNorm, globalClipNorm, movingAverage });
}

function averageOf({ momentum = 0.99, overwriteEvery }: MovingAverageOptions): MovingAverage {
  return overwriteEvery === undefined ? { momentum } : { momentum, overwriteEvery };
}
