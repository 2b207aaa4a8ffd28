/** Tables, findings and runs of an experiment. */
import type { LabDocument, LabRun } from '../../lab/document.js';
import type { Table } from '../../lab/experiment/picture.js';
import { formatCell, isTextColumn } from '../cells.js';
import { renderTable } from '../chart/figure.js';
import { formatCount, formatMagnitude, formatShare, shortFingerprint } from '../format.js';
import { distinct } from '../groups.js';
import { html, type Markup, nothing, prose } from '../html.js';
import { decodeNumber } from '../numbers.js';

/** Rows of the list of runs; the document in the page has all. */
const mostRuns = 1000;

function tableSection(table: Table): Markup {
  const text = table.columns.flatMap((column, c) =>
    isTextColumn(
      column,
      table.rows.map((row) => row[c]),
    )
      ? [c]
      : [],
  );
  return html`<section><h2>${table.title}</h2>${table.caption === '' ? nothing : html`<p>${prose(table.caption)}</p>`}${renderTable(
    {
      label: table.title,
      head: table.columns.map(({ name }) => name),
      rows: table.rows.map((row) => table.columns.map((column, c) => formatCell(row[c] ?? null, column))),
      textColumns: text,
    },
  )}</section>`;
}

export function labTablesSection({ tables }: LabDocument): Markup {
  return html`${tables.map(tableSection)}`;
}

export function findingsSection({ findings }: LabDocument): Markup {
  if (findings.length === 0) return nothing;
  return html`<section><h2 id="findings">What else was found</h2><ul class="findings">${findings.map((finding) => html`<li>${prose(finding)}</li>`)}</ul></section>`;
}

/** `seeds.weights 3, fit.epochs 10`; `as the recipe` where nothing was changed. */
export function changesText({ changes }: Pick<LabRun, 'changes'>): string {
  const entries = Object.entries(changes).map(
    ([path, value]) => `${path.replace(/^recipe\./, '')} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return entries.length === 0 ? 'as the recipe' : entries.join(', ');
}

/** Every training with what it ended with. Equal bits show as equal fingerprints. */
export function labRunsSection({ runs }: LabDocument): Markup {
  if (runs.length === 0) return nothing;
  const shown = runs.slice(0, mostRuns);
  const different = distinct(runs.map(({ fingerprint }) => fingerprint)).length;
  const hasAccuracy = runs.some(({ test }) => test.accuracy !== null);
  const hasRepeats = runs.some(({ repeat }) => repeat !== null);
  const kinds = distinct(runs.map(({ kind }) => kind)).length > 1;
  const head = [
    ...(kinds ? ['kind'] : []),
    'what it has other than the base',
    ...(hasRepeats ? ['repeat'] : []),
    'fingerprint',
    'test loss',
    ...(hasAccuracy ? ['test accuracy'] : []),
  ];
  const rows = shown.map((run) => [
    ...(kinds ? [run.kind] : []),
    changesText(run),
    ...(hasRepeats ? [run.repeat === null ? '–' : formatCount(run.repeat)] : []),
    html`<code>${shortFingerprint(run.fingerprint, 12)}</code>`,
    formatMagnitude(decodeNumber(run.test.loss), 7),
    ...(hasAccuracy ? [run.test.accuracy === null ? '–' : formatShare(decodeNumber(run.test.accuracy))] : []),
  ]);
  const words = ['kind', 'what it has other than the base', 'fingerprint'];
  const sum = `${formatCount(runs.length)} training${runs.length === 1 ? '' : 's'} with ${formatCount(different)} different final weights${different === 1 && runs.length > 1 ? ': all have the same bits' : ''}.`;
  const cut =
    runs.length > mostRuns ? ` The first ${formatCount(mostRuns)} are listed; the document in this page has all.` : '';
  return html`<section><h2 id="runs">All runs</h2><p>${sum}${cut}</p><details><summary>The runs</summary>${renderTable({
    label: 'All runs',
    head,
    rows,
    textColumns: head.flatMap((name, i) => (words.includes(name) ? [i] : [])),
  })}</details></section>`;
}
