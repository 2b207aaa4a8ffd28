/** Losses and metrics by name, and what each asks of the last layer and of the targets. */
import * as v from 'valibot';
import { oneOf, type Schema } from '../arguments.js';
import { SamebitsError } from '../errors.js';
import type { ActivationName, LossName } from '../native/addon.js';
import { activationText } from './activations.js';
import type { DenseLayer } from './layers.js';

/** Metrics that are computed beside the loss. */
export type Metric = 'accuracy';

export const LOSSES = [
  'sparseCategoricalCrossentropy',
  'categoricalCrossentropy',
  'binaryCrossentropy',
  'meanSquaredError',
] as const satisfies readonly LossName[];

export const lossSchema: Schema<LossName> = oneOf(LOSSES);
export const metricsSchema: Schema<readonly Metric[]> = v.array(
  oneOf(['accuracy'] as const),
  "an array of metrics: [] or ['accuracy']",
);

/** The activation that the last layer must have, or null for any. */
const NEEDS: Readonly<Record<LossName, ActivationName | null>> = {
  sparseCategoricalCrossentropy: 'softmax',
  categoricalCrossentropy: 'softmax',
  binaryCrossentropy: 'sigmoid',
  meanSquaredError: null,
};

/** What else follows from a loss. */
export interface LossRules {
  /** It is computed from logits, together with its own activation; the others from outputs. */
  readonly takesLogits: boolean;
}

export function lossRules(loss: LossName): LossRules {
  return { takesLogits: NEEDS[loss] !== null };
}

/**
 * Refuses a loss that is not defined on the last layer, and accuracy where nothing is right or wrong.
 *
 * @throws SamebitsError `ERR_SAMEBITS_LOSS`, with what to change.
 */
export function checkLoss(loss: LossName, metrics: readonly Metric[], last: DenseLayer): void {
  const needed = NEEDS[loss];
  if (needed !== null && last.activation !== needed) {
    const fitting = LOSSES.filter((name) => NEEDS[name] === last.activation || NEEDS[name] === null);
    throw new SamebitsError(
      'ERR_SAMEBITS_LOSS',
      `Expected activation '${needed}' in the last layer (${last.name ?? 'dense'}) for loss '${loss}' but received ` +
        `'${activationText(last.activation)}': give the layer activation '${needed}', or choose ${fitting.map((name) => `'${name}'`).join(' or ')}`,
    );
  }
  if (loss === 'meanSquaredError' && metrics.includes('accuracy')) {
    throw new SamebitsError(
      'ERR_SAMEBITS_LOSS',
      "Expected metrics [] for loss 'meanSquaredError' but received ['accuracy']: " +
        'a number that is near its target is neither a hit nor a miss; compare losses, or train with a crossentropy',
    );
  }
}

/**
 * Refuses stratified batches where targets have no classes.
 *
 * @throws SamebitsError `ERR_SAMEBITS_LOSS`, with what to change.
 */
export function checkShuffle(shuffle: boolean | 'stratified', loss: LossName): void {
  if (shuffle !== 'stratified' || loss !== 'meanSquaredError') return;
  throw new SamebitsError(
    'ERR_SAMEBITS_LOSS',
    "Expected shuffle true or false for loss 'meanSquaredError' but received 'stratified': its targets are numbers " +
      'without classes to share out; shuffle, or train with a crossentropy',
  );
}

/** Of how many decisions each row's hits are counted; accuracy is hits / (rows · this). */
export function decisionsPerRow(loss: LossName, units: number): number {
  return loss === 'binaryCrossentropy' ? units : 1;
}
