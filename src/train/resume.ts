/** Going on with a run that did not end, to the bits of one that did. */
import type { MatrixLike } from '../data/matrix.js';
import type { Table } from '../data/table/table.js';
import { TableSource } from '../data/table/table-source.js';
import { expected, SamebitsError } from '../errors.js';
import { contractOf } from '../model/emulation.js';
import type { StepOrders } from '../native/network.js';
import type { Checkpoint } from '../runs/checkpoint.js';
import { damaged } from '../runs/file-errors.js';
import type { Manifest, RecordedData, RunResult } from '../runs/manifest.js';
import { readMetrics } from '../runs/metrics.js';
import { metricNames, newestWhole, openRun, type RunFolder } from '../runs/open-run.js';
import { readOrders } from '../runs/recording-file.js';
import { RunWriter } from '../runs/run-writer.js';
import { readTrace } from '../runs/trace.js';
import { checkRepeatable, resolveExecution } from './execution.js';
import { FROM_THE_BEGINNING, historyOf } from './fit.js';
import {
  type Callbacks,
  checkResumeOptions,
  checkTableResumeOptions,
  type ResumeOptions,
  type TableResumeOptions,
} from './fit-options.js';
import { sessionOf } from './manifest-of.js';
import { modelOf, restore } from './restore.js';
import type { BestWeights, EpochMetrics, Run } from './run.js';
import type { Targets } from './samples.js';
import { hashSamples, hashStream } from './samples-hash.js';
import type { Sequential } from './sequential.js';
import type { Rows } from './tabular/evaluate-rows.js';
import { StreamedRows } from './tabular/streamed-rows.js';
import { partsOf, rowsOf, validationRowsOf } from './tabular/table-data.js';
import { isTabular } from './tabular/tabular.js';
import { endsOf } from './tabular/task.js';
import {
  bestMetric,
  type Continuation,
  checkCallbackMetrics,
  type FitData,
  fitData,
  type ModelParts,
  restoresBest,
  type TrainingOptions,
  trainHeld,
} from './train-model.js';

/** What {@link resume} gives. */
export interface ResumedRun {
  /** As `fit` would have left it. */
  readonly model: Sequential;
  /** Of the whole run: history, steps and fingerprints as if it had never stopped. */
  readonly run: Run;
}

/**
 * Goes on with the run of a folder from its newest checkpoint, in the middle of an epoch too, to the bits that `fit` would
 * have given, whatever threads and instruction set it has now. A complete run comes back as it is. In free order the steps
 * that are made again are summed as they come, unless the run replays a recording.
 *
 * @example
 * const { model, run } = await resume('runs/a', x, y, { validationData: [xTest, yTest] });
 *
 * @param x The rows of the run, as `fit` took them.
 * @param y Their targets.
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for a folder that is no run's, or damaged; `ERR_SAMEBITS_DATA` for other data;
 * `ERR_SAMEBITS_BUSY` where this process is writing to the folder; and what `fit` throws.
 */
export async function resume(folder: string, x: MatrixLike, y: Targets, options?: ResumeOptions): Promise<ResumedRun>;
/**
 * The same with the table of the run, or what `openTable` gives: rows are prepared as they were. A run whose rows were streamed goes
 * on with rows that are streamed or in memory; one that shuffled a whole table needs all of it in memory.
 *
 * @throws SamebitsError as above
 */
export async function resume(
  folder: string,
  table: Table | TableSource,
  options?: TableResumeOptions,
): Promise<ResumedRun>;
export async function resume(
  folder: string,
  data: MatrixLike | Table | TableSource,
  second?: Targets | TableResumeOptions,
  options: ResumeOptions = {},
): Promise<ResumedRun> {
  if (isTabular(data)) {
    const { validationData, validationSplit, ...rest } = checkTableResumeOptions((second ?? {}) as TableResumeOptions);
    const { training, validation } = partsOf(data, validationData, validationSplit, 'resume');
    return resumeOn(folder, rest, (run, parts) => tableData(run, parts, training, validation, rest.signal));
  }
  const { validationData, validationSplit, sampleWeights, ...rest } = checkResumeOptions(options);
  const given = { validationData, validationSplit, sampleWeights };
  return resumeOn(folder, rest, (_, parts) => fitData(parts, data, second as Targets, given));
}

/** What a run has to go on with. */
async function tableData(
  run: RunFolder,
  { compiled, blueprint }: ModelParts,
  table: Table | TableSource,
  validationData: Table | TableSource | undefined,
  signal: AbortSignal | undefined,
): Promise<FitData> {
  const preparation = await run.preparation();
  if (preparation === null) {
    throw expected('x and y, as the run was not given a table,', 'data', table, 'ERR_SAMEBITS_DATA');
  }
  if (table instanceof TableSource && run.manifest.data.streamed === undefined) {
    throw expected('a table in memory, as the run had (readTable gives one),', 'table', table);
  }
  const { sampleWeights } = run.manifest.data;
  const end = { ...endsOf(blueprint.model, compiled.loss), sampleWeights: sampleWeights ?? null };
  const train = await rowsOf(table, preparation, end, 'the table', { signal });
  const validation = validationData && (await validationRowsOf(validationData, preparation, end, signal));
  return {
    columns: preparation.features.length,
    train,
    validation: validation ?? null,
    preparation,
    ...(sampleWeights && { sampleWeights }),
  };
}

async function resumeOn(
  folder: string,
  checked: Omit<ReturnType<typeof checkResumeOptions>, 'validationData' | 'validationSplit' | 'sampleWeights'>,
  dataOf: (run: RunFolder, parts: ModelParts) => FitData | Promise<FitData>,
): Promise<ResumedRun> {
  const run = await openRun(folder);
  const { manifest } = run;
  const { recipe } = manifest;
  checkContract(manifest);
  const { reduction, emulate } = recipe;
  const execution = resolveExecution({ ...checked, reduction, emulate });
  checkRepeatable(execution, { seedDrawn: false, replays: checked.replay !== undefined });
  if (manifest.options.replay !== (checked.replay !== undefined)) {
    throw expected(
      manifest.options.replay ? 'the recording that the run replays' : 'no recording',
      'replay',
      checked.replay,
    );
  }
  if (bestMetric(checked.callbacks, manifest.options.best) !== manifest.options.best) {
    throw expected('callbacks that restore no best epoch, as the run kept none,', 'callbacks', checked.callbacks);
  }
  checkCallbackMetrics(
    { callbacks: checked.callbacks, best: null },
    recipe.metrics,
    manifest.data.validation !== null,
    'resume',
  );
  checked.signal?.throwIfAborted();
  const model = await modelOf(run);
  try {
    const data = await dataOf(run, model.parts);
    await checkData(manifest, data, checked.signal);
    const point = await findPoint(run);
    const hardware = { isa: execution.isa, emulate };
    if (point !== null) restore(run, model, point.checkpoint, hardware);
    if (manifest.result !== null) {
      const complete = await completeRun(run, manifest.result);
      if (complete.best !== null && restoresBest(checked.callbacks)) model.setWeights(complete.best.weights);
      return { model, run: complete };
    }
    if (point !== null) await giveStates(checked.callbacks, point.checkpoint);
    const fitOptions: TrainingOptions = {
      ...checked,
      classWeights: undefined,
      ...recipe.fit,
      ...manifest.options,
      replay: checked.replay,
      reduction,
      emulate: [...emulate],
      folder: run.path,
      dataSource: manifest.data.choice,
    };
    const continuation = continuationOf(run, point, () => {
      const session = sessionOf({ ...execution, plan: checked.plan }, point?.checkpoint.step ?? 0);
      return RunWriter.resume(run, point?.checkpoint ?? null, point?.orders ?? NO_ORDERS, session);
    });
    const { parts } = model;
    return {
      model,
      run: await parts.live.hold('resume', () => trainHeld(parts, data, fitOptions, execution, continuation)),
    };
  } catch (cause) {
    model.dispose();
    throw cause;
  }
}

const NO_ORDERS: StepOrders = new Uint32Array(0);

/** @throws SamebitsError `ERR_SAMEBITS_FILE` for a run whose bits another version computes. */
function checkContract({ contract, recipe, sessions }: Manifest): void {
  const own = contractOf(recipe);
  if (contract === own) return;
  throw new SamebitsError(
    'ERR_SAMEBITS_FILE',
    `Expected a run of the numerics contract ${own} but received one of ${contract}: samebits ${sessions[0].version}, ` +
      'which wrote it, can go on with it',
  );
}

/** @throws SamebitsError `ERR_SAMEBITS_DATA` */
async function checkData(
  { data }: Manifest,
  { train, validation, preparation }: FitData,
  signal: AbortSignal | undefined,
): Promise<void> {
  await checkHash(data, train, preparation === null ? 'x and y' : 'the table', signal);
  if ((data.validation === null) !== (validation === null)) {
    const what = data.validation === null ? 'no validation data' : `validation data of ${data.validation.rows} rows`;
    throw expected(`${what}, as the run had,`, 'validationData', validation?.rows, 'ERR_SAMEBITS_DATA');
  }
  if (data.validation === null || validation === null) return;
  await checkHash(data.validation, validation, 'validationData', signal);
}

async function checkHash(
  { hash, streamed }: Pick<RecordedData, 'hash' | 'streamed'>,
  rows: Rows,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const found = streamed || rows instanceof StreamedRows ? await hashStream(rows, signal) : hashSamples(rows);
  if (found !== hash) throw expected(`the run's data, of SHA-256 ${hash},`, name, found, 'ERR_SAMEBITS_DATA');
}

/** Where a run can go on. */
interface ResumePoint {
  readonly checkpoint: Checkpoint;
  readonly epochs: readonly EpochMetrics[];
  readonly orders: StepOrders;
}

/** The newest checkpoint that is whole, with all that the folder's other files held when it was written. */
function findPoint(run: RunFolder): Promise<ResumePoint | null> {
  const { manifest, path } = run;
  return run.checkpoints().then((files) =>
    newestWhole(files, async ({ step }) => {
      const checkpoint = await run.checkpoint(step);
      const epochs = await readMetrics(path, metricNames(manifest), checkpoint.metrics);
      if (checkpoint.trace !== null && manifest.options.trace !== null && checkpoint.trace.lines > 0) {
        const head = { every: manifest.options.trace, tensors: run.tensors };
        const { entries } = readTrace(path, head, checkpoint.trace);
        for await (const entry of entries)
          if (entry.step > step) throw damaged(`${step} steps`, 'trace.jsonl', entry.step);
      }
      const orders = checkpoint.recording === null ? NO_ORDERS : await readOrders(path, checkpoint.recording);
      checkPoint(run, checkpoint, epochs.length);
      return { checkpoint, epochs, orders };
    }),
  );
}

/** Counters of a checkpoint say one thing five times; a seal does not make them agree. */
function checkPoint(run: RunFolder, { step, counters, epoch, best, stopped }: Checkpoint, epochs: number): void {
  const { data, recipe, initialEpoch, options } = run.manifest;
  const { stepsPerEpoch } = run;
  const file = `checkpoint ${step} of ${run.path}`;
  const ended = Math.floor(step / stepsPerEpoch);
  if (ended > recipe.fit.epochs || (ended === recipe.fit.epochs && step % stepsPerEpoch > 0)) {
    throw damaged(`at most ${stepsPerEpoch * recipe.fit.epochs} steps`, file, step);
  }
  if (epochs !== ended) throw damaged(`${ended} epochs`, file, epochs);
  if (counters.epochs !== initialEpoch + ended) throw damaged(`${initialEpoch + ended} epochs`, file, counters.epochs);
  if (stopped && (step === 0 || step % stepsPerEpoch > 0 || ended === recipe.fit.epochs)) {
    throw damaged('the end of an epoch, not of all, where the run was ended,', file, step);
  }
  const position = (step % stepsPerEpoch) * recipe.fit.batchSize;
  if (epoch.position !== position || position >= data.rows) throw damaged(`${position} rows`, file, epoch.position);
  if (best !== null && (best.metric !== options.best || best.epoch >= ended)) {
    throw damaged(`the best of ${ended} epochs by ${options.best}`, file, `${best.epoch} by ${best.metric}`);
  }
}

function continuationOf(run: RunFolder, point: ResumePoint | null, openWriter: () => Promise<RunWriter>): Continuation {
  const { initialEpoch, start } = run.manifest;
  if (point === null) {
    if (start === 'checkpoint') throw damaged('the checkpoint of step 0', run.path, 'none');
    const epoch = { position: 0, hits: 0, batchLeaf: 1, lossSums: new Float32Array(0) };
    return { from: FROM_THE_BEGINNING, session: { steps: 0, epoch }, best: null, initialEpoch, openWriter };
  }
  const { checkpoint, epochs, orders } = point;
  const { step, nonFinite, stopped, epoch } = checkpoint;
  return {
    from: { steps: step, epochs, nonFinite, stopped, orders },
    session: { steps: step, epoch },
    best: bestOf(checkpoint),
    initialEpoch,
    openWriter,
  };
}

function bestOf({ best, bestWeights }: Checkpoint): BestWeights | null {
  return best && bestWeights && { ...best, weights: bestWeights };
}

/** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` where nobody takes a state that was kept. */
async function giveStates(callbacks: readonly Callbacks[], { callbacks: states }: Checkpoint): Promise<void> {
  for (const [index, state] of states.entries()) {
    if (state === null) continue;
    const take = callbacks[index]?.setState;
    if (take === undefined) {
      throw expected('setState, for what the callbacks of the run have kept,', `callbacks[${index}]`, callbacks[index]);
    }
    await callbacks[index].setState?.(state);
  }
}

/** What `fit` gave, from the folder. */
async function completeRun(run: RunFolder, result: RunResult): Promise<Run> {
  const { manifest, path } = run;
  const { recipe, contract, initialEpoch, sessions } = manifest;
  const bestWeights = await run.bestWeights();
  return {
    history: historyOf(await run.metrics()),
    fingerprint: result.fingerprint,
    contract,
    recipe,
    execution: sessions[sessions.length - 1].execution,
    initialEpoch,
    steps: result.steps,
    stopped: result.steps < run.stepsPerEpoch * recipe.fit.epochs,
    seconds: 0,
    samplesPerSecond: 0,
    recording: await run.recording(),
    nonFinite: result.nonFinite,
    trace: null,
    stages: null,
    best: result.best && bestWeights && { ...result.best, weights: bestWeights },
    folder: path,
  };
}
