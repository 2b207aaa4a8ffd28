/** Experiments from programs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { callback, check, fields, integer } from '../arguments.js';
import { type DataSet, fromLabeled, type GivenData, givenData } from '../data/data-set.js';
import type { LabeledData } from '../data/labeled.js';
import { namedSource } from '../data/named-source.js';
import type { DataSource } from '../data/source.js';
import { dataSourceSchema } from '../data/source-schema.js';
import { expected } from '../errors.js';
import { parseRecipe, type Recipe } from '../model/recipe.js';
import { MOST_THREADS } from '../train/execution.js';
import type { LabProgress } from './carry-out.js';
import { customExperiment } from './custom/custom.js';
import type { ExperimentDescription } from './custom/description.js';
import type { LabDocument } from './document.js';
import type { Experiment } from './experiment/experiment.js';
import { EXPERIMENTS, experimentNamed } from './experiments/index.js';
import { Lab } from './lab.js';
import { ResultStore } from './store/result-store.js';

/**
 * An experiment of one's own: what a JSON file for `samebits lab run` says, as an object.
 *
 * @example
 * const mine = experiment({
 *   name: 'seed-or-order',
 *   question: 'Do the initial weights move the accuracy more than the order of the data?',
 *   design: 'oneAtATime',
 *   causes: { initialWeights: { seeds: 10 }, dataOrder: { seeds: 10 } },
 *   claim: { cause: 'initialWeights', than: 'dataOrder' },
 * });
 * const { verdict, statement } = await runExperiment(mine);
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`, also for unknown keys and causes, with the nearest known one; as
 * `parseRecipe` does.
 */
export function experiment(description: ExperimentDescription): Experiment {
  return customExperiment(description);
}

/** Options of {@link runExperiment}. */
export interface RunExperimentOptions {
  /**
   * `digits`, `mnist`, a folder of IDX files, a source, a data set, or arrays.
   * @default the experiment's own
   */
  readonly data?: string | DataSource | LabeledData | GivenData;
  /** @default the experiment's own */
  readonly recipe?: Recipe;
  /** Seeds, pairs or repeats, as the experiment says; at least 2. @default the experiment's own */
  readonly repeats?: number;
  /** @default the recipe's */
  readonly epochs?: number;
  /** Train on the first rows only. @default all */
  readonly rows?: number;
  /** Of each run. @default 1, and runs share the cores */
  readonly threads?: number;
  /** A folder that keeps finished runs, so that they are never computed twice. @default none: all runs are made anew */
  readonly store?: string;
  readonly signal?: AbortSignal;
  /** Called when runs have ended; not awaited. */
  readonly onProgress?: (progress: LabProgress) => void;
}

/** What an experiment found, without the head of a command's document. */
export type ExperimentResult = Omit<LabDocument, 'schemaVersion' | 'command' | 'commandLine'>;

const schema = fields({
  data: v.optional(v.unknown()),
  recipe: v.optional(v.unknown()),
  repeats: v.optional(integer(2)),
  epochs: v.optional(integer(1)),
  rows: v.optional(integer(1)),
  threads: v.optional(integer(1, MOST_THREADS)),
  store: v.optional(v.pipe(v.string('a folder'), v.minLength(1, 'a folder'))),
  signal: v.optional(v.instance(AbortSignal, 'an AbortSignal')),
  onProgress: v.optional(callback<NonNullable<RunExperimentOptions['onProgress']>>()),
});

/** What is asked of an {@link Experiment}. */
const experimentSchema = v.object({
  name: v.string(),
  question: v.string(),
  folklore: v.nullable(v.string()),
  summary: v.string(),
  repeats: integer(1),
  base: v.nullable(v.function()),
  defaults: v.optional(v.object({ source: v.nullable(dataSourceSchema), rows: v.nullable(integer(1)) })),
  plan: v.function(),
  conclude: v.function(),
});

/**
 * Carries out an experiment in worker threads, and says what it found.
 *
 * @param what A name from `samebits lab list`, or what {@link experiment} made.
 * @throws SamebitsError for wrong arguments, as `fit` does; `ERR_SAMEBITS_NON_FINITE`, saying which run;
 * `ERR_SAMEBITS_FILE` for a store that cannot be used; the signal's reason after an abort, at a step boundary.
 */
export async function runExperiment(
  what: string | Experiment,
  options: RunExperimentOptions = {},
): Promise<ExperimentResult> {
  const found = experimentOf(what);
  const { data, recipe, store, signal, onProgress, ...choice } = check(schema, options, 'options');
  signal?.throwIfAborted();
  const chosen = data === undefined ? null : chosenData(data);
  const lab = new Lab({ given: chosen?.given, signal, onProgress });
  try {
    const prepared = await lab.prepare(found, {
      ...choice,
      recipe: recipe === undefined ? undefined : parseRecipe(recipe),
      source: chosen?.source,
    });
    return await withStore(store, async (results) => {
      await lab.carryOut(prepared, results);
      const {
        schemaVersion: _,
        command: __,
        commandLine: ___,
        ...result
      } = await lab.conclude(prepared, [results], '');
      return result;
    });
  } finally {
    await lab.close();
  }
}

function experimentOf(what: string | Experiment): Experiment {
  const found = typeof what === 'string' ? experimentNamed(what) : what;
  if (v.is(experimentSchema, found)) return found as Experiment;
  const names = EXPERIMENTS.map(({ name }) => name).join(', ');
  throw expected(`what experiment() gives, or one of ${names}`, 'experiment', what);
}

interface ChosenData {
  readonly source: DataSource;
  readonly given: ReadonlyMap<string, DataSet>;
}

function chosenData(data: unknown): ChosenData {
  if (typeof data === 'string') return { source: namedSource(data), given: new Map() };
  if (typeof data === 'object' && data !== null && 'kind' in data) {
    return { source: check(dataSourceSchema, data, 'options.data'), given: new Map() };
  }
  if (typeof data === 'object' && data !== null && 'train' in data && 'test' in data) {
    const labeled = fromLabeled(data as LabeledData);
    const { name, hash } = labeled;
    return { source: { kind: 'given', name, hash }, given: new Map([[hash, labeled]]) };
  }
  if (typeof data === 'object' && data !== null && 'x' in data) {
    const { source, data: set } = givenData(data as GivenData);
    return { source, given: new Map([[set.hash, set]]) };
  }
  throw expected('a name, a source, a data set, or { x, y, xTest, yTest },', 'options.data', data);
}

/** Without a folder of the caller's, results go through one that is removed afterwards. */
async function withStore<T>(path: string | undefined, use: (store: ResultStore) => Promise<T>): Promise<T> {
  const temporary = path === undefined ? mkdtempSync(join(tmpdir(), 'samebits-lab-')) : null;
  const store = ResultStore.open(path ?? (temporary as string));
  try {
    return await use(store);
  } finally {
    store.close();
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
  }
}
