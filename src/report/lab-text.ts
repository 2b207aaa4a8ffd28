/** An experiment for the terminal. */
import pico from 'picocolors';
import type { LabCollection, LabDocument } from '../lab/document.js';
import type { Column, Table } from '../lab/experiment/picture.js';
import type { Verdict } from '../lab/verdict.js';
import { formatCell, isTextColumn } from './cells.js';
import { columnGap, renderPlainTable } from './columns.js';
import { formatCount } from './format.js';
import { effectText, intervalText, verdictCounts, verdictWords } from './lab-words.js';
import { printable, type TableOptions, wrapText } from './table.js';

/** How to write an experiment. */
export interface LabTextOptions extends TableOptions {
  /** Where its page is, if one was written. */
  readonly page?: string;
}

type Colors = ReturnType<typeof pico.createColors>;

/** Rows of a table; the page has all. */
const mostRows = 24;

/** Columns of words don't become narrower than this. */
const leastWords = 12;

/** From 60 to 80 columns, whatever the terminal. */
export function textRoom(width: number | undefined): number {
  return Math.max(60, Math.min(80, width ?? 80));
}

/** Text in lines that all begin `indent` further right, the first one after `lead`. */
export function wrapAfter(lead: string, text: string, room: number): string {
  const indent = ' '.repeat(lead.length);
  return wrapText(printable(text), room - lead.length)
    .split('\n')
    .map((line, i) => (i === 0 ? lead : indent) + line)
    .join('\n');
}

function paintVerdict(verdict: Verdict, text: string, colors: Colors): string {
  const paint = { supported: colors.green, 'not supported': colors.yellow, 'cannot tell': colors.dim }[verdict];
  return colors.bold(paint(text));
}

/** The verdict with its claim beside it. */
export function verdictText(verdict: Verdict, claim: string, room: number, colors: Colors): string {
  const { sign } = verdictWords[verdict];
  const lead = `${sign} ${verdict}: `;
  return wrapAfter(lead, claim, room).replace(lead, () => paintVerdict(verdict, lead, colors));
}

/** Widths that fit, taken from columns of words; null where even those don't help. */
function fittingWidths(widths: readonly number[], isWords: readonly boolean[], room: number): number[] | null {
  const fitting = [...widths];
  const used = (): number => fitting.reduce((sum, width) => sum + width, (fitting.length - 1) * columnGap);
  while (used() > room) {
    const widest = fitting.reduce(
      (best, width, i) => (isWords[i] && width > leastWords && (best < 0 || width > fitting[best]) ? i : best),
      -1,
    );
    if (widest < 0) return null;
    fitting[widest] -= 1;
  }
  return fitting;
}

/** Each row as lines of names and values, where a table has too many columns for the terminal. */
function rowsAsLines(columns: readonly Column[], cells: readonly (readonly string[])[], room: number): string {
  return cells
    .map((row) =>
      row
        .map((cell, c) => wrapAfter(c === 0 ? '' : '  ', c === 0 ? cell : `${columns[c].name}: ${cell}`, room))
        .join('\n'),
    )
    .join('\n');
}

function tableText({ title, caption, columns, rows }: Table, room: number, colors: Colors): string {
  const shown = rows.slice(0, mostRows);
  const cells = shown.map((row) => columns.map((column, c) => printable(formatCell(row[c] ?? null, column))));
  const isWords = columns.map((column, c) =>
    isTextColumn(
      column,
      rows.map((row) => row[c]),
    ),
  );
  const heads = columns.map(({ name }) => printable(name));
  const longestWord = (text: string): number => Math.max(...text.split(/\s+/).map(({ length }) => length));
  const natural = heads.map((head, c) => Math.max(longestWord(head), ...cells.map((row) => row[c].length), 1));
  const widths = fittingWidths(natural, isWords, room);
  const body =
    widths === null
      ? rowsAsLines(columns, cells, room)
      : renderPlainTable({
          rows: [heads.map((head) => colors.bold(head)), ...cells],
          aligns: isWords.map((words) => (words ? 'left' : 'right')),
          widths,
          wrap: true,
        });
  const more =
    rows.length > shown.length ? [colors.dim(`… and ${formatCount(rows.length - shown.length)} more rows`)] : [];
  return [
    colors.bold(wrapText(printable(title), room)),
    ...(caption === '' ? [] : [wrapText(printable(caption), room)]),
    body,
    ...more,
  ].join('\n');
}

/**
 * Writes an experiment in at most 80 columns: question, verdict and claim, the sentence, the effect with its interval,
 * what is said elsewhere, findings and tables. The text ends without a line break.
 */
export function renderLabText(document: LabDocument, { color, width, page }: LabTextOptions): string {
  const colors = pico.createColors(color);
  const room = textRoom(width);
  const { question, verdict, claim, statement, effect, folklore, findings, tables } = document;
  const parts = [
    colors.bold(wrapText(printable(question), room)),
    verdictText(verdict, claim, room, colors),
    wrapText(printable(statement), room),
    wrapText(printable(`Effect: ${effect.name}, ${effectText(effect)} (${intervalText(document)}).`), room),
    ...(folklore === null ? [] : [wrapAfter('Said elsewhere: ', folklore, room)]),
    ...(findings.length === 0 ? [] : [findings.map((finding) => wrapAfter('- ', finding, room)).join('\n')]),
    ...tables.map((table) => tableText(table, room, colors)),
    ...(page === undefined ? [] : [`The page with pictures: ${printable(page)}`]),
  ];
  return parts.join('\n\n').replace(/ +$/gm, '');
}

/** Writes the verdicts of several experiments, one below the other. The text ends without a line break. */
export function renderLabList({ experiments }: LabCollection, { color, width, page }: LabTextOptions): string {
  const colors = pico.createColors(color);
  const room = textRoom(width);
  const entries = experiments.map(({ experiment, verdict, claim, statement }) =>
    [
      colors.bold(printable(experiment)),
      verdictText(verdict, claim, room, colors),
      wrapAfter('  ', statement, room),
    ].join('\n'),
  );
  const counts = verdictCounts(experiments.map(({ verdict }) => verdict));
  const sum = `${formatCount(experiments.length)} experiment${experiments.length === 1 ? '' : 's'}${counts === '' ? '' : `: ${counts}`}.`;
  return [...entries, sum, ...(page === undefined ? [] : [`The pages with pictures: ${printable(page)}`])].join('\n\n');
}
