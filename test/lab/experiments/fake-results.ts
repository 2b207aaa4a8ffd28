/** Results without training: for tests of what experiments conclude. */
import type { Setting } from '../../../dist/causes/cause.js';
import type { BaseChoice, Experiment, Ground, GroundData, Results } from '../../../dist/lab/experiment/experiment.js';
import { baseOf, groundOf } from '../../../dist/lab/experiment/ground.js';
import type {
  ForwardResult,
  ForwardTask,
  PairResult,
  PairTask,
  StagesResult,
  StagesTask,
  SumResult,
  SumTask,
  Task,
  TaskResult,
  TrainResult,
  TrainTask,
} from '../../../dist/lab/experiment/task.js';

/** What a fake training leaves; what is left out is made up, the same for the same task. */
export interface FakeTrain extends Partial<Omit<TrainResult, 'predictions' | 'weights'>> {
  readonly predictions?: readonly number[] | Float32Array;
  readonly weights?: readonly number[] | Float32Array;
}

/** One answer for each kind of task that an experiment plans. */
export interface FakeAnswers {
  readonly train?: (task: TrainTask) => FakeTrain;
  readonly stages?: (task: StagesTask) => StagesResult;
  readonly pair?: (task: PairTask) => PairResult;
  readonly forward?: (task: ForwardTask) => ForwardResult;
  readonly sum?: (task: SumTask) => SumResult;
}

/** The ground of an experiment for a test: no data are read. */
export function fakeGround(
  experiment: Experiment,
  {
    choice = {},
    data = {},
    repeats,
  }: { readonly choice?: BaseChoice; readonly data?: Partial<GroundData>; readonly repeats?: number } = {},
): Ground {
  const testRows = data.testRows ?? 4;
  const known = {
    name: 'fake',
    rows: 100,
    testRows,
    columns: 8,
    classes: 2,
    targets: Uint32Array.from({ length: testRows }, (_, row) => row % 2),
    ...data,
  };
  const base = baseOf(experiment, choice);
  return groundOf(experiment, base, base && known, ['scalar', 'avx2'], repeats);
}

/** Results of `experiment.plan(ground)`; asking for another task throws, as the real ones do. */
export function fakeResults(experiment: Experiment, ground: Ground, answers: FakeAnswers): Results {
  const planned = new Set<string>();
  for (const task of experiment.plan(ground)) planned.add(JSON.stringify(task));
  return {
    get<T extends Task>(task: T): TaskResult<T> {
      if (!planned.has(JSON.stringify(task))) throw new Error(`not planned: ${JSON.stringify(task)}`);
      const answer = answers[task.kind] as ((task: Task) => unknown) | undefined;
      if (answer === undefined) throw new Error(`no answer for ${task.kind}`);
      const result = answer(task);
      return (task.kind === 'train' ? trainResult(task, result as FakeTrain) : result) as TaskResult<T>;
    },
  };
}

/** Runs of equal settings are equal, and all others are not. */
function trainResult(task: TrainTask, fake: FakeTrain): TrainResult {
  const name = fingerprintOf(task.setting);
  const { predictions, weights, ...rest } = fake;
  return {
    fingerprint: name,
    stateFingerprint: name,
    predictionsFingerprint: name,
    steps: 10,
    train: { loss: 1, accuracy: 0.5 },
    test: { loss: 1, accuracy: 0.5 },
    classes: null,
    history: null,
    ...rest,
    predictions: () => kept(task, 'predictions', predictions),
    weights: () => kept(task, 'weights', weights),
  };
}

function kept(task: TrainTask, what: 'predictions' | 'weights', values: FakeTrain['weights']): Float32Array {
  if (!task.keep.includes(what)) throw new Error(`${what} were not kept`);
  if (values === undefined) throw new Error(`no ${what} in the fake`);
  return Float32Array.from(values);
}

/** In fixed order execution has no part in it. */
function fingerprintOf({ recipe, data }: Setting): string {
  let hash = 2166136261;
  for (const character of JSON.stringify({ recipe, data })) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16777619) >>> 0;
  }
  return hash.toString(16).padStart(8, '0').repeat(8);
}
