import type { Picture } from '../../lab/experiment/picture.js';
import { formatCount } from '../format.js';
import { html, type Markup, prose } from '../html.js';
import { barFigure } from './bars.js';
import { dotFigure } from './dots.js';
import { heatFigure } from './heat-map.js';
import { lineFigure } from './lines.js';
import { decodeValues } from './values.js';

function figureOf(picture: Picture): Markup {
  switch (picture.kind) {
    case 'dots':
      return dotFigure(picture);
    case 'bars':
      return barFigure(picture);
    case 'lines':
      return lineFigure(picture);
    case 'heatmap':
      return heatFigure(picture);
  }
}

/** Every number that would be drawn. */
function valuesOf(picture: Picture): readonly unknown[] {
  switch (picture.kind) {
    case 'dots':
      return picture.groups.flatMap(({ values }) => values);
    case 'bars':
      return picture.bars.map(({ value }) => value);
    case 'lines':
      return picture.series.flatMap(({ points }) => points.map(([, y]) => y));
    case 'heatmap':
      return picture.values.flat().filter((value) => value !== null);
  }
}

/** Words in place of a drawing that would show nothing, or null. */
function inWords(picture: Picture): string | null {
  const values = decodeValues(valuesOf(picture));
  if (!values.some(Number.isFinite)) {
    const why =
      values.length === 1 ? 'the value is not finite' : `none of ${formatCount(values.length)} values is finite`;
    return values.length === 0 ? 'There is nothing to draw.' : `There is nothing to draw: ${why}.`;
  }
  if (values.some((value) => value !== 0)) return null;
  return values.length === 1
    ? 'There is nothing to draw: the value is exactly 0.'
    : `There is nothing to draw: all ${formatCount(values.length)} values are exactly 0.`;
}

/** A picture with its heading and with what is to be seen in it. */
export function renderPicture(picture: Picture): Markup {
  const words = inWords(picture);
  return html`<section><h2>${picture.title}</h2><p>${prose(picture.caption)}</p>${words === null ? figureOf(picture) : html`<p>${words}</p>`}</section>`;
}
