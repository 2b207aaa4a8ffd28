/** From the words of an axis and its values to its scale and to how its numbers are written. */
import type { AxisWords } from '../../lab/experiment/picture.js';
import type { Axis } from '../chart/line-chart.js';
import { linearScale, logScale } from '../chart/scale.js';
import { formatCount, formatMagnitude, formatNonFinite, formatPowerOfTen, formatShare } from '../format.js';

/** How an axis is laid out. */
export interface AxisLayout {
  /** About how many ticks. @default 6 */
  readonly count?: number;
  /** Begin a linear axis at zero. @default false */
  readonly fromZero?: boolean;
}

/** Where a logarithmic axis keeps zero: so far behind its first tick. */
const zeroOffset = 24;

/** The axis of some values. A logarithmic one has a place for zero where there are zeros. */
export function axisOf(words: AxisWords, values: readonly number[], layout: AxisLayout = {}): Axis {
  const { count = 6, fromZero = false } = layout;
  const isLog = words.scale === 'log';
  // Where all values are equal they say nothing about a range; then zero is the other end.
  const isOne = values.length > 0 && values[0] >= 0 && values.every((value) => value === values[0]);
  const scale = isLog
    ? logScale(values, { count, zeroOffset: values.includes(0) ? zeroOffset : null })
    : linearScale(values, { count, fromZero: fromZero || isOne, integers: words.format === 'count' });
  return { label: words.label, scale, tick: tickOf(words, isLog ? scale([0, 1]).ticks : []), format: formatOf(words) };
}

/** @param logTicks Those of a logarithmic axis: powers of ten are written as such where there is nothing else. */
export function tickOf({ format }: AxisWords, logTicks: readonly number[] = []): (value: number) => string {
  if (format === 'share') return (value) => `${shortest(value * 100)} %`;
  if (logTicks.length > 0 && logTicks.every((tick) => /^1(e|$)/.test(tick.toExponential()))) return formatPowerOfTen;
  return format === 'count' ? formatCount : shortest;
}

/** A tick without digits that say nothing: `0.975`, `12,000`, `2e-7`. */
function shortest(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    return Number(value.toPrecision(6)).toExponential().replace('e+', 'e');
  }
  return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(10)));
}

/** How a single value is read out: five digits, because the eye has told apart what lies close together. */
export function formatOf({ format }: AxisWords): (value: number) => string {
  switch (format) {
    case 'count':
      return formatCount;
    case 'share':
      return formatShare;
    case 'exact':
      return (value) => (Number.isFinite(value) ? String(value) : formatNonFinite(value));
    default:
      return (value) => formatMagnitude(value, 5);
  }
}
