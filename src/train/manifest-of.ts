/** The manifest of a run that begins. */
import type { DataChoice } from '../data/source.js';
import { contractOf } from '../model/emulation.js';
import type { Recipe } from '../model/recipe.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import type { Manifest, RecordedExecution, RunOptions, RunSession } from '../runs/manifest.js';
import type { CheckedFitOptions } from './fit-options.js';
import { hashSamples } from './samples-hash.js';
import type { FitData } from './train-model.js';

export interface NewRun {
  readonly recipe: Recipe;
  readonly data: FitData;
  /** Whether the model is what its recipe gives. */
  readonly isInitial: boolean;
  readonly initialEpoch: number;
  readonly executed: RecordedExecution;
  readonly options: Pick<CheckedFitOptions, 'dataSource'>;
  readonly runOptions: RunOptions;
}

export function manifestOf(run: NewRun): Manifest {
  const { recipe, data, isInitial, initialEpoch, executed, options, runOptions } = run;
  const { train, validation } = data;
  const hash = hashSamples(train);
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
      choice: choiceOf(options.dataSource, data),
      validation: validation && { rows: validation.rows, hash: hashSamples(validation) },
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
function choiceOf(source: CheckedFitOptions['dataSource'], { train, validation }: FitData): DataChoice {
  if (source !== undefined && 'source' in source) return source;
  const hash = (): string => hashSamples(train, ...(validation === null ? [] : [validation]));
  return { source: source ?? { kind: 'given', name: 'data', hash: hash() }, rows: null, bootstrap: null };
}
