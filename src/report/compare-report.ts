import type { CompareDocument } from '../compare/document.js';
import { formatCount } from './format.js';
import { html, type Markup } from './html.js';
import { renderPage } from './page/shell.js';
import { distanceSection } from './sections/distance.js';
import { firstDifferenceSection } from './sections/first-difference.js';
import { histogramSection } from './sections/histogram.js';
import { lossSection } from './sections/loss.js';
import { runsSection } from './sections/runs.js';
import { setupSection } from './sections/setup.js';
import { timeSection } from './sections/time.js';
import { compareStatements, compareVerdict } from './sentence.js';

/** The sentence of the summary, cut into its statements where it is the one that this version would write. */
function statementsOf(document: CompareDocument): string[] {
  const statements = compareStatements(document);
  return statements.join(' ') === document.summary.sentence ? statements : [document.summary.sentence];
}

function openingSection(document: CompareDocument): Markup {
  const { data, machine, runs, steps } = document;
  const fault = !document.summary.fixedIdentical;
  return html`<section><h1${fault ? html` class="fault"` : ''}>${compareVerdict(document)}</h1><div class="lead">${statementsOf(document).map((statement) => html`<p>${statement}</p>`)}</div><p class="setting">${data.name}, ${formatCount(data.rows)} training rows of ${formatCount(data.columns)} · ${formatCount(runs.length)} run${runs.length === 1 ? '' : 's'} of ${formatCount(steps)} steps · ${machine.cpu}, ${String(machine.cores)} core${machine.cores === 1 ? '' : 's'}</p></section>`;
}

function termsSection(): Markup {
  return html`<section><h2 id="terms">Words used here</h2><dl class="pairs"><dt>fixed order</dt><dd>Sums over the rows of a batch are formed by one tree whose shape depends on the number of rows only. Threads share the work, never the order, so the bits are the same on any number of them.</dd><dt>free order</dt><dd>Each thread adds up the rows it happens to take, and threads are merged as they finish. On one thread that is one chain in row order. Floating-point addition is not associative, so another order gives other last bits, and training makes them grow.</dd><dt>baseline</dt><dd>The run that all others are compared with.</dd><dt>ULP</dt><dd>Unit in the last place: how many binary32 numbers two values are apart.</dd><dt>relative L2</dt><dd>Length of the difference of all weights, divided by the length of the baseline’s weights.</dd><dt>fingerprint</dt><dd>SHA-256 of the final weights. Equal fingerprints mean equal bits.</dd></dl></section>`;
}

/**
 * Makes the page of a comparison: one HTML file with everything in it, which opens offline and asks for nothing. Texts
 * of the document are untrusted and escaped; the document itself is embedded as JSON (`#document`).
 *
 * @throws TypeError where `summary.baseline` is not an index into `runs`
 */
export function renderCompareReport(document: CompareDocument): string {
  const verdict = compareVerdict(document);
  return renderPage({
    title: `${verdict} · samebits compare`,
    description: document.summary.sentence,
    running: html`<b>samebits compare</b> ${document.version}, numerics contract ${String(document.contract)}`,
    main: html`${openingSection(document)}${distanceSection(document)}${firstDifferenceSection(document)}${lossSection(document)}${timeSection(document)}${histogramSection(document)}${runsSection(document)}${setupSection(document)}${termsSection()}`,
    footer: html`<p>Written by samebits ${document.version}. This file needs no network; the document it was made from is inside it, as JSON, in the element <code>#document</code>.</p>`,
    data: document,
  });
}
