/** Steps by tensors, colored by where bits part. */
import type { AxisWords, HeatMap } from '../../lab/experiment/picture.js';
import { renderFigure, renderTable } from '../chart/figure.js';
import { type CellClass, cellClass, renderGridChart } from '../chart/grid-chart.js';
import { logScale, niceTicks } from '../chart/scale.js';
import { formatCount } from '../format.js';
import { html, type Markup, nothing } from '../html.js';
import { decodeNumber } from '../numbers.js';
import { formatOf, tickOf } from './axis.js';

/** Colors of the ramp. The style sheet has so many. */
const most = 9;

/** Columns of the table of numbers; a page with more would be all table. */
const tableColumns = 40;

/**
 * Bounds of the classes: a value is of the first class whose upper bound it does not exceed. Between two and ten of them.
 */
export function classBounds(values: readonly number[], isLog: boolean): number[] {
  const finite = values.filter((value) => Number.isFinite(value) && (isLog ? value > 0 : value !== 0));
  if (finite.length === 0) return [0, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (isLog) {
    const ticks = logScale([low, high], { count: most })([0, 1]).ticks;
    return ticks.length - 1 > most ? ticks.filter((_, i) => i % 2 === 0 || i === ticks.length - 1) : [...ticks];
  }
  if (low === high) return low > 0 ? [0, high] : [low, 0];
  const from = low > 0 && low < high - low ? 0 : low;
  const ticks = niceTicks(from, high, most - 2);
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : high - low;
  const first = ticks[0] > low ? [Number((ticks[0] - step).toPrecision(12))] : [];
  const last = ticks[ticks.length - 1] < high ? [Number((ticks[ticks.length - 1] + step).toPrecision(12))] : [];
  return [...first, ...ticks, ...last];
}

/** Few classes are spread over the whole ramp. */
function colorIndex(index: number, classes: number): number {
  return classes === 1 ? most - 3 : Math.round((index * (most - 1)) / (classes - 1));
}

function classOf(value: number | null, bounds: readonly number[]): CellClass {
  if (value === null) return 'none';
  if (value === 0) return 'zero';
  const classes = bounds.length - 1;
  // What is not a number or infinite is as far apart as can be.
  const found = bounds.slice(1).findIndex((bound) => value <= bound);
  return colorIndex(found < 0 ? classes - 1 : found, classes);
}

/** A strip of the colors with the bounds between them, and beside it those of zero and of nothing. */
function legend(
  bounds: readonly number[],
  words: AxisWords,
  equalLabel: string,
  hasZero: boolean,
  hasNone: boolean,
): Markup {
  const tick = tickOf(words, words.scale === 'log' ? bounds.slice(1) : []);
  const classes = bounds.length - 1;
  const steps = Array.from(
    { length: classes },
    (_, i) => html`<li><i class="${cellClass(colorIndex(i, classes))}"></i><span>${tick(bounds[i + 1])}</span></li>`,
  );
  const zero = hasZero ? html`<span class="key"><i class="equal"></i>${equalLabel}</span>` : nothing;
  const none = hasNone ? html`<span class="key"><i class="none"></i>nothing there</span>` : nothing;
  return html`<div class="heat-legend">${zero}<span class="ramp"><span class="ramp-label">${words.label}, up to</span><ol>${steps}</ol></span>${none}</div>`;
}

export function heatFigure(picture: HeatMap): Markup {
  const { columns, rows } = picture;
  const isLog = picture.value.scale === 'log';
  const format = formatOf(picture.value);
  const values = rows.map((_, r) =>
    columns.map((_, c) => {
      const value = picture.values[r]?.[c] ?? null;
      return value === null ? null : decodeNumber(value);
    }),
  );
  const all = values.flat();
  const bounds = classBounds(
    all.filter((value) => value !== null),
    isLog,
  );
  const equalLabel = '0: equal bits';
  const read = (value: number | null): string =>
    value === null ? 'nothing there' : value === 0 ? equalLabel : format(value);
  const classes = values.map((row) => row.map((value) => classOf(value, bounds)));
  const zeros = all.filter((value) => value === 0).length;
  const chart = {
    id: picture.id,
    title: picture.title,
    description: `${picture.caption} ${formatCount(rows.length)} rows by ${formatCount(columns.length)} columns, ${formatCount(zeros)} of ${formatCount(all.length)} cells with equal bits.`,
    xLabel: picture.xLabel,
    yLabel: picture.yLabel,
    columns,
    rows,
    classes,
    texts: values.map((row) => row.map((value) => (value === null ? '' : value === 0 ? '0' : format(value)))),
  };
  const every = Math.ceil(columns.length / tableColumns);
  const shown = columns.flatMap((_, c) => (c % every === 0 || c === columns.length - 1 ? [c] : []));
  const table = renderTable({
    label: `${picture.title}: numbers`,
    head: [picture.yLabel, ...shown.map((c) => columns[c])],
    rows: rows.map((name, r) => [name, ...shown.map((c) => (values[r][c] === null ? '–' : read(values[r][c])))]),
    textColumns: [0],
  });
  return renderFigure({
    id: `figure-${picture.id}`,
    body: html`${legend(bounds, picture.value, equalLabel, zeros > 0, all.includes(null))}${renderGridChart(chart, 900, 'wide')}${renderGridChart(chart, 400, 'narrow')}`,
    caption: html`<p>Darker on light pages, and lighter on dark ones, is further apart${zeros > 0 ? '; cells with equal bits have a color of their own' : ''}.${every > 1 ? ` The table below has one of ${every} columns.` : ''}</p>`,
    tables: table,
  });
}
