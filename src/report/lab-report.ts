import type { LabDocument } from '../lab/document.js';
import { html, type Markup } from './html.js';
import { verdictWords } from './lab-words.js';
import { renderPage } from './page/shell.js';
import { renderPicture } from './pictures/picture.js';
import { labOpeningSection } from './sections/lab-opening.js';
import { findingsSection, labRunsSection, labTablesSection } from './sections/lab-tables.js';
import { wordsSection } from './sections/lab-terms.js';
import { setupSection } from './sections/setup.js';

/** Options of {@link renderLabReport}. */
export interface LabReportOptions {
  /** Address of the page that lists all experiments, where there is one: `index.html`. */
  readonly index?: string;
}

/**
 * Makes the page of an experiment: one HTML file with everything in it, which opens offline and asks for nothing. Texts of
 * the document are untrusted and escaped; the document itself is embedded as JSON (`#document`).
 */
export function renderLabReport(document: LabDocument, { index }: LabReportOptions = {}): string {
  const { word } = verdictWords[document.verdict];
  const back: Markup | string = index === undefined ? '' : html` · <a href="${index}">all experiments</a>`;
  return renderPage({
    title: `${word}: ${document.claim} · samebits lab`,
    description: document.statement,
    running: html`<b>samebits lab</b> ${document.version}, numerics contract ${String(document.contract)}${back}`,
    main: html`${labOpeningSection(document)}${document.pictures.map(renderPicture)}${labTablesSection(document)}${findingsSection(document)}${labRunsSection(document)}${setupSection(document)}${wordsSection(document)}`,
    footer: html`<p>Written by samebits ${document.version}. This file needs no network; the document it was made from is inside it, as JSON, in the element <code>#document</code>.</p>`,
    data: document,
  });
}
