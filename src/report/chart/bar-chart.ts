import { html, type Markup } from '../html.js';
import type { ChartSize } from './line-chart.js';
import { linearScale } from './scale.js';

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The value as it is read out. */
  readonly text: string;
}

/** Bars side by side over named classes. */
export interface BarChart {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly bars: readonly Bar[];
  /** Largest value of the axis, so that charts side by side share it. */
  readonly highest: number;
  readonly tick: (value: number) => string;
  /** Color of the bars, such as `var(--series-1)`. */
  readonly color: string;
}

const round = (value: number): number => Number(value.toFixed(2));

/** Draws bars as SVG. Each bar is a point for the keyboard, with its reading and its value beside it. */
export function renderBarChart(chart: BarChart, size: ChartSize): Markup {
  const bottom = size.height - 46;
  const y = linearScale([chart.highest], { fromZero: true, count: 4 })([bottom, 26]);
  const left = 40;
  const right = size.width - 6;
  const step = (right - left) / Math.max(1, chart.bars.length);
  const rows = y.ticks.map((tick) => {
    const py = round(y.position(tick) ?? 0);
    return html`<path class="grid" d="M${left} ${py}H${right}"/><text class="tick" x="${left - 6}" y="${py + 4}" text-anchor="end">${chart.tick(tick)}</text>`;
  });
  // Labels of neighbouring bars would run into each other: a longest label sets how many are left out.
  const longest = Math.max(1, ...chart.bars.map((bar) => bar.label.length));
  const every = Math.max(1, Math.ceil((longest * 6.4 + 4) / step));
  const bars = chart.bars.map((bar, i) => {
    const top = round(y.position(bar.value) ?? bottom);
    const middle = round(left + (i + 0.5) * step);
    const label =
      i % every === 0 || i === chart.bars.length - 1
        ? html`<text class="tick" x="${middle}" y="${bottom + 16}" text-anchor="middle">${bar.label}</text>`
        : '';
    return html`<rect class="point bar" x="${round(left + i * step + 1)}" y="${top}" width="${round(step - 2)}" height="${round(bottom - top)}" fill="${chart.color}" data-x="${i}" data-y="${bar.value}" data-px="${middle}" data-py="${top}" data-label="${bar.text}"/>${label}`;
  });
  const id = chart.id;
  const scale = JSON.stringify({ kind: y.kind, domain: y.domain, range: y.range, zero: null });
  return html`<svg class="chart only" id="${id}" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-description" tabindex="0" data-chart="${id}" data-y-scale="${scale}"><title id="${id}-title">${chart.title}</title><desc id="${id}-description">${chart.description}</desc>${rows}<g class="series" data-series="0">${bars}</g><path class="axis" d="M${left} ${bottom}H${right}"/><text class="label" x="${left}" y="12" text-anchor="start">${chart.yLabel}</text><text class="label" x="${right}" y="${size.height - 6}" text-anchor="end">${chart.xLabel}</text><path class="focus-mark" d=""/></svg>`;
}
