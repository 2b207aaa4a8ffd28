/** The manifest of a run that begins. */
import type { DataChoice } from '../data/source.js';
import { contractOf } from '../model/emulation.js';
import type { Recipe } from '../model/recipe.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import type { Manifest, RecordedExecution, RecordedValidation, RunOptions, RunSession } from '../runs/manifest.js';
import { preparationHash } from '../runs/preparation-file.js';
import type { CheckedFitOptions } from './fit-options.js';
import { hashRows, hashSamples } from './samples-hash.js';
import type { Rows } from './tabular/evaluate-rows.js';
import { StreamedRows } from './tabular/streamed-rows.js';
import type { FitData } from './train-model.js';

export interface NewRun {
  readonly recipe: Recipe;
  readonly data: FitData;
  /** Whether the model is what its recipe gives. */
  readonly isInitial: boolean;
  readonly initialEpoch: number;
  readonly executed: RecordedExecution;
  readonly options: Pick<CheckedFitOptions, 'dataSource' | 'signal'>;
  readonly runOptions: RunOptions;
}

/** Rejects with the signal's reason while rows that are streamed are hashed. */
export async function manifestOf(run: NewRun): Promise<Manifest> {
  const { recipe, data, isInitial, initialEpoch, executed, options, runOptions } = run;
  const { train, validation } = data;
  const streamed = train instanceof StreamedRows ? ({ streamed: true } as const) : {};
  const preparation = data.preparation && { preparation: preparationHash(data.preparation) };
  const hash = await hashRows(train, options.signal);
  return {
    schemaVersion: 1,
    contract: contractOf(recipe),
    status: 'running',
    recipe,
    start: isInitial ? 'recipe' : 'checkpoint',
    initialEpoch,
    data: {
      rows: train.rows,
      columns: data.columns,
      hash,
      choice: choiceOf(options.dataSource, data, hash),
      ...streamed,
      validation: validation && (await recordedValidation(validation, options.signal)),
      ...preparation,
      ...(data.sampleWeights === undefined ? {} : { sampleWeights: data.sampleWeights }),
    },
    options: runOptions,
    sessions: [sessionOf(executed, 0)],
    result: null,
  };
}

/** A session that begins now. */
export function sessionOf(execution: RecordedExecution, firstStep: number): RunSession {
  const startedAt = new Date().toISOString();
  return { version, machine: describeMachine(), execution, startedAt, firstStep, endedAt: null, seconds: null };
}

/** Rows that a caller gave have the hash that a data set of them has. */
function choiceOf(
  source: CheckedFitOptions['dataSource'],
  { train, validation }: FitData,
  trainHash: string,
): DataChoice {
  if (source !== undefined && 'source' in source) return source;
  const hash = (): string => {
    if (train instanceof StreamedRows || validation instanceof StreamedRows) return trainHash;
    return hashSamples(train, ...(validation === null ? [] : [validation]));
  };
  return { source: source ?? { kind: 'given', name: 'data', hash: hash() }, rows: null, bootstrap: null };
}

async function recordedValidation(rows: Rows, signal?: AbortSignal): Promise<RecordedValidation> {
  const recorded = { rows: rows.rows, hash: await hashRows(rows, signal) };
  return rows instanceof StreamedRows ? { ...recorded, streamed: true } : recorded;
}
