import pico from 'picocolors';
import type { CompareDocument, CompareRun } from '../compare/document.js';
import { columnGap as gap, renderPlainTable } from './columns.js';
import {
  formatCount,
  formatMagnitude,
  formatPercent,
  formatRatio,
  formatSeconds,
  formatShort,
  shortFingerprint,
} from './format.js';
import { distinct, groupRuns, median, type RunGroup, speedUp } from './groups.js';
import { decodeNumber } from './numbers.js';

/** How to write the table. */
export interface TableOptions {
  /** Whether to color the text; the caller decides, from `NO_COLOR` and whether the output is a terminal. */
  readonly color: boolean;
  /** Columns of the terminal, used from 72 to 80: narrower or wider ones get a table of 72 or 80. @default 80 */
  readonly width?: number;
}

/** Heads of the column that gives way where the others need the room: with the tensor, and with the step alone. */
const firstHead = 'first diff';
const shortFirstHead = 'first';

/** One line of the table: repeats that ended with the same bits share it, with their median time. */
interface Line {
  readonly group: RunGroup;
  readonly runs: readonly CompareRun[];
}

type Colors = ReturnType<typeof pico.createColors>;

interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  readonly cell: (line: Line) => string;
  readonly paint?: (text: string, line: Line) => string;
}

/** A regression has none. */
export function hasAccuracy({ runs }: Pick<CompareDocument, 'runs'>): boolean {
  return runs.some(({ metrics }) => !Number.isNaN(decodeNumber(metrics.accuracy)));
}

function linesOf(groups: readonly RunGroup[]): Line[] {
  return groups.flatMap((group) =>
    distinct(group.runs.map((run) => run.fingerprint)).map((bits) => ({
      group,
      runs: group.runs.filter((run) => run.fingerprint === bits),
    })),
  );
}

/** Step and tensor of the first difference in `room` characters; a name that is too long loses its beginning. */
function firstDifference(line: Line, room: number): string {
  const difference = line.runs.find((run) => run.firstDifference !== null)?.firstDifference;
  if (!difference) return '-';
  const step = String(difference.step);
  const left = room - step.length - 1;
  if (left < 4) return step;
  const { tensor } = difference;
  return `${step} ${tensor.length <= left ? tensor : `…${tensor.slice(tensor.length - left + 1)}`}`;
}

function columnsOf(document: CompareDocument, groups: readonly RunGroup[], colors: Colors): Column[] {
  const baseline = document.runs[document.summary.baseline];
  const largest = (line: Line, read: (run: CompareRun) => number): number => Math.max(...line.runs.map(read));
  const same = (line: Line): boolean => line.runs.every((run) => run.identical);
  const byBits = (text: string, line: Line): string => {
    if (same(line)) return colors.green(text);
    return line.group.reduction === 'fixed' ? colors.bold(colors.red(text)) : colors.yellow(text);
  };
  const repeats = (line: Line): string => (line.runs.length > 1 ? ` ×${line.runs.length}` : '');
  const changed = (line: Line): number =>
    largest(line, (run) => Math.round(run.predictionsDiffer * document.data.testRows));
  const isaColumn: Column = { head: 'isa', align: 'left', cell: (line) => line.group.isa };
  return [
    { head: 'thr', align: 'right', cell: (line) => String(line.group.threads) },
    { head: 'order', align: 'left', cell: (line) => line.group.reduction + repeats(line) },
    ...(distinct(groups.map((group) => group.isa)).length > 1 ? [isaColumn] : []),
    { head: 'time s', align: 'right', cell: (line) => formatSeconds(median(line.runs.map((run) => run.seconds))) },
    { head: 'speed', align: 'right', cell: (line) => formatRatio(speedUp(line.group, groups)) },
    hasAccuracy(document)
      ? { head: 'acc %', align: 'right', cell: (line) => formatPercent(decodeNumber(line.runs[0].metrics.accuracy)) }
      : { head: 'loss', align: 'right', cell: (line) => formatMagnitude(decodeNumber(line.runs[0].metrics.loss)) },
    { head: 'fingerpr', align: 'left', cell: (line) => shortFingerprint(line.runs[0].fingerprint), paint: byBits },
    {
      head: 'same',
      align: 'left',
      cell: (line) => (line.runs.includes(baseline) ? 'base' : same(line) ? 'yes' : 'no'),
      paint: byBits,
    },
    { head: firstHead, align: 'left', cell: (line) => firstDifference(line, Number.POSITIVE_INFINITY) },
    { head: 'ULP', align: 'right', cell: (line) => formatShort(largest(line, (run) => decodeNumber(run.maxUlp))) },
    { head: 'pred', align: 'right', cell: (line) => formatShort(changed(line)) },
  ];
}

/** Breaks text into lines of at most `width` characters, at spaces, but not between a number and its per cent sign. */
export function wrapText(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+(?!%)/)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

function legendOf(document: CompareDocument, lines: readonly Line[], head: string): string {
  const baseline = document.runs[document.summary.baseline];
  const merged = lines.some((line) => line.runs.length > 1);
  const apart = document.runs.some((run) => !run.identical);
  return [
    'thr: threads',
    ...(merged ? ['×n: n repeats that gave the same bits, and their median time'] : []),
    'speed: against the fewest threads in the same order',
    hasAccuracy(document) ? 'acc: test accuracy' : 'loss: of the test rows',
    `same: whether every weight has the bits of the baseline (base: ${baseline.reduction} order, ${baseline.threads} thr) at every sampled step and, with the optimizer state, at the end`,
    ...(apart ? [`${head}: step and tensor of the first difference`] : []),
    'ULP: largest distance of a weight, in units in the last place',
    `pred: of ${formatCount(document.data.testRows)} test predictions, those ${hasAccuracy(document) ? 'of another class' : 'with other bits'}`,
  ].join('; ');
}

/** Control characters of an untrusted name would move the cursor or set colors of their own. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/**
 * Writes the runs as a table of at most 80 columns, a legend for its short headings, and the sentence of the summary.
 * Repeats share a line where they ended with the same bits. The text ends without a line break.
 */
export function renderCompareTable(document: CompareDocument, { color, width = 80 }: TableOptions): string {
  const colors = pico.createColors(color);
  const room = Math.max(72, Math.min(80, width));
  const groups = groupRuns(document.runs);
  const lines = linesOf(groups);
  const columns = columnsOf(document, groups, colors);

  const texts = lines.map((line) => columns.map((column) => printable(column.cell(line))));
  const widths = columns.map(({ head }, i) => Math.max(head.length, ...texts.map((row) => row[i].length)));
  const flexible = columns.findIndex((column) => column.head === firstHead);
  const others = widths.reduce((sum, w, i) => (i === flexible ? sum : sum + w + gap), 0);
  widths[flexible] = Math.min(widths[flexible], Math.max(shortFirstHead.length, room - others));
  const heads = columns.map(({ head }) =>
    head === firstHead && head.length > widths[flexible] ? shortFirstHead : head,
  );
  texts.forEach((row, r) => {
    row[flexible] = printable(firstDifference(lines[r], widths[flexible]));
  });

  const rule = widths.map((w) => '─'.repeat(w));
  const rows = lines.flatMap((line, r) => {
    const cells = texts[r].map((text, i) => columns[i].paint?.(text, line) ?? text);
    return line.group.reduction === lines[r - 1]?.group.reduction ? [cells] : [rule, cells];
  });
  const table = renderPlainTable({
    rows: [heads.map((head) => colors.bold(head)), ...rows],
    aligns: columns.map((column) => column.align),
    widths,
  });
  const legend = colors.dim(wrapText(printable(legendOf(document, lines, heads[flexible])), room));
  return [table, legend, '', wrapText(printable(document.summary.sentence), room)].join('\n');
}
