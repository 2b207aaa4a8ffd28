/** `samebits bench`. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import pico from 'picocolors';
import { runBench } from '../bench/bench.js';
import { CASES } from '../bench/cases.js';
import type { BenchDocument } from '../bench/document.js';
import { USUAL_EFFORT } from '../bench/effort.js';
import { addon } from '../native/addon.js';
import { resolveInstructionSet } from '../native/instruction-set.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import { renderBenchReport } from '../report/bench-report.js';
import { summarizeBench } from '../report/bench-sentence.js';
import { renderBenchTable } from '../report/bench-table.js';
import { nonFiniteAsText } from '../report/numbers.js';
import { resolveExecution } from '../train/execution.js';
import { type BenchFlags, benchOptions, usualThreads } from './bench-options.js';
import { benchProgressView } from './bench-progress.js';
import { checkWritable, writeWhole } from './output-files.js';

/** Exit code where fixed-order runs differ. */
const DIFFERENT = 1;

/** @param signal Stops the work between two samples. */
export function benchCommand(signal: AbortSignal): Command {
  return benchOptions().action(async (flags: BenchFlags) => {
    const document = await bench(flags, signal);
    deliver(document, flags);
    if (!document.summary.fixedIdentical) process.exitCode = DIFFERENT;
  });
}

async function bench(flags: BenchFlags, signal: AbortSignal): Promise<BenchDocument> {
  if (flags.report !== undefined) checkWritable(flags.report, '--report');
  if (flags.output !== undefined) checkWritable(flags.output, '--output');
  const isas = [...new Set(flags.isa?.map(resolveInstructionSet) ?? [resolveExecution({}).isa])];
  const threads = flags.threads ?? usualThreads();
  const reductions = flags.reduction ?? ['fixed', 'free'];
  const samples = flags.samples ?? USUAL_EFFORT.samples;
  const progress = benchProgressView({ quiet: flags.json === true });
  const { recipes, ...measured } = await runBench({
    cases: flags.case ?? CASES,
    threads,
    reductions,
    isas,
    effort: { ...USUAL_EFFORT, samples },
    onProgress: progress.update.bind(progress),
    signal,
  }).finally(() => progress.stop());
  const cases = flags.case === undefined ? [] : ['--case', flags.case.map(({ name }) => name).join()];
  const executions = ['--threads', threads.join(), '--reduction', reductions.join(), '--isa', isas.join()];
  return {
    schemaVersion: 1,
    command: 'bench',
    version,
    contract: addon().contract,
    machine: describeMachine(),
    recipe: { ...recipes },
    commandLine: ['samebits', 'bench', ...cases, ...executions, '--samples', samples].join(' '),
    ...measured,
    summary: summarizeBench(measured),
  };
}

/** Files first: whoever sees the table can open the page. */
function deliver(document: BenchDocument, flags: BenchFlags): void {
  const json = `${JSON.stringify(document, nonFiniteAsText, 2)}\n`;
  if (flags.output !== undefined) writeWhole(flags.output, json, '--output');
  if (flags.report !== undefined) writeWhole(flags.report, renderBenchReport(document), '--report');
  if (flags.json === true) {
    process.stdout.write(json);
    return;
  }
  const color = pico.isColorSupported && process.stdout.isTTY === true;
  process.stdout.write(`${renderBenchTable(document, { color, width: process.stdout.columns })}\n`);
  if (flags.report !== undefined) process.stdout.write(`\nThe page with charts: ${resolve(flags.report)}\n`);
  if (flags.output !== undefined) process.stdout.write(`The JSON document: ${resolve(flags.output)}\n`);
}
