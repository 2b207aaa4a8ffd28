/** Results of a plan, as an experiment asks for them: read from stores when they are asked for. */
import { SamebitsError } from '../errors.js';
import type { DataLibrary } from './data-library.js';
import type { Ground, Plan, Results } from './experiment/experiment.js';
import type { Task, TaskResult } from './experiment/task.js';
import { plannedTasks } from './planned.js';
import type { ResultStore, StoredResult } from './store/result-store.js';
import { taskKey } from './store/task-key.js';
import type { TrainRecord } from './tasks/outcome.js';

export class KeptResults implements Results {
  readonly #stores: ReadonlyMap<string, ResultStore>;
  readonly #library: DataLibrary;

  private constructor(stores: ReadonlyMap<string, ResultStore>, library: DataLibrary) {
    this.#stores = stores;
    this.#library = library;
  }

  /**
   * The results of a whole plan.
   *
   * @param stores The first that has a result gives it.
   * @throws SamebitsError `ERR_SAMEBITS_STATE` where results are missing, saying how many; the signal's reason.
   */
  static async of(
    experiment: Plan,
    ground: Ground,
    library: DataLibrary,
    stores: readonly ResultStore[],
    signal?: AbortSignal,
  ): Promise<KeptResults> {
    const found = new Map<string, ResultStore>();
    let [missing, all] = [0, 0];
    for await (const { key } of plannedTasks(experiment, ground, library)) {
      signal?.throwIfAborted();
      all += 1;
      const store = stores.find((one) => one.holds(key));
      if (store === undefined) missing += 1;
      else found.set(key, store);
    }
    if (missing === 0) return new KeptResults(found, library);
    throw new SamebitsError(
      'ERR_SAMEBITS_STATE',
      `Expected the results of all ${all} tasks of ${experiment.name} in ${stores.map(({ folder }) => folder).join(', ')} ` +
        `but ${missing} are missing: run the shards that are not done`,
    );
  }

  get<T extends Task>(task: T): TaskResult<T> {
    const key = taskKey(task, this.#library.hashOf);
    const found = this.#stores.get(key)?.get(key) ?? null;
    if (found === null || found.kind !== task.kind) {
      throw new SamebitsError('ERR_SAMEBITS_STATE', `Expected a planned task for results.get but received ${key}`);
    }
    return (task.kind === 'train' ? trainResult(found) : found.result) as TaskResult<T>;
  }
}

function trainResult(found: StoredResult): TaskResult<Task & { kind: 'train' }> {
  return {
    ...(found.result as TrainRecord),
    predictions: () => found.array('predictions'),
    weights: () => found.array('weights'),
  };
}
