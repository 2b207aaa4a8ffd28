/** The words that a page of the lab uses, for readers who don't know them all. */
import type { LabDocument } from '../../lab/document.js';
import { html, type Markup } from '../html.js';

interface Word {
  readonly term: string;
  /** Where this stands in the texts of a document, the word is explained. */
  readonly seen: RegExp;
  readonly meaning: string;
}

const words: readonly Word[] = [
  {
    term: 'seed',
    seen: /\bseeds?\b/i,
    meaning:
      'Where a stream of random numbers begins. Initial weights, order of the data and dropout masks each have a stream of their own, so that each can move alone.',
  },
  {
    term: 'equal bits',
    seen: /\b(equal|same) bits\b|\bequal to the bit\b|\bfingerprints?\b/i,
    meaning:
      'Every number has the same 32 bits, the sign of zero included. Fingerprints are SHA-256 of the final weights: equal ones mean equal bits.',
  },
  {
    term: 'ULP',
    seen: /\bULPs?\b/,
    meaning: 'Unit in the last place: how many binary32 numbers two values are apart.',
  },
  {
    term: 'relative L2',
    seen: /\brelative L2\b/i,
    meaning:
      'Length of the difference of all weights (or predictions), divided by the length of those of the first run.',
  },
  {
    term: 'allclose',
    seen: /\ballclose\b/i,
    meaning: 'What numerical libraries call equal enough: |a − b| ≤ an absolute tolerance + a relative one × |b|.',
  },
  {
    term: 'fixed order',
    seen: /\bfixed (order|tree)\b|\bthe tree\b/i,
    meaning:
      'Sums over the rows of a batch are formed by one tree whose shape depends on the number of rows only, so the bits are the same on any number of threads.',
  },
  {
    term: 'free order',
    seen: /\bfree order\b/i,
    meaning:
      'Each thread adds up the rows it happens to take. Floating-point addition is not associative, so another order gives other last bits.',
  },
  {
    term: 'initial weights',
    seen: /\binitial weights?\b|\binitiali[sz]er/i,
    meaning: 'The random numbers that training starts from; the initializer is the distribution they are drawn from.',
  },
  {
    term: 'interval',
    seen: /\bintervals?\b|\bbootstrap/i,
    meaning:
      'A range that would hold the true value in so many of 100 repetitions of the whole experiment; it shrinks with more runs. Bootstrap intervals come from drawing the runs again, with replacement.',
  },
  {
    term: 'standard deviation',
    seen: /\bstandard deviations?\b|\bdeviation\b/i,
    meaning: 'How far single runs usually are from their mean: about a third of them are further away.',
  },
  {
    term: 'points',
    seen: /\bpoints?\b/,
    meaning: 'Percentage points: the difference of two shares. From 90 % to 91 % is one point.',
  },
  {
    term: 'share of the variance',
    seen: /\bshares?\b.*\bvariance\b|\bvariance\b.*\bshares?\b|\bvariance components?\b/i,
    meaning:
      'How much of the spread of all runs one cause makes, with the others averaged out. An interaction is what two causes make together and neither makes alone.',
  },
  {
    term: 'doubling time',
    seen: /\bdoubl(es|ing)\b/i,
    meaning: 'Steps in which a difference grows to twice its size, over the stretch in which it grows steadily.',
  },
  {
    term: 'relu event',
    seen: /\brelu (event|unit)s?\b|\bjumps?\b/i,
    meaning:
      'A relu unit that is on for a row in one run and off in the other: there a small difference becomes a large one at once.',
  },
  {
    term: 'noise floor',
    seen: /\bnoise\b|\bcritical difference\b/i,
    meaning:
      'How much a metric moves for nothing. The critical difference is what two single runs of one recipe exceed by chance in 5 of 100 pairs.',
  },
  {
    term: 'ensemble',
    seen: /\bensembles?\b|\baverag(e|ing) the predictions\b/i,
    meaning: 'Several networks whose predictions are averaged.',
  },
  {
    term: 'P(A better than B)',
    seen: /\bP\(.* better\b|\bbetter than\b/i,
    meaning: 'Probability that a single run of the one is better than a single run of the other; ties count half.',
  },
  {
    term: 'bootstrap of the data',
    seen: /\bdata subset\b|\bbootstrap of the (data|rows)\b|\bresampl/i,
    meaning: 'As many rows as there are, drawn with replacement: what another sample of the same population would do.',
  },
];

/** All texts that a reader meets in what the experiment says; names of runs are not among them. */
function textsOf(document: LabDocument): string {
  return [
    document.question,
    document.claim,
    document.statement,
    document.folklore ?? '',
    document.effect.name,
    document.effect.unit,
    ...document.findings,
    ...document.pictures.flatMap(({ title, caption }) => [title, caption]),
    ...document.tables.flatMap(({ title, caption, columns }) => [title, caption, ...columns.map(({ name }) => name)]),
  ].join('\n');
}

export function wordsSection(document: LabDocument): Markup {
  const texts = textsOf(document);
  const used = words.filter(({ seen }) => seen.test(texts));
  return html`<section><h2 id="terms">Words used here</h2><dl class="pairs"><dt>verdict</dt><dd>A claim names a set of effects. It is supported where all of the interval lies in that set, not supported where none of it does; otherwise the runs cannot tell, and more of them might.</dd>${used.map(({ term, meaning }) => html`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl></section>`;
}
