/** Values of options that only `samebits train` has. */
import { expected } from '../errors.js';
import { LOSSES } from '../model/losses.js';
import { nameOption } from './option-values.js';

export const SCHEDULE_NAMES = ['constant', 'cosine', 'linear', 'one-cycle'] as const;
export type ScheduleName = (typeof SCHEDULE_NAMES)[number];

/** `balanced`, or weights of classes by their names. */
export type GivenClassWeights = 'balanced' | Readonly<Record<string, number>>;

/** A loss that needs nothing but its name. */
export const lossOption = nameOption('--loss', LOSSES);

/** One word after the other: `balanced`, or each `class=weight`. */
export function classWeightsOption(text: string, before?: GivenClassWeights): GivenClassWeights {
  const at = text.lastIndexOf('=');
  const weight = at < 1 ? Number.NaN : Number(text.slice(at + 1));
  const isWeight = weight >= 0 && Number.isFinite(weight) && text.slice(at + 1).trim() !== '';
  if (text === 'balanced' && before === undefined) return text;
  if (!isWeight || before === 'balanced') {
    throw expected('balanced, or class=weight with a weight of at least 0,', '--class-weights', text);
  }
  return Object.fromEntries([...Object.entries(before ?? {}), [text.slice(0, at), weight]]);
}
