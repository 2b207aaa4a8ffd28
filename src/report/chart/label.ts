/** Words in an SVG, which does not break lines by itself. */
import { html, type Markup } from '../html.js';

/** About the width of a character of the charts' sans serif at 12 pixels; wide ones are wider, and few. */
export const characterWidth = 6.4;

/** About how wide a text is, in SVG units. */
export function textWidth(text: string): number {
  return Array.from(text).length * characterWidth;
}

/** Breaks a text at spaces into at most `most` lines of `length` characters; what is left over becomes `…`. */
export function breakLabel(text: string, length: number, most: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last === '') lines[lines.length - 1] = word;
    else if (Array.from(`${last} ${word}`).length <= length) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const kept = lines.slice(0, most);
  return kept.map((line, i) => shorten(line, length, i === most - 1 && lines.length > most));
}

function shorten(line: string, length: number, isCut: boolean): string {
  const characters = Array.from(line);
  if (characters.length <= length) return isCut ? `${characters.slice(0, length - 1).join('')}…` : line;
  return `${characters.slice(0, Math.max(1, length - 1)).join('')}…`;
}

/** A label of one or two lines around a height, with the whole text where it was cut. */
export function labelMarkup(text: string, lines: readonly string[], x: number, middle: number, end: boolean): Markup {
  const lineHeight = 14;
  const first = middle + 4 - ((lines.length - 1) * lineHeight) / 2;
  const whole = lines.join(' ') === text.trim() ? '' : html`<title>${text}</title>`;
  const anchor = end ? html` text-anchor="end"` : '';
  return html`<text class="row-label"${anchor}>${whole}${lines.map((line, i) => html`<tspan x="${x}" y="${first + i * lineHeight}">${line}</tspan>`)}</text>`;
}
