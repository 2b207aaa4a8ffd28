/** `samebits compare`. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import pico from 'picocolors';
import type { CompareDocument } from '../compare/document.js';
import { compareRuns } from '../compare/runs.js';
import type { Variant } from '../compare/variants.js';
import { digits } from '../data/digits.js';
import { readIdxFolder } from '../data/idx-folder.js';
import { type LabeledData, takeTrainingRows } from '../data/labeled.js';
import { mnist, mnistInstalled } from '../data/mnist.js';
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
  const whole = await readData(dataName);
  const data = flags.rows === undefined ? whole : takeTrainingRows(whole, flags.rows, '--rows');
  const recipe = fileRecipe === null ? recipeFromOptions(flags, data) : overrideRecipe(fileRecipe, flags);
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

function readData(name: string): Promise<LabeledData> {
  if (name === 'mnist') return mnist();
  return name === 'digits' ? digits() : readIdxFolder(name);
}

async function run(
  dataName: string,
  data: LabeledData,
  recipe: Recipe,
  variants: readonly Variant[],
  flags: CompareFlags,
  signal: AbortSignal,
): Promise<CompareDocument> {
  const progress = progressView({ quiet: flags.json === true });
  const { runs, steps, baseline } = await compareRuns(recipe, variants, {
    data,
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
