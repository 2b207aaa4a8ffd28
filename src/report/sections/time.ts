import type { CompareDocument } from '../../compare/document.js';
import { chartTable, halfWidth, renderFigure, renderLegend, renderResponsive } from '../chart/figure.js';
import type { LineChart, Series } from '../chart/line-chart.js';
import { linearScale, ordinalScale } from '../chart/scale.js';
import { seriesStyle } from '../chart/style.js';
import { formatList, formatRatio, formatSeconds } from '../format.js';
import { distinct, groupRuns, type RunGroup, speedUp, threadCounts } from '../groups.js';
import { html, type Markup } from '../html.js';

function nameOf(group: RunGroup, groups: readonly RunGroup[]): string {
  return `${group.reduction} order${distinct(groups.map((g) => g.isa)).length > 1 ? `, ${group.isa}` : ''}`;
}

/** One line for each order and instruction set, over the threads. */
function linesOf(groups: readonly RunGroup[], value: (group: RunGroup) => number): Series[] {
  return distinct(groups.map((group) => nameOf(group, groups))).map((name, i) => {
    const members = groups.filter((group) => nameOf(group, groups) === name);
    return {
      name,
      style: seriesStyle(i),
      shift: i * 10 - 5,
      points: members.map((group) => ({ x: group.threads, y: value(group) })),
    };
  });
}

/** Seconds and speed-up by threads, in both orders, and the measured price of fixed order. */
export function timeSection(document: CompareDocument): Markup {
  const groups = groupRuns(document.runs);
  const counts = threadCounts(document.runs);
  const x = { label: 'threads', scale: ordinalScale(counts), tick: String, format: String };
  const seconds = linesOf(groups, (group) => group.medianSeconds);
  const speed = linesOf(groups, (group) => speedUp(group, groups));
  const repeats = seconds.map(({ name, style, shift }) => ({
    name: `${name}, single runs`,
    style,
    shift,
    draw: 'points' as const,
    points: groups
      .filter((group) => nameOf(group, groups) === name && group.runs.length > 1)
      .flatMap((group) => group.runs.map((run) => ({ x: run.threads, y: run.seconds }))),
  }));
  const guide: Series = {
    name: 'ideal',
    style: { color: 'ink', marker: 'circle', dash: '2 4' },
    draw: 'guide',
    points: counts.map((threads) => ({ x: threads, y: threads / counts[0] })),
  };
  const read = (series: readonly Series[], format: (value: number) => string, unit: string): string =>
    series
      .map(({ name, points }) => `${name}: ${points.map((p) => `${format(p.y)}${unit} at ${p.x}`).join(', ')}`)
      .join('; ');
  const timeChart: LineChart = {
    id: 'seconds',
    title: 'Training time by threads',
    description: `Median seconds. ${read(seconds, formatSeconds, ' s')}.`,
    x,
    y: {
      label: 'seconds, median',
      scale: linearScale([...document.runs.map((run) => run.seconds)], { fromZero: true, count: 5 }),
      tick: String,
      format: formatSeconds,
    },
    series: [...seconds, ...repeats.filter((series) => series.points.length > 0)],
  };
  const speedChart: LineChart = {
    id: 'speed-up',
    title: 'Speed-up by threads',
    description: `${read(speed, formatRatio, ' times')}. Ideal would be as many times as there are threads.`,
    x,
    y: {
      label: `speed-up over ${counts[0]} thread${counts[0] === 1 ? '' : 's'}`,
      scale: linearScale(
        [...speed, guide].flatMap((series) => series.points.map((point) => point.y)),
        {
          fromZero: true,
          count: 5,
        },
      ),
      tick: String,
      format: formatRatio,
    },
    series: [...speed, guide],
  };
  const prices = document.summary.priceOfFixedOrder.map(
    ({ threads, ratio }) => `${formatRatio(ratio)} at ${threads} thread${threads === 1 ? '' : 's'}`,
  );
  const cores = document.machine.cores;
  const caption = html`<p>${prices.length > 0 ? `Price of fixed order, as a ratio of median times: ${formatList(prices)}. ` : ''}Lines join medians${repeats.some((series) => series.points.length > 0) ? '; single runs stand beside them' : ''}; the dotted line is the ideal. The machine has ${String(cores)} core${cores === 1 ? '' : 's'}${counts[counts.length - 1] > cores ? ', so more threads than that have to share' : ''}.</p>`;
  return html`<section><h2 id="time">Time and speed-up</h2>${renderFigure({
    id: 'figure-time',
    body: html`${renderLegend(seconds)}<div class="panels"><div class="panel">${renderResponsive(timeChart, halfWidth)}</div><div class="panel">${renderResponsive(speedChart, halfWidth)}</div></div>`,
    caption,
    tables: html`${chartTable(timeChart)}${chartTable(speedChart)}`,
  })}</section>`;
}
