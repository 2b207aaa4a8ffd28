/** Carries out the tasks of an experiment that no store has the results of. */
import type { Setting } from '../causes/cause.js';
import { type Answer, type Failure, reviveFailure } from '../compare/task.js';
import { type DataLibrary, settingsOf } from './data-library.js';
import type { Ground, Plan } from './experiment/experiment.js';
import type { Task } from './experiment/task.js';
import { type PlannedTask, plannedTasks, type Shard } from './planned.js';
import type { Batch, LabPool } from './pool/pool.js';
import { settingChanges } from './setting-changes.js';
import type { ResultStore } from './store/result-store.js';
import { bytesOf, costOf, type DataSize, threadsOf } from './task-cost.js';
import type { Outcome } from './tasks/outcome.js';

/** How far an experiment is. */
export interface LabProgress {
  readonly experiment: string;
  /** Tasks that are done now, and in all; of a shard, its own. */
  readonly done: number;
  readonly tasks: number;
  /** Of these, results that were there before. */
  readonly kept: number;
  /** Share of the work that is to be done now which is done, from 0 to 1, by estimated cost. */
  readonly share: number;
}

export interface CarryOutOptions {
  readonly experiment: Plan;
  readonly ground: Ground;
  readonly library: DataLibrary;
  readonly store: ResultStore;
  readonly pool: LabPool;
  readonly shard?: Shard;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LabProgress) => void;
}

/** What {@link carryOut} did. */
export interface CarriedOut {
  readonly tasks: number;
  readonly kept: number;
}

/** Work of a batch, as {@link costOf} counts it: about a twentieth of a second. */
const BATCH_COST = 1e9;
const MOST_TASKS = 256;
/** Of results, which are in memory until their batch has ended. */
const MOST_BYTES = 1 << 22;
const MOST_SOURCES = 8;

interface Job extends PlannedTask, Estimate {}

interface Estimate {
  readonly cost: number;
  /** Of results. */
  readonly bytes: number;
}

interface JobBatch extends Batch {
  readonly jobs: readonly Job[];
}

/**
 * Results go into the store as they come; at most a batch for each core is on its way, so memory does not grow with the
 * runs.
 *
 * @throws SamebitsError of the first task that fails, saying which; the signal's reason after an abort.
 */
export async function carryOut(options: CarryOutOptions): Promise<CarriedOut> {
  const { experiment, library, store, pool, signal, onProgress } = options;
  const { missing, tasks, cost } = await survey(options);
  const kept = tasks - missing.size;
  let [done, doneCost] = [kept, 0];
  const tell = (): void =>
    onProgress?.({ experiment: experiment.name, done, tasks, kept, share: cost === 0 ? 1 : doneCost / cost });
  tell();
  if (missing.size === 0) return { tasks, kept };
  await pool.run(
    batchesOf(options, missing),
    ({ jobs }, answers) => {
      const finished = answers.filter(isValue);
      store.add(finished.map(({ value }, i) => ({ key: jobs[i].key, kind: jobs[i].task.kind, outcome: value })));
      done += finished.length;
      for (let i = 0; i < finished.length; i += 1) doneCost += jobs[i].cost;
      if (finished.length > 0) tell();
      const failure = answers.find(isFailure);
      if (failure !== undefined) throw reviveFailure(failure.failure, describe(jobs[answers.length - 1].task, options));
    },
    signal,
  );
  return { tasks, kept };

  async function survey({ ground, shard }: CarryOutOptions) {
    const keys = new Set<string>();
    let all = 0;
    let sum = 0;
    for await (const { task, key } of plannedTasks(experiment, ground, library, shard)) {
      signal?.throwIfAborted();
      all += 1;
      if (store.holds(key)) continue;
      keys.add(key);
      sum += (await estimate(task, library)).cost;
    }
    return { missing: keys, tasks: all, cost: sum };
  }
}

/** Batches in the order of the plan; the data of each are loaded when it is asked for. */
async function* batchesOf(
  { experiment, ground, library, shard }: CarryOutOptions,
  missing: ReadonlySet<string>,
): AsyncGenerator<JobBatch, void, undefined> {
  let jobs: Job[] = [];
  let data = new Map<string, JobBatch['data'][number]>();
  let [cost, bytes] = [0, 0];
  const take = (): JobBatch => {
    const batch = {
      jobs,
      tasks: jobs.map(({ task }) => task),
      data: [...data.values()],
      threads: threadsOf(jobs[0].task),
    };
    [jobs, data, cost, bytes] = [[], new Map(), 0, 0];
    return batch;
  };
  for await (const { task, key } of plannedTasks(experiment, ground, library, shard)) {
    if (!missing.has(key)) continue;
    const job = { task, key, ...(await estimate(task, library)) };
    const isLarge = cost + job.cost > BATCH_COST || bytes + job.bytes > MOST_BYTES;
    const isFull = isLarge || jobs.length >= MOST_TASKS || data.size >= MOST_SOURCES;
    if (jobs.length > 0 && (isFull || threadsOf(task) !== threadsOf(jobs[0].task))) yield take();
    jobs.push(job);
    cost += job.cost;
    bytes += job.bytes;
    for (const { data: choice } of settingsOf(task)) {
      const { source } = choice;
      data.set(JSON.stringify(source), { source, data: await library.load(source) });
    }
  }
  if (jobs.length > 0) yield take();
}

async function estimate(task: Task, library: DataLibrary): Promise<Estimate> {
  const sizes = new Map<unknown, DataSize>();
  for (const setting of settingsOf(task)) sizes.set(setting, await sizeOf(setting.data.source, library));
  const sizeOfSetting = (setting: Setting): DataSize => sizes.get(setting) as DataSize;
  return { cost: costOf(task, sizeOfSetting), bytes: bytesOf(task, sizeOfSetting) };
}

/** Made-up data say it themselves: they need not be made for it. */
async function sizeOf(source: Parameters<DataLibrary['load']>[0], library: DataLibrary): Promise<DataSize> {
  if (source.kind === 'madeUp') return source;
  const { train, test } = await library.load(source);
  return { rows: train.x.rows, testRows: test.x.rows, columns: train.x.columns };
}

/** For people: which of the tasks it was. */
function describe(task: Task, { experiment, ground }: CarryOutOptions): string {
  const changes = settingsOf(task)
    .map((setting) => settingChanges(ground.base, setting))
    .map((all) => Object.entries(all).map(([path, value]) => `${path} = ${JSON.stringify(value)}`))
    .map((texts) => (texts.length === 0 ? 'the base setting' : texts.join(', ')));
  return [`a ${task.kind} task of ${experiment.name}`, ...changes].join(': ');
}

function isValue<T>(answer: Answer<T>): answer is { readonly value: T } {
  return 'value' in answer;
}

function isFailure(answer: Answer<Outcome>): answer is { readonly failure: Failure } {
  return 'failure' in answer;
}
