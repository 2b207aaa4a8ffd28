/** What `samebits inspect` shows, in 80 columns. */
import pico from 'picocolors';
import type { ColumnSurvey } from '../data/survey.js';
import { printable } from '../data/table/table.js';
import { renderPlainTable } from './columns.js';
import { formatCount, formatMagnitude } from './format.js';
import type { InspectDataSet, InspectDocument, InspectModel, InspectRun, InspectTable } from './inspect-document.js';
import { decodeNumber } from './numbers.js';
import { type TableOptions, wrapText } from './table.js';
import { metricText, recipeSentence } from './train-text.js';

const WIDTH = 80;
const GAP = 2;
/** Epochs of a run that are shown: the first, and the last ones. */
const LAST_EPOCHS = 8;
const NARROWEST = 8;

/** Ends without a line break. */
export function renderInspect(document: InspectDocument, { color }: TableOptions): string {
  const { bold } = pico.createColors(color);
  const parts = partsOf(document);
  return [bold(parts[0]), ...parts.slice(1)].join('\n');
}

function partsOf(document: InspectDocument): string[] {
  switch (document.kind) {
    case 'table':
      return tableParts(document);
    case 'dataSet':
      return dataSetParts(document);
    case 'run':
      return runParts(document);
    case 'model':
      return modelParts(document);
  }
}

function tableParts({ path, rows, columns, first }: InspectTable): string[] {
  const cells = columns.map((column) => [
    printable(column.name),
    column.type,
    column.missing === 0 ? '–' : formatCount(column.missing),
    taskOf(column),
    holds(column),
  ]);
  return [
    `${printable(path)}: a table of ${formatCount(rows)} rows and ${formatCount(columns.length)} columns`,
    '',
    grid(['column', 'type', 'missing', 'as a target', 'holds'], cells, [2]),
    '',
    'The first rows',
    firstRows(columns, first),
  ];
}

function taskOf({ task, classes }: ColumnSurvey): string {
  if (task === null) return '–';
  return task === 'multiclass' ? `${formatCount(classes ?? 0)} classes` : task;
}

function holds({ type, range, different, more, examples }: ColumnSurvey): string {
  if (type === 'category') {
    const shown = examples.map(printable).join(', ');
    const rest = (different ?? 0) > examples.length ? ', …' : '';
    return `${more ? 'more than ' : ''}${formatCount(different ?? 0)}: ${shown}${rest}`;
  }
  if (type === 'boolean') return different === 2 ? 'true and false' : 'one value';
  if (range === null) return 'no values';
  return range.map((value) => (type === 'date' ? dateText(new Date(value)) : String(value))).join(' to ');
}

/** Without what is zero: a day has no time. */
function dateText(date: Date): string {
  return date.toISOString().replace(/(T00:00)?(:00)?\.000Z$/, '');
}

/** As many columns as there is room for. */
function firstRows(columns: readonly ColumnSurvey[], first: InspectTable['first']): string {
  const shown: string[][] = [];
  let width = 0;
  for (const [index, { name, type }] of columns.entries()) {
    const cells = [name, ...first.map((row) => cellText(row[index], type))].map((text) => shorten(printable(text), 20));
    const wide = Math.max(...cells.map(({ length }) => length));
    if (width + wide + (index === 0 ? 0 : GAP) > WIDTH) break;
    width += wide + (index === 0 ? 0 : GAP);
    shown.push(cells);
  }
  const aligns = columns.map(({ type }) => (type === 'number' ? 'right' : 'left') as 'left' | 'right');
  const rows = Array.from({ length: first.length + 1 }, (_, row) => shown.map((cells) => cells[row]));
  const left = columns.length - shown.length;
  const more = left === 0 ? [] : [`and ${formatCount(left)} more columns`];
  return [renderPlainTable({ rows, aligns: aligns.slice(0, shown.length) }), ...more].join('\n');
}

function cellText(cell: InspectTable['first'][number][number], type: ColumnSurvey['type']): string {
  if (cell === null) return '–';
  return type === 'date' ? dateText(new Date(String(cell))) : String(cell);
}

function dataSetParts({ path, data, classes }: InspectDataSet): string[] {
  return [
    `${printable(path)}: a data set`,
    '',
    pairs([
      ['training rows', formatCount(data.rows)],
      ['test rows', formatCount(data.testRows)],
      ['columns', formatCount(data.columns)],
      ['classes', classes === 0 ? 'none: targets are numbers' : formatCount(classes)],
      ['SHA-256', data.hash],
    ]),
  ];
}

function runParts(run: InspectRun): string[] {
  const { path, status, recipe, data, validationRows, metrics, checkpoints, steps, sessions, fingerprint, hasModel } =
    run;
  const source = data.choice.source;
  const from =
    source.kind === 'table' ? `${source.path}, target ${source.target}` : 'path' in source ? source.path : source.kind;
  const last = sessions[sessions.length - 1];
  return [
    `${printable(path)}: the folder of a run, ${status}`,
    '',
    wrapText(recipeSentence(recipe as unknown as Parameters<typeof recipeSentence>[0]), WIDTH),
    '',
    pairs([
      ['data', printable(from)],
      ['rows', `${formatCount(data.rows)} of ${formatCount(data.columns)} columns`],
      ['validated on', validationRows === null ? 'nothing' : `${formatCount(validationRows)} rows`],
      [
        'epochs',
        `${formatCount(metrics.length)} of ${formatCount(steps.all / steps.perEpoch)}, of ${formatCount(steps.perEpoch)} steps`,
      ],
      ['checkpoints', checkpoints.length === 0 ? 'none' : `after step ${checkpoints.map(formatCount).join('; ')}`],
      [
        'begun',
        `${last.startedAt.slice(0, 19)}Z, ${sessions.length === 1 ? 'once' : `the last of ${sessions.length} times`}`,
      ],
      ['threads', `${last.threads}, ${last.isa}`],
      ['model', hasModel ? 'model.safetensors' : 'none saved'],
      ['fingerprint', fingerprint ?? 'none yet'],
    ]),
    ...(metrics.length === 0 ? [] : ['', 'Metrics by epoch', ...epochsTables(metrics)]),
    ...(status === 'complete' ? [] : ['', `To go on: samebits train --resume ${printable(path)}`]),
  ];
}

/** As many metrics beside each other as there is room for, and the others below. */
function epochsTables(metrics: InspectRun['metrics']): string[] {
  const from = Math.max(1, metrics.length - LAST_EPOCHS);
  const shown = metrics.map((values, epoch) => ({ values, epoch })).filter(({ epoch }) => epoch === 0 || epoch >= from);
  const columnOf = (head: string, gap: string, cell: (shown: (typeof metrics)[number], epoch: number) => string) => {
    const [first, ...others] = shown.map(({ values, epoch }) => cell(values, epoch));
    return [head, first, ...(from > 1 ? [gap] : []), ...others];
  };
  const epochs = columnOf('epoch', '…', (_, epoch) => `${epoch + 1}`);
  const tables: string[][][] = [];
  let room = 0;
  for (const name of Object.keys(metrics[0])) {
    const column = columnOf(name, '', (values) => metricText(name, decodeNumber(values[name])));
    const width = GAP + widthOf(column);
    if (width > room) {
      tables.push([epochs]);
      room = WIDTH - widthOf(epochs);
    }
    tables[tables.length - 1].push(column);
    room -= width;
  }
  const rendered = tables.map((columns) =>
    renderPlainTable({
      rows: epochs.map((_, row) => columns.map((cells) => cells[row])),
      aligns: columns.map(() => 'right' as const),
    }),
  );
  return rendered.flatMap((table, i) => (i === 0 ? [table] : ['', table]));
}

function widthOf(column: readonly string[]): number {
  return Math.max(...column.map(({ length }) => length));
}

function modelParts(model: InspectModel): string[] {
  const { path, summary, inputs, compiled, preparation, fingerprint, trained, optimizerState } = model;
  const loss = compiled === null ? null : nameOf(compiled.loss);
  const optimizer = compiled === null ? null : nameOf(compiled.optimizer);
  return [
    `${printable(path)}: a saved model`,
    '',
    ...summary.split('\n').map((line) => shorten(line, WIDTH)),
    '',
    pairs([
      ['inputs', formatCount(inputs)],
      ['compiled', compiled === null ? 'no' : `${loss}, ${optimizer}`],
      ['trained', `${formatCount(trained.epochs)} epochs, ${formatCount(trained.steps)} steps`],
      ['optimizer', optimizerState ? 'its state is in the file' : 'has no state in the file'],
      ['fingerprint', fingerprint],
    ]),
    '',
    ...(preparation === null
      ? ['It takes prepared rows: there is no preparation of columns.']
      : preparationLines(preparation)),
  ];
}

function scaled({ center, divisor }: { readonly center: number; readonly divisor: number }): string {
  return `(x − ${formatMagnitude(center)}) / ${formatMagnitude(divisor)}`;
}

function preparationLines({ columns, target }: NonNullable<InspectModel['preparation']>): string[] {
  const cells = columns.map((column) => {
    const what =
      column.type === 'category'
        ? `${column.encode}, ${formatCount(column.categories.length)} categories`
        : column.type === 'date'
          ? column.parts.map(({ part }) => part).join(', ')
          : scaled(column);
    return [printable(column.name), column.type, what];
  });
  const classes = target?.classes ?? null;
  const predicts =
    target === null
      ? []
      : [
          '',
          wrapText(
            `It predicts ${printable(target.name)} (${target.task}${
              classes === null
                ? ''
                : `: ${classes
                    .map((one) => printable(String(one)))
                    .slice(0, 20)
                    .join(', ')}${classes.length > 20 ? ', …' : ''}`
            }${target.scaling === undefined ? '' : `: ${scaled(target.scaling)}`}).`,
            WIDTH,
          ),
        ];
  return ['What becomes of columns', grid(['column', 'type', 'features'], cells, []), ...predicts];
}

function nameOf(value: unknown): string {
  return typeof value === 'string' ? value : String((value as { name?: unknown } | null)?.name);
}

/** Names with what they have, the values one below the other. */
function pairs(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${shorten(value, WIDTH - width - GAP)}`).join('\n');
}

/** Characters of a name in a grid. */
const LONGEST_NAME = 32;

/** A table whose first column is short and whose last one gives way. */
function grid(heads: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string {
  const all = [heads, ...rows].map(([name, ...cells]) => [shorten(name, LONGEST_NAME), ...cells]);
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const last = heads.length - 1;
  const others = widths.slice(0, last).reduce((sum, width) => sum + width + GAP, 0);
  const room = Math.max(NARROWEST, WIDTH - others);
  const cut = all.map((row) => row.map((cell, column) => (column === last ? shorten(cell, room) : cell)));
  return renderPlainTable({ rows: cut, aligns: heads.map((_, column) => (right.includes(column) ? 'right' : 'left')) });
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
