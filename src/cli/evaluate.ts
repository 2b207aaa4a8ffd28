/** `samebits evaluate`. */
import { Command } from 'commander';
import { targetsFor } from '../compare/setting-data.js';
import { joinArrays } from '../data/join-arrays.js';
import type { Matrix } from '../data/matrix.js';
import { isTablePath } from '../data/table/read.js';
import { expected } from '../errors.js';
import { evaluatedMetric } from '../metrics/evaluated.js';
import { confusionsOf, metricsOfTask } from '../metrics/of-task.js';
import { lossName } from '../model/losses.js';
import { evaluatedMetrics, isOfClasses, thresholdOf } from '../model/metrics.js';
import { addon } from '../native/addon.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import type { EvaluateDocument } from '../report/evaluate-document.js';
import { renderEvaluate } from '../report/evaluate-text.js';
import { MOST_THREADS } from '../train/execution.js';
import type { Sequential } from '../train/sequential.js';
import { type DocumentFlags, deliverDocument } from './document-output.js';
import { commandLine } from './execution-options.js';
import { MODEL, openModel } from './model-path.js';
import { type ModelRows, modelRows, openPrepared } from './model-rows.js';
import { integerOption } from './option-values.js';
import { checkWritable } from './output-files.js';
import { DATA } from './table-options.js';

interface EvaluateFlags extends DocumentFlags {
  readonly target?: string;
  readonly sampleWeights?: string;
  readonly threads?: number;
}

const EXAMPLES = `
Of other data than tables the test rows are evaluated on. Sample weights count
in the loss alone, as in training: metrics do not hear of them.

Examples:
  $ samebits evaluate runs/iris test.csv
  $ samebits evaluate model.safetensors test.parquet --target species --json`;

/** @param signal Ends the work after the batch that is being predicted. */
export function evaluateCommand(signal: AbortSignal): Command {
  return new Command('evaluate')
    .description('how good a model is on other rows: its loss and the metrics of its task')
    .argument('<model>', MODEL)
    .argument('<data>', DATA)
    .option('--target <column>', 'of a table: the column with the targets (default: as in training)')
    .option('--sample-weights <column>', 'of a table: what rows weigh in the loss (default: nothing)')
    .option('--threads <count>', '(default: all that there are)', integerOption('--threads', 1, MOST_THREADS))
    .option('--json', 'print one JSON document and nothing else')
    .option('--output <file>', 'write the JSON document here')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, data: string, flags: EvaluateFlags) => {
      if (flags.output !== undefined) checkWritable(flags.output, '--output');
      deliverDocument(await evaluate(path, data, flags, signal), flags, renderEvaluate);
    });
}

async function evaluate(
  path: string,
  data: string,
  flags: EvaluateFlags,
  signal: AbortSignal,
): Promise<EvaluateDocument> {
  const { target, sampleWeights, threads } = flags;
  if (sampleWeights !== undefined && !isTablePath(data)) throw expected('a table beside it', '--sample-weights', data);
  const model = await openModel(path);
  const rows = await modelRows(model, data, target ?? null);
  const { task, probabilities, classes, name } = rows;
  const { outputs, targets } = await outputsOf(model, rows, threads, signal);
  const threshold = thresholdOf(model.compiled?.loss ?? null);
  const how = { task, probabilities, threshold };
  const metrics = metricsOfTask(how, targets, outputs);
  // Beside those of the task, with the options that they were compiled with.
  const compiled = evaluatedMetrics(model.compiled?.metrics ?? []).filter(
    (metric) => classes !== null && isOfClasses(metric) && (typeof metric === 'object' || !(metric in metrics)),
  );
  return {
    schemaVersion: 1,
    command: 'evaluate',
    version,
    contract: addon().contract,
    machine: describeMachine(),
    commandLine: commandLine(['evaluate', path, data], {
      '--target': target,
      '--sample-weights': sampleWeights,
      '--threads': threads,
    }),
    model: { path, fingerprint: model.fingerprint() },
    data: { name, rows: outputs.rows },
    task,
    loss: await lossOf(model, rows, data, flags),
    metrics,
    compiled: compiled.map((metric) => ({
      ...(typeof metric === 'string' ? { name: metric } : metric),
      value: evaluatedMetric(metric, { targets, outputs, threshold }),
    })),
    confusion: classes === null ? null : { classes, counts: confusionsOf(how, targets, outputs) },
  };
}

interface Outputs {
  readonly outputs: Matrix;
  /** Labels, or numbers. */
  readonly targets: Uint32Array | Matrix;
}

/** Of all rows; prepared rows are forgotten batch by batch. */
async function outputsOf(
  model: Sequential,
  rows: ModelRows,
  threads: number | undefined,
  signal: AbortSignal,
): Promise<Outputs> {
  const said: Float32Array[] = [];
  const labels: Uint32Array[] = [];
  const numbers: Float32Array[] = [];
  let count = 0;
  for await (const { x, y } of rows.batches()) {
    signal.throwIfAborted();
    const outputs = rows.restored(await model.predict(x, threads === undefined ? {} : { threads }));
    said.push(outputs.data);
    count += outputs.rows;
    const targets = y !== null && rows.task === 'regression' ? targetsOfLoss(model, y) : y;
    if (targets instanceof Uint32Array) labels.push(targets);
    else if (targets !== null) numbers.push(Float32Array.from(targets.data));
  }
  const outputs = { data: joinArrays(said, new Float32Array(0)), rows: count, columns: model.units };
  if (numbers.length === 0) return { outputs, targets: joinArrays(labels, new Uint32Array(0)) };
  const data = joinArrays(numbers, new Float32Array(0));
  return { outputs, targets: { data, rows: count, columns: data.length / count } };
}

/** By the model itself, in the order of the contract. */
async function lossOf(
  model: Sequential,
  rows: ModelRows,
  data: string,
  { target, sampleWeights, threads }: EvaluateFlags,
): Promise<EvaluateDocument['loss']> {
  const { compiled, preparation } = model;
  if (compiled === null) return null;
  const how = threads === undefined ? {} : { threads };
  const name = lossName(compiled.loss);
  if (preparation !== null && isTablePath(data)) {
    const table = await openPrepared(preparation, data, target ?? null);
    return { name, value: (await model.evaluate(table, { ...how, sampleWeights })).loss };
  }
  for await (const { x, y } of rows.batches()) {
    if (y === null) break;
    return { name, value: (await model.evaluate(x, targetsOfLoss(model, y), how)).loss };
  }
  throw expected('targets', 'the data', undefined, 'ERR_SAMEBITS_DATA');
}

/** Targets as the model's loss has them: labels stay labels where it takes some. */
function targetsOfLoss({ compiled, name, layers }: Sequential, y: Uint32Array | Matrix): Uint32Array | Matrix {
  if (compiled === null || !(y instanceof Uint32Array)) return y;
  const classes = y.reduce((most, label) => Math.max(most, label + 1), 0);
  return targetsFor({ loss: compiled.loss, model: { name, layers } }, y, classes);
}
