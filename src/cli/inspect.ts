/** `samebits inspect`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { fromLabeled } from '../data/data-set.js';
import { digits } from '../data/digits.js';
import { readIdxFolder } from '../data/idx-folder.js';
import { mnist } from '../data/mnist.js';
import { surveyTable } from '../data/survey.js';
import { isTablePath, openTable } from '../data/table/read.js';
import { addon } from '../native/addon.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import type {
  InspectDataSet,
  InspectDocument,
  InspectModel,
  InspectRun,
  InspectTable,
} from '../report/inspect-document.js';
import { renderInspect } from '../report/inspect-text.js';
import { openNamed } from '../runs/inside.js';
import { MANIFEST_FILE } from '../runs/manifest.js';
import { parseModel } from '../runs/model-file.js';
import { openRun } from '../runs/open-run.js';
import { SafetensorsFile } from '../runs/safetensors.js';
import { loadModel } from '../train/load.js';
import { type DocumentFlags, deliverDocument } from './document-output.js';
import { commandLine } from './execution-options.js';
import { MODEL_FILE } from './model-path.js';
import { checkWritable, isDirectory } from './output-files.js';
import { type TableFlags, withColumnTypes } from './table-options.js';

type InspectFlags = DocumentFlags & Pick<TableFlags, 'columns'>;

const EXAMPLES = `
PATH is a table (.csv, .tsv, .jsonl, .npy, .parquet), the folder of a run, a
saved model (.safetensors), or mnist, digits, or a folder of IDX files.

Examples:
  $ samebits inspect iris.csv
  $ samebits inspect runs/iris
  $ samebits inspect runs/iris/model.safetensors --json`;

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description('what is in a table, a run, or a saved model')
    .argument('<path>', 'a file or a folder');
  return withColumnTypes(command)
    .option('--json', 'print one JSON document and nothing else')
    .option('--output <file>', 'write the JSON document here')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: InspectFlags) => {
      if (flags.output !== undefined) checkWritable(flags.output, '--output');
      deliverDocument(await inspect(path, flags), flags, renderInspect);
    });
}

async function inspect(path: string, flags: InspectFlags): Promise<InspectDocument> {
  if (isTablePath(path)) return inspectTable(path, flags);
  if (path === 'digits' || path === 'mnist' || (isDirectory(path) && !existsSync(join(path, MANIFEST_FILE)))) {
    return inspectDataSet(path);
  }
  return isDirectory(path) ? inspectRun(path) : inspectModel(path);
}

function headOf<const K extends InspectDocument['kind']>(kind: K, path: string) {
  return {
    schemaVersion: 1,
    command: 'inspect',
    version,
    contract: addon().contract,
    machine: describeMachine(),
    commandLine: commandLine(['inspect', path], {}),
    kind,
    path,
  } as const;
}

async function inspectTable(path: string, { columns: types }: InspectFlags): Promise<InspectTable> {
  const source = await openTable(path, types === undefined ? {} : { columns: types });
  const { rows, columns, first } = await surveyTable(source);
  const plain = first.map((row) => row.map((cell) => (cell instanceof Date ? cell.toISOString() : cell)));
  return { ...headOf('table', path), rows, columns, first: plain };
}

async function inspectDataSet(path: string): Promise<InspectDataSet> {
  const labeled = path === 'digits' ? digits() : path === 'mnist' ? mnist() : readIdxFolder(path);
  const { name, train, test, classes, hash } = fromLabeled(await labeled);
  const data = { name, rows: train.x.rows, testRows: test.x.rows, columns: train.x.columns, hash };
  return { ...headOf('dataSet', path), data, classes };
}

async function inspectRun(path: string): Promise<InspectRun> {
  const run = await openRun(path);
  const { recipe, status, data, sessions, result } = run.manifest;
  const { rows, columns, hash, choice, validation } = data;
  const checkpoints = await run.checkpoints();
  return {
    ...headOf('run', path),
    recipe: { ...recipe },
    status,
    data: { rows, columns, hash, choice },
    validationRows: validation?.rows ?? null,
    metrics: (await run.metrics()).map((epoch) => ({ ...epoch })),
    checkpoints: checkpoints.map(({ step }) => step),
    steps: { perEpoch: run.stepsPerEpoch, all: run.stepsPerEpoch * recipe.fit.epochs },
    sessions: sessions.map(({ startedAt, execution: { threads, isa } }) => ({ startedAt, threads, isa })),
    fingerprint: result?.fingerprint ?? null,
    hasModel: existsSync(join(run.path, MODEL_FILE)),
  };
}

/** Loaded whole: its weights have the fingerprint then. */
async function inspectModel(path: string): Promise<InspectModel> {
  const model = await loadModel(path);
  const { saved } = await readSaved(path);
  try {
    return {
      ...headOf('model', path),
      name: model.name,
      inputs: saved.inputs,
      summary: model.summary({ print: () => {} }),
      parameters: model.countParams(),
      compiled: saved.compiled === null ? null : { ...saved.compiled },
      preparation: model.preparation?.toJSON() ?? null,
      fingerprint: saved.fingerprint,
      trained: { steps: saved.counters.steps, epochs: saved.counters.epochs },
      optimizerState: saved.optimizerState,
    };
  } finally {
    model.dispose();
  }
}

async function readSaved(path: string) {
  const file = await SafetensorsFile.of(await openNamed(path));
  try {
    return parseModel(file.header, path);
  } finally {
    await file.close();
  }
}
