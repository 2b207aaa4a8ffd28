import type { CompareDocument } from '../../compare/document.js';
import { renderTable } from '../chart/figure.js';
import {
  formatCount,
  formatMagnitude,
  formatPercent,
  formatRatio,
  formatSeconds,
  shortFingerprint,
} from '../format.js';
import { distinct, groupRuns, speedUp } from '../groups.js';
import { html, type Markup } from '../html.js';
import { decodeNumber } from '../numbers.js';
import { hasAccuracy } from '../table.js';
import { runName } from './series.js';

/** Every run with its numbers, and the fingerprints in full. */
export function runsSection(document: CompareDocument): Markup {
  const { runs, summary, data } = document;
  const groups = groupRuns(runs);
  const baseline = runs[summary.baseline];
  const rows = runs.map((run) => {
    const group = groups.find((one) => one.runs.includes(run));
    const verdict = run.identical
      ? html`<span class="same">✓ ${run === baseline ? 'baseline' : 'same'}</span>`
      : html`<span class="${run.reduction === 'fixed' ? 'fault-text' : 'differs'}">≠ differs</span>`;
    return [
      run.reduction,
      run.threads,
      run.isa,
      run.repeat,
      verdict,
      html`<code>${shortFingerprint(run.fingerprint, 12)}</code>`,
      formatSeconds(run.seconds),
      group === undefined ? '' : formatRatio(speedUp(group, groups)),
      hasAccuracy(document) ? formatPercent(decodeNumber(run.metrics.accuracy)) : '–',
      formatCount(run.predictionsDiffer * data.testRows),
      formatPercent(run.weightsDiffer, 1),
      formatMagnitude(decodeNumber(run.maxUlp)),
      formatMagnitude(decodeNumber(run.relativeL2)),
      formatMagnitude(decodeNumber(run.maxAbs)),
      formatMagnitude(decodeNumber(run.metrics.loss), 6),
      formatCount(run.samplesPerSecond),
    ];
  });
  const prints = distinct(runs.map((run) => run.fingerprint)).map((fingerprint) => [
    html`<code>${fingerprint}</code>`,
    runs
      .filter((run) => run.fingerprint === fingerprint)
      .map((run) => runName(run, document))
      .join('; '),
  ]);
  return html`<section><h2 id="runs">All runs</h2><p>Distances are the largest over the sampled steps; speed-up is by medians; weights and predictions are those at the end, predictions out of ${formatCount(data.testRows)}.</p>${renderTable(
    {
      label: 'All runs',
      head: [
        'order',
        'threads',
        'isa',
        'repeat',
        'bits',
        'fingerprint',
        'seconds',
        'speed-up',
        'accuracy %',
        'predictions differ',
        'weights differ %',
        'largest ULP',
        'relative L2',
        'largest difference',
        'test loss',
        'samples per second',
      ],
      rows,
      textColumns: [0, 2, 4, 5],
    },
  )}<details><summary>Fingerprints in full</summary>${renderTable({
    label: 'Fingerprints in full',
    head: ['SHA-256 of the final weights', 'runs'],
    rows: prints,
    textColumns: [0, 1],
  })}</details></section>`;
}
