/** Maps values of a document to positions in an SVG. Charts write the scale beside the marks, so a reader can map back. */
export interface Scale {
  readonly kind: 'linear' | 'log' | 'ordinal';
  /** Values at the two ends of `range`; for an ordinal scale all its values. */
  readonly domain: readonly number[];
  /** Positions in SVG units. */
  readonly range: readonly [number, number];
  readonly ticks: readonly number[];
  /** Position of zero on a logarithmic scale, outside `range`; null where the scale has no place for it. */
  readonly zero: number | null;
  /** Null where the value has no place: it is not finite, or not positive on a logarithmic scale without a zero. */
  position(value: number): number | null;
}

/** A scale that needs only its range: an axis knows its values before the size of the chart is known. */
export type ScaleMaker = (range: readonly [number, number]) => Scale;

/** Multiples of 1, 2 or 5 times a power of ten, at least `least`, from `low` to `high`, at most `count` steps. */
export function niceTicks(low: number, high: number, count: number, least = 0): number[] {
  const rough = Math.max(least, (high - low) / count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((m) => m * power >= rough * (1 - 1e-9)) ?? 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/**
 * A linear scale over the values. Values that are not finite are passed over.
 *
 * @param fromZero begin at zero, and end at the first tick above the largest value
 * @param integers put ticks on integers only
 */
export function linearScale(
  values: readonly number[],
  { fromZero = false, count = 6, integers = false } = {},
): ScaleMaker {
  const finite = values.filter(Number.isFinite);
  let low = fromZero ? 0 : Math.min(...finite);
  let high = Math.max(...finite);
  if (finite.length === 0) [low, high] = [0, 1];
  if (low === high) [low, high] = fromZero ? [0, high === 0 ? 1 : high * 1.1] : [low - 0.5, high + 0.5];
  let ticks = niceTicks(low, high, count, integers ? 1 : 0);
  if (fromZero) {
    const step = ticks[1] - ticks[0];
    if (ticks[ticks.length - 1] < high) ticks = [...ticks, Number((ticks[ticks.length - 1] + step).toPrecision(12))];
    high = ticks[ticks.length - 1];
  }
  return (range) => ({
    kind: 'linear',
    domain: [low, high],
    range,
    ticks,
    zero: null,
    position: (value) =>
      Number.isFinite(value) ? range[0] + ((value - low) / (high - low)) * (range[1] - range[0]) : null,
  });
}

/** Powers of ten around the values, at most `count` of them; 1, 2 and 5 times these where there are few. */
function logTicks(least: number, most: number, count: number): number[] {
  const low = Math.floor(Math.log10(least) + 1e-9);
  const high = Math.max(Math.ceil(Math.log10(most) - 1e-9), low + 1);
  const ticks: number[] = [];
  if (high - low <= 3) {
    for (let exponent = low; exponent <= high; exponent++) {
      for (const m of [1, 2, 5]) ticks.push(Number(`${m}e${exponent}`));
    }
    const first = ticks.findLastIndex((tick) => tick <= least * (1 + 1e-9));
    const last = ticks.findIndex((tick) => tick >= most * (1 - 1e-9));
    return ticks.slice(Math.max(0, first), Math.max(last, first + 1) + 1);
  }
  const every = Math.ceil((high - low) / count);
  const steps = Math.ceil((high - low) / every);
  for (let i = 0; i <= steps; i++) ticks.push(Number(`1e${low + i * every}`));
  return ticks;
}

/**
 * A logarithmic scale from tick to tick around the positive values.
 *
 * @param zeroOffset distance behind the start of the range at which zero is put; null where zero has no place
 */
export function logScale(
  values: readonly number[],
  { zeroOffset = null as number | null, count = 8 } = {},
): ScaleMaker {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const ticks = positive.length === 0 ? [1, 10] : logTicks(Math.min(...positive), Math.max(...positive), count);
  const low = Math.log10(ticks[0]);
  const high = Math.log10(ticks[ticks.length - 1]);
  return (range) => {
    const direction = Math.sign(range[1] - range[0]);
    const zero = zeroOffset === null ? null : range[0] - direction * zeroOffset;
    return {
      kind: 'log',
      domain: [ticks[0], ticks[ticks.length - 1]],
      range,
      ticks,
      zero,
      position: (value) => {
        if (value === 0) return zero;
        if (!(value > 0) || !Number.isFinite(value)) return null;
        return range[0] + ((Math.log10(value) - low) / (high - low)) * (range[1] - range[0]);
      },
    };
  };
}

/** Equal distances between the given values, whatever they are, with half a distance at both ends. */
export function ordinalScale(values: readonly number[]): ScaleMaker {
  return (range) => {
    const step = (range[1] - range[0]) / values.length;
    return {
      kind: 'ordinal',
      domain: values,
      range,
      ticks: values,
      zero: null,
      position: (value) => {
        const index = values.indexOf(value);
        return index < 0 ? null : range[0] + (index + 0.5) * step;
      },
    };
  };
}
