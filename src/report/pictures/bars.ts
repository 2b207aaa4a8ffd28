/** Bars with intervals, in rows. */
import type { AxisWords, BarPicture } from '../../lab/experiment/picture.js';
import { renderFigure, renderTable } from '../chart/figure.js';
import { textWidth } from '../chart/label.js';
import { type Row, type RowChart, renderRows } from '../chart/row-chart.js';
import type { Scale } from '../chart/scale.js';
import { formatMagnitude } from '../format.js';
import { html, type Markup, nothing } from '../html.js';
import { decodeNumber } from '../numbers.js';
import { axisOf, formatOf } from './axis.js';

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

type Format = (value: number) => string;

/** Beside a bar three digits are enough: its length says the rest. */
function shortText(value: number, words: AxisWords): string {
  return words.format === undefined || words.format === 'number' ? formatMagnitude(value) : formatOf(words)(value);
}

function readOut({ label, value, interval }: Bar, axis: string, format: Format): string {
  const range = interval === null ? '' : `, interval ${format(interval.low)} to ${format(interval.high)}`;
  return `${label}. ${axis}: ${format(value)}${range}`;
}

/** Ends of an interval as far as the axis reaches: a logarithmic one has no place below zero. */
function intervalMarkup({ low, high }: { low: number; high: number }, x: Scale, y: number): Markup {
  const [from, to] = [x.position(low) ?? x.zero ?? x.range[0], x.position(high)];
  if (to === null) return nothing;
  const isCut = x.position(low) === null;
  const end = isCut ? `M${(from + 5).toFixed(2)} ${y - 4}l-5 4l5 4` : `M${from.toFixed(2)} ${y - 5}v10`;
  return html`<path class="whisker" d="${end}M${from.toFixed(2)} ${y}H${to.toFixed(2)}m0 -5v10"/>`;
}

function rowOf(bar: Bar, picture: BarPicture, format: Format): Row {
  const isLog = picture.value.scale === 'log';
  return {
    label: bar.label,
    marks: (x, middle) => {
      const place = x.position(bar.value);
      if (place === null)
        return html`<text class="bar-value" x="${x.range[0]}" y="${middle + 4}">${format(bar.value)}</text>`;
      const base = x.position(0) ?? x.range[0];
      const [left, right] = [Math.min(base, place), Math.max(base, place)];
      const ends = [right, ...(bar.interval === null ? [] : [x.position(bar.interval.high) ?? right])];
      const attributes = html`data-x="${bar.value}" data-px="${place.toFixed(2)}" data-py="${middle}" data-label="${readOut(bar, picture.value.label, format)}"`;
      // A bar has a length only where there is a zero to measure it from.
      const mark = isLog
        ? html`<circle class="point lying estimate" cx="${place.toFixed(2)}" cy="${middle}" r="5" ${attributes}/>`
        : html`<rect class="point lying estimate" x="${left.toFixed(2)}" y="${middle - 9}" width="${(right - left).toFixed(2)}" height="18" ${attributes}/>`;
      const interval = bar.interval === null ? nothing : intervalMarkup(bar.interval, x, middle);
      return html`${mark}${interval}<text class="bar-value" x="${(Math.max(...ends) + 8).toFixed(2)}" y="${middle + 4}">${shortText(bar.value, picture.value)}</text>`;
    },
  };
}

function barsOf(picture: BarPicture): Bar[] {
  return picture.bars.map(({ label, value, interval }) => ({
    label,
    value: decodeNumber(value),
    interval: interval ? { low: decodeNumber(interval.low), high: decodeNumber(interval.high) } : null,
  }));
}

export function barFigure(picture: BarPicture): Markup {
  const bars = barsOf(picture);
  const format = formatOf(picture.value);
  const values = bars.flatMap(({ value, interval }) =>
    interval === null ? [value] : [value, interval.low, interval.high],
  );
  const finite = values.filter(Number.isFinite);
  const isSigned = finite.some((value) => value < 0);
  const chart: RowChart = {
    id: picture.id,
    title: picture.title,
    description: `${picture.caption} ${bars.map((bar) => readOut(bar, picture.value.label, format)).join('; ')}.`,
    axis: (count) => axisOf(picture.value, isSigned ? [...finite, 0] : finite, { count, fromZero: !isSigned }),
    rows: bars.map((bar) => rowOf(bar, picture, format)),
    room: () => 24,
    margin: Math.max(0, ...bars.map(({ value }) => textWidth(shortText(value, picture.value)))) + 4,
  };
  const some = bars.some(({ interval }) => interval !== null);
  const table = renderTable({
    label: `${picture.title}: numbers`,
    head: ['', picture.value.label, ...(some ? ['interval from', 'to'] : [])],
    rows: bars.map(({ label, value, interval }) => [
      label,
      format(value),
      ...(some
        ? [interval === null ? '–' : format(interval.low), interval === null ? '–' : format(interval.high)]
        : []),
    ]),
    textColumns: [0],
  });
  return renderFigure({
    id: `figure-${picture.id}`,
    body: renderRows(chart),
    caption: some ? html`<p>The lines with ends are the intervals of the values.</p>` : nothing,
    tables: table,
  });
}
