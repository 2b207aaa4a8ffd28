/** How experiments put figures into sentences. */
import { formatMagnitude, formatPercent, formatRatio } from '../../format.js';
import type { EffectInterval } from '../experiment/experiment.js';
import type { Interval } from '../statistics/sample.js';

/** `95.8 %`; something is never written as nothing. */
export function percent(share: number): string {
  return `${hundredths(share, Math.abs(share) < 0.01 ? 2 : 1)} %`;
}

/** A difference of shares in points, without the word: `0.33`. */
export function pointsNumber(share: number): string {
  return hundredths(share, 2);
}

/** `0.33 points` */
export function points(share: number): string {
  return `${pointsNumber(share)} points`;
}

function hundredths(share: number, decimals: number): string {
  const text = formatPercent(share, decimals);
  const vanishes = share !== 0 && Number(text) === 0;
  return minus(share === 0 ? '0' : vanishes ? String(Number((100 * share).toPrecision(1))) : text);
}

/** How many times: `1.35`, `0.0012`. */
export function times(ratio: number): string {
  return Math.abs(ratio) < 0.1 ? formatMagnitude(ratio, 2) : formatRatio(ratio);
}

/** With the sign that belongs to numbers in prose: `+0.12`, `−0.33`. */
export function signed(words: (value: number) => string, value: number): string {
  return `${value > 0 ? '+' : ''}${minus(words(value))}`;
}

/** `95 % interval 0.27 to 0.45` */
export function intervalWords(
  { low, high, level }: Interval,
  words: (value: number) => string = (value) => formatMagnitude(value),
): string {
  if (Number.isNaN(low) || Number.isNaN(high)) return 'no interval';
  return `${Number((100 * level).toPrecision(4))} % interval ${minus(words(low))} to ${minus(words(high))}`;
}

/** The sign that belongs to numbers in prose. */
export function minus(text: string): string {
  return text.replace(/^-/, '−');
}

/** An interval as a conclusion has it: null where there is none. */
export function effectInterval({ low, high, level }: Interval): EffectInterval | null {
  return Number.isNaN(low) || Number.isNaN(high) ? null : { low, high, level };
}

/** The interval of a value for which nothing was sampled. */
export function exactly(value: number): EffectInterval {
  return { low: value, high: value, level: 1 };
}

/** `1 run`, `2 runs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
