/** Every run a dot, in rows. */
import type { DotPlot } from '../../lab/experiment/picture.js';
import { mean, meanInterval } from '../../lab/statistics/moments.js';
import { quantile } from '../../lab/statistics/quantiles.js';
import { renderFigure, renderTable } from '../chart/figure.js';
import { type Row, type RowChart, renderRows } from '../chart/row-chart.js';
import type { Scale } from '../chart/scale.js';
import { swarmOffsets, tallestBin } from '../chart/swarm.js';
import { formatCount } from '../format.js';
import { html, type Markup, nothing } from '../html.js';
import { axisOf, formatOf } from './axis.js';
import { decodeValues } from './values.js';

/** Height of the mean below the dots. */
const centerLane = 16;

interface Group {
  readonly label: string;
  readonly values: readonly number[];
  readonly finite: readonly number[];
  readonly center: Center | null;
}

/** Where the middle of a group is, and a range around it; null where there are too few runs for one. */
interface Center {
  readonly at: number;
  readonly range: { readonly low: number; readonly high: number } | null;
}

/** On a logarithmic axis a mean is the largest values' alone: there the median, and the middle half of the runs. */
function centerOf(finite: readonly number[], isLog: boolean): Center | null {
  if (finite.length === 0) return null;
  if (isLog) {
    const range = finite.length < 4 ? null : { low: quantile(finite, 0.25), high: quantile(finite, 0.75) };
    return { at: quantile(finite, 0.5), range };
  }
  return { at: mean(finite), range: finite.length < 2 ? null : meanInterval(finite) };
}

/** How dots are stacked, in all rows of a chart alike. */
interface Stacks {
  readonly radius: number;
  /** From one dot of a stack to the next. */
  readonly stepFor: (x: Scale) => number;
  /** Of the tallest stack, and at least of a few dots. */
  readonly heightFor: (x: Scale) => number;
}

/** Dots are smaller where there are more runs, and nearer to each other where a stack would be too high for its row. */
function stacksOf(groups: readonly Group[]): Stacks {
  const most = Math.max(0, ...groups.map(({ values }) => values.length));
  const radius = most <= 60 ? 3.5 : most <= 200 ? 2.75 : 2;
  const highest = groups.length <= 4 ? 110 : groups.length <= 8 ? 76 : 44;
  const tallestOf = (x: Scale): number =>
    Math.max(
      1,
      ...groups.map(({ finite }) =>
        tallestBin(
          finite.map((value) => x.position(value)),
          radius,
        ),
      ),
    );
  const stepFor = (x: Scale): number =>
    Math.min(2 * radius + 0.5, (highest - 2 * radius) / Math.max(1, tallestOf(x) - 1));
  return { radius, stepFor, heightFor: (x) => Math.max((tallestOf(x) - 1) * stepFor(x) + 2 * radius + 4, 18) };
}

function centerMarkup({ at, range }: Center, x: Scale, y: number): Markup {
  const place = x.position(at);
  if (place === null) return nothing;
  const px = Number(place.toFixed(2));
  const least = x.zero ?? x.range[0] - 8;
  const clip = (value: number): number => Math.min(Math.max(x.position(value) ?? least, least), x.range[1] + 8);
  const bar =
    range === null
      ? nothing
      : html`<path class="interval" d="M${clip(range.low).toFixed(2)} ${y}H${clip(range.high).toFixed(2)}"/>`;
  return html`${bar}<path class="center" d="M${px} ${y - 5}v10"/>`;
}

/** Dots that all stand on one place cover each other: the number says that they are more than one. */
function equalNote(values: readonly number[], x: Scale, y: number, radius: number): Markup {
  const place = values.length > 1 && values[0] === values[values.length - 1] ? x.position(values[0]) : null;
  if (place === null) return nothing;
  const isRight = place > (x.range[0] + x.range[1]) / 2;
  const at = place + (isRight ? -1 : 1) * (radius + 8);
  return html`<text class="tick" x="${at.toFixed(1)}" y="${(y + 4).toFixed(1)}" text-anchor="${isRight ? 'end' : 'start'}">${formatCount(values.length)} equal</text>`;
}

function rowOf(group: Group, { radius, stepFor }: Stacks, format: (value: number) => string): Row {
  const values = [...group.finite].sort((a, b) => a - b);
  return {
    label: group.label,
    marks: (x, middle, room) => {
      const lane = room - centerLane;
      const positions = values.map((value) => x.position(value));
      const offsets = swarmOffsets(positions, radius, stepFor(x));
      const line = middle - room / 2 + lane / 2;
      const dots = values.map((value, i) => {
        const position = positions[i];
        if (position === null) return nothing;
        const [px, py] = [Number(position.toFixed(2)), Number((line + offsets[i]).toFixed(2))];
        return html`<circle class="point dot" cx="${px}" cy="${py}" r="${radius}" data-text="${format(value)}"/>`;
      });
      const center =
        group.center === null ? nothing : centerMarkup(group.center, x, middle + room / 2 - centerLane / 2);
      return html`${dots}${equalNote(values, x, line, radius)}${center}`;
    },
  };
}

function summaryTable(picture: DotPlot, groups: readonly Group[], format: (value: number) => string): Markup {
  const isLog = picture.value.scale === 'log';
  const write = (value: number | undefined): string => (value === undefined ? '–' : format(value));
  return renderTable({
    label: `${picture.title}: numbers`,
    head: [
      '',
      'runs',
      isLog ? 'median' : 'mean',
      isLog ? 'middle half' : '95 % interval',
      'least',
      'most',
      'different values',
    ],
    rows: groups.map(({ label, values, finite, center }) => [
      label,
      formatCount(values.length),
      write(center?.at),
      center?.range ? `${format(center.range.low)} to ${format(center.range.high)}` : '–',
      write(finite.length === 0 ? undefined : Math.min(...finite)),
      write(finite.length === 0 ? undefined : Math.max(...finite)),
      formatCount(new Set(values).size),
    ]),
    textColumns: [0],
  });
}

/**
 * Ends of the intervals of means that the axis makes room for: all but those that two or three runs put so far out that
 * the dots would shrink to a point.
 */
function rangesWithin(groups: readonly Group[], drawn: readonly number[], isLog: boolean): number[] {
  if (isLog || drawn.length === 0) return [];
  const [least, most] = [Math.min(...drawn), Math.max(...drawn)];
  const reach = (most - least) / 2;
  const ends = groups.flatMap(({ center }) => (center?.range ? [center.range.low, center.range.high] : []));
  return ends.filter((end) => least - reach <= end && end <= most + reach);
}

export function dotFigure(picture: DotPlot): Markup {
  const isLog = picture.value.scale === 'log';
  const format = formatOf(picture.value);
  const groups = picture.groups.map(({ label, values }): Group => {
    const decoded = decodeValues(values);
    const finite = decoded.filter(Number.isFinite);
    return { label, values: decoded, finite, center: centerOf(finite, isLog) };
  });
  const drawn = groups.flatMap(({ finite }) => finite);
  const shown = [
    ...drawn,
    ...(picture.reference === undefined ? [] : [picture.reference.value]),
    ...rangesWithin(groups, drawn, isLog),
  ];
  const missing = groups.reduce((sum, { values }) => sum + values.length, 0) - drawn.length;
  const below = isLog ? drawn.filter((value) => value < 0).length : 0;
  const { reference } = picture;
  const stacks = stacksOf(groups);
  const chart: RowChart = {
    id: picture.id,
    title: picture.title,
    description: `${picture.caption} ${groups.map(({ label, values, center }) => `${label}: ${values.length} runs${center === null ? '' : `, ${isLog ? 'median' : 'mean'} ${format(center.at)}`}`).join('; ')}.`,
    axis: (count) => axisOf(picture.value, shown, { count }),
    rows: groups.map((group) => rowOf(group, stacks, format)),
    room: (x) => stacks.heightFor(x) + centerLane,
    inset: 8,
    reference,
  };
  const center = isLog
    ? 'the upright mark is the median, the bar beside it the middle half of the runs'
    : 'the upright mark is the mean, the bar its 95 % interval (Student’s t)';
  const left = [
    ...(missing > 0 ? [` ${formatCount(missing)} values are infinite or not a number and are left out.`] : []),
    ...(below > 0 ? [` ${formatCount(below)} values below zero have no place on a logarithmic axis.`] : []),
  ];
  return renderFigure({
    id: `figure-${picture.id}`,
    body: renderRows(chart),
    caption: html`<p>Each dot is a run at its exact value, near ones above each other; ${center}.${left}</p>`,
    tables: summaryTable(picture, groups, format),
  });
}
