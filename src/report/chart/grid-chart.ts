import { html, type Markup, nothing } from '../html.js';
import { breakLabel, characterWidth, labelMarkup, textWidth } from './label.js';

/** What a cell looks like: the index of a class of values, zero by itself, or nothing there. */
export type CellClass = number | 'zero' | 'none';

/** Cells by named rows and columns. */
export interface GridChart {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** classes[row][column] */
  readonly classes: readonly (readonly CellClass[])[];
  /** texts[row][column]: each value as it is read out. */
  readonly texts: readonly (readonly string[])[];
}

const round = (value: number): number => Number(value.toFixed(2));

/** Neighbors of one class are one piece: thousands of cells stay a few hundred shapes, and no seam shows between them. */
function pieces(classes: readonly CellClass[]): { of: CellClass; from: number; to: number }[] {
  const found: { of: CellClass; from: number; to: number }[] = [];
  classes.forEach((of, i) => {
    const last = found[found.length - 1];
    if (last !== undefined && last.of === of) last.to = i + 1;
    else found.push({ of, from: i, to: i + 1 });
  });
  return found.filter((piece) => piece.of !== 'none');
}

/** The class of the style sheet for a class of values. */
export function cellClass(of: CellClass): string {
  return typeof of === 'number' ? `heat-${of}` : 'equal';
}

/** Column labels, as many as fit: the first, and then those with enough room. */
function columnLabels(chart: GridChart, left: number, step: number, y: number, right: number): Markup[] {
  let free = Number.NEGATIVE_INFINITY;
  return chart.columns.flatMap((label, i) => {
    const middle = left + (i + 0.5) * step;
    const half = textWidth(label) / 2;
    if (middle - half < free || middle + half > right + 6) return [];
    free = middle + half + 10;
    return [
      html`<path class="axis" d="M${round(middle)} ${y}v4"/><text class="tick" x="${round(middle)}" y="${y + 17}" text-anchor="middle">${label}</text>`,
    ];
  });
}

/**
 * Draws a grid as SVG. Values are carried by row (`data-texts`, JSON), columns by the drawing (`data-columns`), so that
 * they can be read out without an element for each cell.
 *
 * @param variant `wide` or `narrow`; tells drawings of one chart apart, for their ids and for the style sheet
 */
export function renderGridChart(chart: GridChart, width: number, variant: 'wide' | 'narrow'): Markup {
  const narrow = variant === 'narrow';
  const longest = Math.max(0, ...chart.rows.map(textWidth));
  const left = narrow ? 2 : Math.min(Math.max(longest, 40), 200) + 14;
  const right = width - 6;
  const letters = Math.floor((narrow ? width - 10 : left - 12) / characterWidth);
  const [above, height] = [narrow ? 18 : 0, narrow ? 16 : 24];
  const pitch = above + height + 3;
  const top = 26;
  const bottom = top + pitch * chart.rows.length;
  const step = (right - left) / Math.max(1, chart.columns.length);
  const rows = chart.rows.map((name, r) => {
    const y = top + r * pitch + above;
    const [line] = breakLabel(name, letters, 1);
    const label = narrow
      ? labelMarkup(name, [line], 2, y - 8, false)
      : labelMarkup(name, [line], left - 8, y + height / 2, true);
    const cells = pieces(chart.classes[r] ?? []).map(({ of, from, to }) => {
      // Zero is a thin line as well as a color of its own: it stays apart without colors, too.
      const inset = of === 'zero' ? height * 0.36 : 0;
      return html`<rect class="${cellClass(of)}" x="${round(left + from * step)}" y="${round(y + inset)}" width="${round((to - from) * step)}" height="${round(height - 2 * inset)}"/>`;
    });
    return html`${label}<g class="series cells" data-series="${r}" data-name="${name}" data-y="${y + height / 2}" data-texts="${JSON.stringify(chart.texts[r] ?? [])}">${cells}</g>`;
  });
  const id = `${chart.id}-${variant}`;
  const yLabel = chart.yLabel === '' ? nothing : html`<text class="label" x="${left}" y="16">${chart.yLabel}</text>`;
  return html`<svg class="chart ${variant}" id="${id}" viewBox="0 0 ${width} ${bottom + 44}" role="img" aria-labelledby="${id}-title ${id}-description" tabindex="0" data-chart="${chart.id}" data-x-label="${chart.xLabel}" data-left="${round(left)}" data-step="${step}" data-columns="${JSON.stringify(chart.columns)}"><title id="${id}-title">${chart.title}</title><desc id="${id}-description">${chart.description}</desc>${yLabel}${rows}<path class="axis" d="M${left} ${bottom}H${right}"/>${columnLabels(chart, left, step, bottom, right)}<text class="label" x="${right}" y="${bottom + 38}" text-anchor="end">${chart.xLabel}</text><path class="focus-mark" d=""/></svg>`;
}
