import type { CompareDocument, UlpBin } from '../../compare/document.js';
import { renderBarChart } from '../chart/bar-chart.js';
import { renderFigure, renderTable } from '../chart/figure.js';
import { colorOf } from '../chart/style.js';
import { formatCount, formatPercent, formatShort } from '../format.js';
import { html, type Markup, nothing } from '../html.js';
import { decodeNumber } from '../numbers.js';
import { type Strand, strandsOf } from './series.js';

/** `0`, `8`, `2¹²`, `∞`: bins are usually powers of two, whose digits would not fit below a bar. */
function binLabel({ upTo }: UlpBin): string {
  const value = decodeNumber(upTo);
  if (Number.isNaN(value)) return String(upTo).slice(0, 12);
  const exponent = Math.log2(value);
  if (value < 1024 || !Number.isInteger(exponent)) return formatShort(value);
  return `2${Array.from(String(exponent), (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit))).join('')}`;
}

function shares(strand: Strand): number[] {
  const counts = strand.runs[0].ulpHistogram.map((bin) => bin.count);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

function panel(strand: Strand, index: number, highest: number): Markup {
  const bins = strand.runs[0].ulpHistogram;
  const share = shares(strand);
  const bars = bins.map((bin, i) => {
    const range = i === 0 ? `up to ${binLabel(bin)}` : `above ${binLabel(bins[i - 1])}, up to ${binLabel(bin)}`;
    const text = `${strand.name}. ${range} ULP: ${formatPercent(share[i])} % of the weights, ${formatCount(bin.count)}`;
    return { label: binLabel(bin), value: share[i], text };
  });
  const fullest = bars.reduce((best, bar) => (bar.value > best.value ? bar : best));
  return html`<div class="panel"><h3>${strand.name}</h3>${renderBarChart(
    {
      id: `ulp-${index}`,
      title: `Final weights by their distance from the baseline in ULP, ${strand.name}`,
      description: `The fullest bin: ${fullest.text}.`,
      xLabel: 'ULP, up to',
      yLabel: '% of weights',
      bars,
      highest,
      tick: (value) => String(Number(formatPercent(value, 1))),
      color: colorOf(strand.style),
    },
    { width: 270, height: 190 },
  )}</div>`;
}

/** Final weights by their distance from the baseline's: one small chart for each run that left it. */
export function histogramSection(document: CompareDocument): Markup {
  const strands = strandsOf(document).filter((strand) => !strand.identical && strand.runs[0].ulpHistogram.length > 0);
  if (strands.length === 0) return nothing;
  const highest = Math.max(...strands.flatMap(shares), 0);
  const bins = strands[0].runs[0].ulpHistogram;
  const table = renderTable({
    label: 'Final weights by their distance in ULP: numbers',
    head: ['ULP, up to', ...strands.map((strand) => strand.name)],
    rows: bins.map((bin, i) => [
      binLabel(bin),
      ...strands.map((strand) => formatCount(strand.runs[0].ulpHistogram[i]?.count ?? Number.NaN)),
    ]),
  });
  return html`<section><h2 id="ulp">Final weights, bit by bit</h2><p>After the last step: how many weights are how many units in the last place (ULP) from the baseline’s.${decodeNumber(bins[0].upTo) === 0 ? ' The first bar is the weights that are still the same.' : ''}</p>${renderFigure(
    {
      id: 'figure-ulp',
      body: html`<div class="panels small">${strands.map((strand, i) => panel(strand, i, highest))}</div>`,
      caption: html`<p>Runs that are identical to the baseline have all their weights at 0 ULP and are not drawn. All panels share one scale.</p>`,
      tables: table,
    },
  )}</section>`;
}
