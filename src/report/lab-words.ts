/** How pages and terminals put verdicts and effects into words. */
import type { LabDocument } from '../lab/document.js';
import type { Verdict } from '../lab/verdict.js';
import { formatList, formatMagnitude, formatPercent } from './format.js';
import { decodeNumber } from './numbers.js';

/** A sign, so that a verdict is no matter of color, and the word with a capital. */
export const verdictWords: Readonly<
  Record<Verdict, { readonly sign: string; readonly word: string; readonly tone: string }>
> = {
  supported: { sign: '✓', word: 'Supported', tone: 'supported' },
  'not supported': { sign: '✗', word: 'Not supported', tone: 'refuted' },
  'cannot tell': { sign: '?', word: 'Cannot tell', tone: 'open' },
};

/** Four digits, with the sign of prose. */
function signed(value: number): string {
  return formatMagnitude(value, 4).replace(/^-/, '−');
}

/** `12.3 ULP`, `0.42`, `–`. */
export function effectText({ estimate, unit }: LabDocument['effect']): string {
  if (estimate === null) return '–';
  return `${signed(decodeNumber(estimate))}${unit === '' ? '' : ` ${unit}`}`;
}

/** `95 % interval 11 to 14`; exact values say so. */
export function intervalText({ effect, interval }: Pick<LabDocument, 'effect' | 'interval'>): string {
  if (effect.estimate === null) return 'nothing to estimate';
  if (interval === null) return 'without an interval';
  if (interval.level === 1) return 'exact: nothing was sampled';
  const [low, high] = [interval.low, interval.high].map((end) => signed(decodeNumber(end)));
  return `${Number(formatPercent(interval.level, 1))} % interval ${low} to ${high}`;
}

/** `12 supported, 4 not supported and 3 where the runs cannot tell`. */
export function verdictCounts(verdicts: readonly Verdict[]): string {
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  const words = [
    [count('supported'), 'supported'],
    [count('not supported'), 'not supported'],
    [count('cannot tell'), 'where the runs cannot tell'],
  ] as const;
  return formatList(words.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`));
}
