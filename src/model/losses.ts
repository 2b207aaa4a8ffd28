/** Losses by name, and what each asks of the last layer and of the targets. */
import * as v from 'valibot';
import { choice, fields, real, type Schema } from '../arguments.js';
import { SamebitsError } from '../errors.js';
import type { ActivationName, CrossentropyName, Loss, LossName } from '../native/network-description.js';
import { type Activation, activationText } from './activations.js';

/** A loss by name, with the defaults of its parameter, or `{ name, …parameters }`. */
export type LossOption =
  | LossName
  | { readonly name: CrossentropyName; readonly labelSmoothing?: number }
  | { readonly name: 'huber'; readonly delta?: number }
  | { readonly name: 'quantile'; readonly quantile?: number };

/** What may be right or wrong: a row, each unit of a row, or nothing. */
export type Decisions = 'row' | 'unit' | null;

/** What a loss asks of targets: labels, or numbers for each unit. */
export type TargetKind = 'labels' | 'shares' | 'counts' | 'sides' | 'numbers';

interface LossRules {
  /** Computed from logits together with its activation, the only one of `last`; the others from outputs. */
  readonly takesLogits: boolean;
  /** The activations that the last layer may have, or null for any. */
  readonly last: readonly ActivationName[] | null;
  readonly decisions: Decisions;
  readonly targets: TargetKind;
}

const COUNTING = ['softplus', 'relu', 'sigmoid', 'hardSigmoid', 'softmax'] as const;
const NUMBERS: LossRules = { takesLogits: false, last: null, decisions: null, targets: 'numbers' };

const RULES: Readonly<Record<LossName, LossRules>> = {
  sparseCategoricalCrossentropy: { takesLogits: true, last: ['softmax'], decisions: 'row', targets: 'labels' },
  categoricalCrossentropy: { takesLogits: true, last: ['softmax'], decisions: 'row', targets: 'shares' },
  binaryCrossentropy: { takesLogits: true, last: ['sigmoid'], decisions: 'unit', targets: 'shares' },
  meanSquaredError: NUMBERS,
  meanAbsoluteError: NUMBERS,
  huber: NUMBERS,
  logCosh: NUMBERS,
  quantile: NUMBERS,
  hinge: { ...NUMBERS, targets: 'sides' },
  poisson: { ...NUMBERS, last: COUNTING, targets: 'counts' },
  klDivergence: { ...NUMBERS, last: ['softmax', 'sigmoid', 'hardSigmoid'], targets: 'shares' },
};

export const LOSSES = Object.keys(RULES) as readonly LossName[];

const PHRASE = `one of ${LOSSES.map((name) => `'${name}'`).join(', ')}, or { name, …parameters } of a crossentropy, 'huber' or 'quantile',`;

const smoothed = <N extends CrossentropyName>(name: N) =>
  fields({
    name: v.literal(name),
    labelSmoothing: v.optional(
      real('a number from 0 to below 1', (value) => value >= 0 && value < 1),
      0,
    ),
  });

const lossObject: Schema<Loss> = v.pipe(
  v.variant(
    'name',
    [
      smoothed('sparseCategoricalCrossentropy'),
      smoothed('categoricalCrossentropy'),
      smoothed('binaryCrossentropy'),
      fields({ name: v.literal('huber'), delta: v.optional(real('a number above 0', isPositive), 1) }),
      fields({
        name: v.literal('quantile'),
        quantile: v.optional(
          real('a number above 0 and below 1', (value) => isPositive(value) && Math.fround(value) < 1),
          0.5,
        ),
      }),
    ],
    PHRASE,
  ),
  // Without smoothing a recipe does not speak of it.
  v.transform((given): Loss => ('labelSmoothing' in given && given.labelSmoothing === 0 ? given.name : given)),
);

const lossByName: Schema<Loss> = v.pipe(v.picklist(LOSSES, PHRASE), v.transform(lossOf));

export const lossSchema: Schema<Loss> = choice([lossByName, lossObject], (value) =>
  typeof value === 'object' ? lossObject : lossByName,
);

/** The loss of this name, with the default of its parameter. */
function lossOf(name: LossName): Loss {
  if (name === 'huber') return { name, delta: 1 };
  if (name === 'quantile') return { name, quantile: 0.5 };
  return name;
}

export function lossName(loss: Loss): LossName {
  return typeof loss === 'string' ? loss : loss.name;
}

/** What follows from a loss. */
export function lossRules(loss: Loss): LossRules {
  return RULES[lossName(loss)];
}

/** What a loss calls right or wrong; null: it has no accuracy, and its targets no classes. */
export function decisionsOf(loss: Loss): Decisions {
  return lossRules(loss).decisions;
}

/**
 * Refuses a loss that is not defined on the last layer.
 *
 * @throws SamebitsError `ERR_SAMEBITS_LOSS`, with what to change.
 */
export function checkLoss(loss: Loss, last: { readonly name?: string; readonly activation: Activation }): void {
  const { last: needed } = lossRules(loss);
  const activation = activationText(last.activation);
  if (needed !== null && !(needed as readonly string[]).includes(activation)) {
    const names = needed.map((name) => `'${name}'`).join(' or ');
    const fitting = LOSSES.filter(
      (name) => (RULES[name].last as readonly string[] | null)?.includes(activation) ?? true,
    );
    throw new SamebitsError(
      'ERR_SAMEBITS_LOSS',
      `Expected activation ${names} in the last layer (${last.name ?? 'dense'}) for loss '${lossName(loss)}' but received ` +
        `'${activation}': give the layer activation ${names}, or choose ${fitting.map((name) => `'${name}'`).join(' or ')}`,
    );
  }
}

/**
 * Refuses stratified batches where targets have no classes.
 *
 * @throws SamebitsError `ERR_SAMEBITS_LOSS`, with what to change.
 */
export function checkShuffle(shuffle: boolean | 'stratified', loss: Loss): void {
  if (shuffle !== 'stratified' || decisionsOf(loss) !== null) return;
  throw new SamebitsError(
    'ERR_SAMEBITS_LOSS',
    `Expected shuffle true or false for loss '${lossName(loss)}' but received 'stratified': its targets are numbers ` +
      'without classes to share out; shuffle, or train with a crossentropy',
  );
}

/** Of how many decisions each row's hits are counted; accuracy is hits / (rows · this). */
export function decisionsPerRow(loss: Loss, units: number): number {
  return decisionsOf(loss) === 'unit' ? units : 1;
}

function isPositive(value: number): boolean {
  return Math.fround(value) > 0;
}
