import type { LabCollection, LabDocument } from '../lab/document.js';
import { formatCount } from './format.js';
import { html, type Markup, prose } from './html.js';
import { effectText, intervalText, verdictCounts } from './lab-words.js';
import { renderPage } from './page/shell.js';
import { verdictBadge } from './sections/lab-opening.js';
import { machineEntries, pairs } from './sections/setup.js';

/** The file of an experiment's page, beside the index: its name, and nothing that leaves the folder. */
export function labPageName(experiment: string): string {
  const safe = experiment
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  return `${safe === '' || safe === 'index' ? `experiment-${safe}` : safe}.html`;
}

function row(document: LabDocument): Markup {
  const { experiment, question, verdict, claim, statement, effect } = document;
  return html`<li><p class="entry-head">${verdictBadge(verdict)} <a href="${labPageName(experiment)}">${experiment}</a></p><div class="entry"><p class="entry-question">${question}</p><p class="entry-claim">${prose(claim)}</p><p>${prose(statement)}</p><p class="entry-effect">${effect.name}: <b>${effectText(effect)}</b> (${intervalText(document)})</p></div></li>`;
}

/** Makes the page that lists experiments with their verdicts; each links to a page beside it, {@link labPageName}. */
export function renderLabIndex(collection: LabCollection): string {
  const { version, contract, machine, commandLine, experiments } = collection;
  const counts = verdictCounts(experiments.map(({ verdict }) => verdict));
  const title = `${formatCount(experiments.length)} experiment${experiments.length === 1 ? '' : 's'}${counts === '' ? '' : `: ${counts}`}`;
  return renderPage({
    title: `${title} · samebits lab`,
    description: title,
    running: html`<b>samebits lab</b> ${version}, numerics contract ${String(contract)}`,
    main: html`<section><h1>Why do results differ?</h1><div class="lead"><p>${title}.</p></div></section><section><ul class="entries">${experiments.map(row)}</ul></section><section><h2 id="repeat">To repeat this</h2><pre class="line">${commandLine}</pre><h3>Machine</h3>${pairs(machineEntries(machine))}</section>`,
    footer: html`<p>Written by samebits ${version}. The document of each experiment is inside its page, as JSON, in the element <code>#document</code>.</p>`,
    // The documents themselves are in the pages; here is what the list says.
    data: experiments.map(({ experiment, question, verdict, claim, statement, effect, interval }) => ({
      ...{ experiment, question, verdict, claim, statement, effect, interval, page: labPageName(experiment) },
    })),
  });
}
