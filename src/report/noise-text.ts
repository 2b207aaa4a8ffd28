/** Noise, tolerances and comparisons of two recipes for the terminal. */
import pico from 'picocolors';
import { CAUSES } from '../causes/causes.js';
import type { NoiseDocument, ToleranceDocument, VersusDocument } from '../lab/noise/documents.js';
import { renderPlainTable } from './columns.js';
import { formatCount, formatList } from './format.js';
import { textRoom, verdictText, wrapAfter } from './lab-text.js';
import { metricWords, noiseStatements, toleranceStatements, versusClaim, versusStatements } from './noise-sentence.js';
import { printable, type TableOptions, wrapText } from './table.js';

/** What was trained, and what moved. */
function settingText({ runs, data, causes, differentBits }: NoiseDocument | ToleranceDocument): string {
  const moved = formatList(causes.map((name) => CAUSES[name].title));
  return (
    `${formatCount(runs.length)} runs of one recipe on ${data.name}. What moved between them: ${moved}. All else was held. ` +
    `They ended with ${formatCount(differentBits)} different sets of weights.`
  );
}

function text(head: string, parts: readonly string[], { color, width }: TableOptions): string {
  const colors = pico.createColors(color);
  const room = textRoom(width);
  return [colors.bold(wrapText(head, room)), ...parts.map((part) => wrapText(printable(part), room))].join('\n\n');
}

/** Writes what `samebits lab noise` found in at most 80 columns, without a line break at the end. */
export function renderNoiseText(document: NoiseDocument, options: TableOptions): string {
  const head = `How much does the ${metricWords(document.metric).name} move for nothing?`;
  return text(head, [settingText(document), ...noiseStatements(document)], options);
}

/** Writes what `samebits lab tolerance` proposes in at most 80 columns, without a line break at the end. */
export function renderToleranceText(document: ToleranceDocument, options: TableOptions): string {
  const head = `How far off may the ${metricWords(document.metric).name} be in a test?`;
  return text(head, [settingText(document), ...toleranceStatements(document)], options);
}

/** Writes what `samebits lab versus` found in at most 80 columns, without a line break at the end. */
export function renderVersusText(document: VersusDocument, { color, width }: TableOptions): string {
  const colors = pico.createColors(color);
  const room = textRoom(width);
  const { a, b, report, metric, data } = document;
  const { name, value, difference } = metricWords(metric);
  const table = renderPlainTable({
    rows: [
      ['', 'runs', 'mean', 'deviation'].map((head) => colors.bold(head)),
      ...(['a', 'b'] as const).map((side) => [
        side.toUpperCase(),
        formatCount(report[side].runs),
        value(report[side].mean),
        difference(report[side].standardDeviation),
      ]),
    ],
    aligns: ['left', 'right', 'right', 'right'],
  });
  return [
    colors.bold(wrapText(`Does B beat A beyond noise? (${name} on ${printable(data.name)})`, room)),
    `${wrapAfter('A  ', a.name, room)}\n${wrapAfter('B  ', b.name, room)}`,
    verdictText(report.verdict, versusClaim(document), room, colors),
    table,
    ...versusStatements(document).map((statement) => wrapText(statement, room)),
  ].join('\n\n');
}
