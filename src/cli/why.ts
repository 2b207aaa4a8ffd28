/** `samebits why`. */
import { Command } from 'commander';
import type { WhyDocument } from '../compare/why/document.js';
import type { WhyReport } from '../compare/why/report.js';
import { why } from '../compare/why/why.js';
import type { DataSet } from '../data/data-set.js';
import { loadSource } from '../data/load-source.js';
import { namedSourceLike } from '../data/named-source.js';
import { addon } from '../native/addon.js';
import { describeMachine } from '../native/machine.js';
import { version } from '../native/version.js';
import { renderWhyText } from '../report/why-text.js';
import type { Manifest } from '../runs/manifest.js';
import { openRun } from '../runs/open-run.js';
import { type DocumentFlags, deliverDocument } from './document-output.js';
import { commandLine, type ExecutionFlags, withExecutionOptions } from './execution-options.js';
import { checkWritable } from './output-files.js';
import { taskProgressView } from './task-progress.js';

interface WhyFlags extends ExecutionFlags, DocumentFlags {
  readonly dataA?: string;
  readonly dataB?: string;
}

const EXIT = { equal: 0, explained: 0, 'not explained': 1, 'cannot tell': 2 } as const satisfies Record<
  WhyReport['verdict'],
  number
>;
const DAMAGED = 1;

const EXAMPLES = `
A and B are folders of runs, as fit({ folder }) writes them. DATA is what they
were trained on: mnist, digits, a table, or a folder of IDX files. Without it
their manifests say where data come from.

Examples:
  $ samebits why runs/monday runs/tuesday
  $ samebits why runs/a runs/b digits --threads 1
  $ samebits why runs/a runs/b --data-a old --data-b new --json > why.json

Exit codes: 0 equal, or they part and it is said why; 1 they part and nothing
explains it, or a file is damaged; 2 cannot tell, and what is missing is said.`;

/** @param signal Stops the work at a step boundary. */
export function whyCommand(signal: AbortSignal): Command {
  const command = new Command('why')
    .description('two runs: where do their bits part, and what makes them?')
    .argument('<a>', 'the folder of a run')
    .argument('<b>', 'the folder of another')
    .argument('[data]', 'what both were trained on')
    .option('--data-a <data>', 'what A was trained on')
    .option('--data-b <data>', 'what B was trained on');
  return withExecutionOptions(command)
    .option('--json', 'print one JSON document and nothing else')
    .option('--output <file>', 'write the JSON document here')
    .addHelpText('after', EXAMPLES)
    .action(async (a: string, b: string, data: string | undefined, flags: WhyFlags) => {
      if (flags.output !== undefined) checkWritable(flags.output, '--output');
      const document = await explain(a, b, data, flags, signal);
      deliverDocument(document, flags, renderWhyText);
      process.exitCode = Math.max(EXIT[document.verdict], document.damage.length > 0 ? DAMAGED : 0);
    });
}

async function explain(
  a: string,
  b: string,
  data: string | undefined,
  { dataA, dataB, threads, isa, json }: WhyFlags,
  signal: AbortSignal,
): Promise<WhyDocument> {
  const [runA, runB] = [(await openRun(a)).manifest, (await openRun(b)).manifest];
  const recipe = { a: runA.recipe, b: runB.recipe };
  const progress = taskProgressView({ quiet: json === true });
  const [both, first, second] = [await load(data, runA), await load(dataA, runA), await load(dataB, runB)];
  signal.throwIfAborted();
  const report = await why(a, b, {
    ...(both === undefined ? {} : { data: both }),
    ...(first === undefined ? {} : { dataA: first }),
    ...(second === undefined ? {} : { dataB: second }),
    threads,
    isa,
    signal,
    onProgress: (how) => progress.update(how),
  }).finally(() => progress.stop());
  const options = { '--data-a': dataA, '--data-b': dataB, '--threads': threads, '--isa': isa };
  return {
    schemaVersion: 1,
    command: 'why',
    version,
    contract: addon().contract,
    machine: describeMachine(),
    recipe,
    commandLine: commandLine(['why', a, b, ...(data === undefined ? [] : [data])], options),
    ...report,
  };
}

async function load(name: string | undefined, { data }: Manifest): Promise<DataSet | undefined> {
  return name === undefined ? undefined : loadSource(namedSourceLike(name, data.choice.source));
}
