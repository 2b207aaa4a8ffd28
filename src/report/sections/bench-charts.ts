import type { BenchCaseResult, BenchDocument } from '../../bench/document.js';
import { chartTable, halfWidth, renderFigure, renderLegend, renderResponsive } from '../chart/figure.js';
import type { LineChart, Series } from '../chart/line-chart.js';
import { linearScale, ordinalScale } from '../chart/scale.js';
import { seriesStyle } from '../chart/style.js';
import { formatPercent, formatRatio } from '../format.js';
import { distinct } from '../groups.js';
import { html, type Markup, nothing } from '../html.js';

/** Cases that share a figure. */
interface Group {
  readonly id: string;
  readonly title: string;
  readonly holds: (name: string) => boolean;
  readonly about: string;
}

const groups: readonly Group[] = [
  {
    id: 'products',
    title: 'Products and phases',
    holds: (name) => /^(product|forward|weight-gradient|thin)-/.test(name),
    about: 'Single phases of a step on packed operands, without JavaScript; the square products pack their own.',
  },
  {
    id: 'training',
    title: 'Training',
    holds: (name) => /^(step|tiny)/.test(name),
    about:
      'Whole steps over shuffled rows in fixed order, gathering, loss and optimizer included; FLOPs are those of the products alone.',
  },
  {
    id: 'prediction',
    title: 'Prediction',
    holds: (name) => name.startsWith('predict'),
    about:
      'Calls of predictSync. One row reads every weight for one use, so that memory and caches decide, not arithmetic.',
  },
];

/** Members of a color, before the next color begins, that dashes tell apart. */
const colors = 6;

function threadsOf(cases: readonly { readonly threads: number }[]): number[] {
  return distinct(cases.map(({ threads }) => threads)).sort((a, b) => a - b);
}

/** One line for each case, order and instruction set, over the threads. */
function linesOf(cases: readonly BenchCaseResult[], value: (one: BenchCaseResult) => number): Series[] {
  const severalIsas = distinct(cases.map(({ isa }) => isa)).length > 1;
  const nameOf = ({ name, reduction, isa }: BenchCaseResult): string =>
    [name, ...(reduction === 'free' ? ['free order'] : []), ...(severalIsas ? [isa] : [])].join(', ');
  const names = distinct(cases.map(nameOf));
  return names.map((name, i) => ({
    name,
    style: seriesStyle(i % colors, Math.floor(i / colors)),
    shift: (i - (names.length - 1) / 2) * Math.min(6, 60 / names.length),
    points: cases.filter((one) => nameOf(one) === name).map((one) => ({ x: one.threads, y: value(one) })),
  }));
}

function describe(series: readonly Series[], format: (value: number) => string): string {
  return series
    .map(({ name, points }) => `${name}: ${points.map(({ x, y }) => `${format(y)} at ${x}`).join(', ')}`)
    .join('; ');
}

function guide(name: string, counts: readonly number[], y: (threads: number) => number): Series {
  return {
    name,
    style: { color: 'ink', marker: 'circle', dash: '2 4' },
    draw: 'guide',
    points: counts.map((threads) => ({ x: threads, y: y(threads) })),
  };
}

interface Panel {
  readonly id: string;
  readonly title: string;
  readonly label: string;
  readonly counts: readonly number[];
  readonly series: readonly Series[];
  readonly guides: readonly Series[];
  readonly format: (value: number) => string;
  readonly fromZero: boolean;
}

function panelChart({ id, title, label, counts, series, guides, format, fromZero }: Panel): LineChart {
  const all = [...series, ...guides];
  const values = all.flatMap(({ points }) => points.map(({ y }) => y));
  return {
    id,
    title,
    description: `${describe(series, format)}.`,
    x: { label: 'threads', scale: ordinalScale(counts), tick: String, format: String },
    y: { label, scale: linearScale(values, { fromZero, count: 5 }), tick: (value) => String(value), format },
    series: all,
  };
}

function panels(charts: readonly LineChart[]): Markup {
  return html`<div class="panels">${charts.map((chart) => html`<div class="panel">${renderResponsive(chart, halfWidth)}</div>`)}</div>`;
}

function groupFigure(group: Group, document: BenchDocument): Markup {
  const ofGroup = document.cases.filter(({ name }) => group.holds(name));
  // Free order has its place beside the price, but where nothing else was measured.
  const fixed = ofGroup.filter(({ reduction }) => reduction === 'fixed');
  const cases = fixed.length > 0 ? fixed : ofGroup;
  if (cases.length === 0) return nothing;
  const counts = threadsOf(cases);
  const share = linesOf(cases, (one) => one.fractionOfPeak * 100);
  const speed = linesOf(cases, (one) => one.speedUp);
  const percent = (value: number): string => `${formatPercent(value / 100, 1)} %`;
  const ideal = guide('ideal', counts, (threads) => threads / counts[0]);
  const charts = [
    panelChart({
      id: `${group.id}-share`,
      title: `${group.title}: share of the peak`,
      label: 'per cent of the peak',
      counts,
      series: share,
      guides: [guide('peak', counts, () => 100)],
      format: percent,
      fromZero: true,
    }),
    panelChart({
      id: `${group.id}-speed-up`,
      title: `${group.title}: speed-up`,
      label: 'speed-up over the fewest threads',
      counts,
      series: speed,
      guides: [ideal],
      format: formatRatio,
      fromZero: true,
    }),
  ];
  const figure = renderFigure({
    id: `figure-${group.id}`,
    body: html`${renderLegend(share)}${panels(charts)}`,
    caption: html`<p>${group.about} The dotted lines are the peak of as many threads, and as many times the speed as threads.</p>`,
    tables: html`${charts.map(chartTable)}`,
  });
  return html`<section><h2 id="${group.id}">${group.title}</h2>${figure}</section>`;
}

/** Share of the peak and speed-up, by threads. */
export function benchChartsSection(document: BenchDocument): Markup {
  return html`${groups.map((group) => groupFigure(group, document))}`;
}

/** Fixed order against one chain and against free order, by threads. */
export function priceSection({ price }: BenchDocument): Markup {
  if (price.length === 0) return nothing;
  const counts = threadsOf(price);
  const severalIsas = distinct(price.map(({ isa }) => isa)).length > 1;
  const lines = (value: (one: (typeof price)[number]) => number | null): Series[] => {
    const nameOf = ({ name, isa }: (typeof price)[number]): string => (severalIsas ? `${name}, ${isa}` : name);
    const names = distinct(price.map(nameOf));
    return names.map((name, i) => ({
      name,
      style: seriesStyle(i % colors, Math.floor(i / colors)),
      draw: 'points' as const,
      shift: (i - (names.length - 1) / 2) * Math.min(12, 100 / names.length),
      points: price
        .filter((one) => nameOf(one) === name)
        .map((one) => ({ x: one.threads, y: value(one) ?? Number.NaN })),
    }));
  };
  const panel = (id: string, label: string, series: readonly Series[]): LineChart =>
    panelChart({
      id,
      title: `Time of fixed order over that of ${label}`,
      label: `fixed order over ${label}`,
      counts,
      series,
      guides: [guide('level', counts, () => 1)],
      format: (value) => value.toFixed(3),
      fromZero: false,
    });
  const chain = lines((one) => one.fixedOverChain);
  const charts = [panel('price-chain', 'one chain', chain)];
  if (price.some(({ fixedOverFree }) => fixedOverFree !== null)) {
    charts.push(
      panel(
        'price-free',
        'free order',
        lines((one) => one.fixedOverFree),
      ),
    );
  }
  const figure = renderFigure({
    id: 'figure-price',
    body: html`${renderLegend(chain)}${panels(charts)}`,
    caption: html`<p>Medians of ratios of neighboring samples: what disturbs both cancels. The dotted line is level; below it fixed order is the faster one. Up to a batch of 64 rows one chain is the same work as fixed order, so that the point shows the noise of the method.</p>`,
    tables: html`${charts.map(chartTable)}`,
  });
  return html`<section><h2 id="price">The price of order</h2>${figure}</section>`;
}
