import type { CompareDocument } from '../../compare/document.js';
import { chartTable, renderFigure, renderLegend, renderResponsive } from '../chart/figure.js';
import type { LineChart } from '../chart/line-chart.js';
import { linearScale, logScale } from '../chart/scale.js';
import { formatCount, formatMagnitude } from '../format.js';
import { html, type Markup, nothing } from '../html.js';
import { decodeNumber } from '../numbers.js';
import { strandsOf } from './series.js';

/** Above this ratio of largest to smallest loss the axis is logarithmic, or the end of training would be a flat line. */
const logarithmicFrom = 20;

/** The largest difference between two lines at one step: what the eye cannot see where they lie on each other. */
function largestSpread(chart: LineChart): { spread: number; step: number } {
  const byStep = new Map<number, number[]>();
  for (const { points } of chart.series) {
    for (const { x, y } of points) if (Number.isFinite(y)) byStep.set(x, [...(byStep.get(x) ?? []), y]);
  }
  let widest = { spread: 0, step: 0 };
  for (const [step, values] of byStep) {
    const spread = Math.max(...values) - Math.min(...values);
    if (spread > widest.spread) widest = { spread, step };
  }
  return widest;
}

/** Training loss over the steps. */
export function lossSection(document: CompareDocument): Markup {
  const strands = strandsOf(document).filter((strand) => strand.runs[0].lossCurve.length > 0);
  if (strands.length === 0) return nothing;
  const series = strands.map((strand) => ({
    name: strand.name,
    style: strand.style,
    points: strand.runs[0].lossCurve.map(({ step, loss }) => ({ x: step, y: decodeNumber(loss) })),
    width: strand.identical ? 5 : 1.5,
  }));
  const values = series.flatMap((one) => one.points.map((point) => point.y)).filter(Number.isFinite);
  const logarithmic = Math.min(...values) > 0 && Math.max(...values) > logarithmicFrom * Math.min(...values);
  const chart: LineChart = {
    id: 'loss',
    title: 'Training loss over the training steps',
    description: series
      .map(
        ({ name, points }) =>
          `${name}: from ${formatMagnitude(points[0].y)} to ${formatMagnitude(points[points.length - 1].y)}`,
      )
      .join('; '),
    x: { label: 'training step', scale: linearScale([0, document.steps]), tick: formatCount, format: formatCount },
    y: {
      label: logarithmic ? 'training loss, logarithmic' : 'training loss',
      scale: logarithmic ? logScale(values) : linearScale(values, { fromZero: Math.min(...values) >= 0 }),
      tick: formatMagnitude,
      format: (value) => formatMagnitude(value, 7),
    },
    series,
  };
  const { spread, step } = largestSpread(chart);
  const missing = series.reduce((sum, one) => sum + one.points.filter(({ y }) => !Number.isFinite(y)).length, 0);
  const caption = html`<p>${
    series.length === 1
      ? 'All runs have this one curve.'
      : spread === 0
        ? 'The curves are equal wherever they are finite.'
        : `Any two curves are at most ${formatMagnitude(spread)} apart (at step ${formatCount(step)}).`
  }${missing > 0 ? ` ${missing} points are infinite or not a number and are left out.` : ''}</p>`;
  return html`<section><h2 id="loss-curves">Training loss</h2>${renderFigure({
    id: 'figure-loss',
    body: html`${renderLegend(series)}${renderResponsive(chart)}`,
    caption,
    tables: chartTable(chart),
  })}</section>`;
}
