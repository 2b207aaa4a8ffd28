/** What `samebits evaluate` shows, in 80 columns. */
import type { ClassValue } from '../data/prepare/fitted.js';
import { printable } from '../data/table/table.js';
import { renderPlainTable } from './columns.js';
import type { CompiledValue, EvaluateDocument } from './evaluate-document.js';
import { formatCount, formatMagnitude, formatPercent } from './format.js';
import { decodeNumber } from './numbers.js';
import { wrapText } from './table.js';

const WIDTH = 80;
/** Beyond, a matrix of classes is no table for a terminal. */
const MOST_CLASSES = 20;
const LONGEST_NAME = 12;
const GAP = 2;

const WORDS: Readonly<Record<string, string>> = {
  meanSquaredError: 'mean squared error (MSE)',
  rootMeanSquaredError: 'root mean squared error (RMSE)',
  meanAbsoluteError: 'mean absolute error (MAE)',
  r2: 'R²',
  accuracy: 'accuracy',
  top5Accuracy: 'top-5 accuracy',
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
  rocAuc: 'ROC AUC',
  averagePrecision: 'average precision',
  logLoss: 'log loss',
  brierScore: 'Brier score',
};
const AVERAGED = ['precision', 'recall', 'f1'];
const SHARES = ['accuracy', 'top5Accuracy', 'topKAccuracy', ...AVERAGED];
const DEFAULT_K = 5;

/** Ends without a line break. */
export function renderEvaluate({ data, task, loss, metrics, compiled, confusion }: EvaluateDocument): string {
  const classes = confusion?.classes ?? [];
  const all = [
    ...(loss === null ? [] : [[`loss (${loss.name})`, formatMagnitude(decodeNumber(loss.value), 6)]]),
    ...Object.entries(metrics).map(([name, value]) => [wordsOf(name, task), valueText(name, decodeNumber(value))]),
    ...compiled.map((metric) => [
      compiledWords(metric, task, classes),
      valueText(metric.name, decodeNumber(metric.value)),
    ]),
  ];
  return [
    wrapText(`${printable(data.name)}: ${formatCount(data.rows)} rows, ${task}`, WIDTH),
    renderPlainTable({ rows: all, aligns: ['left', 'right'] }),
    ...(confusion === null ? [] : ['', confusionTable(confusion)]),
  ].join('\n');
}

function wordsOf(name: string, task: EvaluateDocument['task']): string {
  const words = WORDS[name] ?? name;
  return AVERAGED.includes(name) && task === 'multiclass' ? `${words} (mean of classes)` : words;
}

function compiledWords(
  { name, k = DEFAULT_K, average, positive }: CompiledValue,
  task: EvaluateDocument['task'],
  classes: readonly ClassValue[],
): string {
  if (name === 'topKAccuracy') return `top-${k} accuracy`;
  if (positive !== undefined) return `${WORDS[name]} of class ${shorten(printable(String(classes[positive])))}`;
  if (average === 'macro') return `${WORDS[name]} (mean of classes)`;
  return average === 'micro' ? `${WORDS[name]} (of all rows)` : wordsOf(name, task);
}

function valueText(name: string, value: number): string {
  return SHARES.includes(name) ? `${formatPercent(value, 2)} %` : formatMagnitude(value, 6);
}

function confusionTable({ classes, counts }: NonNullable<EvaluateDocument['confusion']>): string {
  const names = classes.map((value) => shorten(printable(String(value))));
  const rows = [['', ...names], ...counts.map((said, index) => [names[index], ...said.map(formatCount)])];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const width = widths.reduce((sum, one) => sum + one + GAP, -GAP);
  if (classes.length > MOST_CLASSES || width > WIDTH) {
    return wrapText(
      `The confusion matrix of ${formatCount(classes.length)} classes is in the JSON document (--json).`,
      WIDTH,
    );
  }
  const head = 'Rows by their class, and across by the class that they were said to be of';
  return [head, renderPlainTable({ rows, aligns: ['left', ...names.map(() => 'right' as const)] })].join('\n');
}

function shorten(text: string): string {
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME - 1)}…`;
}
