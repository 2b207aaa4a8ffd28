import type { CompareDocument, FirstDifference } from '../../compare/document.js';
import { renderTable } from '../chart/figure.js';
import { formatCount, formatMagnitude } from '../format.js';
import { html, type Markup, nothing } from '../html.js';
import { binary32Fields, decodeNumber } from '../numbers.js';
import { runName } from './series.js';

/** Nine significant digits tell any two binary32 numbers apart. */
function exact(value: unknown): string {
  const number = decodeNumber(value);
  return Number.isFinite(number) ? String(Number(number.toPrecision(9))) : formatMagnitude(number);
}

/** The bits as sign, exponent and significand, with those marked that the other value does not have. */
function bitsOf(hex: string, otherHex: string): Markup {
  const fields = binary32Fields(hex);
  const others = binary32Fields(otherHex);
  if (fields === null || others === null) return nothing;
  const marked = fields.map((field, f) => {
    // Neighbouring bits that differ share one mark: 32 of them would be a burden to screen readers.
    const parts = Array.from(field).reduce<{ text: string; differs: boolean }[]>((list, bit, i) => {
      const differs = bit !== others[f][i];
      const last = list[list.length - 1];
      if (last !== undefined && last.differs === differs) last.text += bit;
      else list.push({ text: bit, differs });
      return list;
    }, []);
    const text = parts.map((part) => (part.differs ? html`<mark>${part.text}</mark>` : part.text));
    return html`${f === 0 ? '' : ' '}${text}`;
  });
  return html`<span class="bits">${marked}</span>`;
}

function stacked(a: string | Markup, b: string | Markup): Markup {
  return html`${a}<br>${b}`;
}

function row(difference: FirstDifference, name: string): (string | Markup)[] {
  const { step, tensor, index, a, b, aHex, bHex, ulp } = difference;
  return [
    name,
    formatCount(step),
    tensor,
    formatCount(index),
    stacked(exact(a), exact(b)),
    stacked(html`<code>${aHex}</code>`, html`<code>${bHex}</code>`),
    stacked(bitsOf(aHex, bHex), bitsOf(bHex, aHex)),
    formatMagnitude(decodeNumber(ulp)),
  ];
}

/** Where each run first has other bits than the baseline, down to the bits. */
export function firstDifferenceSection(document: CompareDocument): Markup {
  const rows = document.runs.flatMap((run) =>
    run.firstDifference === null ? [] : [row(run.firstDifference, runName(run, document))],
  );
  if (rows.length === 0) return nothing;
  return html`<section><h2 id="first-difference">Where the bits part</h2><p>The first training step after which a weight differs from the baseline’s, the first tensor (in the order of the model) and its first element. Above the baseline’s value, below it this run’s; bits are sign, exponent and significand, and those that differ are marked.</p>${renderTable(
    {
      label: 'First difference of each run',
      head: ['run', 'step', 'tensor', 'index', 'value', 'binary32', 'bits', 'ULP'],
      rows,
      textColumns: [0, 2, 5, 6],
    },
  )}</section>`;
}
