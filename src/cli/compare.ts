/** `samebits compare`. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import pico from 'picocolors';
import type { CompareDocument } from '../compare/document.js';
import { type CompareOptions, compareRuns } from '../compare/runs.js';
import { settingData } from '../compare/setting-data.js';
import type { Variant } from '../compare/variants.js';
import { takeTrainingRows } from '../data/choose-rows.js';
import { type DataSet, fromLabeled } from '../data/data-set.js';
import { readIdxFolder } from '../data/idx-folder.js';
import { loadSource } from '../data/load-source.js';
import { mnistInstalled } from '../data/mnist.js';
import { contractOf, type Emulation } from '../model/emulation.js';
import type { Recipe } from '../model/recipe.js';
import { resolveInstructionSet } from '../native/instruction-set.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import { renderCompareReport } from '../report/compare-report.js';
import { nonFiniteAsText } from '../report/numbers.js';
import { summarizeCompare } from '../report/summary.js';
import { renderCompareTable } from '../report/table.js';
import { resolveExecution } from '../train/execution.js';
import { type CompareFlags, compareOptions, DEFAULTS, reportPath } from './compare-options.js';
import { checkWritable, writeWhole } from './output-files.js';
import { progressView } from './progress.js';
import { overrideRecipe, readRecipe, recipeFromOptions } from './recipe-options.js';
import { repeatingLine } from './repeating-line.js';
import { sourceNamed } from './table-options.js';

/** Exit code where fixed-order runs differ. */
const DIFFERENT = 1;

/** @param signal Stops the work at a step boundary. */
export function compareCommand(signal: AbortSignal): Command {
  return compareOptions().action(async (data: string | undefined, flags: CompareFlags) => {
    const document = await compare(data ?? (mnistInstalled() ? 'mnist' : 'digits'), flags, signal);
    if (!document.summary.fixedIdentical) process.exitCode = DIFFERENT;
  });
}

async function compare(dataName: string, flags: CompareFlags, signal: AbortSignal): Promise<CompareDocument> {
  checkPaths(flags);
  const fileRecipe = flags.recipe === undefined ? null : readRecipe(flags.recipe);
  const variants = variantsOf(flags, fileRecipe?.emulate ?? []);
  const source = sourceNamed(dataName, flags);
  // As typed: what cannot be read is named by what the user knows it by.
  const whole = source.kind === 'folder' ? fromLabeled(await readIdxFolder(dataName)) : await loadSource(source);
  const data = flags.rows === undefined ? whole : takeTrainingRows(whole, flags.rows, '--rows');
  const recipe =
    fileRecipe === null
      ? recipeFromOptions(flags, data, { yesOrNo: source.kind === 'table' })
      : overrideRecipe(fileRecipe, flags);
  signal.throwIfAborted();
  const document = await run(dataName, data, recipe, variants, flags, signal);
  deliver(document, flags);
  return document;
}

function checkPaths(flags: CompareFlags): void {
  const report = reportPath(flags);
  if (report !== null) checkWritable(report, '--report');
  if (flags.output !== undefined) checkWritable(flags.output, '--output');
}

/** Fixed order first: its first run is the baseline. */
function variantsOf(flags: CompareFlags, emulate: readonly Emulation[]): Variant[] {
  const orders = flags.reduction ?? DEFAULTS.reduction;
  const isas = new Set(flags.isa?.map(resolveInstructionSet) ?? [resolveExecution({ emulate }).isa]);
  return (['fixed', 'free'] as const)
    .filter((reduction) => orders.includes(reduction))
    .flatMap((reduction) =>
      [...isas].flatMap((isa) => (flags.threads ?? DEFAULTS.threads).map((threads) => ({ threads, reduction, isa }))),
    );
}

async function run(
  dataName: string,
  data: DataSet,
  recipe: Recipe,
  variants: readonly Variant[],
  flags: CompareFlags,
  signal: AbortSignal,
): Promise<CompareDocument> {
  const progress = progressView({ quiet: flags.json === true });
  const { runs, steps, baseline } = await compareRuns(recipe, variants, {
    ...rowsOf(recipe, data),
    repeats: flags.repeats ?? DEFAULTS.repeats,
    onProgress: (how) => progress.update(how),
    signal,
  }).finally(() => progress.stop());
  const testRows = data.test.x.rows;
  return {
    schemaVersion: 1,
    command: 'compare',
    version,
    contract: contractOf(recipe),
    machine: describeMachine(),
    recipe: { ...recipe },
    data: { name: data.name, rows: data.train.x.rows, testRows, columns: data.train.x.columns, hash: data.hash },
    commandLine: repeatingLine(dataName, flags),
    steps,
    runs,
    summary: summarizeCompare({ runs, baseline, testRows }),
  };
}

function rowsOf(recipe: Recipe, data: DataSet): Required<Pick<CompareOptions, 'x' | 'y' | 'xTest' | 'yTest'>> {
  const source = { kind: 'given', name: data.name, hash: data.hash } as const;
  const { train, test } = settingData({ recipe, data: { source, rows: null, bootstrap: null } }, data);
  return { x: train.x, y: train.y, xTest: test.x, yTest: test.y };
}

/** Files first: whoever sees the table can open the page. */
function deliver(document: CompareDocument, flags: CompareFlags): void {
  const report = reportPath(flags);
  const json = `${JSON.stringify(document, nonFiniteAsText, 2)}\n`;
  if (flags.output !== undefined) writeWhole(flags.output, json, '--output');
  if (report !== null) writeWhole(report, renderCompareReport(document), '--report');
  if (flags.json === true) {
    process.stdout.write(json);
    return;
  }
  const color = pico.isColorSupported && process.stdout.isTTY === true;
  const width = process.stdout.columns;
  process.stdout.write(`${renderCompareTable(document, { color, width })}
`);
  if (report !== null) process.stdout.write(`\nThe page with charts: ${resolve(report)}\n`);
  if (flags.output !== undefined) process.stdout.write(`The JSON document: ${resolve(flags.output)}\n`);
}
