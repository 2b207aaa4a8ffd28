/** Documents from results. */
import type { DataDescription } from '../compare/document.js';
import { contractOf } from '../model/emulation.js';
import { addon } from '../native/addon.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import type { DataLibrary } from './data-library.js';
import type { LabCollection, LabDocument, LabHead, LabRun } from './document.js';
import type { Conclusion, Experiment, Ground, Results } from './experiment/experiment.js';
import type { FinalMetrics, Task } from './experiment/task.js';
import { settingChanges } from './setting-changes.js';
import { taskKey } from './store/task-key.js';

/** What {@link makeDocument} is made of. */
export interface DocumentParts {
  readonly experiment: Experiment;
  readonly ground: Ground;
  readonly library: DataLibrary;
  readonly results: Results;
  readonly commandLine: string;
}

/** The document of an experiment whose tasks are all done. */
export async function makeDocument(parts: DocumentParts): Promise<LabDocument> {
  const { experiment, ground, results, commandLine } = parts;
  const { name, question, folklore } = experiment;
  const { tasks, runs } = runsOf(parts);
  const trained = experiment.base === null ? null : await trainedOn(parts);
  return {
    ...head(trained === null ? undefined : ground.base.recipe),
    recipe: trained?.recipe ?? null,
    data: trained?.data ?? null,
    commandLine,
    experiment: name,
    question,
    folklore,
    repeats: ground.repeats,
    ...inOrder(experiment.conclude(ground, results)),
    tasks,
    runs,
  };
}

export function makeCollection(experiments: readonly LabDocument[], commandLine: string): LabCollection {
  return { ...head(), commandLine, experiments };
}

function head(recipe?: Parameters<typeof contractOf>[0]): LabHead {
  const contract = recipe === undefined ? addon().contract : contractOf(recipe);
  return { schemaVersion: 1, command: 'lab', version, contract, machine: describeMachine() };
}

async function trainedOn({ ground, library }: DocumentParts): Promise<Pick<LabDocument, 'recipe' | 'data'>> {
  const { base, data } = ground;
  return { recipe: { ...base.recipe }, data: await describeData(base, data, library) };
}

export async function describeData(
  { data: { source } }: Ground['base'],
  { rows, testRows, columns }: Ground['data'],
  library: DataLibrary,
): Promise<DataDescription> {
  const { name, hash } = await library.load(source);
  return { name, rows, testRows, columns, hash };
}

/** In the order of the type, whatever the experiment's is. */
function inOrder(conclusion: Conclusion): Conclusion {
  const { verdict, claim, statement, effect, interval, findings, tables, pictures } = conclusion;
  return { verdict, claim, statement, effect, interval, findings, tables, pictures };
}

function runsOf({ experiment, ground, library, results }: DocumentParts): Pick<LabDocument, 'tasks' | 'runs'> {
  const runs: LabRun[] = [];
  const seen = new Set<string>();
  for (const task of experiment.plan(ground)) {
    const key = taskKey(task, library.hashOf);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const { setting, fingerprint, test } of trainingsOf(task, results)) {
      runs.push({
        task: key,
        kind: task.kind,
        repeat: 'repeat' in task ? task.repeat : null,
        changes: settingChanges(ground.base, setting),
        fingerprint,
        test,
      });
    }
  }
  return { tasks: seen.size, runs };
}

interface Training {
  readonly setting: Parameters<typeof settingChanges>[1];
  readonly fingerprint: string;
  readonly test: LabRun['test'];
}

function trainingsOf(task: Task, results: Results): readonly Training[] {
  switch (task.kind) {
    case 'train': {
      const { fingerprint, test } = results.get(task);
      return [{ setting: task.setting, fingerprint, test: plain(test) }];
    }
    case 'stages': {
      const { fits } = results.get(task);
      return fits.map(({ fingerprint, test }) => ({ setting: task.setting, fingerprint, test: plain(test) }));
    }
    case 'pair': {
      const { a, b } = results.get(task);
      return [
        { setting: task.a, fingerprint: a.fingerprint, test: plain(a.test) },
        { setting: task.b, fingerprint: b.fingerprint, test: plain(b.test) },
      ];
    }
    default:
      return [];
  }
}

/** Documents have non-finite numbers as text when they are written. */
function plain(metrics: FinalMetrics): LabRun['test'] {
  return metrics as LabRun['test'];
}
