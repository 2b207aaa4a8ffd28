import { html, type Markup, nothing } from '../html.js';
import type { Scale, ScaleMaker } from './scale.js';
import { colorOf, markerPath, type SeriesStyle } from './style.js';

/** One measured point. */
export interface ChartPoint {
  readonly x: number;
  /** May be NaN or infinite: such a point is left out, and the line is broken there. */
  readonly y: number;
}

/** Points that belong together. */
export interface Series {
  readonly name: string;
  readonly style: SeriesStyle;
  readonly points: readonly ChartPoint[];
  /** `line` joins the points, `points` does not, `guide` is a line without points, not measured. @default 'line' */
  readonly draw?: 'line' | 'points' | 'guide';
  /** Width of the line in pixels. @default 1.75 */
  readonly width?: number;
  /** Pixels by which the series stands to the right of its values, so that equal ones stay visible. @default 0 */
  readonly shift?: number;
}

/** An axis of a chart. */
export interface Axis {
  readonly label: string;
  readonly scale: ScaleMaker;
  readonly tick: (value: number) => string;
  /** How a value is written where a single point is read out. */
  readonly format: (value: number) => string;
}

/** A chart of one or more series over a common axis. */
export interface LineChart {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What a reader who cannot see the chart has to know. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Words for the band of zero below a logarithmic axis. */
  readonly zeroLabel?: string;
}

/** Outer size of a chart in SVG units, which are pixels at full width. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** Points of a line that are nearer to each other than this get no marker of their own, only the line. */
const markerSpacing = 14;

const round = (value: number): number => Number(value.toFixed(2));

interface Placed {
  readonly point: ChartPoint;
  readonly px: number;
  readonly py: number;
}

function place({ points, shift = 0 }: Series, x: Scale, y: Scale): (Placed | null)[] {
  return points.map((point) => {
    const px = x.position(point.x);
    const py = y.position(point.y);
    return px === null || py === null ? null : { point, px: round(px + shift), py: round(py) };
  });
}

function linePath(placed: readonly (Placed | null)[]): string {
  return placed.map((p, i) => (p === null ? '' : `${placed[i - 1] ? 'L' : 'M'}${p.px} ${p.py}`)).join('');
}

function seriesMarkup(series: Series, index: number, x: Scale, y: Scale, chart: LineChart): Markup {
  const placed = place(series, x, y);
  const color = colorOf(series.style);
  const draw = series.draw ?? 'line';
  const line =
    draw === 'points'
      ? nothing
      : html`<path class="line" d="${linePath(placed)}" stroke="${color}" stroke-width="${series.width ?? 1.75}" stroke-dasharray="${series.style.dash}"/>`;
  if (draw === 'guide') return html`<g class="series guide" data-series="${index}">${line}</g>`;
  let lastMarked = Number.NEGATIVE_INFINITY;
  const points = placed.flatMap((p, i) => {
    if (p === null) return [];
    const crowded = draw === 'line' && Math.abs(p.px - lastMarked) < markerSpacing && i < placed.length - 1;
    if (!crowded) lastMarked = p.px;
    const shape = markerPath(series.style.marker, p.px, p.py, draw === 'points' ? 2.5 : 3.5);
    const kind = crowded ? ' crowded' : draw === 'points' ? ' single' : '';
    return [
      html`<path class="point${kind}" d="${shape}" data-x="${p.point.x}" data-y="${p.point.y}" data-px="${p.px}" data-py="${p.py}" data-text="${chart.x.format(p.point.x)}|${chart.y.format(p.point.y)}"/>`,
    ];
  });
  return html`<g class="series" data-series="${index}" data-name="${series.name}" fill="${color}">${line}${points}</g>`;
}

function axes(chart: LineChart, x: Scale, y: Scale, size: ChartSize): Markup {
  const [left, right] = x.range;
  const [bottom, top] = y.range;
  const below = y.zero === null ? bottom : y.zero + 10;
  const rows = y.ticks.map((tick) => {
    const py = round(y.position(tick) ?? 0);
    return html`<path class="grid" d="M${left} ${py}H${right}"/><text class="tick" x="${left - 8}" y="${py + 4}" text-anchor="end">${chart.y.tick(tick)}</text>`;
  });
  const columns = x.ticks.map((tick) => {
    const px = round(x.position(tick) ?? 0);
    return html`<path class="axis" d="M${px} ${below}v4"/><text class="tick" x="${px}" y="${below + 17}" text-anchor="middle">${chart.x.tick(tick)}</text>`;
  });
  const zero =
    y.zero === null
      ? nothing
      : html`<rect class="zero" x="${left}" y="${y.zero - 10}" width="${right - left}" height="20"/><text class="tick" x="${left - 8}" y="${y.zero + 4}" text-anchor="end">0</text>${
          chart.zeroLabel
            ? html`<text class="zero-label" x="${right - 6}" y="${y.zero - 15}" text-anchor="end">${chart.zeroLabel}</text>`
            : nothing
        }`;
  return html`${zero}${rows}<path class="axis" d="M${left} ${below}H${right}"/>${columns}<text class="label" x="${left}" y="${top - 12}" text-anchor="start">${chart.y.label}</text><text class="label" x="${right}" y="${size.height - 4}" text-anchor="end">${chart.x.label}</text>`;
}

/** Only what a reader of the page needs to map a position back to a value. */
function scaleJson({ kind, domain, range, zero }: Scale): string {
  return JSON.stringify({ kind, domain, range, zero });
}

/**
 * Draws a chart as SVG. Each point carries its values (`data-x`, `data-y`), its position (`data-px`, `data-py`) and both as
 * they are written (`data-text`); the SVG carries its scales (`data-x-scale`, `data-y-scale`).
 *
 * @param variant distinguishes several drawings of one chart, for their ids and for the style sheet
 */
export function renderLineChart(chart: LineChart, size: ChartSize, variant: string): Markup {
  const bottom = size.height - 44;
  const hasZero = chart.y.scale([1, 0]).zero !== null;
  const y = chart.y.scale([hasZero ? bottom - 34 : bottom, 28]);
  const longest = Math.max(...y.ticks.map((tick) => Array.from(chart.y.tick(tick)).length), 2);
  const x = chart.x.scale([Math.round(14 + longest * 6.6), size.width - 14]);
  const id = `${chart.id}-${variant}`;
  return html`<svg class="chart ${variant}" id="${id}" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-description" tabindex="0" data-chart="${chart.id}" data-x-label="${chart.x.label}" data-y-label="${chart.y.label}" data-x-scale="${scaleJson(x)}" data-y-scale="${scaleJson(y)}"><title id="${id}-title">${chart.title}</title><desc id="${id}-description">${chart.description}</desc>${axes(chart, x, y, size)}${chart.series.map((series, i) => seriesMarkup(series, i, x, y, chart))}<path class="focus-mark" d=""/></svg>`;
}
