/** The answer of an experiment: verdict and claim, the sentence, the effect, and what others say of it. */
import type { LabDocument } from '../../lab/document.js';
import type { Verdict } from '../../lab/verdict.js';
import { linearScale } from '../chart/scale.js';
import { formatCount, formatMagnitude } from '../format.js';
import { html, type Markup, nothing, prose } from '../html.js';
import { effectText, intervalText, verdictWords } from '../lab-words.js';
import { decodeNumber } from '../numbers.js';

export function verdictBadge(verdict: Verdict): Markup {
  const { sign, word, tone } = verdictWords[verdict];
  return html`<span class="verdict ${tone}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

/** Between two labels of the strip. */
const LABEL_WIDTH = 30;

/** The effect and its interval beside what the claim sets it beside, on one line. */
function effectStrip({ effect, interval }: LabDocument): Markup {
  if (effect.estimate === null || interval === null) return nothing;
  const [estimate, low, high] = [effect.estimate, interval.low, interval.high].map(decodeNumber);
  if (![estimate, low, high].every(Number.isFinite) || low === high) return nothing;
  const [width, y, beside] = [320, 16, effect.beside ?? 0];
  const x = linearScale([Math.min(beside, low), Math.max(beside, high)], { count: 4 })([12, width - 12]);
  const place = (value: number): number => x.position(value) ?? 0;
  const at = (value: number): string => place(value).toFixed(1);
  const isClear = (tick: number): boolean => Math.abs(place(tick) - place(beside)) >= LABEL_WIDTH;
  const ticks = [beside, ...x.ticks.filter(isClear)].map(
    (tick) =>
      html`<path class="axis" d="M${at(tick)} 28v4"/><text class="tick" x="${at(tick)}" y="45" text-anchor="middle">${formatMagnitude(tick)}</text>`,
  );
  return html`<svg class="strip" viewBox="0 0 ${width} 50" aria-hidden="true"><path class="axis" d="M4 28H${width - 4}"/>${ticks}<path class="reference" d="M${at(beside)} 4V28"/><path class="interval" d="M${at(low)} ${y}H${at(high)}"/><circle class="estimate" cx="${at(estimate)}" cy="${y}" r="5"/></svg>`;
}

function effectCard(document: LabDocument): Markup {
  return html`<div class="card"><h2>The effect</h2><p class="effect-name">${document.effect.name}</p><p class="effect">${effectText(document.effect)}</p><p class="effect-range">${intervalText(document)}</p>${effectStrip(document)}</div>`;
}

function folkloreCard({ folklore }: LabDocument): Markup {
  if (folklore === null) return nothing;
  return html`<div class="card"><h2>What is said about it</h2><blockquote>${prose(folklore)}</blockquote></div>`;
}

/** What was carried out on what, on one line. */
export function settingText({ experiment, data, tasks, runs, machine }: LabDocument): string {
  return [
    experiment,
    ...(data === null ? [] : [`${data.name}, ${formatCount(data.rows)} training rows of ${formatCount(data.columns)}`]),
    runs.length === 0
      ? `${formatCount(tasks)} task${tasks === 1 ? '' : 's'}`
      : `${formatCount(runs.length)} run${runs.length === 1 ? '' : 's'}`,
    `${machine.cpu}, ${machine.cores} core${machine.cores === 1 ? '' : 's'}`,
  ].join(' · ');
}

export function labOpeningSection(document: LabDocument): Markup {
  return html`<section class="opening"><p class="question">${document.question}</p><h1>${verdictBadge(document.verdict)} ${prose(document.claim)}</h1><div class="lead"><p>${prose(document.statement)}</p></div><div class="cards">${effectCard(document)}${folkloreCard(document)}</div><p class="setting">${settingText(document)}</p></section>`;
}
