import type { BenchDocument } from '../bench/document.js';
import { benchStatements } from './bench-sentence.js';
import { formatCount, formatPercent } from './format.js';
import { html, type Markup } from './html.js';
import { renderPage } from './page/shell.js';
import { benchChartsSection, priceSection } from './sections/bench-charts.js';
import { benchSetupSection, casesSection, limitsSection } from './sections/bench-tables.js';

/** The headline: what training reaches at best, or how many cases there are. */
function benchVerdict({ cases, summary }: BenchDocument): string {
  if (!summary.fixedIdentical) return 'Fixed order gave different bits';
  const trained = cases.filter(({ name, reduction }) => name.startsWith('step') && reduction === 'fixed');
  if (trained.length === 0)
    return `${cases.length} measurement${cases.length === 1 ? '' : 's'} against the machine’s limits`;
  const best = Math.max(...trained.map(({ fractionOfPeak }) => fractionOfPeak));
  return `Training steps reach up to ${formatPercent(best, 0)} per cent of the machine’s peak`;
}

function openingSection(document: BenchDocument): Markup {
  const { machine, summary } = document;
  const fault = !summary.fixedIdentical;
  return html`<section><h1${fault ? html` class="fault"` : ''}>${benchVerdict(document)}</h1><div class="lead">${benchStatements(document).map((statement) => html`<p>${statement}</p>`)}</div><p class="setting">${formatCount(summary.samples)} samples · ${machine.cpu}, ${String(machine.cores)} core${machine.cores === 1 ? '' : 's'}</p></section>`;
}

function termsSection(): Markup {
  return html`<section><h2 id="terms">Words used here</h2><dl class="pairs"><dt>peak</dt><dd>What independent chains of fused multiply-adds in registers reach on the same instruction set and threads, measured in the same run.</dd><dt>fixed order</dt><dd>Sums over the rows of a batch are formed by one tree whose shape depends on the number of rows only: leaves of 64 rows, combined in pairs. The bits are the same on any number of threads.</dd><dt>one chain</dt><dd>Fixed order with a leaf as long as the batch: each output is one unbroken chain of sums.</dd><dt>free order</dt><dd>Threads add up the rows that they happen to take, and are merged as they finish.</dd><dt>efficiency</dt><dd>Speed-up over the ratio of threads: 1.00 where every thread adds its whole speed.</dd></dl></section>`;
}

/** Makes the page of a benchmark: one HTML file with everything in it, which opens offline and asks for nothing. */
export function renderBenchReport(document: BenchDocument): string {
  return renderPage({
    title: `${benchVerdict(document)} · samebits bench`,
    description: document.summary.sentence,
    running: html`<b>samebits bench</b> ${document.version}, numerics contract ${String(document.contract)}`,
    main: html`${openingSection(document)}${limitsSection(document)}${benchChartsSection(document)}${priceSection(document)}${casesSection(document)}${benchSetupSection(document)}${termsSection()}`,
    footer: html`<p>Written by samebits ${document.version}. This file needs no network; the document it was made from is inside it, as JSON, in the element <code>#document</code>.</p>`,
    data: document,
  });
}
