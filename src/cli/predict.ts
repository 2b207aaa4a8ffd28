/** `samebits predict`. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { ClassValue } from '../data/prepare/fitted.js';
import { formatCount } from '../format.js';
import { decisions } from '../metrics/inputs.js';
import { lossName } from '../model/losses.js';
import { addon } from '../native/addon.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import { nonFiniteAsText } from '../report/numbers.js';
import { shortestBinary32 } from '../report/shortest.js';
import { MOST_THREADS } from '../train/execution.js';
import type { Predictions } from '../train/run.js';
import type { Sequential } from '../train/sequential.js';
import { commandLine } from './execution-options.js';
import { MODEL, openModel } from './model-path.js';
import { type ModelRows, modelRows } from './model-rows.js';
import { integerOption } from './option-values.js';
import { checkWritable, openOutput } from './output-files.js';
import { DATA } from './table-options.js';

interface PredictFlags {
  readonly threads?: number;
  readonly json?: boolean;
  readonly output?: string;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Rows are prepared as the model's training rows were. A line is the class and the
chance of each class, or the number. Large tables go through a batch at a time.

Examples:
  $ samebits predict runs/iris new.csv
  $ samebits predict model.safetensors flights.parquet --output predicted.csv
  $ samebits predict runs/iris new.csv --json`;

/** @param signal Ends the work after the batch that is being predicted. */
export function predictCommand(signal: AbortSignal): Command {
  return new Command('predict')
    .description('what a model says of the rows of a table')
    .argument('<model>', MODEL)
    .argument('<data>', DATA)
    .option('--threads <count>', '(default: all that there are)', integerOption('--threads', 1, MOST_THREADS))
    .option('--output <file>', 'write the lines, or with --json the document, here')
    .option('--json', 'one JSON document instead of CSV')
    .option('--quiet', 'do not say where the output is')
    .addHelpText('after', EXAMPLES)
    .action((model: string, data: string, flags: PredictFlags) => predict(model, data, flags, signal));
}

async function predict(path: string, data: string, flags: PredictFlags, signal: AbortSignal): Promise<void> {
  if (flags.output !== undefined) checkWritable(flags.output, '--output');
  const model = await openModel(path);
  const rows = await modelRows(model, data);
  const form = flags.json === true ? jsonForm(model, rows, path, data, flags) : csvForm(rows, model.units);
  const output = await openOutput(flags.output, '--output');
  let count = 0;
  try {
    for await (const { x } of rows.batches()) {
      signal.throwIfAborted();
      const said = rows.restored(await model.predict(x, flags.threads === undefined ? {} : { threads: flags.threads }));
      // Nothing at all where the first rows do not fit the model.
      if (count === 0) await output.write(form.head);
      await output.write(form.lines(said, classesOf(model, rows, said), count));
      count += said.rows;
    }
    await output.write(form.foot(count));
    await output.finish();
  } catch (error) {
    output.abandon();
    throw error;
  }
  if (flags.output !== undefined && flags.json !== true && flags.quiet !== true) {
    process.stdout.write(`The predictions of ${formatCount(count)} rows: ${resolve(flags.output)}\n`);
  }
}

/** The class of each row, as the table has it; null for a regression. */
function classesOf(
  { compiled }: Sequential,
  { classes }: ModelRows,
  outputs: Predictions,
): readonly ClassValue[] | null {
  if (classes === null) return null;
  const sides = compiled !== null && lossName(compiled.loss) === 'hinge';
  return Array.from(decisions(outputs, sides ? 0 : 0.5), (label) => classes[label]);
}

interface Form {
  readonly head: string;
  /** @param first Rows before these. */
  readonly lines: (outputs: Predictions, classes: readonly ClassValue[] | null, first: number) => string;
  readonly foot: (rows: number) => string;
}

function csvForm({ classes, probabilities }: ModelRows, units: number): Form {
  const what = probabilities ? 'probability' : 'output';
  const names =
    classes === null
      ? units === 1
        ? ['prediction']
        : Array.from({ length: units }, (_, unit) => `prediction_${unit}`)
      : ['prediction', ...outputClasses(classes, units, probabilities).map((value) => `${what}_${value}`)];
  return {
    head: `${names.map(csvCell).join()}\n`,
    lines: (outputs, said) =>
      Array.from({ length: outputs.rows }, (_, row) => {
        const numbers = outputsOf(outputs, row, classes !== null && probabilities).map(shortestBinary32);
        return `${[...(said === null ? [] : [csvCell(String(said[row]))]), ...numbers].join()}\n`;
      }).join(''),
    foot: () => '',
  };
}

/** Of two classes with one output: both where it is a chance, else the second. */
function outputClasses(classes: readonly ClassValue[], units: number, probabilities: boolean): readonly ClassValue[] {
  return units === 1 && !probabilities ? classes.slice(1) : classes;
}

/** The outputs of a row; of a single chance both. */
function outputsOf({ data, columns }: Predictions, row: number, chances: boolean): number[] {
  if (columns === 1 && chances) return [Math.fround(1 - data[row]), data[row]];
  return Array.from(data.subarray(row * columns, (row + 1) * columns));
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function jsonForm(model: Sequential, rows: ModelRows, path: string, data: string, { threads }: PredictFlags): Form {
  const { name, task, classes, probabilities } = rows;
  const head = {
    schemaVersion: 1,
    command: 'predict',
    version,
    contract: addon().contract,
    machine: describeMachine(),
    commandLine: commandLine(['predict', path, data], { '--threads': threads }),
    model: { path, fingerprint: model.fingerprint() },
    data: { name },
    task,
    classes,
  };
  const opened = JSON.stringify(head, null, 2).slice(0, -2);
  return {
    head: `${opened},\n  "predictions": [`,
    lines: (outputs, said, first) =>
      Array.from({ length: outputs.rows }, (_, row) => {
        const numbers = outputsOf(outputs, row, classes !== null && probabilities).map((value) =>
          Number(shortestBinary32(value)),
        );
        const one = said === null ? numberOf(numbers) : { class: said[row], outputs: numbers };
        return `${first + row === 0 ? '' : ','}\n    ${JSON.stringify(one, nonFiniteAsText)}`;
      }).join(''),
    foot: (count) => `\n  ],\n  "rows": ${count}\n}\n`,
  };
}

function numberOf(numbers: readonly number[]): number | readonly number[] {
  return numbers.length === 1 ? numbers[0] : numbers;
}
