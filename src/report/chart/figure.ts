import { html, type Markup, nothing } from '../html.js';
import { type ChartSize, type LineChart, renderLineChart, type Series } from './line-chart.js';
import { swatch } from './style.js';

/** A table that scrolls inside its own box, reachable by keyboard. */
export interface DataTable {
  /** What the table holds, for those who do not see what stands around it. */
  readonly label: string;
  readonly head: readonly (string | Markup)[];
  readonly rows: readonly (readonly (string | number | Markup)[])[];
  /** Columns, counted from 0, that hold words; all others hold numbers and are set to the right. */
  readonly textColumns?: readonly number[];
}

export function renderTable({ label, head, rows, textColumns = [] }: DataTable): Markup {
  const cellClass = (column: number): string => (textColumns.includes(column) ? 'text' : 'number');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${head.map((cell, i) => html`<th scope="col" class="${cellClass(i)}">${cell}</th>`)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell, i) => html`<td class="${cellClass(i)}">${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** Names of series with their line and marker; each is a button that sets the others back. */
export function renderLegend(series: readonly Series[]): Markup {
  return html`<ul class="legend">${series.map(
    (one, i) =>
      html`<li><button type="button" data-series="${i}" aria-pressed="false">${swatch(one.style, { line: one.draw !== 'points' })}<span>${one.name}</span></button></li>`,
  )}</ul>`;
}

/** The numbers behind a chart: one row for each place on the x axis, one column for each measured series. */
export function chartTable(chart: LineChart): Markup {
  const measured = chart.series.filter((series) => series.draw !== 'guide');
  const places = [...new Set(measured.flatMap((series) => series.points.map((point) => point.x)))]
    .filter((x) => chart.places?.has(x) !== false)
    .sort((a, b) => a - b);
  const values = measured.map((series) => {
    const byPlace = new Map<number, number[]>();
    for (const { x, y } of series.points) byPlace.set(x, [...(byPlace.get(x) ?? []), y]);
    return byPlace;
  });
  return renderTable({
    label: `${chart.title}: numbers`,
    head: [chart.x.label, ...measured.map((series) => series.name)],
    rows: places.map((x) => [
      chart.x.format(x),
      ...values.map((byPlace) => (byPlace.get(x) ?? []).map((y) => chart.y.format(y)).join('; ')),
    ]),
  });
}

/** Sizes of a chart that has a figure's whole width. */
const wholeWidth = { wide: { width: 900, height: 400 }, narrow: { width: 400, height: 340 } };

/** Sizes of a chart that shares the width with another one, where there is room for two. */
export const halfWidth = { wide: { width: 440, height: 310 }, narrow: { width: 400, height: 300 } };

/** A drawing for wide windows and one for phones; the style sheet shows the one that fits. */
export function renderResponsive(chart: LineChart, sizes: { wide: ChartSize; narrow: ChartSize } = wholeWidth): Markup {
  return html`${renderLineChart(chart, sizes.wide, 'wide')}${renderLineChart(chart, sizes.narrow, 'narrow')}`;
}

/** What a figure is made of. */
export interface Figure {
  readonly id: string;
  /** Legend, charts, choices: what is drawn. */
  readonly body: Markup;
  /** `nothing` for a figure that needs none. */
  readonly caption: Markup;
  /** The numbers, one table for each chart. */
  readonly tables: Markup;
}

/** Wraps charts with their caption, a live region for the keyboard's readings, and their numbers to unfold. */
export function renderFigure({ id, body, caption, tables }: Figure): Markup {
  return html`<figure id="${id}" class="charts">${body}<p class="reading" role="status" aria-live="polite"></p>${caption === nothing ? nothing : html`<figcaption>${caption}</figcaption>`}<details><summary>The numbers</summary>${tables}</details></figure>`;
}
