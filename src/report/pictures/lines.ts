/** Lines over steps, epochs or k, with bands and events. */
import type { LinePicture } from '../../lab/experiment/picture.js';
import { chartTable, renderFigure, renderLegend, renderResponsive, renderTable } from '../chart/figure.js';
import type { ChartPoint, LineChart, Series } from '../chart/line-chart.js';
import { seriesStyle } from '../chart/style.js';
import { formatCount } from '../format.js';
import { html, type Markup, nothing } from '../html.js';
import { decodeNumber } from '../numbers.js';
import { axisOf, formatOf } from './axis.js';

/** Vertices of a line: more than two for each pixel would not be seen. */
const mostVertices = 400;

/** Points that can be read out, over all lines of a picture. */
const mostReadable = 1200;

const colors = 6;

/** As many events are told below the picture; more stand in the table. */
const toldEvents = 4;

/** From so many lines on none can be told from its neighbors by its looks: all are drawn alike, without a legend. */
const tooMany = 13;

/** Of each run of neighbors the lowest and the highest, in their order: peaks stay, whatever is left out. */
export function thinPoints(points: readonly ChartPoint[], most: number, keep: ReadonlySet<number>): ChartPoint[] {
  if (points.length <= most) return [...points];
  const size = Math.ceil((2 * points.length) / most);
  const kept: ChartPoint[] = [];
  for (let from = 0; from < points.length; from += size) {
    const bucket = points.slice(from, from + size);
    const least = bucket.reduce((best, point) => (point.y < best.y ? point : best));
    const largest = bucket.reduce((best, point) => (point.y > best.y ? point : best));
    kept.push(
      ...bucket.filter(
        (point) => point === least || point === largest || !Number.isFinite(point.y) || keep.has(point.x),
      ),
    );
  }
  return kept;
}

/** Places for all lines alike, evenly spread over those that there are, with the first and the last. */
export function readablePlaces(places: readonly number[], lines: number): ReadonlySet<number> {
  const most = Math.max(24, Math.floor(mostReadable / Math.max(1, lines)));
  if (places.length <= most) return new Set(places);
  return new Set(Array.from({ length: most }, (_, i) => places[Math.round((i * (places.length - 1)) / (most - 1))]));
}

function seriesOf(picture: LinePicture): Series[] {
  const all = picture.series.map(({ points }) => points.map(([x, y]) => ({ x: decodeNumber(x), y: decodeNumber(y) })));
  const isMany = all.length >= tooMany;
  return picture.series.map(({ name, band }, i) => ({
    name,
    style: isMany ? seriesStyle(0) : seriesStyle(i % colors, Math.floor(i / colors)),
    faint: isMany,
    points: all[i],
    ...(band === undefined
      ? {}
      : {
          band: band.map(([x, low, high]) => ({
            x: decodeNumber(x),
            low: decodeNumber(low),
            high: decodeNumber(high),
          })),
        }),
  }));
}

function fromZero(values: readonly number[]): boolean {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least >= 0 && least < most / 2;
}

export function lineFigure(picture: LinePicture): Markup {
  const whole = seriesOf(picture);
  const places = [...new Set(whole.flatMap(({ points }) => points.map(({ x }) => x)))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const readable = readablePlaces(places, whole.length);
  const series = whole.map((one) => ({ ...one, points: thinPoints(one.points, mostVertices, readable) }));
  const drawn = series.flatMap(({ points, band = [] }) => [
    ...points.map(({ y }) => y),
    ...band.flatMap(({ low, high }) => [low, high]),
  ]);
  const finite = drawn.filter(Number.isFinite);
  const values = picture.y.scale === 'log' ? finite : finite.length === 0 ? [0] : finite;
  const events = (picture.events ?? []).map(({ x, label }) => ({ x: decodeNumber(x), label }));
  const y = axisOf(picture.y, values, { fromZero: fromZero(values), count: picture.y.scale === 'log' ? 8 : 6 });
  const zeros = picture.y.scale === 'log' && values.includes(0);
  const format = formatOf(picture.y);
  const ends = whole.flatMap(({ name, points }) => {
    const last = points[points.length - 1];
    return last === undefined ? [] : [`${name}: ${format(last.y)} at ${formatOf(picture.x)(last.x)}`];
  });
  const chart: LineChart = {
    id: picture.id,
    title: picture.title,
    description: `${picture.caption} At the end, ${ends.join('; ')}.`,
    x: axisOf(picture.x, places, { count: 5 }),
    y,
    series,
    ...(zeros ? { zeroLabel: '0, exactly' } : {}),
    events,
    places: readable,
  };
  const missing = whole.reduce(
    (sum, { points }) => sum + points.filter((point) => !Number.isFinite(point.y)).length,
    0,
  );
  const notes = [
    ...(whole.some(({ band = [] }) => band.some(({ low, high }) => Number.isFinite(low + high)))
      ? ['The bands are intervals.']
      : []),
    ...(zeros ? ['The scale is logarithmic, so zero has a band of its own below it.'] : []),
    ...(events.length > 0
      ? [`The triangles above mark ${formatCount(events.length)} event${events.length === 1 ? '' : 's'}.`]
      : []),
    ...(events.length > 0 && events.length <= toldEvents
      ? events.map(({ x, label }) => `At ${formatOf(picture.x)(x)}: ${label}.`)
      : []),
    ...(readable.size < places.length
      ? [
          `${formatCount(readable.size)} of ${formatCount(places.length)} places can be read out and stand in the table; the lines have them all.`,
        ]
      : []),
    ...(missing > 0 ? [`${formatCount(missing)} points are infinite or not a number and are left out.`] : []),
  ];
  const eventTable =
    events.length === 0
      ? nothing
      : renderTable({
          label: `${picture.title}: events`,
          head: [picture.x.label, 'event'],
          rows: events.map(({ x, label }) => [formatOf(picture.x)(x), label]),
          textColumns: [1],
        });
  return renderFigure({
    id: `figure-${picture.id}`,
    body: html`${whole.length > 1 && whole.length < tooMany ? renderLegend(series) : nothing}${renderResponsive(chart)}`,
    caption: notes.length === 0 ? nothing : html`<p>${notes.join(' ')}</p>`,
    tables: html`${chartTable(chart)}${eventTable}`,
  });
}
