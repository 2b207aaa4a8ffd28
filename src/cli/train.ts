/** `samebits train`. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ComparedData } from '../compare/data.js';
import { expected } from '../errors.js';
import { contractOf } from '../model/emulation.js';
import { epochMetrics } from '../model/metrics.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import type { TrainDocument } from '../report/train-document.js';
import { renderTrainOpening, renderTrainResult } from '../report/train-text.js';
import { MANIFEST_FILE } from '../runs/manifest.js';
import { openRun } from '../runs/open-run.js';
import { modelFromRecipe } from '../train/build.js';
import type { FitOptions, ResumeOptions } from '../train/fit-options.js';
import { type ResumedRun, resume } from '../train/resume.js';
import type { Run } from '../train/run.js';
import type { Sequential } from '../train/sequential.js';
import { deliverDocument } from './document-output.js';
import { type EpochProgress, epochProgress, isShown } from './epoch-progress.js';
import { commandLine } from './execution-options.js';
import { Interrupted } from './interrupted.js';
import { MODEL_FILE } from './model-path.js';
import { checkWritable } from './output-files.js';
import { patienceOf, patientCallbacks } from './patience.js';
import { tableWords } from './table-options.js';
import { newGround, resumedGround, type TrainGround } from './train-ground.js';
import { type TrainFlags, trainOptions } from './train-options.js';

/** @param signal Stops the work at a step boundary. */
export function trainCommand(signal: AbortSignal): Command {
  return trainOptions().action(async (data: string | undefined, flags: TrainFlags) => {
    checkFlags(data, flags);
    const document =
      flags.resume === undefined ? await start(data as string, flags, signal) : await goOn(data, flags, signal);
    deliverDocument(document, flags, renderTrainResult);
  });
}

/** Options of every `fit`. */
type SharedOptions = Omit<FitOptions, 'validationData' | 'sampleWeights'>;

/** What belongs to a recipe, which a run that goes on has. */
const OF_A_NEW_RUN = [
  ['--out', 'out'],
  ['--target', 'target'],
  ['--task', 'task'],
  ['--columns', 'columns'],
  ['--drop', 'drop'],
  ['--sample-weights', 'sampleWeights'],
  ['--stream', 'stream'],
  ['--shuffle-buffer', 'shuffleBuffer'],
  ['--checkpoint-every', 'checkpointEvery'],
  ['--target-scale', 'targetScale'],
  ['--validation-split', 'validationSplit'],
  ['--recipe', 'recipe'],
  ['--layers', 'layers'],
  ['--activation', 'activation'],
  ['--optimizer', 'optimizer'],
  ['--learning-rate', 'learningRate'],
  ['--schedule', 'schedule'],
  ['--weight-decay', 'weightDecay'],
  ['--dropout', 'dropout'],
  ['--loss', 'loss'],
  ['--class-weights', 'classWeights'],
  ['--batch-size', 'batchSize'],
  ['--epochs', 'epochs'],
  ['--seed', 'seed'],
  ['--reduction', 'reduction'],
] as const satisfies readonly (readonly [string, keyof TrainFlags])[];

function checkFlags(data: string | undefined, flags: TrainFlags): void {
  if (flags.output !== undefined) checkWritable(flags.output, '--output');
  if (flags.resume !== undefined) {
    for (const [option, name] of OF_A_NEW_RUN) {
      if (flags[name] !== undefined)
        throw expected('nothing beside --resume: the run says it itself,', option, flags[name]);
    }
  } else if (data === undefined) {
    throw expected('a table, mnist, digits, or a folder of IDX files, or --resume', 'the data', data);
  }
}

async function start(name: string, flags: TrainFlags, signal: AbortSignal): Promise<TrainDocument> {
  const ground = await newGround(name, flags, signal);
  signal.throwIfAborted();
  say(flags, () => renderTrainOpening({ ...ground, streamed: ground.rows === null }));
  const { recipe, choice } = ground;
  const progress = progressOf(ground, flags);
  const model = modelFromRecipe(recipe, ground.table?.preparation ?? null);
  const options = {
    ...recipe.fit,
    reduction: recipe.reduction,
    emulate: recipe.emulate,
    ...executionOf(flags),
    ...(flags.out === undefined ? {} : { folder: flags.out, checkpointEvery: flags.checkpointEvery ?? null }),
    dataSource: choice,
    ...watch(progress, flags.patience ?? null, ground, signal),
  };
  const run = await train(model, ground, options)
    .catch((error: unknown) => interrupted(error, flags.out, signal))
    .finally(() => progress.stop());
  const file = flags.out === undefined ? null : await keep(model, flags.out);
  const hash = flags.out === undefined ? null : (await openRun(flags.out)).manifest.data.hash;
  return documentOf(ground, run, file, startLine(name, flags), hash);
}

async function goOn(data: string | undefined, flags: TrainFlags, signal: AbortSignal): Promise<TrainDocument> {
  const folder = flags.resume as string;
  const ground = await resumedGround(folder, data, signal);
  signal.throwIfAborted();
  const { run: before } = ground;
  say(flags, () => renderTrainOpening({ ...ground, streamed: ground.rows === null }));
  const progress = progressOf(ground, flags);
  const watched = watch(progress, await patienceOf(before, flags.patience), ground, signal);
  const { model, run } = await resumeOn(ground, { ...executionOf(flags), ...watched })
    .catch((error: unknown) => interrupted(error, folder, signal))
    .finally(() => progress.stop());
  const there = join(before.path, MODEL_FILE);
  const file = existsSync(there) ? there : await keep(model, folder);
  const line = commandLine(['train', ...(data === undefined ? [] : [data])], {
    '--resume': folder,
    '--patience': flags.patience,
    ...executionWords(flags),
  });
  return documentOf(ground, run, file, line, before.manifest.data.hash);
}

/** On the rows of a table as they are, so that the run has the preparation; or on rows and targets. */
function train(model: Sequential, ground: TrainGround, options: SharedOptions): Promise<Run> {
  const { table, validates, sampleWeights } = ground;
  if (table === null) {
    const { train } = rowsIn(ground);
    return model.fit(train.x, train.y, { ...options, ...weighedRows(ground) });
  }
  const validation = validates ? { validationData: table.test } : {};
  return model.fit(table.train, {
    ...options,
    ...validation,
    ...(sampleWeights === null ? {} : { sampleWeights }),
  });
}

/** Of what is no table, and of runs that were given prepared rows. */
const rowsIn = ({ rows }: TrainGround): ComparedData => rows as ComparedData;

/** What rows that are prepared already weigh, and what they are validated on. */
function weighedRows(ground: TrainGround): Pick<FitOptions, 'sampleWeights' | 'validationData'> {
  const { train, test } = rowsIn(ground);
  const weights = train.weights ? { sampleWeights: train.weights } : {};
  if (!ground.validates) return weights;
  return { ...weights, validationData: test.weights ? [test.x, test.y, test.weights] : [test.x, test.y] };
}

function resumeOn(
  ground: Awaited<ReturnType<typeof resumedGround>>,
  options: Omit<ResumeOptions, 'validationData' | 'sampleWeights'>,
): Promise<ResumedRun> {
  const { table, validates, run } = ground;
  if (table !== null && run.manifest.data.preparation !== undefined) {
    return resume(run.path, table.train, { ...options, ...(validates ? { validationData: table.test } : {}) });
  }
  const { train } = rowsIn(ground);
  return resume(run.path, train.x, train.y, { ...options, ...weighedRows(ground) });
}

function watch(
  progress: EpochProgress,
  patience: number | null,
  { validates }: TrainGround,
  signal: AbortSignal,
): Pick<FitOptions, 'callbacks' | 'onProgress' | 'signal'> {
  const stopping = patience === null ? [] : [patientCallbacks(patience, validates)];
  return { callbacks: [progress.callbacks, ...stopping], onProgress: progress.onProgress, signal };
}

function progressOf({ recipe, data, validates }: TrainGround, flags: TrainFlags): EpochProgress {
  const metrics = epochMetrics(recipe.metrics, validates).filter(isShown);
  const { epochs, batchSize } = recipe.fit;
  return epochProgress({ rows: data.rows, batchSize, epochs, metrics }, { quiet: isQuiet(flags) });
}

const isQuiet = ({ quiet, json }: TrainFlags): boolean => quiet === true || json === true;

function say(flags: TrainFlags, text: () => string): void {
  if (!isQuiet(flags)) process.stdout.write(`${text()}\n\n`);
}

/** Rejects with how to go on, where it was an interrupt. */
function interrupted(error: unknown, folder: string | undefined, signal: AbortSignal): never {
  if (!signal.aborted) throw error;
  if (folder === undefined || !existsSync(join(folder, MANIFEST_FILE)))
    throw new Interrupted(
      folder === undefined
        ? 'interrupted, nothing was kept: --out FOLDER keeps a run to go on with'
        : 'interrupted before the first step: nothing was kept',
    );
  throw new Interrupted(
    `interrupted: a checkpoint is kept; go on with ${commandLine(['train', '--resume', folder], {})}`,
  );
}

async function keep(model: Sequential, folder: string): Promise<string> {
  const file = resolve(folder, MODEL_FILE);
  await model.save(file);
  return file;
}

/** @param hash Of the run folder's data. */
function documentOf(
  { data }: TrainGround,
  run: Run,
  model: string | null,
  line: string,
  hash: string | null,
): TrainDocument {
  const { history } = run;
  const last = Object.entries(history).map(([name, values]): [string, number] => [name, values[values.length - 1]]);
  return {
    schemaVersion: 1,
    command: 'train',
    version,
    contract: contractOf(run.recipe),
    machine: describeMachine(),
    recipe: { ...run.recipe },
    data: { ...data, hash: data.hash ?? hash },
    commandLine: line,
    fingerprint: run.fingerprint,
    epochs: history.loss.length,
    stopped: run.stopped,
    best: run.best && { metric: run.best.metric, epoch: run.best.epoch, value: run.best.value },
    seconds: run.seconds,
    metrics: Object.fromEntries(last),
    model,
  };
}

function executionOf({
  threads,
  isa,
  deterministic,
}: TrainFlags): Pick<FitOptions, 'threads' | 'isa' | 'deterministic'> {
  const given = Object.entries({ threads, isa, deterministic }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

function executionWords({ threads, isa }: TrainFlags): Record<string, unknown> {
  return { '--threads': threads, '--isa': isa };
}

/** What was typed. Where a recipe decides, the document has it whole. */
function startLine(name: string, flags: TrainFlags): string {
  const drop = flags.drop === undefined ? [] : ['--drop', ...flags.drop];
  const { classWeights = {} } = flags;
  const given =
    classWeights === 'balanced' ? [classWeights] : Object.entries(classWeights).map((pair) => pair.join('='));
  const weights = given.length === 0 ? [] : ['--class-weights', ...given];
  const stream = flags.stream === undefined ? [] : [flags.stream ? '--stream' : '--no-stream'];
  return commandLine(['train', name, ...tableWords(flags), ...drop, ...stream, ...weights], {
    '--sample-weights': flags.sampleWeights,
    '--shuffle-buffer': flags.shuffleBuffer,
    '--recipe': flags.recipe,
    '--target-scale': flags.targetScale,
    '--layers': flags.layers,
    '--activation': flags.activation,
    '--optimizer': flags.optimizer,
    '--learning-rate': flags.learningRate,
    '--schedule': flags.schedule,
    '--weight-decay': flags.weightDecay,
    '--dropout': flags.dropout,
    '--loss': flags.loss,
    '--batch-size': flags.batchSize,
    '--epochs': flags.epochs,
    '--patience': flags.patience,
    '--seed': flags.seed,
    '--validation-split': flags.validationSplit,
    '--reduction': flags.reduction,
    ...executionWords(flags),
  });
}
