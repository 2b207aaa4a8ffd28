import { html, type Markup, nothing } from '../html.js';
import { breakLabel, characterWidth, labelMarkup, textWidth } from './label.js';
import type { Axis } from './line-chart.js';
import type { Scale } from './scale.js';

/** One row: a name, and what is drawn along the common axis. */
export interface Row {
  readonly label: string;
  /** Called once for each drawing. */
  readonly marks: (x: Scale, middle: number, room: number) => Markup;
}

/** Named rows over one horizontal axis of values: long names stay readable, and equal values stand above each other. */
export interface RowChart {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** The axis with about so many ticks. */
  readonly axis: (ticks: number) => Axis;
  readonly rows: readonly Row[];
  /** Height that the marks of a row need at a width of the plot. */
  readonly room: (x: Scale) => number;
  /** Space for words to the right of the largest value. @default 0 */
  readonly margin?: number;
  /** Space between the beginning of the axis and its least value, for marks around it. @default 0 */
  readonly inset?: number;
  /** A line across all rows. */
  readonly reference?: { readonly label: string; readonly value: number };
}

/** Distance from the place of zero to the first tick of a logarithmic axis; half of it is shaded. */
const zeroBand = 34;

const round = (value: number): number => Number(value.toFixed(2));

interface Layout {
  readonly width: number;
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
  /** Of one row, its label included where that stands above. */
  readonly pitch: number;
  readonly room: number;
  /** Height of the label above the marks; 0 where it stands beside them. */
  readonly above: number;
  /** Characters of a line of a label. */
  readonly letters: number;
}

function layoutOf(chart: RowChart, width: number, narrow: boolean): { layout: Layout; x: Scale; axis: Axis } {
  const longest = Math.max(0, ...chart.rows.map(({ label }) => textWidth(label)));
  const column = narrow ? 0 : Math.min(Math.max(longest, 40), 230) + 18;
  const axis = chart.axis(narrow ? 4 : 7);
  const hasZero = axis.scale([0, 1]).zero !== null;
  const left = column + 10;
  const x = axis.scale([left + (hasZero ? zeroBand : (chart.inset ?? 0)), width - 16 - (chart.margin ?? 0)]);
  const room = chart.room(x);
  const letters = Math.floor((narrow ? width - 20 : column - 12) / characterWidth);
  const lines = Math.max(...chart.rows.map(({ label }) => breakLabel(label, letters, 2).length), 1);
  const above = narrow ? 8 + 14 * lines : 0;
  const top = chart.reference === undefined ? 8 : 24;
  const pitch = Math.max(room + 8 + above, narrow ? 0 : 14 * lines + 10);
  return {
    layout: { width, left, top, pitch, room, above, letters, bottom: top + pitch * chart.rows.length },
    x,
    axis,
  };
}

function axisMarkup(x: Scale, axis: Axis, { left, top, bottom, width }: Layout): Markup {
  const ticks = x.ticks.map((tick) => {
    const px = round(x.position(tick) ?? 0);
    return html`<path class="grid" d="M${px} ${top}V${bottom}"/><text class="tick" x="${px}" y="${bottom + 17}" text-anchor="middle">${axis.tick(tick)}</text>`;
  });
  const zero =
    x.zero === null
      ? nothing
      : html`<rect class="zero" x="${x.zero - 10}" y="${top}" width="20" height="${bottom - top}"/><text class="tick" x="${x.zero}" y="${bottom + 17}" text-anchor="middle">0</text>`;
  return html`${zero}${ticks}<path class="axis" d="M${left} ${bottom}H${width - 6}"/><text class="label" x="${width - 6}" y="${bottom + 37}" text-anchor="end">${axis.label}</text>`;
}

function referenceMarkup(chart: RowChart, x: Scale, { top, bottom, width, left }: Layout): Markup {
  if (chart.reference === undefined) return nothing;
  const px = x.position(chart.reference.value);
  if (px === null) return nothing;
  const half = textWidth(chart.reference.label) / 2;
  const [anchor, at] =
    px - half < left ? ['start', Math.min(px, left + 10)] : px + half > width ? ['end', width - 4] : ['middle', px];
  return html`<path class="reference" d="M${round(px)} ${top - 4}V${bottom}"/><text class="reference-label" x="${round(at)}" y="${top - 10}" text-anchor="${anchor}">${chart.reference.label}</text>`;
}

/**
 * Draws rows as SVG; its height follows their number. Names stand to the left of the rows, on narrow drawings above them.
 *
 * @param variant `wide` or `narrow`; tells drawings of one chart apart, for their ids and for the style sheet
 */
export function renderRowChart(chart: RowChart, width: number, variant: 'wide' | 'narrow'): Markup {
  const narrow = variant === 'narrow';
  const { layout, x, axis } = layoutOf(chart, width, narrow);
  const { top, bottom, pitch, room, above, letters, left } = layout;
  const rows = chart.rows.map((row, i) => {
    const start = top + i * pitch;
    const middle = round(narrow ? start + above + room / 2 : start + pitch / 2);
    const lines = breakLabel(row.label, letters, 2);
    const label = narrow
      ? labelMarkup(row.label, lines, 2, start + 6 + (14 * lines.length) / 2, false)
      : labelMarkup(row.label, lines, left - 12, middle, true);
    const rule = i === 0 ? nothing : html`<path class="grid" d="M0 ${start}H${width - 6}"/>`;
    return html`${rule}${label}<g class="series" data-series="${i}" data-name="${row.label}">${row.marks(x, middle, room)}</g>`;
  });
  const id = `${chart.id}-${variant}`;
  const scale = JSON.stringify({ kind: x.kind, domain: x.domain, range: x.range, zero: x.zero });
  return html`<svg class="chart ${variant}" id="${id}" viewBox="0 0 ${width} ${round(bottom + 44)}" role="img" aria-labelledby="${id}-title ${id}-description" tabindex="0" data-chart="${chart.id}" data-x-label="${axis.label}" data-x-scale="${scale}"><title id="${id}-title">${chart.title}</title><desc id="${id}-description">${chart.description}</desc>${axisMarkup(x, axis, layout)}${referenceMarkup(chart, x, layout)}${rows}<path class="focus-mark" d=""/></svg>`;
}

/** A drawing for wide windows and one for phones; the style sheet shows the one that fits. */
export function renderRows(chart: RowChart): Markup {
  return html`${renderRowChart(chart, 900, 'wide')}${renderRowChart(chart, 400, 'narrow')}`;
}
