import { html, type Markup } from '../html.js';

/** Shapes that stay apart where colors do not. */
export type Marker = 'circle' | 'triangle' | 'square' | 'diamond' | 'cross' | 'down';

/** How a series looks. Colors are custom properties of the page, so that they follow its theme. */
export interface SeriesStyle {
  /** Index into the page's series colors, 0 to 5; `ink` is the color of text. */
  readonly color: number | 'ink';
  readonly marker: Marker;
  /** `stroke-dasharray`; empty for an unbroken line. */
  readonly dash: string;
}

const markers: readonly Marker[] = ['circle', 'triangle', 'square', 'diamond', 'cross', 'down'];
const dashes = ['', '7 3', '2 3', '9 3 2 3'] as const;

/** Colors and markers go together; dashes tell the members of one color apart. Both repeat after their last. */
export function seriesStyle(color: number, dash = 0): SeriesStyle {
  const index = color % markers.length;
  return { color: index, marker: markers[index], dash: dashes[dash % dashes.length] };
}

/** For what must not be: unlike any other series. */
export function faultStyle(dash: number): SeriesStyle {
  return { color: 'ink', marker: 'cross', dash: dashes[(dash + 1) % dashes.length] };
}

export function colorOf({ color }: SeriesStyle): string {
  return color === 'ink' ? 'var(--ink)' : `var(--series-${color})`;
}

const round = (value: number): string => String(Number(value.toFixed(2)));

/** The outline of a marker around a center, as path data. `size` is about its radius. */
export function markerPath(marker: Marker, x: number, y: number, size: number): string {
  const at = (dx: number, dy: number): string => `${round(x + dx * size)} ${round(y + dy * size)}`;
  switch (marker) {
    case 'circle':
      return `M${at(-1, 0)}a${round(size)} ${round(size)} 0 1 0 ${round(2 * size)} 0a${round(size)} ${round(size)} 0 1 0 ${round(-2 * size)} 0Z`;
    case 'triangle':
      return `M${at(0, -1.25)}L${at(1.15, 0.8)}L${at(-1.15, 0.8)}Z`;
    case 'down':
      return `M${at(0, 1.25)}L${at(1.15, -0.8)}L${at(-1.15, -0.8)}Z`;
    case 'square':
      return `M${at(-0.9, -0.9)}L${at(0.9, -0.9)}L${at(0.9, 0.9)}L${at(-0.9, 0.9)}Z`;
    case 'diamond':
      return `M${at(0, -1.3)}L${at(1.3, 0)}L${at(0, 1.3)}L${at(-1.3, 0)}Z`;
    case 'cross':
      return `M${at(-1, -0.35)}L${at(-0.35, -0.35)}L${at(-0.35, -1)}L${at(0.35, -1)}L${at(0.35, -0.35)}L${at(1, -0.35)}L${at(1, 0.35)}L${at(0.35, 0.35)}L${at(0.35, 1)}L${at(-0.35, 1)}L${at(-0.35, 0.35)}L${at(-1, 0.35)}Z`;
  }
}

/** A short piece of the line with its marker, for a legend. */
export function swatch(style: SeriesStyle, { line = true } = {}): Markup {
  const color = colorOf(style);
  const stroke = line
    ? html`<path d="M1 7H31" fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${style.dash}"/>`
    : '';
  return html`<svg class="swatch" viewBox="0 0 32 14" width="32" height="14" aria-hidden="true">${stroke}<path d="${markerPath(style.marker, 16, 7, 4)}" fill="${color}"/></svg>`;
}
