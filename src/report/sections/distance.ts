import type { CompareDocument, DistanceSample } from '../../compare/document.js';
import { chartTable, renderFigure, renderLegend, renderResponsive } from '../chart/figure.js';
import type { LineChart, Series } from '../chart/line-chart.js';
import { linearScale, logScale } from '../chart/scale.js';
import { formatCount, formatMagnitude, formatPowerOfTen } from '../format.js';
import { distinct } from '../groups.js';
import { html, type Markup, nothing } from '../html.js';
import { decodeNumber } from '../numbers.js';
import { type Strand, strandsOf } from './series.js';

interface Measure {
  readonly key: Exclude<keyof DistanceSample, 'step'>;
  readonly label: string;
  readonly axis: string;
}

const measures: readonly Measure[] = [
  { key: 'relativeL2', label: 'relative L2', axis: 'relative L2 distance of the weights' },
  { key: 'maxAbs', label: 'largest difference', axis: 'largest absolute difference of a weight' },
  { key: 'maxUlp', label: 'largest in ULP', axis: 'largest difference of a weight, ULP' },
];

/** An identical run may come without samples: it is exactly zero wherever another run was sampled. */
function pointsOf(strand: Strand, key: Measure['key'], steps: readonly number[]): Series['points'] {
  if (strand.identical) return steps.map((step) => ({ x: step, y: 0 }));
  return strand.runs[0].distance.map((sample) => ({ x: sample.step, y: decodeNumber(sample[key]) }));
}

function chartOf(measure: Measure, strands: readonly Strand[], document: CompareDocument): LineChart {
  const steps = distinct(document.runs.flatMap((run) => run.distance.map((sample) => sample.step))).sort(
    (a, b) => a - b,
  );
  const series = strands.map((strand) => ({
    name: strand.name,
    style: strand.style,
    points: pointsOf(strand, measure.key, steps),
    width: strand.identical && strand.runs[0].reduction === 'fixed' ? 4 : 1.75,
  }));
  const values = series.flatMap((one) => one.points.map((point) => point.y));
  const identical = strands.filter((strand) => strand.identical).map((strand) => strand.name);
  const apart = strands.filter((strand) => !strand.identical);
  const ends = apart.map((strand) => `${strand.name}: ${formatMagnitude(decodeNumber(strand.runs[0][measure.key]))}`);
  return {
    id: `distance-${measure.key}`,
    title: `Distance from the baseline over the training steps: ${measure.axis}`,
    description: `A logarithmic axis, with zero as a band below it. Exactly zero throughout: ${identical.join('; ')}. Largest values of the others: ${ends.join('; ')}.`,
    x: { label: 'training step', scale: linearScale([0, document.steps]), tick: formatCount, format: formatCount },
    y: {
      label: measure.axis,
      scale: logScale(values, { zeroOffset: 24 }),
      tick: formatPowerOfTen,
      format: formatMagnitude,
    },
    series,
    zeroLabel: '0 (identical)',
  };
}

/** How far each run went from the baseline, step by step. Where none did, words instead of an empty chart. */
export function distanceSection(document: CompareDocument): Markup {
  const strands = strandsOf(document);
  const apart = strands.filter((strand) => !strand.identical);
  const identical = document.runs.filter((run) => run.identical);
  const heading = html`<h2 id="distance">Distance from the baseline</h2>`;
  if (apart.length === 0) {
    return html`<section>${heading}<p>There is nothing to draw: ${identical.length === 1 ? 'the run is the baseline' : html`all ${identical.length} runs stayed at a distance of exactly zero, in every weight and at every sampled step`}.</p></section>`;
  }
  const charts = measures.map((measure) => chartOf(measure, strands, document));
  const left = charts.map((chart) =>
    chart.series.reduce((sum, series) => sum + series.points.filter((point) => !Number.isFinite(point.y)).length, 0),
  );
  const missing = Math.max(...left);
  const choices = html`<fieldset class="choice"><legend>Distance as</legend>${measures.map(
    (measure, i) =>
      html`<label><input type="radio" name="distance" class="choose-${i}"${i === 0 ? html` checked` : nothing}>${measure.label}</label>`,
  )}</fieldset>`;
  const views = charts.map((chart, i) => html`<div class="view view-${i}">${renderResponsive(chart)}</div>`);
  const fixedIdentical = identical.filter((run) => run.reduction === 'fixed').length;
  const caption = html`<p>Each line is a run that left the baseline; repeats with the same bits share one. The scale is logarithmic, so zero has a band of its own below it.${
    fixedIdentical > 0
      ? ` ${fixedIdentical === 1 ? 'One fixed-order run is' : `${fixedIdentical} fixed-order runs are`} exactly zero at every sampled step, the baseline among them.`
      : ''
  }${missing > 0 ? ` Up to ${missing} points are infinite or not a number and are left out; the numbers below have them.` : ''}</p>`;
  return html`<section>${heading}<p>How far the weights of each run are from those of the baseline after a training step.</p>${renderFigure(
    {
      id: 'figure-distance',
      body: html`${choices}${renderLegend(charts[0].series)}${views}`,
      caption,
      tables: html`${charts.map((chart, i) => html`<div class="view view-${i}">${chartTable(chart)}</div>`)}`,
    },
  )}</section>`;
}
