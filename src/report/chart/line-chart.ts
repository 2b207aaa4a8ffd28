import { html, type Markup, nothing } from '../html.js';
import type { Scale, ScaleMaker } from './scale.js';
import { colorOf, markerPath, type SeriesStyle } from './style.js';

/** One measured point. */
export interface ChartPoint {
  readonly x: number;
  /** May be NaN or infinite: such a point is left out, and the line is broken there. */
  readonly y: number;
}

/** A piece of a band around a line. */
export interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** Something that happened at a place on the x axis. */
export interface ChartEvent {
  readonly x: number;
  readonly label: string;
}

/** Points that belong together. */
export interface Series {
  readonly name: string;
  readonly style: SeriesStyle;
  readonly points: readonly ChartPoint[];
  /** `line` joins the points, `points` does not, `guide` is a line without points, not measured. @default 'line' */
  readonly draw?: 'line' | 'points' | 'guide';
  /** One of very many: a faint line without markers. @default false */
  readonly faint?: boolean;
  /** Width of the line in pixels. @default 1.75 */
  readonly width?: number;
  /** A band around the line, such as an interval, in the order of x. */
  readonly band?: readonly BandPoint[];
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
  /** Marked on a rail above the plot, with a hairline down to the lines. */
  readonly events?: readonly ChartEvent[];
  /** Places on the x axis at which points can be read out; the line has all its points. @default all */
  readonly places?: ReadonlySet<number>;
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

/** Low ends that have no place, such as 0 on a logarithmic axis, lie on the edge of the plot. */
function bandMarkup(series: Series, x: Scale, y: Scale): Markup {
  const edge = y.zero ?? y.range[0];
  const corners = (series.band ?? []).flatMap((point) => {
    const [px, high] = [x.position(point.x), y.position(point.high)];
    if (px === null || high === null || Number.isNaN(point.low)) return [];
    return [{ px: round(px), high: round(high), low: round(y.position(point.low) ?? edge) }];
  });
  if (corners.length === 0) return nothing;
  const upper = corners.map(({ px, high }) => `${px} ${high}`);
  const lower = corners.toReversed().map(({ px, low }) => `${px} ${low}`);
  return html`<path class="band" d="M${[...upper, ...lower].join('L')}Z"/>`;
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
    if (p === null || chart.places?.has(p.point.x) === false) return [];
    const isNear = Math.abs(p.px - lastMarked) < markerSpacing && i < placed.length - 1;
    const crowded = draw === 'line' && (series.faint === true || isNear);
    if (!crowded) lastMarked = p.px;
    const shape = crowded ? '' : markerPath(series.style.marker, p.px, p.py, draw === 'points' ? 2.5 : 3.5);
    const kind = crowded ? ' crowded' : draw === 'points' ? ' single' : '';
    return [
      html`<path class="point${kind}" d="${shape}" data-x="${p.point.x}" data-y="${p.point.y}" data-px="${p.px}" data-py="${p.py}" data-text="${chart.x.format(p.point.x)}|${chart.y.format(p.point.y)}"/>`,
    ];
  });
  return html`<g class="series${series.faint ? ' many' : ''}" data-series="${index}" data-name="${series.name}" fill="${color}">${bandMarkup(series, x, y)}${line}${points}</g>`;
}

/** Events are a series of their own for keyboard and pointer, after all others. */
function eventsMarkup({ events = [], x: axis, series }: LineChart, x: Scale, y: Scale): Markup {
  const [bottom, top] = [y.zero ?? y.range[0], y.range[1]];
  const marks = events.flatMap(({ x: at, label }) => {
    const place = x.position(at);
    if (place === null) return [];
    const px = round(place);
    const text = `${label}. ${axis.label}: ${axis.format(at)}`;
    return [
      html`<path class="hairline" d="M${px} ${top}V${bottom}"/><path class="point event" d="${markerPath('down', px, top - 7, 4)}" data-x="${at}" data-px="${px}" data-py="${top - 7}" data-label="${text}"/>`,
    ];
  });
  return marks.length === 0 ? nothing : html`<g class="series events" data-series="${series.length}">${marks}</g>`;
}

function axes(chart: LineChart, x: Scale, y: Scale, size: ChartSize): Markup {
  const left = x.zero === null ? x.range[0] : x.zero - 10;
  const right = x.range[1];
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
  const xZero =
    x.zero === null
      ? nothing
      : html`<rect class="zero" x="${x.zero - 10}" y="${top}" width="20" height="${below - top}"/><text class="tick" x="${x.zero}" y="${below + 17}" text-anchor="middle">0</text>`;
  const zero =
    y.zero === null
      ? nothing
      : html`<rect class="zero" x="${left}" y="${y.zero - 10}" width="${right - left}" height="20"/><text class="tick" x="${left - 8}" y="${y.zero + 4}" text-anchor="end">0</text>${
          chart.zeroLabel
            ? html`<text class="zero-label" x="${right - 6}" y="${y.zero - 15}" text-anchor="end">${chart.zeroLabel}</text>`
            : nothing
        }`;
  return html`${xZero}${zero}${rows}<path class="axis" d="M${left} ${below}H${right}"/>${columns}<text class="label" x="${left}" y="16" text-anchor="start">${chart.y.label}</text><text class="label" x="${right}" y="${size.height - 4}" text-anchor="end">${chart.x.label}</text>`;
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
  const top = (chart.events ?? []).length > 0 ? 44 : 28;
  const y = chart.y.scale([hasZero ? bottom - 34 : bottom, top]);
  const longest = Math.max(...y.ticks.map((tick) => Array.from(chart.y.tick(tick)).length), 2);
  const left = Math.round(14 + longest * 6.6);
  const hasZeroColumn = chart.x.scale([0, 1]).zero !== null;
  const x = chart.x.scale([hasZeroColumn ? left + 34 : left, size.width - 14]);
  const id = `${chart.id}-${variant}`;
  return html`<svg class="chart ${variant}" id="${id}" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-description" tabindex="0" data-chart="${chart.id}" data-x-label="${chart.x.label}" data-y-label="${chart.y.label}" data-x-scale="${scaleJson(x)}" data-y-scale="${scaleJson(y)}"><title id="${id}-title">${chart.title}</title><desc id="${id}-description">${chart.description}</desc>${axes(chart, x, y, size)}${chart.series.map((series, i) => seriesMarkup(series, i, x, y, chart))}${eventsMarkup(chart, x, y)}<path class="focus-mark" d=""/></svg>`;
}
